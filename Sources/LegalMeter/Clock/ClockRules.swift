import MeterTime

/// Who asks for another time.
public enum ClockAuthority: UInt8, CaseIterable, Sendable {
  /// A head-end that keeps the clock right. Small differences only; the clock is slewed.
  case synchronisation
  /// A command of somebody with the right to set the clock. The clock steps.
  case command
  /// Somebody at the meter with the right to service it: no limit but the calendar's.
  case service
}

/// Why the clock was not set.
public enum ClockRefusal: UInt8, CaseIterable, Error, Sendable {
  /// Outside the years 2000...9999.
  case outOfRange
  /// More than this authority may move it.
  case tooFar
  /// The last large change is too recent.
  case tooSoon
}

/// How far and how often a valid clock may be moved. An invalid clock takes any time.
///
/// | authority | up to `small_s` | up to `largest_s` | beyond |
/// |---|---|---|---|
/// | synchronisation | slewed | refused | refused |
/// | command | stepped | stepped, once in `between_s` | refused |
/// | service | stepped | stepped | stepped |
///
/// Defaults follow British practice (10 s, one set in 24 h) and UNI/TS 11291 (4 h; a sum of 60 s
/// in a month is worth a remark).
public struct ClockLimits: Equatable, Sendable {
  /// Differences up to this are adjustments: no record is marked by them. Seconds.
  public var small_s: UInt16
  /// The largest step by command, seconds.
  public var largest_s: UInt32
  /// The shortest time between two steps by command beyond `small_s`, seconds.
  public var between_s: UInt32
  /// Sum of the movements of a calendar month above which the log says so, seconds.
  public var monthly_s: UInt16

  public init(
    small_s: UInt16 = 10, largest_s: UInt32 = 14_400, between_s: UInt32 = 86_400,
    monthly_s: UInt16 = 60
  ) {
    self.small_s = small_s
    self.largest_s = largest_s
    self.between_s = between_s
    self.monthly_s = monthly_s
  }
}

/// What is fixed of the clock beside its state.
public struct ClockSettings: Equatable, Sendable {
  /// Zone and daylight saving.
  public var zone: ZoneRules
  /// What carries the clock through an outage.
  public var reserve: ClockReserve.Source
  public var limits: ClockLimits

  public init(
    zone: ZoneRules = .utc, reserve: ClockReserve.Source = .battery,
    limits: ClockLimits = ClockLimits()
  ) {
    self.zone = zone
    self.reserve = reserve
    self.limits = limits
  }
}

/// What the owner knows of the clock's chip at a start.
public enum ClockChip: UInt8, Sendable {
  /// Nothing: the model of the reserve decides.
  case unknown
  /// It has run on since the supply went.
  case hasRun
  /// It has stood still.
  case hasStopped
}

/// A movement of the meter's time against the time line of its owner.
public struct ClockStep: Equatable, Sendable {
  /// The meter's time just before.
  public var before: Instant
  /// The meter's time just after.
  public var after: Instant
  /// True where records touched by it must be marked: it is larger than an adjustment, or the
  /// clock became valid or invalid.
  public var isMarked: Bool

  public init(before: Instant, after: Instant, isMarked: Bool) {
    self.before = before
    self.after = after
    self.isMarked = isMarked
  }
}
