import MeterTime
import Quantities

/// Which tariff holds when, in local time: two seasons, three kinds of day, exception days.
///
/// A day follows the schedule of its season and kind; a tariff holds until the next change, also
/// over midnight. The tariff is a function of what a clock on the wall shows: where an hour comes
/// twice in autumn, so do its changes; a change within the hour that is skipped in spring has
/// happened when that hour is over.
///
/// The value is for setting up and for looking things up; it is about 700 bytes large and is not
/// kept in RAM (`TariffControl` keeps the next change).
public struct TariffPlan: Equatable, Sendable {
  /// Changes in one day.
  public static let changesMax = 8
  /// Exception days in one plan.
  public static let exceptionsMax = 100

  /// One of two parts of the year.
  public enum Season: UInt8, CaseIterable, Sendable { case a, b }

  /// How a day is treated.
  public enum DayKind: UInt8, CaseIterable, Sendable { case working, nonWorking, exception }

  /// Freely chosen number by which people know the plan.
  public var number: UInt16
  /// Working days of the week: bit 0 is Monday; 0x1F is Monday to Friday.
  public private(set) var workingDays: UInt8 = 0x1F
  var starts = InlineArray<2, YearDay>(repeating: YearDay(month: 1, day: 1))
  private var schedules = InlineArray<6, DaySchedule>(repeating: DaySchedule())
  private var exceptions = InlineArray<100, ExceptionDay>(repeating: ExceptionDay(raw: 0))
  private var exceptionsInUse: UInt8 = 0

  /// A plan without any change: T1 throughout.
  public init(number: UInt16) { self.number = number }

  /// First day of a season in every year.
  public func start(of season: Season) -> (month: UInt8, day: UInt8) {
    let start = starts[Int(season.rawValue)]
    return (start.month, start.day)
  }

  /// Sets the first days of both seasons; equal ones make the whole year season A.
  public mutating func setSeasons(
    a: (month: UInt8, day: UInt8), b: (month: UInt8, day: UInt8)
  ) throws(TariffPlanError) {
    guard let first = YearDay(checked: a), let second = YearDay(checked: b) else { throw .season }
    starts = [first, second]
  }

  /// Says which days of the week are working days.
  public mutating func setWorkingDays(_ mask: UInt8) throws(TariffPlanError) {
    guard mask < 0x80 else { throw .workingDays }
    workingDays = mask
  }

  /// The changes of a kind of day.
  public func schedule(_ season: Season, _ kind: DayKind) -> DaySchedule {
    schedules[Self.place(season, kind)]
  }

  /// Replaces the changes of a kind of day.
  public mutating func set(_ schedule: DaySchedule, _ season: Season, _ kind: DayKind) {
    schedules[Self.place(season, kind)] = schedule
  }

  private static func place(_ season: Season, _ kind: DayKind) -> Int {
    Int(season.rawValue) * 3 + Int(kind.rawValue)
  }

  /// Exception days in use, 0...100.
  public var exceptionCount: Int { Int(exceptionsInUse) }

  /// An exception day.
  public func exception(_ index: Int) -> ExceptionDay {
    precondition(index >= 0 && index < exceptionCount, "no such exception day")
    return exceptions[index]
  }

  /// Adds an exception day.
  public mutating func add(_ day: ExceptionDay) throws(TariffPlanError) {
    guard exceptionCount < Self.exceptionsMax else { throw .tooManyExceptions }
    exceptions[exceptionCount] = day
    exceptionsInUse += 1
  }

  /// Plans are equal where they say the same.
  public static func == (a: TariffPlan, b: TariffPlan) -> Bool {
    guard a.number == b.number, a.workingDays == b.workingDays,
      a.exceptionsInUse == b.exceptionsInUse, a.starts[0] == b.starts[0],
      a.starts[1] == b.starts[1]
    else { return false }
    for k in 0..<6 where a.schedules[k] != b.schedules[k] { return false }
    for k in 0..<a.exceptionCount where a.exceptions[k] != b.exceptions[k] { return false }
    return true
  }
}

/// Why a plan was not taken.
public enum TariffPlanError: UInt8, Error, Sendable {
  /// The bytes end too early, go on behind the end, or have an unknown layout.
  case layout
  /// A season does not begin on a day that every year has.
  case season
  case workingDays
  /// More than eight changes in a day.
  case tooManyChanges
  /// Changes are not in ascending order, or beyond the day.
  case order
  case tooManyExceptions
  /// There is no such date.
  case exceptionDate
}

/// A day that every year has: 29 February is none.
struct YearDay: Equatable, Sendable {
  var month: UInt8
  var day: UInt8

  init(month: UInt8, day: UInt8) { (self.month, self.day) = (month, day) }

  init?(checked: (month: UInt8, day: UInt8)) {
    guard CivilDate(year: 2001, month: checked.month, day: checked.day) != nil else { return nil }
    self.init(month: checked.month, day: checked.day)
  }

  var ordinal: UInt16 { UInt16(month) << 5 | UInt16(day) }
}

/// Up to eight changes of tariff in one day.
public struct DaySchedule: Equatable, Sendable {
  /// Minute of the day in bits 0..<12, tariff in bits 12..<14.
  private var changes = InlineArray<8, UInt16>(repeating: 0)
  private var inUse: UInt8 = 0

  /// No change: what held before goes on holding.
  public init() {}

  /// One tariff from midnight on.
  public init(all tariff: Tariff) {
    changes[0] = UInt16(tariff.rawValue) << 12
    inUse = 1
  }

  /// Changes in use, 0...8.
  public var count: Int { Int(inUse) }

  /// A change: minutes after midnight, and what holds from then on.
  public subscript(index: Int) -> (minute: UInt16, tariff: Tariff) {
    precondition(index >= 0 && index < count, "no such change")
    let raw = changes[index]
    return (raw & 0xFFF, Tariff(rawValue: UInt8(truncatingIfNeeded: raw >> 12) & 3) ?? .t1)
  }

  /// Adds a change behind the others.
  ///
  /// - Parameter minute: minutes after midnight, 0..<1440, later than the last one.
  public mutating func add(_ tariff: Tariff, from minute: UInt16) throws(TariffPlanError) {
    guard count < TariffPlan.changesMax else { throw .tooManyChanges }
    guard minute < 1440, count == 0 || minute > self[count - 1].minute else { throw .order }
    changes[count] = UInt16(tariff.rawValue) << 12 | minute
    inUse += 1
  }

  /// The tariff of the last change up to a minute of the day; nil before the first one.
  func tariff(at minute: UInt16) -> Tariff? {
    var found: Tariff?
    for k in 0..<count where self[k].minute <= minute { found = self[k].tariff }
    return found
  }

  /// The minute of the next change after a minute of the day.
  func next(after minute: UInt16) -> UInt16? {
    for k in 0..<count where self[k].minute > minute { return self[k].minute }
    return nil
  }

  public static func == (a: DaySchedule, b: DaySchedule) -> Bool {
    guard a.inUse == b.inUse else { return false }
    for k in 0..<a.count where a.changes[k] != b.changes[k] { return false }
    return true
  }
}

/// A day that is treated in its own way: of one year, or of every year.
public struct ExceptionDay: Equatable, Sendable {
  /// Bit 23: every year, with the month in bits 5..<9 and the day in bits 0..<5; else days since
  /// 2000-01-01.
  let raw: UInt32

  init(raw: UInt32) { self.raw = raw }

  /// One date.
  public init(_ date: CivilDate) { raw = UInt32(truncatingIfNeeded: date.dayNumber) }

  /// A date of every year; nil where no year has it. 29 February is one of leap years.
  public init?(everyYear month: UInt8, _ day: UInt8) {
    guard CivilDate(year: 2000, month: month, day: day) != nil else { return nil }
    raw = 0x80_0000 | UInt32(month) << 5 | UInt32(day)
  }

  /// The date, where it is one of a single year.
  public var date: CivilDate? {
    raw & 0x80_0000 == 0 ? CivilDate(clampingDayNumber: Int32(raw)) : nil
  }

  /// Month and day, where it is one of every year.
  public var everyYear: (month: UInt8, day: UInt8)? {
    guard raw & 0x80_0000 != 0 else { return nil }
    return (UInt8(truncatingIfNeeded: raw >> 5) & 15, UInt8(truncatingIfNeeded: raw) & 31)
  }

  func matches(_ date: CivilDate) -> Bool {
    raw & 0x80_0000 == 0
      ? raw == UInt32(truncatingIfNeeded: date.dayNumber)
      : raw & 0x1FF == UInt32(date.month) << 5 | UInt32(date.day)
  }
}
