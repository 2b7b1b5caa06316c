/// What points to manipulation, or to an installation that is wrong. The raw value is stored and
/// is the bit in masks: never renumber.
public enum TamperKind: UInt8, CaseIterable, Sendable {
  /// A magnet; the shunts do not mind it, so it never changes the measurement.
  case magnet = 0
  case meterCover = 1
  case terminalCover = 2
  /// A module was taken out.
  case moduleRemoved = 3
  /// Energy runs backwards in a phase of a meter that registers A+ only.
  case currentReversed = 4
  /// The voltages follow each other in the wrong order.
  case phaseSequence = 5
  /// A phase has no voltage while another has.
  case phaseMissing = 6
  /// Current in a phase without voltage: its voltage circuit has been opened.
  case currentWithoutVoltage = 7
  /// The configuration was changed through a port.
  case configurationChanged = 8
  /// A seal is broken.
  case sealBroken = 9
  /// Memory or program in error.
  case internalError = 10
  /// The pulse input that is wired to an alarm.
  case externalAlarm = 11
  /// The contacts of the switch are not where they are commanded.
  case contactFault = 12
  /// A pulse output of a module had more pulses than it can send.
  case pulseOverflow = 13

  /// Seconds for which it has to be seen without a break.
  public var delay: UInt8 {
    switch self {
    case .magnet, .meterCover, .terminalCover, .moduleRemoved, .sealBroken, .internalError,
      .externalAlarm, .contactFault, .pulseOverflow, .configurationChanged:
      1
    case .phaseMissing, .currentWithoutVoltage, .phaseSequence: 10
    case .currentReversed: 60
    }
  }

  /// Its bit in masks.
  public var bit: UInt16 { 1 << UInt16(rawValue) }
}
