import MeterTime

/// Texts of the programs for instants and lengths of time.
public enum ISOTime {
  /// Seconds from 1970-01-01 to the meter's epoch, 2000-01-01, both at 00:00:00Z.
  private static let unixSecondsAtEpoch = 946_684_800.0

  /// An instant from ISO 8601; UTC where the text names no offset. Nil for anything else.
  public static func instant(_ text: String) -> Instant? {
    (try? ISO8601Time(text))?.instant(in: .utc)
  }

  /// The instant of a Unix time in seconds.
  public static func instant(unix seconds: Double) -> Instant {
    let ticks = (seconds - unixSecondsAtEpoch) * Double(Instant.ticksPerSecond)
    return Instant(ticks: Int64(ticks.rounded(.down)))
  }

  /// In UTC; with milliseconds where the instant is no whole second.
  public static func text(_ instant: Instant) -> String {
    ISO8601Time(utc: instant).text(milliseconds: instant.fraction != 0)
  }

  /// In local time with its offset, to the second.
  public static func localText(_ instant: Instant, _ zone: ZoneRules) -> String {
    ISO8601Time(instant, in: zone).text(milliseconds: false)
  }

  /// A length of time such as `90s`, `15m`, `1d12h`. Nil for anything else.
  public static func duration(_ text: String) -> Instant.Duration? {
    try? Instant.Duration(text)
  }
}

extension Int64 {
  /// Quotient rounded down and a remainder that is never negative.
  func quotientAndRemainderFloor(_ divisor: Int64) -> (Int64, Int64) {
    let (q, r) = quotientAndRemainder(dividingBy: divisor)
    return r < 0 ? (q - 1, r + divisor) : (q, r)
  }
}
