/// A point in time: seconds since 2000-01-01T00:00:00Z plus a fraction of 1/65536 s.
///
/// Range: four million years to either side of the epoch; arithmetic is exact. There is no clock
/// here: instants are made by whoever owns one and passed as arguments. Leap seconds do not
/// exist, as in the clocks of meters and in UTC as computers keep it: a day has 86,400 s.
public struct Instant: Equatable, Comparable, Hashable, Sendable {
  /// 1/65536 s since 2000-01-01T00:00:00Z.
  public var ticks: Int64

  /// Ticks in one second.
  public static let ticksPerSecond: Int64 = 65_536

  /// - Parameter ticks: 1/65536 s since 2000-01-01T00:00:00Z.
  public init(ticks: Int64) { self.ticks = ticks }

  /// - Parameters:
  ///   - seconds: whole seconds since 2000-01-01T00:00:00Z.
  ///   - fraction: 1/65536 s, 0...65535.
  public init(seconds: Int64, fraction: UInt16 = 0) {
    ticks = seconds * Self.ticksPerSecond + Int64(fraction)
  }

  /// Whole seconds since the epoch, rounded down.
  public var seconds: Int64 { ticks >> 16 }
  /// The fraction of the second, 1/65536 s.
  public var fraction: UInt16 { UInt16(truncatingIfNeeded: ticks) }

  /// Earlier in time.
  public static func < (a: Instant, b: Instant) -> Bool { a.ticks < b.ticks }
  /// The instant a length of time later.
  public static func + (a: Instant, b: Duration) -> Instant { Instant(ticks: a.ticks + b.ticks) }
  /// The instant a length of time earlier.
  public static func - (a: Instant, b: Duration) -> Instant { Instant(ticks: a.ticks - b.ticks) }
  /// The time from `b` to `a`, negative where `a` is earlier.
  public static func - (a: Instant, b: Instant) -> Duration { Duration(ticks: a.ticks - b.ticks) }
  /// Moves an instant to a later one.
  public static func += (a: inout Instant, b: Duration) { a.ticks += b.ticks }
  /// Moves an instant to an earlier one.
  public static func -= (a: inout Instant, b: Duration) { a.ticks -= b.ticks }

  /// A length of time in 1/65536 s, signed.
  public struct Duration: Equatable, Comparable, Hashable, Sendable {
    /// 1/65536 s.
    public var ticks: Int64
    /// - Parameter ticks: 1/65536 s.
    public init(ticks: Int64) { self.ticks = ticks }
  }
}

extension Instant.Duration {
  /// No time.
  public static let zero = Instant.Duration(ticks: 0)
  /// Whole seconds.
  public static func seconds(_ n: Int64) -> Instant.Duration {
    Instant.Duration(ticks: n * Instant.ticksPerSecond)
  }
  /// Milliseconds, rounded toward zero to 1/65536 s.
  public static func milliseconds(_ n: Int64) -> Instant.Duration {
    Instant.Duration(ticks: n * Instant.ticksPerSecond / 1000)
  }
  /// Minutes of 60 s.
  public static func minutes(_ n: Int64) -> Instant.Duration { seconds(n * 60) }
  /// Hours of 3,600 s.
  public static func hours(_ n: Int64) -> Instant.Duration { seconds(n * 3_600) }
  /// Days of 86,400 s.
  public static func days(_ n: Int64) -> Instant.Duration { seconds(n * 86_400) }

  /// Whole seconds, rounded down.
  public var wholeSeconds: Int64 { ticks >> 16 }
  /// Whole milliseconds, rounded to the nearest.
  public var wholeMilliseconds: Int64 {
    let (seconds, rest) = (ticks >> 16, ticks & 0xFFFF)
    return seconds * 1000 + (rest * 1000 + 32_768) >> 16
  }

  /// Shorter, or more negative.
  public static func < (a: Instant.Duration, b: Instant.Duration) -> Bool { a.ticks < b.ticks }
  /// The sum of two lengths.
  public static func + (a: Instant.Duration, b: Instant.Duration) -> Instant.Duration {
    Instant.Duration(ticks: a.ticks + b.ticks)
  }
  /// The difference of two lengths.
  public static func - (a: Instant.Duration, b: Instant.Duration) -> Instant.Duration {
    Instant.Duration(ticks: a.ticks - b.ticks)
  }
  /// A whole multiple of a length.
  public static func * (a: Instant.Duration, n: Int64) -> Instant.Duration {
    Instant.Duration(ticks: a.ticks * n)
  }
}
