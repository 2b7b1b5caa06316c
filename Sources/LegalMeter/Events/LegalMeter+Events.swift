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
    pending.append(event, at: time(at: now), parameter)
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
/// Logs are merged by time; within a log the order in which it was written decides, so a clock that
/// was set back never turns the records of a log around. At the same instant the log with the higher
/// number counts as newer: a start comes before what it brought.
public struct EventCursor: Sendable {
  private var logs: UInt8
  private var next = InlineArray<8, UInt16>(repeating: 0)
  private var heads = InlineArray<8, Int64?>(repeating: nil)
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
    while let log = newestHead(meter, memory: memory) {
      let index = Int(next[Int(log.rawValue)])
      next[Int(log.rawValue)] += 1
      heads[Int(log.rawValue)] = nil
      guard let record = meter.event(log, index, memory: memory) else { continue }
      if record.instant >= from && record.instant < to { return (record, log) }
    }
    return nil
  }

  private mutating func newestHead(
    _ meter: borrowing LegalMeter, memory: borrowing some PageMemory & ~Copyable
  ) -> EventLogID? {
    var best: EventLogID?
    var time = Int64.min
    for log in EventLogID.allCases where logs >> log.rawValue & 1 != 0 {
      let k = Int(log.rawValue)
      if heads[k] == nil { fill(log, meter, memory: memory) }
      guard let head = heads[k] else { continue }
      if best == nil || head >= time {
        best = log
        time = head
      }
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
        heads[k] = record.instant.ticks
        return
      }
      next[k] += 1
    }
    logs &= ~(1 << log.rawValue)
  }
}
