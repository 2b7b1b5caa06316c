/// Values of one kind, as attributes and parameters have them.
extension COSEMReader {
  /// Takes the head of an array.
  /// - Throws: `outOfRange` for more elements than are wanted.
  @_lifetime(self: copy self)
  public mutating func array(upTo most: Int) throws(COSEMError) -> Int {
    guard case .array(let count) = try next() else { throw .otherType }
    guard count <= most else { throw .outOfRange }
    return count
  }

  /// Takes an octet string.
  /// - Returns: where its bytes stand.
  @_lifetime(self: copy self)
  public mutating func octets() throws(COSEMError) -> Range<Int> {
    guard case .string(.octetString, let range) = try next() else { throw .otherType }
    return range
  }

  @_lifetime(self: copy self)
  public mutating func boolean() throws(COSEMError) -> Bool {
    guard case .boolean(let value) = try next() else { throw .otherType }
    return value
  }

  /// Takes a date of five bytes, of its own type or as an octet string: year, month, day and day
  /// of the week, each of which may be left open.
  @_lifetime(self: copy self)
  public mutating func date() throws(COSEMError) -> COSEMDate {
    switch try next() {
    case .string(.octetString, let range), .string(.date, let range):
      guard range.count == 5 else { throw .otherType }
      return try COSEMDate(parsing: part(range))
    default: throw .otherType
    }
  }

  /// Takes a time of four bytes whose hour and minute are given, and which is on the full minute.
  /// - Returns: minute of the day.
  @_lifetime(self: copy self)
  public mutating func minuteOfDay() throws(COSEMError) -> UInt16 {
    switch try next() {
    case .string(.octetString, let range), .string(.time, let range):
      guard range.count == 4 else { throw .otherType }
      let t = part(range)
      guard t[0] < 24, t[1] < 60, t[2] == 0 || t[2] == 0xFF, t[3] == 0 || t[3] == 0xFF else {
        throw .outOfRange
      }
      return UInt16(t[0]) * 60 + UInt16(t[1])
    default: throw .otherType
    }
  }

  /// Nothing is left.
  public func end() throws(COSEMError) {
    guard remaining == 0 else { throw .otherType }
  }
}

/// A date of five bytes in which parts may be left open (IEC 62056-6-2, 4.1.6.1).
public struct COSEMDate: Equatable, Sendable {
  /// FFFF is open.
  public var year: UInt16
  /// FF is open; FD, FE: daylight saving ends, begins.
  public var month: UInt8
  /// FF is open; FD, FE: last but one, last of the month.
  public var day: UInt8
  /// 1 is Monday, FF is open.
  public var weekday: UInt8

  /// Everything left open: each day.
  public init() { (year, month, day, weekday) = (0xFFFF, 0xFF, 0xFF, 0xFF) }

  /// - Throws: `outOfRange` for parts that no calendar has; `truncated` for other than 5 bytes.
  public init(parsing bytes: Span<UInt8>) throws(COSEMError) {
    guard bytes.count == 5 else { throw .truncated }
    year = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    (month, day, weekday) = (bytes[2], bytes[3], bytes[4])
    guard (1...12).contains(month) || month >= 0xFD, (1...31).contains(day) || day >= 0xFD,
      (1...7).contains(weekday) || weekday == 0xFF
    else { throw .outOfRange }
  }

  /// As it is sent.
  public var bytes: InlineArray<5, UInt8> {
    [UInt8(year >> 8), UInt8(truncatingIfNeeded: year), month, day, weekday]
  }
}
