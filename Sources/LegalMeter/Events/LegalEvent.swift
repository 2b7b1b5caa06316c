import MeterTime

/// What the event logs record. The raw value is stored: never renumber.
///
/// Numbers: 20-39 clock, tariffs and billing; 40-49 load profile; 50-79 alarms and voltage
/// quality; 80-89 configuration; 90-99 memory; 100-149 switch, prepayment, neutral, tamper, load
/// control. A new event needs its line in `log`.
public enum LegalEvent: UInt16, CaseIterable, Sendable {
  case powerUp = 1
  case powerDown = 2
  /// Energy runs backwards in a meter without A- (parameter 0: phases as bits).
  case reverseEnergyBegan = 3
  case reverseEnergyEnded = 4
  /// Parameter 0: the seal.
  case sealBroken = 5
  case sealRestored = 6
  /// Parameter 0: the measuring system.
  case calibrationChanged = 7
  /// Nothing intact was found in a memory that is not blank.
  case memoryLost = 8
  /// A damaged record was passed over (parameter 0...1: number of them).
  case memoryRepaired = 9
  /// A program did not read back (parameter 0...1: failures so far).
  case memoryFailed = 10
  /// Parameter 0: the register that LED and S0 follow.
  case verificationBegan = 11
  case verificationEnded = 12
  /// By command, or because a command has ended; what a plan or the inputs do day by day is not
  /// logged. Parameter 0: the new tariff; 1: who asked for it (`TariffSource`).
  case tariffChanged = 13
  /// Parameter 0: 0 for A+, 1 for A-.
  case resettableCleared = 14
  /// The legal code is not what it was at the start (parameter 0...3: the new checksum).
  case legalCodeChanged = 15
  /// A magnet is held to the meter.
  case magnetBegan = 16
  case magnetEnded = 17

  // Clock, tariffs, billing: 20...39.
  /// The clock was set, and what it touches is marked. Stamped with the time before. Parameter
  /// 0...5: the movement, signed milliseconds; 6: the authority.
  case clockSet = 20
  /// The clock was moved by no more than an adjustment; parameters as of `clockSet`.
  case clockAdjusted = 21
  /// Parameter 0: the reason (`ClockRefusal`); 1: the authority.
  case clockRefused = 22
  /// The clock stood still in an outage: it goes on from the last time known, and is invalid.
  case clockLost = 23
  /// All movements of a month have passed their limit (parameter 0...3: their sum, signed
  /// milliseconds).
  case clockDriftHigh = 24
  /// Parameter 0: number of periods in the new table.
  case daylightSavingReplaced = 25
  /// A plan is safe in the memory; it waits for its time (parameter 0...1: its number).
  case tariffPlanStored = 26
  /// Another plan is in force (parameter 0...1: its number).
  case tariffPlanInForce = 27
  /// A billing period was closed (parameter 0...3: billing resets so far; 4: `BillingCause`).
  case billingReset = 28
  /// A billing reset was refused (parameter 0: `BillingRefusal`; 1: `BillingCause`).
  case billingRefused = 29

  // Alarms and voltage quality: 50...79.
  /// Events came faster than the memory takes them, or its pages are worn out (parameter 0...1:
  /// number of events lost).
  case eventsLost = 50

  // Configuration: 80...89.
  /// A section of the configuration has changed (parameter 0: its number, 1..<4: the low three
  /// bytes of its CRC-32 before, 4..<8: its CRC-32 now).
  case configurationChanged = 80

  // Permanent memory: 90...99.
  /// A worn page was replaced (parameter 0...1: the page; 2: pages left for others).
  case memoryPageReplaced = 90
  /// Programs fail and nothing is left to replace their pages with (parameter 0...1: how many).
  case memoryWornOut = 91
  /// The table of replaced pages is damaged: what they held is missing.
  case memoryTableLost = 92
}

extension LegalEvent {
  /// The log that it belongs to.
  public var log: EventLogID {
    switch self {
    case .powerUp, .powerDown, .memoryLost, .memoryRepaired, .memoryFailed, .magnetBegan,
      .magnetEnded, .reverseEnergyBegan, .reverseEnergyEnded, .resettableCleared, .eventsLost,
      .memoryPageReplaced, .memoryWornOut, .memoryTableLost, .billingReset, .billingRefused:
      .status
    case .tariffChanged, .clockSet, .clockAdjusted, .clockRefused, .clockLost, .clockDriftHigh,
      .daylightSavingReplaced, .tariffPlanInForce:
      .clock
    case .sealBroken, .sealRestored, .calibrationChanged, .verificationBegan, .verificationEnded,
      .legalCodeChanged:
      .legal
    case .configurationChanged, .tariffPlanStored: .configuration
    }
  }
}

/// The seals of the meter.
public enum Seal: UInt8, CaseIterable, Sendable {
  /// Over the legal data: calibration, summation, connection.
  case verification
  case terminalCover
  case moduleArea
}

/// Why a legal parameter was not changed.
public enum LegalRefusal: UInt8, Error, Sendable {
  /// The verification seal is intact.
  case sealed
  /// The value is outside its range.
  case implausible
  /// The energy type has no such register.
  case noSuchRegister
}
