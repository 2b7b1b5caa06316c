import MeterTime

/// A clock that only moves when it is told to.
public struct VirtualClock: Sendable {
  /// What the clock shows.
  public private(set) var now: Instant

  public init(_ start: Instant = Instant(ticks: 0)) { now = start }

  /// Lets time pass.
  /// - Precondition: `duration` is not negative.
  public mutating func advance(by duration: Instant.Duration) {
    precondition(duration.ticks >= 0, "time does not pass backwards; use set(to:)")
    now = now + duration
  }

  /// Sets the clock, forward or back, as somebody with the right to do so would.
  public mutating func set(to instant: Instant) { now = instant }
}
