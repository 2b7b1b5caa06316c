/// A day of the week, numbered as in ISO 8601 and in COSEM (IEC 62056-6-2, 4.1.6.1).
public enum Weekday: UInt8, CaseIterable, Sendable {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday
}

/// A valid date of the proleptic Gregorian calendar, 2000-01-01...9999-12-31.
///
/// A value that exists is valid: there is no 30 February to guard against further in.
public struct CivilDate: Equatable, Comparable, Hashable, Sendable {
  /// 2000...9999.
  public let year: UInt16
  /// 1...12.
  public let month: UInt8
  /// 1...31, as far as the month goes.
  public let day: UInt8

  /// The first date that can be expressed.
  public static let first = CivilDate(checkedYear: 2000, month: 1, day: 1)
  /// The last date that can be expressed.
  public static let last = CivilDate(checkedYear: 9999, month: 12, day: 31)
  /// Days from the first to the last date: the largest `dayNumber`.
  public static let dayNumberMax: Int32 = 2_921_939

  private init(checkedYear year: UInt16, month: UInt8, day: UInt8) {
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Nil where the calendar or the range 2000...9999 has no such date.
  public init?(year: UInt16, month: UInt8, day: UInt8) {
    guard year >= 2000, year <= 9999, month >= 1, month <= 12, day >= 1,
      day <= Self.dayCount(year: year, month: month)
    else { return nil }
    self.init(checkedYear: year, month: month, day: day)
  }

  /// The date a number of days after 2000-01-01, clamped to the range that can be expressed.
  ///
  /// - Parameter dayNumber: 0 is 2000-01-01.
  public init(clampingDayNumber dayNumber: Int32) {
    // Count from 1 March of the year 1600 on, so that the leap day ends a year, a century and a
    // cycle of 400 years, and every step is one division (146,097 days in 400 years; 1600-03-01
    // lies 146,037 days before 2000-01-01).
    let shifted = min(max(dayNumber, 0), Self.dayNumberMax) + 146_037
    let cycle = shifted / 146_097
    let dayOfCycle = shifted % 146_097
    let yearOfCycle =
      (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = 1600 + 400 * cycle + yearOfCycle + (month <= 2 ? 1 : 0)
    self.init(
      checkedYear: UInt16(truncatingIfNeeded: year), month: UInt8(truncatingIfNeeded: month),
      day: UInt8(truncatingIfNeeded: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))
  }

  /// Days since 2000-01-01.
  public var dayNumber: Int32 {
    let yearFromMarch = Int32(year) - 1600 - (month <= 2 ? 1 : 0)
    let monthFromMarch = (Int32(month) + 9) % 12
    let (cycle, yearOfCycle) = (yearFromMarch / 400, yearFromMarch % 400)
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int32(day) - 1
    let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
    return cycle * 146_097 + dayOfCycle - 146_037
  }

  /// The day of the week; 2000-01-01 was a Saturday.
  public var weekday: Weekday { Self.weekday(dayNumber: dayNumber) }

  /// 1 on 1 January...366.
  public var dayOfYear: UInt16 {
    let newYear = CivilDate(checkedYear: year, month: 1, day: 1)
    return UInt16(truncatingIfNeeded: dayNumber - newYear.dayNumber + 1)
  }

  /// Every fourth year, but of the full centuries only every fourth: 2100 is not a leap year.
  public static func isLeap(year: UInt16) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// 28...31, and 0 where there is no such month.
  public static func dayCount(year: UInt16, month: UInt8) -> UInt8 {
    switch month {
    case 1, 3, 5, 7, 8, 10, 12: 31
    case 4, 6, 9, 11: 30
    case 2: isLeap(year: year) ? 29 : 28
    default: 0
    }
  }

  /// The last Sunday of a month, on which the European Union switches its clocks.
  ///
  /// - Parameters:
  ///   - year: 2000...9999.
  ///   - month: 1...12.
  static func lastSunday(year: UInt16, month: UInt8) -> CivilDate {
    let end = CivilDate(
      checkedYear: year, month: month, day: dayCount(year: year, month: month))
    let back = end.weekday == .sunday ? 0 : end.weekday.rawValue
    return CivilDate(checkedYear: year, month: month, day: end.day - back)
  }

  static func weekday(dayNumber: Int32) -> Weekday {
    switch (dayNumber + 5) % 7 {
    case 0: .monday
    case 1: .tuesday
    case 2: .wednesday
    case 3: .thursday
    case 4: .friday
    case 5: .saturday
    default: .sunday
    }
  }

  /// Earlier in the calendar.
  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    if a.year != b.year { return a.year < b.year }
    if a.month != b.month { return a.month < b.month }
    return a.day < b.day
  }
}
