import Testing

@testable import MeterTime

@Suite struct CivilDateTests {
  /// Walks every day of the range with the school-book rule and compares both conversions.
  @Test func everyDayFrom2000To9999() {
    var (year, month, day): (UInt16, UInt8, UInt8) = (2000, 1, 1)
    var weekday = 5  // Saturday, counted from Monday = 0.
    var mistakes = 0
    for number in 0...CivilDate.dayNumberMax {
      let date = CivilDate(clampingDayNumber: number)
      if date.year != year || date.month != month || date.day != day { mistakes += 1 }
      if date.dayNumber != number { mistakes += 1 }
      if Int(date.weekday.rawValue) != weekday + 1 { mistakes += 1 }
      weekday = (weekday + 1) % 7
      let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
      let lengths: [UInt8] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[Int(month) - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(mistakes == 0)
    #expect((year, month, day) == (10_000, 1, 1))
  }

  @Test(
    arguments: [
      (2000, 1, 1, Weekday.saturday), (2000, 2, 29, .tuesday), (2026, 11, 22, .sunday),
      (2038, 1, 19, .tuesday), (2099, 12, 31, .thursday), (2100, 2, 28, .sunday),
      (2100, 3, 1, .monday), (2106, 2, 7, .sunday), (2400, 2, 29, .tuesday),
      (9999, 12, 31, .friday),
    ] as [(UInt16, UInt8, UInt8, Weekday)])
  func weekdays(year: UInt16, month: UInt8, day: UInt8, weekday: Weekday) throws {
    #expect(try #require(CivilDate(year: year, month: month, day: day)).weekday == weekday)
  }

  @Test(
    arguments: [
      (1999, 12, 31), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32),
      (2026, 4, 31), (2026, 2, 29), (2100, 2, 29), (2200, 2, 29), (2024, 2, 30), (0, 1, 1),
      (65_535, 255, 255),
    ] as [(UInt16, UInt8, UInt8)])
  func datesThatDoNotExist(year: UInt16, month: UInt8, day: UInt8) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test func leapYears() {
    #expect(CivilDate.isLeap(year: 2000))
    #expect(CivilDate.isLeap(year: 2096))
    #expect(!CivilDate.isLeap(year: 2100))
    #expect(CivilDate.isLeap(year: 2400))
    #expect(CivilDate.dayCount(year: 2100, month: 2) == 28)
    #expect(CivilDate.dayCount(year: 2100, month: 13) == 0)
  }

  @Test func clampsOutsideTheRange() {
    #expect(CivilDate(clampingDayNumber: -1) == .first)
    #expect(CivilDate(clampingDayNumber: .min) == .first)
    #expect(CivilDate(clampingDayNumber: .max) == .last)
    #expect(CivilDate.last.dayNumber == CivilDate.dayNumberMax)
  }

  @Test func dayOfYear() throws {
    #expect(try #require(CivilDate(year: 2100, month: 12, day: 31)).dayOfYear == 365)
    #expect(try #require(CivilDate(year: 2096, month: 12, day: 31)).dayOfYear == 366)
    #expect(CivilDate.first.dayOfYear == 1)
  }
}
