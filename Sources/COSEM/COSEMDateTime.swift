import MeterTime

/// A date and time of twelve bytes in which parts may be left open (IEC 62056-6-2, 4.1.6.1).
///
/// | bytes | content | left open |
/// |---|---|---|
/// | 2 | year | FFFF |
/// | 1 | month; FD, FE: daylight saving ends, begins | FF |
/// | 1 | day of month; FD, FE: last but one, last | FF |
/// | 1 | day of week, 1 is Monday | FF |
/// | 4 | hour, minute, second, hundredths | FF |
/// | 2 | deviation: UTC minus local time, minutes | 8000 |
/// | 1 | clock status | FF |
public struct COSEMDateTime: Equatable, Sendable {
  public var year: UInt16
  public var month: UInt8
  public var day: UInt8
  public var weekday: UInt8
  public var hour: UInt8
  public var minute: UInt8
  public var second: UInt8
  public var hundredths: UInt8
  /// UTC minus local time in minutes; nil where it is left open.
  public var deviation: Int16?
  public var status: UInt8

  /// Everything left open.
  public static let unspecified = COSEMDateTime()

  private init() {
    (year, month, day, weekday) = (0xFFFF, 0xFF, 0xFF, 0xFF)
    (hour, minute, second, hundredths) = (0xFF, 0xFF, 0xFF, 0xFF)
    deviation = nil
    status = 0xFF
  }

  /// - Throws: `outOfRange` for parts that no calendar has; `truncated` for other than 12 bytes.
  public init(parsing bytes: Span<UInt8>) throws(COSEMError) {
    guard bytes.count == 12 else { throw .truncated }
    year = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    (month, day, weekday) = (bytes[2], bytes[3], bytes[4])
    (hour, minute, second, hundredths) = (bytes[5], bytes[6], bytes[7], bytes[8])
    let minutes = Int16(bitPattern: UInt16(bytes[9]) << 8 | UInt16(bytes[10]))
    deviation = minutes == .min ? nil : minutes
    status = bytes[11]
    guard (1...12).contains(month) || month >= 0xFD, (1...31).contains(day) || day >= 0xFD,
      (1...7).contains(weekday) || weekday == 0xFF, hour < 24 || hour == 0xFF,
      minute < 60 || minute == 0xFF, second < 60 || second == 0xFF,
      hundredths < 100 || hundredths == 0xFF
    else { throw .outOfRange }
    // The standard ends at 720; islands in the Pacific lie beyond, and some meters turn the sign.
    guard (-840...840).contains(deviation ?? 0) else { throw .outOfRange }
  }

  /// A local time.
  /// - Parameters:
  ///   - offset: local time minus UTC, minutes.
  ///   - status: of the clock: bit 0 invalid, bit 7 daylight saving.
  public init(_ civil: CivilDateTime, offset: Int16, status: UInt8, hundredths: UInt8 = 0) {
    (year, month, day) = (civil.year, civil.month, civil.day)
    weekday = civil.weekday.rawValue
    (hour, minute, second) = (civil.hour, civil.minute, civil.second)
    self.hundredths = hundredths
    deviation = 0 - offset
    self.status = status
  }

  /// The instant in standard time of a zone, with the deviation that belongs to it.
  public init(standard instant: Instant, in zone: ZoneRules, status: UInt8 = 0) {
    self.init(zone.standardTime(at: instant), offset: zone.zoneMinutes, status: status)
  }

  /// The instant in local time of a zone, with daylight saving.
  public init(local instant: Instant, in zone: ZoneRules, status: UInt8 = 0) {
    let local = zone.localTime(at: instant)
    self.init(
      local.civil, offset: local.offsetMinutes,
      status: status | (local.isDaylightSaving ? 0x80 : 0))
  }

  /// Eight bytes and four, as they are sent.
  public var words: (UInt64, UInt32) {
    var high = UInt64(year) << 48 | UInt64(month) << 40 | UInt64(day) << 32
    high |= UInt64(weekday) << 24 | UInt64(hour) << 16 | UInt64(minute) << 8 | UInt64(second)
    let open = UInt16(bitPattern: deviation ?? .min)
    return (high, UInt32(hundredths) << 24 | UInt32(open) << 8 | UInt32(status))
  }

  /// Date and time where none of their parts is left open; a missing second is 0.
  public var civil: CivilDateTime? {
    CivilDateTime(
      year: year, month: month, day: day, hour: hour, minute: minute,
      second: second == 0xFF ? 0 : second)
  }

  /// What a meter takes a deviation for.
  public enum Dialect: UInt8, Sendable {
    /// UTC minus local time, as the standard says.
    case standard
    /// Local time minus UTC, as some meters have it.
    case inverted
  }

  /// The instant that is meant; nil where a part of it is left open.
  ///
  /// Without a deviation it is local time, and where that comes twice the status tells which.
  public func instant(in zone: ZoneRules, _ dialect: Dialect = .standard) -> Instant? {
    guard let civil else { return nil }
    let fraction = UInt32(hundredths == 0xFF ? 0 : hundredths) * 65_536 / 100
    let rest = Instant.Duration(ticks: Int64(fraction))
    guard let deviation else {
      let isSummer = status != 0xFF && status & 0x80 != 0
      return zone.instant(ofLocalTime: civil, fold: !isSummer) + rest
    }
    let minutes = dialect == .standard ? Int64(deviation) : -Int64(deviation)
    return Instant(utc: civil) + .minutes(minutes) + rest
  }
}
