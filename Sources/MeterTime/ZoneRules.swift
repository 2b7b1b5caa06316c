/// How a meter's civil time follows from UTC: a fixed zone and the daylight-saving table.
///
/// Records are stored in standard time (UTC plus the zone), which never repeats an hour; local
/// time, with daylight saving, is for the glass and for people.
public struct ZoneRules: Equatable, Sendable {
  /// Standard time minus UTC in minutes, -720...840; +60 is Central European Time.
  public let zoneMinutes: Int16
  /// The periods of daylight saving time.
  public var daylightSaving: DaylightSavingTable

  /// Nil where the zone is outside -720...840 minutes.
  public init?(zoneMinutes: Int16, daylightSaving: DaylightSavingTable) {
    guard zoneMinutes >= -720, zoneMinutes <= 840 else { return nil }
    (self.zoneMinutes, self.daylightSaving) = (zoneMinutes, daylightSaving)
  }

  /// Central European Time with the rule of the European Union for 16 years.
  ///
  /// - Parameter year: the first year of the table, clamped to 2000...9984.
  public init(centralEuropeanFrom year: UInt16) {
    zoneMinutes = 60
    daylightSaving = DaylightSavingTable(europeanUnionFrom: year)
  }

  /// UTC without daylight saving time.
  public static var utc: ZoneRules { ZoneRules(utcWith: .off) }

  private init(utcWith table: DaylightSavingTable) {
    zoneMinutes = 0
    daylightSaving = table
  }

  /// Seconds of standard time since 2000-01-01T00:00:00 standard time, rounded down.
  ///
  /// Intervals of profiles are aligned to this count.
  public func standardSeconds(at instant: Instant) -> Int64 {
    instant.seconds + Int64(zoneMinutes) * 60
  }

  /// The instant of a count of seconds of standard time.
  public func instant(standardSeconds: Int64) -> Instant {
    Instant(seconds: standardSeconds - Int64(zoneMinutes) * 60)
  }

  /// Standard time, clamped to 2000...9999.
  public func standardTime(at instant: Instant) -> CivilDateTime {
    CivilDateTime(clampingSeconds: standardSeconds(at: instant))
  }

  /// The instant of a standard time; every standard time has exactly one.
  public func instant(ofStandardTime civil: CivilDateTime) -> Instant {
    instant(standardSeconds: civil.seconds)
  }

  /// Local time, clamped to 2000...9999.
  public func localTime(at instant: Instant) -> LocalDateTime {
    let isDaylightSaving = daylightSaving.isDaylightSaving(at: instant)
    let shift: Int16 = isDaylightSaving ? Int16(daylightSaving.shiftMinutes) : 0
    let shifted = Instant.Duration.minutes(Int64(daylightSaving.shiftMinutes))
    let offset = zoneMinutes + shift
    return LocalDateTime(
      civil: CivilDateTime(clampingSeconds: instant.seconds + Int64(offset) * 60),
      offsetMinutes: offset, isDaylightSaving: isDaylightSaving,
      isFold: !isDaylightSaving && daylightSaving.isDaylightSaving(at: instant - shifted))
  }

  /// The instants at which a clock on local time shows a date and time.
  public func instants(ofLocalTime civil: CivilDateTime) -> LocalTimeMatch {
    let standard = instant(ofStandardTime: civil)
    let summer = standard - .minutes(Int64(daylightSaving.shiftMinutes))
    switch (
      daylightSaving.isDaylightSaving(at: summer), !daylightSaving.isDaylightSaving(at: standard)
    ) {
    case (true, true): return .twice(first: summer, second: standard)
    case (true, false): return .once(summer)
    case (false, true): return .once(standard)
    case (false, false): return .never(standardTime: standard)
    }
  }

  /// The instant at which a clock on local time shows a date and time.
  ///
  /// A time that is skipped in spring is read as standard time, so it lands after the switch.
  ///
  /// - Parameter fold: of a time that comes twice in autumn, true takes the second.
  public func instant(ofLocalTime civil: CivilDateTime, fold: Bool = false) -> Instant {
    switch instants(ofLocalTime: civil) {
    case .once(let instant), .never(let instant): instant
    case .twice(let first, let second): fold ? second : first
    }
  }
}

/// A local time together with what is needed to tell it from its double in autumn.
public struct LocalDateTime: Equatable, Hashable, Sendable {
  /// What the clock on the wall shows.
  public let civil: CivilDateTime
  /// Local time minus UTC in minutes.
  public let offsetMinutes: Int16
  /// Daylight saving time holds.
  public let isDaylightSaving: Bool
  /// The second passage of an hour that comes twice.
  public let isFold: Bool
}

/// The instants that a local time stands for.
public enum LocalTimeMatch: Equatable, Sendable {
  /// The usual case.
  case once(Instant)
  /// In autumn: first in daylight saving time, then in standard time.
  case twice(first: Instant, second: Instant)
  /// Skipped in spring. Carries the instant of the same time read as standard time.
  case never(standardTime: Instant)
}
