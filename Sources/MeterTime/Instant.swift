/// A point in time: seconds since 2000-01-01T00:00:00Z plus a fraction of 1/65536 s.
///
/// Range: from 2000 to beyond the year 290,000,000,000; arithmetic is exact. There is no clock
/// here: instants are made by whoever owns one and passed as arguments.
public struct Instant: Equatable, Comparable, Hashable, Sendable {
  /// 1/65536 s since 2000-01-01T00:00:00Z.
  public var ticks: Int64

  /// Ticks in one second.
  public static let ticksPerSecond: Int64 = 65_536

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

  public static func < (a: Instant, b: Instant) -> Bool { a.ticks < b.ticks }
  public static func + (a: Instant, b: Duration) -> Instant { Instant(ticks: a.ticks + b.ticks) }
  public static func - (a: Instant, b: Instant) -> Duration { Duration(ticks: a.ticks - b.ticks) }

  /// A length of time in 1/65536 s, signed.
  public struct Duration: Equatable, Comparable, Hashable, Sendable {
    public var ticks: Int64
    public init(ticks: Int64) { self.ticks = ticks }
    public static func seconds(_ n: Int64) -> Duration { Duration(ticks: n * ticksPerSecond) }
    /// Milliseconds, rounded down to 1/65536 s.
    public static func milliseconds(_ n: Int64) -> Duration { Duration(ticks: n * ticksPerSecond / 1000) }
    public static func < (a: Duration, b: Duration) -> Bool { a.ticks < b.ticks }
  }
}
