/// A date and a time of day to the second, without saying of which zone.
///
/// As with `CivilDate` a value that exists is valid. Seconds run 0...59; there is no 24:00.
public struct CivilDateTime: Equatable, Comparable, Hashable, Sendable {
  /// The date.
  public let date: CivilDate
  /// 0...23.
  public let hour: UInt8
  /// 0...59.
  public let minute: UInt8
  /// 0...59.
  public let second: UInt8

  /// The largest number of seconds since 2000-01-01T00:00:00 that can be expressed.
  static let secondsMax = Int64(CivilDate.dayNumberMax) * 86_400 + 86_399

  /// Nil where a part is out of its range.
  public init?(date: CivilDate, hour: UInt8, minute: UInt8, second: UInt8) {
    guard hour < 24, minute < 60, second < 60 else { return nil }
    (self.date, self.hour, self.minute, self.second) = (date, hour, minute, second)
  }

  /// Nil where the calendar or the range 2000...9999 has no such date, or the day no such time.
  public init?(
    year: UInt16, month: UInt8, day: UInt8, hour: UInt8 = 0, minute: UInt8 = 0, second: UInt8 = 0
  ) {
    guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
    self.init(date: date, hour: hour, minute: minute, second: second)
  }

  /// The time a number of seconds after 2000-01-01T00:00:00, clamped to 2000...9999.
  public init(clampingSeconds seconds: Int64) {
    let clamped = min(max(seconds, 0), Self.secondsMax)
    let dayNumber = Int32(truncatingIfNeeded: clamped / 86_400)
    let secondOfDay = UInt32(truncatingIfNeeded: clamped - Int64(dayNumber) * 86_400)
    date = CivilDate(clampingDayNumber: dayNumber)
    hour = UInt8(truncatingIfNeeded: secondOfDay / 3_600)
    minute = UInt8(truncatingIfNeeded: secondOfDay / 60 % 60)
    second = UInt8(truncatingIfNeeded: secondOfDay % 60)
  }

  /// The time in UTC, rounded down to the second and clamped to 2000...9999.
  public init(clamping instant: Instant) { self.init(clampingSeconds: instant.seconds) }

  /// The time in UTC, rounded down to the second; nil outside 2000...9999.
  public init?(exactly instant: Instant) {
    guard instant.seconds >= 0, instant.seconds <= Self.secondsMax else { return nil }
    self.init(clampingSeconds: instant.seconds)
  }

  /// 2000...9999.
  public var year: UInt16 { date.year }
  /// 1...12.
  public var month: UInt8 { date.month }
  /// 1...31.
  public var day: UInt8 { date.day }
  /// The day of the week.
  public var weekday: Weekday { date.weekday }

  /// Seconds since midnight, 0...86,399.
  public var secondOfDay: UInt32 {
    UInt32(hour) * 3_600 + UInt32(minute) * 60 + UInt32(second)
  }

  /// Seconds since 2000-01-01T00:00:00 of the same zone.
  public var seconds: Int64 { Int64(date.dayNumber) * 86_400 + Int64(secondOfDay) }

  /// Earlier by the calendar and the clock face.
  public static func < (a: CivilDateTime, b: CivilDateTime) -> Bool {
    a.date == b.date ? a.secondOfDay < b.secondOfDay : a.date < b.date
  }
}

extension Instant {
  /// The instant at which a clock on UTC shows a date and time.
  public init(utc civil: CivilDateTime) { self.init(seconds: civil.seconds) }
}
