import LegalMeter
import MeterTime
import Metrology
import Quantities

/// The meter as the display and every language ask it.
extension Meter: ReadingSource {
  public func reading(_ quantity: QuantityID) -> Int64? {
    if let register = Register(quantity) { return energy(quantity, register) }
    if let power = power(quantity) { return power }
    if let value = instantaneous(quantity) { return value }
    return device(quantity)
  }

  /// Committed values for everything at 1 Wh or coarser; the running value in high resolution.
  private func energy(_ quantity: QuantityID, _ register: Register) -> Int64? {
    guard quantity.isMeasured(by: legal.parameters.energies) else { return nil }
    let isFine = quantity.rawValue >= QuantityID.activeImportFine.rawValue
    let value = isFine ? legal.registers[register] : legal.registers.committed(register)
    return Int64(clamping: value)
  }

  private func power(_ quantity: QuantityID) -> Int64? {
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

  private func instantaneous(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .voltageL1: of(.l1) { Int64($0.voltage_mV) }
    case .voltageL2: of(.l2) { Int64($0.voltage_mV) }
    case .voltageL3: of(.l3) { Int64($0.voltage_mV) }
    case .currentL1: of(.l1) { Int64($0.current_µA) }
    case .currentL2: of(.l2) { Int64($0.current_µA) }
    case .currentL3: of(.l3) { Int64($0.current_µA) }
    case .voltageAngleL1: voltageAngle(.l1)
    case .voltageAngleL2: voltageAngle(.l2)
    case .voltageAngleL3: voltageAngle(.l3)
    case .phaseAngleL1: of(.l1) { Self.hundredths($0.phaseAngle) }
    case .phaseAngleL2: of(.l2) { Self.hundredths($0.phaseAngle) }
    case .phaseAngleL3: of(.l3) { Self.hundredths($0.phaseAngle) }
    case .frequency:
      legal.window.frequency_mHz == 0 ? nil : Int64(legal.window.frequency_mHz)
    default: nil
    }
  }

  private func device(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .hourCounter: Int64(legal.operatingSeconds / 3600)
    case .date: legal.isClockValid ? Int64(legal.localTime(at: now).civil.date.yymmdd) : nil
    case .time: legal.isClockValid ? Int64(legal.localTime(at: now).civil.hhmmss) : nil
    case .meterNumber: Int64(configuration.meterNumber)
    case .softwareRevision: Int64(configuration.softwareRevision)
    case .legalChecksum: Int64(legal.legalChecksum)
    case .meterStatus: Int64(status)
    case .activeTariff: Int64(legal.tariff.rawValue) + 1
    case .temperature: Int64(temperature_dC)
    default: nil
    }
  }

  /// Eight flags as in the family: bit 1 memory error.
  private var status: UInt8 { legal.isMemoryLost || legal.memoryFailures > 0 ? 2 : 0 }

  /// Power in one direction, by the summation that also fills the registers.
  private func total(_ part: (SystemWindow) -> Int32, sign: Int64) -> Int64 {
    if legal.parameters.effectiveSummation == .vector {
      return max(0, sign * sum { Int64(part($0)) })
    }
    return sum { max(0, sign * Int64(part($0))) }
  }

  private func sum(_ part: (SystemWindow) -> Int64) -> Int64 {
    var sum: Int64 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      sum += part(legal.window[phase.index])
    }
    return sum
  }

  private func of(_ phase: Phase, _ part: (SystemWindow) -> Int64) -> Int64? {
    legal.parameters.uses(phase) ? part(legal.window[phase.index]) : nil
  }

  private func powerFactor(_ active: Int64, _ apparent: Int64) -> Int64 {
    apparent == 0 ? 10_000 : min(max(active * 10_000 / apparent, -10_000), 10_000)
  }

  private func voltageAngle(_ phase: Phase) -> Int64? {
    guard legal.parameters.uses(phase), legal.window[phase.index].voltage_mV > 20_000 else {
      return nil
    }
    let turn = legal.window[phase.index].voltageAngle &- legal.window[0].voltageAngle
    return Self.hundredths(Int32(bitPattern: turn))
  }

  /// 2^-32 turns to hundredths of a degree, rounded.
  private static func hundredths(_ angle: Int32) -> Int64 {
    ((Int64(angle) * 36_000) + (1 << 31)) >> 32
  }
}
