import Bytes
import MeterTime

/// Alarms with their times, masks, and up to where the logs have been read: the one alarm register
/// of the meter, a small A/B record of the memory.
///
/// | bytes | content |
/// |---|---|
/// | 0 | layout, 2 |
/// | 1..<5 | raised alarms |
/// | 5..<9 | alarms still to be sent |
/// | 9..<21 | masks: raised, displayed, pushed |
/// | 21..<117 | borders of what has been read: 3 readers x 8 logs x sequence number |
/// | 117..<205 | when each alarm was raised last, the meter's time in s since 2000; 0 never |
struct AlarmState: Sendable {
  static let recordBytes = 205

  var raised = AlarmSet(rawValue: 0)
  var unsent = AlarmSet(rawValue: 0)
  var masks = AlarmMasks.standard
  /// Sequence number up to which a reader has read a log.
  private var borders = InlineArray<24, UInt32>(repeating: 0)
  /// The meter's time of the last raise of each alarm, s since 2000; 0 never.
  private var times = InlineArray<22, UInt32>(repeating: 0)

  init() {}

  private static func place(_ reader: EventReader, _ log: EventLogID) -> Int {
    Int(reader.rawValue) * EventLogID.count + Int(log.rawValue)
  }

  func border(_ reader: EventReader, _ log: EventLogID) -> UInt32 {
    borders[Self.place(reader, log)]
  }

  /// A border only moves forward: reading old records again does not make newer ones unread.
  /// - Returns: false when it has not moved.
  mutating func moveBorder(
    _ reader: EventReader, _ log: EventLogID, to sequence: UInt32
  ) -> Bool {
    if sequence <= border(reader, log) { return false }
    borders[Self.place(reader, log)] = sequence
    return true
  }

  /// When the alarm was raised last, in the meter's time; nil if never.
  func time(_ alarm: Alarm) -> Instant? {
    let seconds = times[Int(alarm.rawValue)]
    return seconds == 0 ? nil : Instant(seconds: Int64(seconds))
  }

  /// Raises the alarm; false if it stands already or is masked.
  /// - Parameter time: the meter's.
  mutating func raise(_ alarm: Alarm, at time: Instant) -> Bool {
    guard masks.raised.has(alarm), !raised.has(alarm) else { return false }
    let bit = AlarmSet(alarm)
    raised.formUnion(bit)
    times[Int(alarm.rawValue)] = UInt32(clamping: max(time.seconds, 1))
    if masks.pushed.has(alarm) { unsent.formUnion(bit) }
    return true
  }

  func encode(into bytes: inout InlineArray<205, UInt8>) {
    bytes[0] = 2
    var at = 1
    func put(_ value: UInt32) {
      for k in 0..<4 { bytes[at + k] = UInt8(truncatingIfNeeded: value >> UInt32(8 * k)) }
      at += 4
    }
    put(raised.rawValue)
    put(unsent.rawValue)
    put(masks.raised.rawValue)
    put(masks.displayed.rawValue)
    put(masks.pushed.rawValue)
    for k in borders.indices { put(borders[k]) }
    for k in times.indices { put(times[k]) }
  }

  /// Nil for a layout that this version does not know.
  init?(_ bytes: InlineArray<205, UInt8>) {
    guard bytes[0] == 2 else { return nil }
    func get(_ at: Int) -> UInt32 {
      var value: UInt32 = 0
      for k in 0..<4 { value |= UInt32(bytes[at + k]) << UInt32(8 * k) }
      return value
    }
    func set(_ at: Int) -> AlarmSet { AlarmSet(rawValue: get(at)).intersection(.all) }
    raised = set(1)
    unsent = set(5)
    masks = AlarmMasks(raised: set(9), displayed: set(13), pushed: set(17))
    for k in borders.indices { borders[k] = get(21 + 4 * k) }
    for k in times.indices { times[k] = get(117 + 4 * k) }
  }
}
