/// Signs of manipulation, or of a wrong installation, that no other event tells of. The raw value
/// is the first parameter of `tamperBegan`: never renumber.
public enum TamperKind: UInt8, CaseIterable, Sendable {
  /// The cover of the meter is open.
  case meterCover = 1
  /// A module was taken out.
  case moduleRemoved = 3
  /// The voltages follow each other in the wrong order.
  case phaseSequence = 5
  /// Current in a phase without voltage: its voltage circuit has been opened.
  case currentWithoutVoltage = 7
  /// A pulse output of a module had more pulses than it can send.
  case pulseOverflow = 13

  /// Seconds for which it has to be seen without a break.
  public var delay: UInt8 {
    switch self {
    case .meterCover, .moduleRemoved, .pulseOverflow: 1
    case .phaseSequence, .currentWithoutVoltage: 10
    }
  }

  /// Its bit in masks.
  public var bit: UInt16 { 1 << UInt16(rawValue) }

  /// The alarm that it raises.
  public var alarm: Alarm {
    switch self {
    case .meterCover: .meterCover
    case .moduleRemoved: .moduleRemoved
    case .phaseSequence: .phaseSequence
    case .currentWithoutVoltage: .currentWithoutVoltage
    case .pulseOverflow: .pulseOverflow
    }
  }
}
