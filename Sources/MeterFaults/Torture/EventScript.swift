import MeterTime
import PermanentMemory

/// An event log: what was acknowledged is there, in order, whole.
public struct EventScript: TortureScript {
  public static let name = "events"
  public static let bytesPerWork = 32
  public static let regions = [MemoryMap.eventLogs]

  private var ring = EventRing(region: MemoryMap.eventLogs)
  /// Acknowledged events by sequence number, the newest last.
  private var history: [(sequence: UInt32, value: UInt64)] = []
  /// Events that were on their way since the last one that was acknowledged.
  private var open: [UInt64] = []
  private var value: UInt64 = 0
  private var commits = 0

  public init() {}

  private static func record(_ value: UInt64) -> EventRecord {
    var record = EventRecord(
      instant: Instant(ticks: Int64(bitPattern: value &* 65_537)),
      code: UInt16(truncatingIfNeeded: value % 97 + 1))
    for i in 0..<8 { record.parameter[i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * i)) }
    return record
  }

  private static func value(_ record: EventRecord) -> UInt64? {
    var value: UInt64 = 0
    for i in 0..<8 { value |= UInt64(record.parameter[i]) << UInt64(8 * i) }
    let expected = Self.record(value)
    return expected.instant == record.instant && expected.code == record.code ? value : nil
  }

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    let report = ring.recover(from: memory)
    memory.base.noteMeasuring()
    let leniency = memory.leniency
    guard report.outcome == .recovered else {
      let isNew = commits == 0 && memory.isNew(report)
      guard isNew || leniency.allowsLoss(report) else {
        throw Violation(.events, "\(report.outcome) after \(commits) events")
      }
      history = []
      commits = 0
      return
    }
    try checkNewest(report, leniency, memory)
    try checkHistory(leniency, memory)
  }

  private mutating func checkNewest(
    _ report: RecoveryReport, _ leniency: Leniency, _ memory: borrowing TortureMemory
  ) throws(Violation) {
    let acknowledged = history.last?.sequence ?? 0
    if ring.newest < acknowledged {
      guard leniency.allowsOld(report) else {
        throw Violation(.events, "event \(acknowledged) was acknowledged, \(ring.newest) is newest")
      }
      history.removeAll { $0.sequence > ring.newest }
    }
    guard ring.newest > acknowledged else { return }
    guard let record = ring.read(0, from: memory), let value = Self.value(record) else {
      throw Violation(.tornPages, "the newest event is not whole")
    }
    guard open.contains(value) || leniency == .order else {
      throw Violation(.events, "an event came back that never was")
    }
    note(value)
  }

  private func checkHistory(
    _ leniency: Leniency, _ memory: borrowing TortureMemory
  ) throws(Violation) {
    for event in history {
      let index = Int(ring.newest - event.sequence)
      let found = ring.read(index, from: memory)
      if found == nil && leniency != .none { continue }
      guard let found, Self.value(found) == event.value else {
        throw Violation(.events, "event \(event.sequence) is gone, \(ring.newest) is newest")
      }
    }
  }

  private mutating func note(_ value: UInt64) {
    commits += 1
    open = []
    history.append((ring.newest, value))
    if history.count > 24 { history.removeFirst() }
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    value += 1 + UInt64(random.below(1000))
    open.append(value)
    var isDone = false
    try memory.untilDone { memory throws(Violation) in
      switch ring.poll(memory) {
      case .committed: isDone = true
      case .idle, .failed: _ = ring.append(Self.record(value), to: &memory)
      case .busy: break
      }
      return isDone
    }
    guard isDone else { return }
    note(value)
  }
}
