import LegalMeter
import Metrology
import Quantities

extension Meter {
  @inline(never)
  func instantaneousReading(_ quantity: QuantityID) -> Int64? {
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
