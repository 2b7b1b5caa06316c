import MeterTime
import Quantities

extension TariffPlan {
  /// The season of a date.
  public func season(of date: CivilDate) -> Season {
    let (a, b) = (starts[0].ordinal, starts[1].ordinal)
    let day = YearDay(month: date.month, day: date.day).ordinal
    if a == b { return .a }
    if a < b { return day >= a && day < b ? .a : .b }
    return day >= b && day < a ? .b : .a
  }

  /// How a date is treated: exceptions go before the day of the week.
  public func kind(of date: CivilDate) -> DayKind {
    for k in 0..<exceptionCount where exception(k).matches(date) { return .exception }
    return workingDays >> (date.weekday.rawValue - 1) & 1 != 0 ? .working : .nonWorking
  }

  /// The schedule of a date.
  public func schedule(of date: CivilDate) -> DaySchedule {
    schedule(season(of: date), kind(of: date))
  }

  /// Days that are looked at for a change; one that no day of three months has, never was.
  private static let daysBack: Int32 = 92

  /// The tariff that a plan asks for at a local time; T1 where there has been no change.
  public func tariff(at local: CivilDateTime) -> Tariff {
    let minute = UInt16(local.hour) * 60 + UInt16(local.minute)
    if let tariff = schedule(of: local.date).tariff(at: minute) { return tariff }
    let today = local.date.dayNumber
    for back in 1...Self.daysBack where back <= today {
      let date = CivilDate(clampingDayNumber: today - back)
      if let tariff = schedule(of: date).tariff(at: 1439) { return tariff }
    }
    return .t1
  }

  /// The next instant after another at which the tariff may change, in the zone's local time.
  ///
  /// At the latest the next midnight; and where clocks switch, that instant.
  func nextLook(after time: Instant, in zone: ZoneRules) -> Instant {
    let local = zone.localTime(at: time).civil
    let minute = UInt16(local.hour) * 60 + UInt16(local.minute)
    let next = schedule(of: local.date).next(after: minute) ?? 1440
    let length = Int64(next) * 60 - Int64(local.secondOfDay)
    let look = Instant(seconds: time.seconds + length)
    guard let switched = zone.daylightSaving.nextSwitch(after: time) else { return look }
    return min(look, switched)
  }

  /// The next change of tariff after an instant, and what then holds.
  ///
  /// - Returns: where nothing changes within about three days, an instant at which to look again.
  public func nextChange(
    after time: Instant, in zone: ZoneRules
  ) -> (at: Instant, tariff: Tariff) {
    let present = tariff(at: zone.localTime(at: time).civil)
    var at = time
    // At most eight changes and a midnight each day; a bound also for a day without any change.
    for _ in 0..<32 {
      at = nextLook(after: at, in: zone)
      let next = tariff(at: zone.localTime(at: at).civil)
      if next != present { return (at, next) }
    }
    return (at, present)
  }
}
