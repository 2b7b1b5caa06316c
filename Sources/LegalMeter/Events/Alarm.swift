/// What a meter can raise an alarm for. The number is the bit in registers and masks: never
/// renumber.
public enum Alarm: UInt8, CaseIterable, Sendable {
  /// The permanent memory fails, or holds nothing intact.
  case memory = 0
  /// The legal code is not what it was.
  case legalCode = 1
  /// The clock does not know the time, or drifts beyond its limit.
  case clock = 2
  case magnet = 3
  case terminalCover = 4
  /// Verification seal.
  case meterCover = 5
  case moduleArea = 6
  /// A phase is below 160 V.
  case missingPhase = 7
  case underVoltage = 8
  case overVoltage = 9
  case neutralFault = 10
  case reverseEnergy = 11
  /// The supply was away.
  case supply = 12
  case configuration = 13
  /// Events were lost.
  case eventsLost = 14
  /// The contacts of the switch are not where they are commanded.
  case supplySwitch = 15
  /// Prepaid credit is used up.
  case prepayment = 16
  /// The alarm input of a module.
  case external = 17
  /// A module was taken out.
  case moduleRemoved = 18
  /// The voltages follow each other in the wrong order.
  case phaseSequence = 19
  /// Current in a phase without voltage.
  case currentWithoutVoltage = 20
  /// A pulse output of a module had more pulses than it can send.
  case pulseOverflow = 21

  /// Number of alarms.
  public static var count: Int { 22 }

  /// Its bit.
  public var bit: UInt32 { 1 << UInt32(rawValue) }
}

/// A set of alarms: a register, or a mask.
public struct AlarmSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A set of one.
  public init(_ alarm: Alarm) { rawValue = alarm.bit }

  /// All alarms that there are.
  public static var all: AlarmSet {
    AlarmSet(rawValue: (1 << UInt32(Alarm.count)) - 1)
  }

  /// What points to manipulation or to a wrong installation: the cover symbol blinks for it.
  public static var manipulation: AlarmSet {
    AlarmSet(
      rawValue: Alarm.magnet.bit | Alarm.terminalCover.bit | Alarm.meterCover.bit
        | Alarm.moduleArea.bit | Alarm.moduleRemoved.bit | Alarm.missingPhase.bit
        | Alarm.reverseEnergy.bit | Alarm.phaseSequence.bit | Alarm.currentWithoutVoltage.bit
        | Alarm.configuration.bit | Alarm.external.bit | Alarm.supplySwitch.bit)
  }

  /// True if the alarm is in it.
  public func has(_ alarm: Alarm) -> Bool { rawValue & alarm.bit != 0 }
}

/// Which events raise an alarm, which alarms light the display, and which are sent by themselves.
public struct AlarmMasks: Equatable, Sendable {
  /// Alarms that are raised at all.
  public var raised: AlarmSet
  /// Raised alarms that let the error triangle blink.
  public var displayed: AlarmSet
  /// Raised alarms that are sent by themselves, by radio or module.
  public var pushed: AlarmSet

  public init(raised: AlarmSet, displayed: AlarmSet, pushed: AlarmSet) {
    (self.raised, self.displayed, self.pushed) = (raised, displayed, pushed)
  }

  /// As delivered: everything but the supply is raised; internal errors show; what the family
  /// sends is sent: magnet, covers, internal errors, voltage outside its limits, missing phase,
  /// neutral; and what else points to manipulation.
  public static var standard: AlarmMasks {
    let inside = Alarm.memory.bit | Alarm.legalCode.bit
    let voltage = Alarm.underVoltage.bit | Alarm.overVoltage.bit | Alarm.neutralFault.bit
    return AlarmMasks(
      raised: AlarmSet(rawValue: AlarmSet.all.rawValue & ~Alarm.supply.bit),
      displayed: AlarmSet(rawValue: inside),
      pushed: AlarmSet(rawValue: inside | voltage | AlarmSet.manipulation.rawValue))
  }
}

extension LegalEvent {
  /// The alarm that the event raises, nil for none.
  /// - Parameter parameter: that of the event.
  public func alarm(_ parameter: UInt64) -> Alarm? {
    switch self {
    case .memoryLost, .memoryFailed: .memory
    case .legalCodeChanged: .legalCode
    case .clockLost, .clockDriftHigh: .clock
    case .magnetBegan: .magnet
    case .sealBroken:
      switch Seal(rawValue: UInt8(truncatingIfNeeded: parameter)) {
      case .terminalCover: .terminalCover
      case .moduleArea: .moduleArea
      case .verification, nil: .meterCover
      }
    case .dropoutBegan: .missingPhase
    case .underVoltageBegan: .underVoltage
    case .overVoltageBegan: .overVoltage
    case .reverseEnergyBegan: .reverseEnergy
    case .powerDown, .shortInterruption, .longInterruption: .supply
    case .calibrationChanged, .configurationChanged, .voltageLimitsChanged: .configuration
    case .eventsLost: .eventsLost
    case .externalAlarmBegan: .external
    case .neutralLost: .neutralFault
    case .contactFault: .supplySwitch
    // Exhausted or expired.
    case .creditStage: parameter & 0xFF >= 6 ? .prepayment : nil
    case .tamperBegan: TamperKind(rawValue: UInt8(truncatingIfNeeded: parameter))?.alarm
    default: nil
    }
  }
}

/// Who reads the logs. Each has its own borders of what has been read.
public enum EventReader: UInt8, CaseIterable, Sendable {
  /// The optical head.
  case optical
  /// The first module slot, and the remote system behind it.
  case module1
  case module2
}
