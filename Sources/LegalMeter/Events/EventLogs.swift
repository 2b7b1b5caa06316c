import MeterTime
import PermanentMemory

/// The rings of all logs, and the one program that may be on its way to one of them.
struct EventLogs: Sendable {
  /// Tries in a row after which an event is given up: the pages of its log are worn out.
  static let patience: UInt8 = 48

  private var rings: InlineArray<8, EventRing>
  /// The log that is being programmed.
  private var programming: EventLogID?
  private var failuresInARow: UInt8 = 0
  /// Counts the records of all logs: what the next one gets.
  private(set) var nextOrder: UInt16 = 0
  private var hasOrder = false

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

  /// The place of a record among those of all logs.
  static func order(of record: EventRecord) -> UInt16 {
    UInt16(record.parameter[8]) | UInt16(record.parameter[9]) << 8
  }

  /// Recovers one log; false if all have been recovered.
  mutating func recoverOne(_ memory: borrowing some PageMemory & ~Copyable) -> Bool {
    for k in rings.indices where !rings[k].isRecovered {
      _ = recover(k, memory)
      return true
    }
    return false
  }

  /// Recovers all logs; returns the bytes read for it.
  @inline(never)
  mutating func recoverAll(_ memory: borrowing some PageMemory & ~Copyable) -> UInt32 {
    var bytes: UInt32 = 0
    for k in rings.indices where !rings[k].isRecovered { bytes += recover(k, memory) }
    return bytes
  }

  @inline(never)
  private mutating func recover(
    _ k: Int, _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32 {
    let report = rings[k].recover(from: memory)
    guard let newest = rings[k].read(0, from: memory) else { return report.bytesRead }
    let order = Self.order(of: newest) &+ 1
    // Before or behind, as the counter goes round.
    if Int16(bitPattern: order &- nextOrder) > 0 || !hasOrder { nextOrder = order }
    hasOrder = true
    return report.bytesRead + 32
  }

  /// The meter's time of the newest record of all logs.
  func newestInstant(_ memory: borrowing some PageMemory & ~Copyable) -> Instant {
    var newest = Instant(ticks: 0)
    for k in rings.indices {
      guard let record = rings[k].read(0, from: memory) else { continue }
      if Self.order(of: record) &+ 1 == nextOrder { newest = record.instant }
    }
    return newest
  }

  /// Starts to program a record, once all logs have been recovered.
  mutating func append(
    _ record: EventRecord, to log: EventLogID, _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    guard programming == nil else { return false }
    var record = record
    record.parameter[8] = UInt8(truncatingIfNeeded: nextOrder)
    record.parameter[9] = UInt8(truncatingIfNeeded: nextOrder >> 8)
    guard rings[Int(log.rawValue)].append(record, to: &memory) else { return false }
    programming = log
    return true
  }

  /// What became of the program on its way; `.failed` only when it is given up.
  mutating func poll(_ memory: borrowing some PageMemory & ~Copyable) -> ProgramProgress {
    guard let log = programming else { return .idle }
    let progress = rings[Int(log.rawValue)].poll(memory)
    switch progress {
    case .busy: return .busy
    case .committed, .idle:
      failuresInARow = 0
      nextOrder &+= 1
    case .failed: failuresInARow += 1
    }
    programming = nil
    if progress != .failed { return progress }
    if failuresInARow < Self.patience { return .idle }
    failuresInARow = 0
    return .failed
  }
}
