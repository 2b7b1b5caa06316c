import MeterTime

/// What the voltages before and behind the switch say of its contacts.
public enum ContactFault: UInt8, Sendable {
  case none = 0
  /// Commanded closed, but there is no voltage behind the contact.
  case contactOpen = 1
  /// Commanded open, but the contact conducts and does not open when driven again: welded.
  case contactWelded = 2
  /// Voltage behind the open contact, without current: something in the house feeds it.
  case backFeed = 3
  /// A contact had moved by itself, as under a magnet, and was driven back.
  case contactMoved = 4
}

/// Compares commanded contacts with the voltages behind them.
///
/// One sign of trouble is not enough: contacts bounce and loads have capacitors. A difference
/// counts after two seconds. Then a closed contact that should be open is driven open again, thrice
/// at most, five seconds apart; if it is open then, it had been moved; if not, current through it
/// tells a welded contact from something in the house that feeds back.
public struct ContactWatch: Hashable, Sendable {
  /// What is reported or done after a look.
  public enum Outcome: Hashable, Sendable {
    case nothing
    /// Drive the contacts again to where they are commanded.
    case driveAgain
    /// A fault has begun, or is another one; phases as bits.
    case fault(ContactFault, phases: UInt8)
    /// The fault is gone.
    case cleared
  }

  static let patience = Instant.Duration.seconds(2)
  static let pause = Instant.Duration.seconds(5)
  static let attempts: UInt8 = 3

  /// Phases with voltage behind the switch, bit 0 for L1.
  public private(set) var loadVoltage: UInt8 = 0
  /// False until the voltages behind the switch are known.
  public private(set) var isValid = false
  /// The fault that stands.
  public private(set) var fault = ContactFault.none
  private var phases: UInt8 = 0
  private var redrives: UInt8 = 0
  /// When the next difference counts.
  private var next = Instant(ticks: 0)

  init() {}

  /// After the contacts have been driven: what was seen before no longer counts.
  mutating func restart(now: Instant) {
    next = now + Self.patience
    redrives = 0
  }

  /// The fault that was found is answered by opening all contacts: it is told once.
  mutating func clear() {
    fault = .none
    phases = 0
  }

  /// Looks at the voltages.
  ///
  /// - Parameters:
  ///   - line: phases with voltage before the switch, bits.
  ///   - load: phases with voltage behind it, bits; nil where nobody measures it.
  ///   - current: phases that carry current, bits.
  ///   - fitted: phases with a relay, bits.
  mutating func look(
    line: UInt8, load: UInt8?, current: UInt8, fitted: UInt8, isClosed: Bool, now: Instant
  ) -> Outcome {
    guard let load else {
      isValid = false
      return .nothing
    }
    loadVoltage = load & fitted
    isValid = true
    let wrong = (isClosed ? line & ~load : load) & fitted
    if wrong == 0 { return settle(now: now) }
    if next > now + Self.pause { next = now }
    if now < next { return .nothing }
    if isClosed { return found(.contactOpen, wrong) }
    if redrives < Self.attempts && fault == .none {
      redrives += 1
      phases = wrong
      next = now + Self.pause
      return .driveAgain
    }
    return found(wrong & current == 0 ? .backFeed : .contactWelded, wrong)
  }

  private mutating func settle(now: Instant) -> Outcome {
    // A contact that followed the second pulse had been moved.
    if redrives > 0 && fault == .none {
      redrives = 0
      return .fault(.contactMoved, phases: phases)
    }
    next = now + Self.patience
    redrives = 0
    if fault == .none { return .nothing }
    clear()
    return .cleared
  }

  private mutating func found(_ fault: ContactFault, _ wrong: UInt8) -> Outcome {
    if self.fault == fault && phases == wrong { return .nothing }
    self.fault = fault
    phases = wrong
    return .fault(fault, phases: wrong)
  }
}
