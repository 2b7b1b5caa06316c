import PermanentMemory

/// The event logs. The raw value numbers them in stored records and masks: never renumber.
///
/// Each is a ring of its own, so that a flood in one never pushes out what another keeps.
public enum EventLogID: UInt8, CaseIterable, Sendable {
  /// Supply, internal errors, magnet, covers, consumer's counters.
  case status
  /// Clock set, adjusted, invalid; tariff commands.
  case clock
  /// Dropouts, under- and over-voltage, dips, swells, interruptions, each with start and end.
  case voltage
  /// Supply control switch: disconnected, released, connected, prepayment.
  case supplySwitch
  /// Changes of the load profile, which erase it.
  case profile
  /// Neutral faults.
  case neutral
  /// Changes of configuration and software.
  case configuration
  /// What a legal inspection asks for: seals, calibration, legal code, verification.
  case legal

  /// Number of logs.
  public static var count: Int { 8 }

  /// Records that the log keeps whatever happens; a torn record costs one beyond these.
  public var guaranteedDepth: Int {
    switch self {
    case .status, .voltage: 200
    case .clock, .supplySwitch, .legal: 40
    case .profile: 10
    case .neutral: 45
    case .configuration: 100
    }
  }

  /// Its pages: room for the guaranteed depth and at least one page more.
  public var region: PageRegion {
    let all = MemoryMap.eventLogs.first
    return switch self {
    case .status: PageRegion(first: all, count: 26)
    case .voltage: PageRegion(first: all + 26, count: 26)
    case .configuration: PageRegion(first: all + 52, count: 14)
    case .neutral: PageRegion(first: all + 66, count: 7)
    case .profile: PageRegion(first: all + 73, count: 4)
    case .clock: PageRegion(first: all + 77, count: 6)
    case .supplySwitch: PageRegion(first: all + 83, count: 6)
    case .legal: PageRegion(first: all + 89, count: 7)
    }
  }
}

/// The rings of all logs, and the one program that may be on its way to one of them.
struct EventLogs: Sendable {
  /// Tries in a row after which an event is given up: the pages of its log are worn out.
  static let patience: UInt8 = 48

  private var rings: InlineArray<8, EventRing>
  /// The log that is being programmed.
  private var programming: EventLogID?
  private var failuresInARow: UInt8 = 0

  init() {
    rings = InlineArray { k in
      EventRing(region: (EventLogID(rawValue: UInt8(k)) ?? .status).region)
    }
  }

  subscript(log: EventLogID) -> EventRing { rings[Int(log.rawValue)] }

  /// A ring that can be read, even when its turn to be recovered has not come yet.
  func readable(_ log: EventLogID, _ memory: borrowing some PageMemory & ~Copyable) -> EventRing {
    var ring = self[log]
    if !ring.isRecovered { _ = ring.recover(from: memory) }
    return ring
  }

  /// Recovers a log that has not been recovered yet; false if there is none.
  ///
  /// - Parameter first: the log that is needed now.
  mutating func recoverOne(
    _ first: EventLogID?, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    if let first {
      if self[first].isRecovered { return false }
      _ = rings[Int(first.rawValue)].recover(from: memory)
      return true
    }
    for k in rings.indices where !rings[k].isRecovered {
      _ = rings[k].recover(from: memory)
      return true
    }
    return false
  }

  /// Starts to program a record of a recovered log.
  mutating func append(
    _ record: EventRecord, to log: EventLogID, _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    guard programming == nil, rings[Int(log.rawValue)].append(record, to: &memory) else {
      return false
    }
    programming = log
    return true
  }

  /// What became of the program on its way; `.failed` only when it is given up.
  mutating func poll(_ memory: borrowing some PageMemory & ~Copyable) -> ProgramProgress {
    guard let log = programming else { return .idle }
    let progress = rings[Int(log.rawValue)].poll(memory)
    switch progress {
    case .busy: return .busy
    case .committed, .idle: failuresInARow = 0
    case .failed: failuresInARow += 1
    }
    programming = nil
    if progress != .failed { return progress }
    if failuresInARow < Self.patience { return .idle }
    failuresInARow = 0
    return .failed
  }
}
