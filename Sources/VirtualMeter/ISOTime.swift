import Foundation
import MeterTime

/// Texts for instants and lengths of time: ISO 8601 in and out, and short forms such as `90s`.
public enum ISOTime {
  /// Seconds from 1970-01-01 to the meter's epoch, 2000-01-01, both at 00:00:00Z.
  static let unixSecondsAtEpoch: Int64 = 946_684_800

  /// An instant from ISO 8601 such as `2026-11-22T18:00:00Z`, `…+01:00` or `2026-11-22`.
  ///
  /// A time without zone is UTC. Nil for anything else, and for years before 2000 or after 2999.
  public static func instant(_ text: String) -> Instant? {
    let bytes = Array(text.utf8)
    guard let days = civilDays(bytes.prefix(10)) else { return nil }
    var rest = bytes.dropFirst(10)
    guard let separator = rest.popFirst() else { return Instant(seconds: days * 86_400) }
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " ") else { return nil }
    guard let clock = clockTicks(&rest), let zone = zoneSeconds(rest) else { return nil }
    return Instant(seconds: days * 86_400 - zone) + clock
  }

  /// The instant of a Unix time in seconds.
  public static func instant(unix seconds: Double) -> Instant {
    let ticks = (seconds - Double(unixSecondsAtEpoch)) * Double(Instant.ticksPerSecond)
    return Instant(ticks: Int64(ticks.rounded(.down)))
  }

  /// `2026-11-22T18:00:00Z`, or the same moment at a fixed zone, `2026-11-22T19:00:00+01:00`.
  public static func text(_ instant: Instant, zoneMinutes: Int = 0) -> String {
    let local = instant.seconds + Int64(zoneMinutes) * 60
    let (days, second) = local.quotientAndRemainderFloor(86_400)
    let (y, m, d) = civil(days: days)
    let zone =
      zoneMinutes == 0
      ? "Z"
      : String(
        format: "%@%02d:%02d", zoneMinutes < 0 ? "-" : "+", abs(zoneMinutes) / 60,
        abs(zoneMinutes) % 60)
    return String(
      format: "%04d-%02d-%02dT%02d:%02d:%02d%@", y, m, d, second / 3600, second / 60 % 60,
      second % 60, zone)
  }

  /// A length of time: `90`, `90s`, `15m`, `1.5h`, `2d`, `500ms` or ISO 8601 such as `PT1H30M`.
  ///
  /// Nil for anything else, for negative lengths and for more than 1000 years.
  public static func duration(_ text: String) -> Instant.Duration? {
    let lower = text.lowercased()
    let seconds = lower.hasPrefix("p") ? isoSeconds(lower) : shortSeconds(lower)
    guard let seconds, seconds >= 0, seconds < 3.2e10 else { return nil }
    return Instant.Duration(ticks: Int64((seconds * 65_536).rounded()))
  }

  private static func shortSeconds(_ text: String) -> Double? {
    let units: [(String, Double)] = [
      ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("", 1),
    ]
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
    return plainNumber(text.dropLast(unit.count)).map { $0 * factor }
  }

  private static func isoSeconds(_ text: String) -> Double? {
    var total = 0.0
    var number = ""
    var inTime = false
    var any = false
    for c in text.dropFirst() {
      if c == "t" {
        guard !inTime, number.isEmpty else { return nil }
        inTime = true
      } else if c.isASCII, c.isNumber || c == "." {
        number.append(c)
      } else {
        let factors: [Character: Double] =
          inTime ? ["h": 3600, "m": 60, "s": 1] : ["w": 604_800, "d": 86_400]
        guard let factor = factors[c], let value = plainNumber(number[...]) else { return nil }
        total += value * factor
        number = ""
        any = true
      }
    }
    return any && number.isEmpty ? total : nil
  }

  private static func plainNumber(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) else {
      return nil
    }
    return Double(text)
  }
}

extension ISOTime {
  private static func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard !bytes.isEmpty, bytes.count <= 9, bytes.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return bytes.reduce(0) { $0 * 10 + Int64($1 - 48) }
  }

  /// `YYYY-MM-DD` as days since 2000-01-01.
  private static func civilDays(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let b = Array(bytes)
    guard b.count == 10, b[4] == 45, b[7] == 45, let y = digits(b[0..<4]),
      let m = digits(b[5..<7]), let d = digits(b[8..<10]), (2000...2999).contains(y),
      (1...12).contains(m), d >= 1
    else { return nil }
    let lengths: [Int64] = [31, isLeap(y) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard d <= lengths[Int(m) - 1] else { return nil }
    return days(y, m, d)
  }

  private static func isLeap(_ y: Int64) -> Bool {
    y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)
  }

  /// Days since 2000-01-01 of a civil date, by the March-based year.
  private static func days(_ y: Int64, _ m: Int64, _ d: Int64) -> Int64 {
    let year = m <= 2 ? y - 1 : y
    let dayOfYear = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 730_425
  }

  private static func civil(days: Int64) -> (Int64, Int64, Int64) {
    let z = days + 730_425
    let era = z.quotientAndRemainderFloor(146_097).0
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    let m = mp < 10 ? mp + 3 : mp - 9
    return (yoe + era * 400 + (m <= 2 ? 1 : 0), m, doy - (153 * mp + 2) / 5 + 1)
  }

  /// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fff`; leaves the zone.
  private static func clockTicks(_ rest: inout ArraySlice<UInt8>) -> Instant.Duration? {
    let end = rest.firstIndex { !(48...58).contains($0) && $0 != UInt8(ascii: ".") }
    let parts = rest[..<(end ?? rest.endIndex)].split(
      separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    rest = rest[(end ?? rest.endIndex)...]
    guard (2...3).contains(parts.count), parts[0].count == 2, parts[1].count == 2,
      let h = digits(parts[0]), let m = digits(parts[1]), h < 24, m < 60
    else { return nil }
    guard parts.count == 3 else { return .seconds(h * 3600 + m * 60) }
    let second = parts[2].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard second.count <= 2, second[0].count == 2, let s = digits(second[0]), s < 60 else {
      return nil
    }
    var ticks = (h * 3600 + m * 60 + s) * Instant.ticksPerSecond
    if second.count == 2 {
      guard let f = digits(second[1]) else { return nil }
      var unit: Int64 = 1
      for _ in 0..<second[1].count { unit *= 10 }
      ticks += f * Instant.ticksPerSecond / unit
    }
    return Instant.Duration(ticks: ticks)
  }

  private static func zoneSeconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let b = Array(bytes)
    if b.isEmpty || b == [UInt8(ascii: "Z")] { return 0 }
    guard b.count == 6, b[3] == 58, b[0] == 43 || b[0] == 45, let h = digits(b[1..<3]),
      let m = digits(b[4..<6]), h <= 14, m < 60
    else { return nil }
    return (b[0] == 45 ? -1 : 1) * (h * 3600 + m * 60)
  }
}

extension Int64 {
  /// Quotient rounded down and a remainder that is never negative.
  func quotientAndRemainderFloor(_ divisor: Int64) -> (Int64, Int64) {
    let (q, r) = quotientAndRemainder(dividingBy: divisor)
    return r < 0 ? (q - 1, r + divisor) : (q, r)
  }
}
