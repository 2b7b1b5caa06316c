import MeterTime
import PermanentMemory

/// Events on their way to the memory, oldest first; those that find no room are counted.
struct PendingEvents: Sendable {
  static let capacity = 12
  private var ticks = InlineArray<12, Int64>(repeating: 0)
  private var parameters = InlineArray<12, UInt64>(repeating: 0)
  private var codes = InlineArray<12, UInt16>(repeating: 0)
  private var start: UInt8 = 0
  private var held: UInt8 = 0
  /// Events that found no room, or no page that takes them, since `takeLost`.
  private var lost: UInt16 = 0

  init() {}

  var count: Int { Int(held) }

  mutating func append(_ event: LegalEvent, at instant: Instant, _ parameter: UInt64) {
    if count == Self.capacity { return countLost() }
    let k = (Int(start) + count) % Self.capacity
    ticks[k] = instant.ticks
    parameters[k] = parameter
    codes[k] = event.rawValue
    held += 1
  }

  mutating func countLost() { if lost < .max { lost += 1 } }

  /// Events lost since the last call, once there is room again to log how many they were.
  mutating func takeLost() -> UInt16 {
    if lost == 0 || count > Self.capacity / 2 { return 0 }
    defer { lost = 0 }
    return lost
  }

  /// The oldest, and the log that it belongs to.
  var first: (record: EventRecord, log: EventLogID)? {
    if count == 0 { return nil }
    let k = Int(start)
    guard let event = LegalEvent(rawValue: codes[k]) else { return nil }
    var record = EventRecord(instant: Instant(ticks: ticks[k]), code: codes[k])
    for n in 0..<8 {
      record.parameter[n] = UInt8(truncatingIfNeeded: parameters[k] >> UInt64(8 * n))
    }
    return (record, event.log)
  }

  mutating func removeFirst() {
    if count == 0 { return }
    start = UInt8((Int(start) + 1) % Self.capacity)
    held -= 1
  }
}
