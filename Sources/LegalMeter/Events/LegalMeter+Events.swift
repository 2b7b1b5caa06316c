import MeterTime
import PermanentMemory

extension LegalMeter {
  /// Notes an event in the log that it belongs to: the one way into all logs.
  ///
  /// It waits in a queue until `service` has brought it into the memory; `pendingEvents` counts
  /// what is not committed yet.
  ///
  /// - Parameters:
  ///   - now: when it happened, on the owner's time line; stored is the meter's time.
  ///   - parameter: eight bytes, least significant first, as the event says.
  public mutating func log(_ event: LegalEvent, now: Instant, _ parameter: UInt64 = 0) {
    let time = time(at: now)
    pending.append(event, at: time, parameter)
    raiseAlarm(event, at: time, parameter)
  }

  /// Finds the newest record of each log, for those who read a memory without running the meter;
  /// a meter that runs does it by itself.
  @inline(never)
  public mutating func openLogs(_ memory: borrowing some PageMemory & ~Copyable) {
    _ = logs.recoverAll(memory)
  }

  /// Events that a power cut now would cost.
  public var pendingEvents: Int { pending.count }

  /// Records in one log.
  public func eventCount(
    _ log: EventLogID, memory: borrowing some PageMemory & ~Copyable
  ) -> Int {
    logs.readable(log, memory).count
  }

  /// Sequence number of the newest record of a log, 0 for none. The first record of a log has the
  /// number of records that its pages hold.
  public func newestEvent(
    _ log: EventLogID, memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32 {
    logs.readable(log, memory).newest
  }

  /// A record of one log.
  ///
  /// - Parameter index: 0 is the newest.
  /// - Returns: nil beyond the oldest, and for a slot that is worn out or damaged.
  @inline(never)
  public func event(
    _ log: EventLogID, _ index: Int, memory: borrowing some PageMemory & ~Copyable
  ) -> EventRecord? {
    logs.readable(log, memory).read(index, from: memory)
  }

  /// Records in all logs together.
  public func eventCount(memory: borrowing some PageMemory & ~Copyable) -> Int {
    var sum = 0
    for log in EventLogID.allCases { sum += eventCount(log, memory: memory) }
    return sum
  }

  /// Records in those logs that have been recovered: all, soon after the start.
  public var eventCount: Int {
    var sum = 0
    for log in EventLogID.allCases { sum += logs[log].count }
    return sum
  }

  /// A record out of all logs in the order of time; `EventCursor` is the way to walk through many.
  ///
  /// - Parameter index: 0 is the newest.
  public func event(
    _ index: Int, memory: borrowing some PageMemory & ~Copyable
  ) -> EventRecord? {
    var cursor = EventCursor()
    var left = index
    while let (record, _) = cursor.next(self, memory: memory) {
      if left == 0 { return record }
      left -= 1
    }
    return nil
  }

  /// Grows by one with every record that any log has taken; 0 until all logs have been recovered.
  public var eventsLogged: UInt32 {
    var sum: UInt32 = 0
    for log in EventLogID.allCases {
      let ring = logs[log]
      if !ring.isRecovered { return 0 }
      if ring.newest != 0 { sum &+= ring.newest &+ 1 &- UInt32(ring.capacity) }
    }
    return sum
  }
}

/// Walks through the records of one log or of several, newest first.
///
/// Logs are merged in the order in which their records were written, whatever the clock did
/// meanwhile. Its counter has 16 bits: a log that took nothing while 65,536 other events came
/// appears too early, in itself in order.
public struct EventCursor: Sendable {
  private var logs: UInt8
  private var next = InlineArray<8, UInt16>(repeating: 0)
  /// Events since the next record of each log, nil where that has not been read.
  private var ages = InlineArray<8, UInt32?>(repeating: nil)
  /// Age of the last record that was given out or passed over.
  private var passed = InlineArray<8, UInt32>(repeating: 0)
  private let from: Instant
  private let to: Instant

  /// - Parameters:
  ///   - log: nil for all.
  ///   - from: no record before this time, meter's time.
  ///   - to: no record at or after this time.
  public init(
    _ log: EventLogID? = nil, from: Instant = Instant(ticks: .min),
    to: Instant = Instant(ticks: .max)
  ) {
    logs = log.map { 1 << $0.rawValue } ?? 0xFF
    self.from = from
    self.to = to
  }

  /// The next record and its log, nil after the oldest.
  @inline(never)
  public mutating func next(
    _ meter: borrowing LegalMeter, memory: borrowing some PageMemory & ~Copyable
  ) -> (record: EventRecord, log: EventLogID)? {
    while let log = youngest(meter, memory: memory) {
      let k = Int(log.rawValue)
      let index = Int(next[k])
      next[k] += 1
      passed[k] = ages[k] ?? 0
      ages[k] = nil
      guard let record = meter.event(log, index, memory: memory) else { continue }
      if record.instant >= from && record.instant < to { return (record, log) }
    }
    return nil
  }

  private mutating func youngest(
    _ meter: borrowing LegalMeter, memory: borrowing some PageMemory & ~Copyable
  ) -> EventLogID? {
    var best: EventLogID?
    var age = UInt32.max
    for log in EventLogID.allCases where logs >> log.rawValue & 1 != 0 {
      let k = Int(log.rawValue)
      if ages[k] == nil { fill(log, meter, memory: memory) }
      guard let found = ages[k], found < age else { continue }
      best = log
      age = found
    }
    return best
  }

  /// Finds the next readable record of a log; closes the log when there is none.
  private mutating func fill(
    _ log: EventLogID, _ meter: borrowing LegalMeter,
    memory: borrowing some PageMemory & ~Copyable
  ) {
    let k = Int(log.rawValue)
    let ring = meter.logs.readable(log, memory)
    while Int(next[k]) < ring.count {
      if let record = ring.read(Int(next[k]), from: memory) {
        let order = EventLogs.order(of: record)
        // The counter goes round; within a log records only get older.
        let step = (meter.logs.nextOrder &- 1 &- order) &- UInt16(truncatingIfNeeded: passed[k])
        ages[k] = passed[k] &+ UInt32(step)
        return
      }
      next[k] += 1
    }
    logs &= ~(1 << log.rawValue)
  }
}
