import Bytes
import MeterTime

/// A point in time as a record of EN 13757-3 codes it (annex A, types F, G, I and J).
///
/// Parts may be missing (a date has no hour) or stand for every value; so it is not a
/// `CivilDateTime`, but gives one where it names a single point in time.
public struct RecordTime: Equatable, Sendable {
  /// 1900...2299, or nil for every year.
  public var year: UInt16?
  /// 1...12, or nil for every month.
  public var month: UInt8?
  /// 1...31, or nil for every day.
  public var day: UInt8?
  /// 0...23, or nil for every hour and in a date.
  public var hour: UInt8?
  /// 0...59, or nil for every minute and in a date.
  public var minute: UInt8?
  /// 0...59, or nil where the coding has none.
  public var second: UInt8?
  /// The time is one of daylight saving.
  public var summer = false
  /// The sender says that the time is not valid.
  public var invalid = false

  public init() {}

  /// A civil date and time, to the second.
  public init(_ civil: CivilDateTime, summer: Bool = false) {
    (year, month, day) = (civil.year, civil.month, civil.day)
    (hour, minute, second) = (civil.hour, civil.minute, civil.second)
    self.summer = summer
  }

  /// The civil date and time, where all parts of it are there and exist in 2000...9999; what the
  /// coding has not is zero.
  public var civil: CivilDateTime? {
    guard !invalid, let year, let month, let day else { return nil }
    return CivilDateTime(
      year: year, month: month, day: day, hour: hour ?? 0, minute: minute ?? 0,
      second: second ?? 0)
  }

  /// Reads a date (G, 2 bytes), a time (J, 3), a date with time (F, 4) or the same to the second
  /// (I, 6); nil for other lengths and for parts that do not exist.
  public init?(_ bytes: Span<UInt8>) {
    switch bytes.count {
    case 2: self.init(dateLow: bytes[0], high: bytes[1], hundreds: nil)
    case 3: self.init(timeOfDay: bytes[0], bytes[1], bytes[2])
    case 4:
      self.init(dateLow: bytes[2], high: bytes[3], hundreds: bytes[1] >> 5 & 3)
      guard takeTime(minute: bytes[0] & 0x3F, hour: bytes[1] & 0x1F) else { return nil }
      summer = bytes[1] & 0x80 != 0
      invalid = bytes[0] & 0x80 != 0
    case 6:
      self.init(dateLow: bytes[3], high: bytes[4], hundreds: nil)
      guard takeTime(minute: bytes[1] & 0x3F, hour: bytes[2] & 0x1F), bytes[0] & 0x3F < 60 else {
        return nil
      }
      second = bytes[0] & 0x3F
      summer = bytes[0] & 0x40 != 0
      invalid = bytes[1] & 0x80 != 0
    default: return nil
    }
  }

  /// The date of types F, G and I. A century of two bits counts from 1900; where it is 0 or
  /// missing, the years 0...80 belong to 2000.
  private init?(dateLow low: UInt8, high: UInt8, hundreds: UInt8?) {
    let year = low >> 5 | (high >> 4) << 3
    if year == 127 {
      self.year = nil
    } else {
      guard year < 100 else { return nil }
      let century = hundreds ?? 0
      let base: UInt16 = century == 0 ? (year <= 80 ? 2000 : 1900) : 1900 + 100 * UInt16(century)
      self.year = base + UInt16(year)
    }
    let (day, month) = (low & 0x1F, high & 0x0F)
    guard month <= 12 || month == 15 else { return nil }
    // Day and month zero: nothing happened yet; the sender has no date to tell.
    if month == 0 { invalid = true }
    self.day = day == 0 ? nil : day
    self.month = month == 15 || month == 0 ? nil : month
  }

  private init?(timeOfDay second: UInt8, _ minute: UInt8, _ hour: UInt8) {
    guard second & 0x3F < 60 else { return nil }
    self.second = second & 0x3F
    guard takeTime(minute: minute & 0x3F, hour: hour & 0x1F) else { return nil }
  }

  private mutating func takeTime(minute: UInt8, hour: UInt8) -> Bool {
    guard minute < 60 || minute == 63, hour < 24 || hour == 31 else { return false }
    self.minute = minute == 63 ? nil : minute
    self.hour = hour == 31 ? nil : hour
    return true
  }

  /// The four bytes of type F; a year outside 1900...2299 is coded as every year.
  public var typeF: UInt32 {
    let minute = UInt32(minute ?? 63) | (invalid ? 0x80 : 0)
    var hundreds: UInt32 = 0
    if let year, year >= 1900, year < 2300 { hundreds = UInt32((year - 1900) / 100) }
    let hour = UInt32(hour ?? 31) | hundreds << 5 | (summer ? 0x80 : 0)
    return minute | hour << 8 | UInt32(typeG) << 16
  }

  /// The two bytes of type G.
  public var typeG: UInt16 {
    let short = year.map { UInt16($0 % 100) } ?? 127
    let (day, month) = (UInt16(day ?? 0), UInt16(month ?? 15))
    return day | (short & 7) << 5 | month << 8 | (short >> 3) << 12
  }

  /// The six bytes of type I, as a number of 48 bits; week and weekday are not told.
  public var typeI: UInt64 {
    let first = UInt64(second ?? 0) | (summer ? 0x40 : 0)
    let minute = UInt64(minute ?? 63) | (invalid ? 0x80 : 0)
    return first | minute << 8 | UInt64(hour ?? 31) << 16 | UInt64(typeG) << 24
  }
}
