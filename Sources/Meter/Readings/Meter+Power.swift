import LegalMeter
import Metrology
import Quantities

extension Meter {
  @inline(never)
  func powerReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .powerActiveImport: total({ $0.active_mW }, sign: 1)
    case .powerActiveExport: total({ $0.active_mW }, sign: -1)
    case .powerReactiveImport: total({ $0.reactive_mvar }, sign: 1)
    case .powerReactiveExport: total({ $0.reactive_mvar }, sign: -1)
    case .powerApparent: sum { Int64($0.apparent_mVA) }
    case .powerActiveL1: of(.l1) { Int64($0.active_mW) }
    case .powerActiveL2: of(.l2) { Int64($0.active_mW) }
    case .powerActiveL3: of(.l3) { Int64($0.active_mW) }
    case .powerReactiveL1: of(.l1) { Int64($0.reactive_mvar) }
    case .powerReactiveL2: of(.l2) { Int64($0.reactive_mvar) }
    case .powerReactiveL3: of(.l3) { Int64($0.reactive_mvar) }
    case .powerApparentL1: of(.l1) { Int64($0.apparent_mVA) }
    case .powerApparentL2: of(.l2) { Int64($0.apparent_mVA) }
    case .powerApparentL3: of(.l3) { Int64($0.apparent_mVA) }
    case .powerFactor:
      powerFactor(sum { Int64($0.active_mW) }, sum { Int64($0.apparent_mVA) })
    case .powerFactorL1: of(.l1) { Int64($0.powerFactor) }
    case .powerFactorL2: of(.l2) { Int64($0.powerFactor) }
    case .powerFactorL3: of(.l3) { Int64($0.powerFactor) }
    default: nil
    }
  }

  /// Power in one direction, by the summation that also fills the registers.
  private func total(_ part: (SystemWindow) -> Int32, sign: Int64) -> Int64 {
    if legal.parameters.effectiveSummation == .vector {
      return max(0, sign * sum { Int64(part($0)) })
    }
    return sum { max(0, sign * Int64(part($0))) }
  }

  func sum(_ part: (SystemWindow) -> Int64) -> Int64 {
    var sum: Int64 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      sum += part(legal.window[phase.index])
    }
    return sum
  }

  func of(_ phase: Phase, _ part: (SystemWindow) -> Int64) -> Int64? {
    legal.parameters.uses(phase) ? part(legal.window[phase.index]) : nil
  }

  private func powerFactor(_ active: Int64, _ apparent: Int64) -> Int64 {
    apparent == 0 ? 10_000 : min(max(active * 10_000 / apparent, -10_000), 10_000)
  }
}
