/// A date and time as ISO 8601 writes it, and its text form.
///
/// Read: `2026-11-22`, `2026-11-22T22:31`, `2026-11-22T22:31:05`, with a fraction of one to nine
/// digits after `.` or `,`, with `Z`, `+01:00`, `+0100` or `+01` behind a time, and with a space
/// instead of `T`. Written: always date, `T`, hours to seconds, then `Z` or `+01:00`.
public struct ISO8601Time: Equatable, Sendable {
  /// Date and time as written.
  public var civil: CivilDateTime
  /// 1/65536 s, rounded down.
  public var fraction: UInt16
  /// Minutes ahead of UTC, -1439...1439; nil where the text does not say.
  public var offsetMinutes: Int16?

  /// - Parameters:
  ///   - civil: date and time.
  ///   - fraction: 1/65536 s.
  ///   - offsetMinutes: minutes ahead of UTC; nil leaves it open.
  public init(civil: CivilDateTime, fraction: UInt16 = 0, offsetMinutes: Int16?) {
    (self.civil, self.fraction, self.offsetMinutes) = (civil, fraction, offsetMinutes)
  }

  /// Reads the whole of a text.
  public init(parsing text: Span<UInt8>) throws(TimeFormatError) {
    var scanner = DigitScanner(text)
    let date = try Self.scanDate(&scanner)
    var (hour, minute, second): (UInt8, UInt8, UInt8) = (0, 0, 0)
    (fraction, offsetMinutes) = (0, nil)
    if scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") {
      hour = try scanner.twoDigits(max: 23)
      try scanner.expect(":")
      minute = try scanner.twoDigits(max: 59)
      if scanner.skip(":") {
        second = try scanner.twoDigits(max: 59)
        if scanner.skip(".") || scanner.skip(",") { fraction = try scanner.fraction() }
      }
      offsetMinutes = try Self.scanOffset(&scanner)
    }
    try scanner.expectEnd()
    guard let civil = CivilDateTime(date: date, hour: hour, minute: minute, second: second) else {
      throw .outOfRange(offset: 0)
    }
    self.civil = civil
  }

  private static func scanDate(_ scanner: inout DigitScanner) throws(TimeFormatError) -> CivilDate {
    let year = try UInt16(scanner.number(digits: 4))
    try scanner.expect("-")
    let month = try scanner.twoDigits(max: 12)
    try scanner.expect("-")
    let day = try scanner.twoDigits(max: 31)
    guard let date = CivilDate(year: year, month: month, day: day) else {
      throw .outOfRange(offset: 0)
    }
    return date
  }

  private static func scanOffset(
    _ scanner: inout DigitScanner
  ) throws(TimeFormatError) -> Int16? {
    if scanner.skip("Z") || scanner.skip("z") { return 0 }
    let isNegative = scanner.skip("-")
    guard isNegative || scanner.skip("+") else { return nil }
    let hours = try scanner.twoDigits(max: 23)
    var minutes: UInt8 = 0
    if scanner.skip(":") || !scanner.isAtEnd { minutes = try scanner.twoDigits(max: 59) }
    let magnitude = Int16(hours) * 60 + Int16(minutes)
    return isNegative ? -magnitude : magnitude
  }

  /// The instant that is meant; a text that does not name its offset is local time of the zone.
  ///
  /// - Parameter zone: used only where `offsetMinutes` is nil.
  public func instant(in zone: ZoneRules) -> Instant {
    let whole: Instant
    if let offsetMinutes {
      whole = Instant(seconds: civil.seconds - Int64(offsetMinutes) * 60)
    } else {
      whole = zone.instant(ofLocalTime: civil)
    }
    return whole + Instant.Duration(ticks: Int64(fraction))
  }

  /// The longest text that `write` produces.
  public static let textBytesMax = 29

  /// Writes the text.
  ///
  /// - Parameters:
  ///   - bytes: at least `textBytesMax` long.
  ///   - milliseconds: whether three digits of the second follow.
  /// - Returns: the number of bytes written.
  public func write(
    into bytes: inout MutableSpan<UInt8>, milliseconds: Bool = false
  ) -> Int {
    precondition(bytes.count >= Self.textBytesMax, "no room for a time")
    var count = 0
    func put(_ byte: UInt8, into bytes: inout MutableSpan<UInt8>) {
      bytes[count] = byte
      count += 1
    }
    func put(_ value: UInt32, digits: Int, into bytes: inout MutableSpan<UInt8>) {
      var rest = value
      for index in stride(from: count + digits - 1, through: count, by: -1) {
        bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      count += digits
    }
    put(UInt32(civil.year), digits: 4, into: &bytes)
    put(UInt8(ascii: "-"), into: &bytes)
    put(UInt32(civil.month), digits: 2, into: &bytes)
    put(UInt8(ascii: "-"), into: &bytes)
    put(UInt32(civil.day), digits: 2, into: &bytes)
    put(UInt8(ascii: "T"), into: &bytes)
    put(UInt32(civil.hour), digits: 2, into: &bytes)
    put(UInt8(ascii: ":"), into: &bytes)
    put(UInt32(civil.minute), digits: 2, into: &bytes)
    put(UInt8(ascii: ":"), into: &bytes)
    put(UInt32(civil.second), digits: 2, into: &bytes)
    if milliseconds {
      put(UInt8(ascii: "."), into: &bytes)
      // To the nearest, so that a millisecond read (rounded down) is written back unchanged.
      put(min(999, (UInt32(fraction) * 1000 + 32_768) >> 16), digits: 3, into: &bytes)
    }
    guard let offsetMinutes else { return count }
    if offsetMinutes == 0 {
      put(UInt8(ascii: "Z"), into: &bytes)
    } else {
      put(UInt8(ascii: offsetMinutes < 0 ? "-" : "+"), into: &bytes)
      put(UInt32(offsetMinutes.magnitude / 60), digits: 2, into: &bytes)
      put(UInt8(ascii: ":"), into: &bytes)
      put(UInt32(offsetMinutes.magnitude % 60), digits: 2, into: &bytes)
    }
    return count
  }
}

extension ISO8601Time {
  /// An instant in UTC, clamped to 2000...9999.
  public init(utc instant: Instant) {
    self.init(
      civil: CivilDateTime(clamping: instant), fraction: instant.fraction, offsetMinutes: 0)
  }

  /// An instant in local time, clamped to 2000...9999.
  public init(_ instant: Instant, in zone: ZoneRules) {
    let local = zone.localTime(at: instant)
    self.init(
      civil: local.civil, fraction: instant.fraction, offsetMinutes: local.offsetMinutes)
  }
}
