import Testing

@testable import MeterTime

@Suite struct TimeTextTests {
  @Test(
    arguments: [
      ("2026-11-22T22:31:05Z", "2026-11-22T22:31:05Z", 848_701_865),
      ("2026-11-22T22:31:05+01:00", "2026-11-22T22:31:05+01:00", 848_698_265),
      ("2026-11-22t22:31:05z", "2026-11-22T22:31:05Z", 848_701_865),
      ("2026-11-22 22:31:05-0330", "2026-11-22T22:31:05-03:30", 848_714_465),
      ("2026-11-22T22:31+01", "2026-11-22T22:31:00+01:00", 848_698_260),
      // Without an offset: local time, here Central European Summer Time.
      ("2026-07-01T12:00", "2026-07-01T12:00:00", 836_215_200),
      ("2026-07-01", "2026-07-01T00:00:00", 836_172_000),
      ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59", 252_455_702_339),
    ] as [(String, String, Int64)])
  func reads(text: String, written: String, seconds: Int64) throws {
    let time = try ISO8601Time(text)
    #expect(time.description == written)
    #expect(time.instant(in: ZoneRules(centralEuropeanFrom: 2020)).seconds == seconds)
  }

  @Test(
    arguments: [
      ("", TimeFormatError.truncated), ("2026", .truncated), ("2026-1", .truncated),
      ("2026-11-22T", .truncated), ("2026-11-22T22:31:05.", .truncated),
      ("x026-11-22", .unexpected(offset: 0)), ("2026/11/22", .unexpected(offset: 4)),
      ("2026-11-22T22:31:05.x", .unexpected(offset: 20)),
      ("2026-11-22T22:31:05Zx", .unexpected(offset: 20)),
      ("2026-11-22T22:31:05+01:00:00", .unexpected(offset: 25)),
      ("2026-11-22T22:31:05.1234567890", .unexpected(offset: 29)),
      ("2026-11-22Z", .unexpected(offset: 10)), ("2026-11-22T22:31:05 ", .unexpected(offset: 19)),
      ("2026-13-01", .outOfRange(offset: 5)), ("2026-11-32", .outOfRange(offset: 8)),
      ("2026-02-29", .outOfRange(offset: 0)), ("1999-12-31", .outOfRange(offset: 0)),
      ("2026-11-22T24:00", .outOfRange(offset: 11)),
      ("2026-11-22T23:59:60Z", .outOfRange(offset: 17)),
      ("2026-11-22T22:31:05+24:00", .outOfRange(offset: 20)),
    ] as [(String, TimeFormatError)])
  func refuses(text: String, error: TimeFormatError) {
    #expect(throws: error) { try ISO8601Time(text) }
  }

  /// Whatever the bytes, there is an answer; what is accepted is written and read the same.
  @Test func damagedTextsNeverTrap() {
    var random = SplitMix64(seed: 8601)
    let whole = Array("2026-11-22T22:31:05.123456789+01:00".utf8)
    for length in 0...whole.count {
      let cut = Array(whole[..<length])
      _ = try? ISO8601Time(parsing: cut.span)
    }
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0...(random.next() % 4) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      guard let time = try? ISO8601Time(parsing: bytes.span) else { continue }
      let again = try? ISO8601Time(time.description)
      if again?.civil != time.civil || again?.offsetMinutes != time.offsetMinutes {
        Issue.record("\(time)")
      }
    }
  }

  @Test func everyMillisecondComesBack() throws {
    for millisecond in 0..<1000 {
      let digits = String(1000 + millisecond).dropFirst()
      let text = "2026-11-22T22:31:05.\(digits)Z"
      #expect(try ISO8601Time(text).text(milliseconds: true) == text)
    }
    #expect(try ISO8601Time("2026-11-22T22:31:05.5Z").fraction == 32_768)
    #expect(try ISO8601Time("2026-11-22T22:31:05,999999999Z").fraction == 65_535)
  }

  @Test func writesInstants() throws {
    let rules = ZoneRules(centralEuropeanFrom: 2026)
    let instant = try ISO8601Time("2026-07-01T12:00:00Z").instant(in: rules)
    #expect(ISO8601Time(instant, in: rules).description == "2026-07-01T14:00:00+02:00")
    #expect(ISO8601Time(utc: instant).description == "2026-07-01T12:00:00Z")
    #expect(instant.description == "2026-07-01T12:00:00.000Z")
    #expect(Instant(ticks: 65_535).description == "2000-01-01T00:00:00.999Z")
    #expect(CivilDate.last.description == "9999-12-31")
  }

  @Test(
    arguments: [
      ("36h", Instant.Duration.hours(36)), ("90m", .minutes(90)), ("2d", .days(2)),
      ("500ms", .milliseconds(500)), ("0s", .zero), ("1d12h", .hours(36)),
      ("1h30m5s250ms", .seconds(5405) + .milliseconds(250)),
      ("1000000d", .days(1_000_000)), ("86400000000000ms", .days(1_000_000)),
    ] as [(String, Instant.Duration)])
  func durations(text: String, duration: Instant.Duration) throws {
    #expect(try Instant.Duration(text) == duration)
  }

  @Test(
    arguments: [
      ("", TimeFormatError.truncated), ("36", .truncated), ("h", .unexpected(offset: 0)),
      ("-1h", .unexpected(offset: 0)), ("1.5h", .unexpected(offset: 1)),
      ("1x", .unexpected(offset: 1)), ("1h ", .unexpected(offset: 2)),
      ("1m1h", .unexpected(offset: 3)), ("1h1h", .unexpected(offset: 3)),
      ("1000001d", .outOfRange(offset: 0)), ("1000000d1s", .outOfRange(offset: 8)),
      ("99999999999999999999s", .outOfRange(offset: 0)),
      ("9223372036854775807ms", .outOfRange(offset: 0)),
      ("86399999999999d", .outOfRange(offset: 0)),
    ] as [(String, TimeFormatError)])
  func durationsThatAreRefused(text: String, error: TimeFormatError) {
    #expect(throws: error) { try Instant.Duration(text) }
  }

  @Test func durationArithmetic() {
    #expect(Instant.Duration.milliseconds(1).ticks == 65)
    #expect(Instant.Duration.seconds(-1).wholeSeconds == -1)
    #expect(Instant.Duration(ticks: -1).wholeSeconds == -1)
    #expect(Instant.Duration.milliseconds(1234).wholeMilliseconds == 1234)
    #expect(Instant.Duration.minutes(1) * 3 - .seconds(60) == .minutes(2))
    #expect(Instant(seconds: 10) - .seconds(4) == Instant(seconds: 6))
    #expect(Instant(seconds: -1, fraction: 1).seconds == -1)
    #expect(Instant(seconds: -1, fraction: 1).fraction == 1)
  }
}
