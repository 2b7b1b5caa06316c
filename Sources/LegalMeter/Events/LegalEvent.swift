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

  // Switch, prepayment, neutral loss, tamper, load control: 100...149.

  /// The supply was cut (parameter 0 the request, or 0 where the state was lost; 1 the new state;
  /// 2 feedback; 3 the old state; 4...5 ampere).
  case switchOpened = 100
  /// The supply was given back (parameters as 100).
  case switchClosed = 101
  /// The button may close (parameters as 100).
  case switchReleased = 102
  /// An open switch was latched by a stricter cause (parameters as 100).
  case switchLatched = 103
  /// What should have happened by itself did not (parameter 0 the request, 1 why).
  case switchRefused = 104
  /// Parameter 0: 1 open, 2 welded, 3 fed from behind, 4 moved by itself; 1: phases as bits.
  case contactFault = 105
  case contactFaultGone = 106
  /// Smart disconnect is about to open (parameter 0: its basis, `CutOffBasis`; 4...7: mA or W).
  case switchWarning = 107
  case prepaymentOn = 110
  case prepaymentOff = 111
  /// Parameter 0...3: number; 4...7: Wh.
  case creditToppedUp = 112
  /// Parameter 0...7: Wh.
  case creditSet = 113
  /// Parameter 0: the new stage (`CreditStage`).
  case creditStage = 114
  /// Parameter 0...3: computed voltage of the neutral, mV.
  case neutralLost = 120
  case neutralBack = 121
  /// A sign of manipulation has lasted (parameter 0: `TamperKind`; 1: phases as bits).
  case tamperBegan = 130
  case tamperEnded = 131
  /// Parameter 0: the slot, 0, 1, or 2 for the secondary one; 1...4: the article number, 0 for the
  /// customer port.
  case moduleFitted = 132
  case moduleTaken = 133
  /// Parameter 0: the output; 1: on; 2: off, plan, tariff or command.
  case loadSwitched = 140

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

  // Registration periods: 40...49.
  /// Length or channels of the load profile have changed, and it is empty. Parameter 0: minutes
  /// before; 1: minutes now; 2: channels before, as bits; 3: channels now.
  case profileErased = 40
  /// Nothing intact was found of the periods: profile and maxima start anew.
  case profileLost = 41

  // Alarms and voltage quality: 50...79.
  /// Events came faster than the memory takes them, or its pages are worn out (parameter 0...1:
  /// number of events lost).
  case eventsLost = 50
  /// Parameter 0...3: the alarms taken off.
  case alarmsAcknowledged = 51
  /// Parameter 0...3: the alarms that are raised now.
  case alarmMasksChanged = 52
  /// Parameter 0...1: lower limit, V; 2...3: upper limit, V; 4: duration, 10 s.
  case voltageLimitsChanged = 53
  // Of the voltage events that follow, parameter 0: phases as bits; 1...2: lowest or highest
  // voltage, 0.1 V; 3...7: duration so far, ms. Stamped with the beginning where something began,
  // with the end of what is over; dips, swells and interruptions with their beginning.
  /// A phase has been below 160 V for a second.
  case dropoutBegan = 54
  case dropoutEnded = 55
  case underVoltageBegan = 56
  case underVoltageEnded = 57
  case overVoltageBegan = 58
  case overVoltageEnded = 59
  case voltageDip = 60
  case voltageSwell = 61
  /// No voltage in any phase, for at most three minutes.
  case shortInterruption = 62
  case longInterruption = 63
  /// The alarm input of a module.
  case externalAlarmBegan = 64
  case externalAlarmEnded = 65

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
    case .profileErased, .profileLost: .profile
    case .configurationChanged, .alarmMasksChanged, .voltageLimitsChanged, .tariffPlanStored:
      .configuration
    case .alarmsAcknowledged, .externalAlarmBegan, .externalAlarmEnded: .status
    case .dropoutBegan, .dropoutEnded, .underVoltageBegan, .underVoltageEnded, .overVoltageBegan,
      .overVoltageEnded, .voltageDip, .voltageSwell, .shortInterruption, .longInterruption:
      .voltage
    case .switchOpened, .switchClosed, .switchReleased, .switchLatched, .switchRefused,
      .contactFault, .contactFaultGone, .switchWarning, .prepaymentOn, .prepaymentOff,
      .creditToppedUp,
      .creditSet, .creditStage, .loadSwitched:
      .supplySwitch
    case .tamperBegan, .tamperEnded, .moduleFitted, .moduleTaken: .status
    case .neutralLost, .neutralBack: .neutral
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
