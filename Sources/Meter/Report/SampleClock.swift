import MeterTime
import Metrology

/// Time told by sample sets: the instant of the first one, plus sets over rate.
public struct SampleClock: Sendable {
  /// Instant of the first set.
  public let start: Instant
  /// Sets per second.
  public let rate: SampleRate
  /// Sets taken since the start.
  public private(set) var count: Int64 = 0

  public init(start: Instant, rate: SampleRate) {
    self.start = start
    self.rate = rate
  }

  /// Counts sets that have been taken.
  @inline(__always)
  public mutating func take(_ sets: Int = 1) { count &+= Int64(sets) }

  /// Instant of the next set, rounded down to 1/65536 s.
  public var now: Instant {
    // Whole seconds first: the product of the rest and 65,536 then stays below 2^48.
    let (seconds, rest) = (count &* Int64(rate.denominator)).quotientAndRemainder(
      dividingBy: Int64(rate.numerator))
    let fraction = rest * Instant.ticksPerSecond / Int64(rate.numerator)
    return start + Instant.Duration(ticks: seconds * Instant.ticksPerSecond + fraction)
  }
}
