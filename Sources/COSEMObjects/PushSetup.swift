import Bytes
import COSEM
import MeterTime
import PermanentMemory
import Quantities

/// What makes the meter send by itself.
public enum PushCause: UInt8, CaseIterable, Sendable {
  /// Its schedule, or somebody who asks for it.
  case schedule
  /// An alarm.
  case alarm

  /// 0-0:25.9.0 and 0-4:25.9.0.
  var name: OBISCode { OBISCode(0, self == .alarm ? 4 : 0, 25, 9, 0) }

  var region: PageRegion {
    let ports = MemoryMap.ports
    return PageRegion(first: ports.first + UInt16(rawValue) * 4, count: 4)
  }
}

/// What is sent, where to, and when (IEC 62056-6-2, class 40 version 0); kept in the part of the
/// memory that only the ports understand, and read from there when it is needed.
public struct PushSetup: Sendable {
  /// Attributes in one message, windows, and times of a schedule.
  public static let objectsMax = 8
  public static let windowsMax = 4
  public static let entriesMax = 4
  static let destinationMax = 64
  private static let recordBytes = 280

  private var bytes = InlineArray<280, UInt8>(repeating: 0)

  // Layout: 0 version; 1 transport; 2 retries; 3 lengths of lists: destination, 4 objects, 5
  // windows, 6 entries; 8 randomisation, 10 delay; 16 destination; 80 objects of 9 bytes; 152
  // windows of 23 (two times without their status, which says nothing here); 244 entries of 9.

  /// As it is before anybody has set it: nowhere to.
  public init(_ cause: PushCause) {
    bytes[0] = 1
    bytes[2] = 3
    bytes[10] = 60
    let clock = AttributeDescriptor(.clock, .abstract(1, 0), 2)
    let alarms = AttributeDescriptor(.data, QuantityID.alarmRegister.row.obis, 2)
    if cause == .alarm {
      setObjects([AttributeDescriptor(.pushSetup, cause.name, 1), clock, alarms], 3)
    } else {
      setObjects([AttributeDescriptor(.data, .abstract(42, 0), 2), clock, alarms], 3)
    }
  }

  private mutating func setObjects(
    _ list: InlineArray<3, AttributeDescriptor>, _ count: Int
  ) {
    for k in 0..<count { set(object: k, list[k]) }
    objectCount = count
  }

  // MARK: parts

  /// 0 TCP, 1 UDP, both with the wrapper.
  public internal(set) var transport: UInt8 {
    get { bytes[1] }
    set { bytes[1] = newValue }
  }
  /// Attempts after the first one.
  public internal(set) var retries: UInt8 {
    get { bytes[2] }
    set { bytes[2] = newValue }
  }
  /// Longest random wait before the first attempt, s.
  public internal(set) var randomisation_s: UInt16 {
    get { word(8) }
    set { setWord(8, newValue) }
  }
  /// Wait between two attempts, s.
  public internal(set) var delay_s: UInt16 {
    get { word(10) }
    set { setWord(10, newValue) }
  }

  private func word(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }

  private mutating func setWord(_ at: Int, _ value: UInt16) {
    bytes[at] = UInt8(truncatingIfNeeded: value)
    bytes[at + 1] = UInt8(value >> 8)
  }

  /// Bytes of the destination, which is text: host and port with a colon between them.
  public var destinationCount: Int { Int(bytes[3]) }

  public func destination(_ k: Int) -> UInt8 { bytes[16 + k] }

  mutating func setDestination(_ text: Span<UInt8>) {
    bytes[3] = UInt8(min(text.count, Self.destinationMax))
    for k in 0..<destinationCount { bytes[16 + k] = text[k] }
  }

  public internal(set) var objectCount: Int {
    get { Int(bytes[4]) }
    set { bytes[4] = UInt8(truncatingIfNeeded: newValue) }
  }

  /// What stands in a place of the message.
  public func object(_ k: Int) -> AttributeDescriptor {
    let at = 80 + 9 * k
    func byte(_ i: Int) -> UInt8 { bytes[at + i] }
    return AttributeDescriptor(
      UInt16(byte(0)) << 8 | UInt16(byte(1)),
      OBISCode(byte(2), byte(3), byte(4), byte(5), byte(6), byte(7)), byte(8))
  }

  mutating func set(object k: Int, _ attribute: AttributeDescriptor) {
    let at = 80 + 9 * k
    bytes[at] = UInt8(attribute.classID >> 8)
    bytes[at + 1] = UInt8(truncatingIfNeeded: attribute.classID)
    for i in 0..<6 { bytes[at + 2 + i] = attribute.name[i] }
    bytes[at + 8] = attribute.attribute
  }

  var windowCount: Int {
    get { Int(bytes[5]) }
    set { bytes[5] = UInt8(truncatingIfNeeded: newValue) }
  }

  /// Begin and end of a window; what they leave open holds always.
  func window(_ k: Int) -> (begin: COSEMDateTime, end: COSEMDateTime)? {
    let at = 152 + 23 * k
    let begin = InlineArray<12, UInt8> { $0 < 11 ? bytes[at + $0] : 0 }
    let end = InlineArray<12, UInt8> { $0 < 11 ? bytes[at + 11 + $0] : 0 }
    do throws(COSEMError) {
      return (try COSEMDateTime(parsing: begin.span), try COSEMDateTime(parsing: end.span))
    } catch { return nil }
  }

  mutating func set(window k: Int, _ begin: COSEMDateTime, _ end: COSEMDateTime) {
    let at = 152 + 23 * k
    for i in 0..<11 {
      bytes[at + i] = Self.byte(i, of: begin)
      bytes[at + 11 + i] = Self.byte(i, of: end)
    }
  }

  private static func byte(_ i: Int, of time: COSEMDateTime) -> UInt8 {
    let (high, low) = time.words
    return i < 8
      ? UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * i))
      : UInt8(truncatingIfNeeded: low >> UInt32(24 - 8 * (i - 8)))
  }

  var entryCount: Int {
    get { Int(bytes[6]) }
    set { bytes[6] = UInt8(truncatingIfNeeded: newValue) }
  }

  /// A time of the schedule: hour, minute, two bytes of no meaning, and the date.
  func entry(_ k: Int) -> InlineArray<9, UInt8> { InlineArray { bytes[244 + 9 * k + $0] } }

  mutating func set(entry k: Int, _ value: InlineArray<9, UInt8>) {
    for i in 0..<9 { bytes[244 + 9 * k + i] = value[i] }
  }

  // MARK: times

  /// The schedule asks for a message in the minute of a local time.
  public func isDue(at local: CivilDateTime) -> Bool {
    for k in 0..<entryCount {
      let entry = entry(k)
      if entry[0] != 0xFF && entry[0] != local.hour { continue }
      if entry[1] != 0xFF && entry[1] != local.minute { continue }
      let date = InlineArray<5, UInt8> { entry[4 + $0] }
      guard let day = try? COSEMDate(parsing: date.span) else { continue }
      if day.matches(local.date) { return true }
    }
    return false
  }

  /// A message may be sent at a local time: in a window, or at any time without one. A window ends
  /// before its end, and may pass midnight.
  public func isOpen(at local: CivilDateTime) -> Bool {
    if windowCount == 0 { return true }
    for k in 0..<windowCount {
      guard let (begin, end) = window(k) else { continue }
      let from = Self.second(begin, open: 0)
      let to = Self.second(end, open: 86_400)
      let now = local.secondOfDay
      let isInside = from <= to ? now >= from && now < to : now >= from || now < to
      let day = COSEMDate(begin)
      if isInside && day.matches(local.date) { return true }
    }
    return false
  }

  private static func second(_ time: COSEMDateTime, open: UInt32) -> UInt32 {
    if time.hour == 0xFF { return open }
    let minute = time.minute == 0xFF ? 0 : time.minute
    let second = time.second == 0xFF ? 0 : time.second
    return UInt32(time.hour) * 3600 + UInt32(minute) * 60 + UInt32(second)
  }

  // MARK: memory

  /// The setup as the memory holds it.
  public static func load(
    _ cause: PushCause, _ memory: borrowing some PageMemory & ~Copyable
  ) -> PushSetup {
    var setup = PushSetup(cause)
    var bytes = setup.bytes
    var room = bytes.mutableSpan
    var length = 0
    var record = AtomicRecord(region: cause.region, kind: 13)
    let found = record.recover(from: memory, into: &room, length: &length)
    guard found.outcome == .recovered, length == recordBytes, isValid(bytes) else { return setup }
    setup.bytes = bytes
    return setup
  }

  private static func isValid(_ bytes: InlineArray<280, UInt8>) -> Bool {
    bytes[0] == 1 && bytes[1] < 2 && Int(bytes[3]) <= destinationMax
      && Int(bytes[4]) <= objectsMax && Int(bytes[5]) <= windowsMax && Int(bytes[6]) <= entriesMax
  }

  /// CRC-32 of the setup, to log changes by.
  var check: UInt32 { CRC32.check(bytes.span) }

  /// Keeps it.
  func store(
    _ cause: PushCause, _ memory: inout some PageMemory & ~Copyable
  ) -> DataAccessResult {
    var record = AtomicRecord(region: cause.region, kind: 13)
    var old = InlineArray<280, UInt8>(repeating: 0)
    var room = old.mutableSpan
    var length = 0
    _ = record.recover(from: memory, into: &room, length: &length)
    guard record.begin(bytes.span) else { return .temporaryFailure }
    for _ in 0..<64 {
      memory.maintain()
      switch record.pump(bytes.span, to: &memory) {
      case .committed: return .success
      case .busy, .idle: continue
      case .failed: return .hardwareFault
      }
    }
    return .temporaryFailure
  }
}

extension COSEMDate {
  /// The date of a date and time.
  init(_ time: COSEMDateTime) {
    self.init()
    (year, month, day, weekday) = (time.year, time.month, time.day, time.weekday)
  }

  /// What is not left open is that of a date.
  func matches(_ date: CivilDate) -> Bool {
    if year != 0xFFFF && year != date.year { return false }
    if month != 0xFF && month != date.month { return false }
    if weekday != 0xFF && weekday != date.weekday.rawValue { return false }
    let count = CivilDate.dayCount(year: date.year, month: date.month)
    switch day {
    case 0xFF: return true
    case 0xFE: return date.day == count
    case 0xFD: return date.day + 1 == count
    default: return day == date.day
    }
  }
}
