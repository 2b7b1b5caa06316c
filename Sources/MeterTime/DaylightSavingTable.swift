/// The periods of daylight saving time that a meter knows, each with its dates.
///
/// A meter keeps dated switches and not a rule, because laws change and a table can be replaced
/// by whoever runs the meter. The default is the rule of the European Union (Directive
/// 2000/84/EC: last Sunday of March to last Sunday of October, each at 01:00 UTC) written out
/// for 16 years. Outside the periods, and where the table is empty, there is standard time.
public struct DaylightSavingTable: Equatable, Sendable {
  /// One summer: daylight saving time holds from `begin` up to but not including `end`.
  public struct Period: Equatable, Sendable {
    /// Whole minutes since 2000-01-01T00:00Z.
    public var beginMinutes: UInt32
    /// Whole minutes since 2000-01-01T00:00Z.
    public var endMinutes: UInt32

    /// - Parameters:
    ///   - beginMinutes: whole minutes since 2000-01-01T00:00Z.
    ///   - endMinutes: whole minutes since 2000-01-01T00:00Z.
    public init(beginMinutes: UInt32, endMinutes: UInt32) {
      (self.beginMinutes, self.endMinutes) = (beginMinutes, endMinutes)
    }

    /// The switch from standard time.
    public var begin: Instant { Instant(seconds: Int64(beginMinutes) * 60) }
    /// The switch back to standard time.
    public var end: Instant { Instant(seconds: Int64(endMinutes) * 60) }
  }

  /// The number of periods kept.
  public static let capacity = 16

  private var periods: InlineArray<16, Period>
  private var storedCount: UInt8
  /// True where the periods come from the default rule and may be carried on by it.
  public private(set) var followsDefaultRule: Bool
  /// What is added to standard time, in minutes, 1...120; 60 nearly everywhere.
  public private(set) var shiftMinutes: UInt8

  /// No daylight saving time, ever.
  public static var off: DaylightSavingTable { DaylightSavingTable(emptyWithShift: 60) }

  private init(emptyWithShift shiftMinutes: UInt8) {
    periods = InlineArray(repeating: Period(beginMinutes: 0, endMinutes: 0))
    storedCount = 0
    followsDefaultRule = false
    self.shiftMinutes = shiftMinutes
  }

  /// The rule of the European Union for 16 years.
  ///
  /// - Parameter year: the first year, clamped to 2000...9984.
  public init(europeanUnionFrom year: UInt16) {
    self.init(emptyWithShift: 60)
    let first = min(max(year, 2000), 9984)
    for index in 0..<Self.capacity {
      periods[index] = Self.europeanUnionPeriod(year: first + UInt16(index))
    }
    storedCount = UInt8(Self.capacity)
    followsDefaultRule = true
  }

  /// A table made by whoever runs the meter.
  ///
  /// Nil where there are more than 16 periods, one does not end after it begins, two overlap or
  /// lie closer together than the shift (a clock face could then stand for three instants), or
  /// the shift is not 1...120 minutes.
  public init?(periods: Span<Period>, shiftMinutes: UInt8 = 60) {
    guard periods.count <= Self.capacity, shiftMinutes >= 1, shiftMinutes <= 120 else {
      return nil
    }
    self.init(emptyWithShift: shiftMinutes)
    let margin = UInt32(shiftMinutes)
    for index in 0..<periods.count {
      let period = periods[index]
      guard period.endMinutes > period.beginMinutes,
        period.endMinutes - period.beginMinutes > margin
      else { return nil }
      if index > 0 {
        let (earliest, overflow) = periods[index - 1].endMinutes.addingReportingOverflow(margin)
        guard !overflow, period.beginMinutes > earliest else { return nil }
      }
      self.periods[index] = period
    }
    storedCount = UInt8(periods.count)
  }

  /// The number of periods in use, 0...16.
  public var count: Int { Int(storedCount) }

  /// A period in use, the earliest first.
  public subscript(index: Int) -> Period {
    precondition(index >= 0 && index < count, "no such period")
    return periods[index]
  }

  /// Whether daylight saving time holds at an instant.
  public func isDaylightSaving(at instant: Instant) -> Bool {
    for index in 0..<count where instant < periods[index].end {
      return instant >= periods[index].begin
    }
    return false
  }

  /// The next switch after an instant, in either direction; nil where none is known.
  public func nextSwitch(after instant: Instant) -> Instant? {
    for index in 0..<count where instant < periods[index].end {
      return instant < periods[index].begin ? periods[index].begin : periods[index].end
    }
    return nil
  }

  /// Carries a table of the default rule on, so that the year of `now` is among its first eight.
  ///
  /// A table that was replaced is left alone: its author has the last word on when it ends.
  public mutating func roll(to now: Instant) {
    guard followsDefaultRule, count == Self.capacity else { return }
    let year = CivilDateTime(clamping: now).year
    let first = CivilDateTime(clamping: periods[0].begin).year
    guard year > first + 7 || year < first else { return }
    self = DaylightSavingTable(europeanUnionFrom: year)
  }

  /// Tables are equal where they switch at the same instants by the same amount.
  public static func == (a: DaylightSavingTable, b: DaylightSavingTable) -> Bool {
    guard a.count == b.count, a.shiftMinutes == b.shiftMinutes,
      a.followsDefaultRule == b.followsDefaultRule
    else { return false }
    for index in 0..<a.count where a.periods[index] != b.periods[index] { return false }
    return true
  }

  private static func europeanUnionPeriod(year: UInt16) -> Period {
    func oneOClock(_ month: UInt8) -> UInt32 {
      let date = CivilDate.lastSunday(year: year, month: month)
      return UInt32(date.dayNumber) * 1_440 + 60
    }
    return Period(beginMinutes: oneOClock(3), endMinutes: oneOClock(10))
  }
}
