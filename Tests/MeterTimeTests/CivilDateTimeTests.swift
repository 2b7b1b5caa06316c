import Testing

@testable import MeterTime

@Suite struct CivilDateTimeTests {
  /// Seconds since 1970 are the Unix times of the same instants, less 946,684,800.
  @Test(
    arguments: [
      (2000, 1, 1, 0, 0, 0, 946_684_800), (2026, 11, 22, 22, 31, 5, 1_795_386_665),
      // One second either side of the ends of signed and unsigned 32-bit Unix time.
      (2038, 1, 19, 3, 14, 7, 2_147_483_647), (2038, 1, 19, 3, 14, 8, 2_147_483_648),
      (2106, 2, 7, 6, 28, 15, 4_294_967_295), (2106, 2, 7, 6, 28, 16, 4_294_967_296),
      (2100, 2, 28, 23, 59, 59, 4_107_542_399), (2100, 3, 1, 0, 0, 0, 4_107_542_400),
      (9999, 12, 31, 23, 59, 59, 253_402_300_799),
    ] as [(UInt16, UInt8, UInt8, UInt8, UInt8, UInt8, Int64)])
  func unixTimes(
    year: UInt16, month: UInt8, day: UInt8, hour: UInt8, minute: UInt8, second: UInt8,
    unix: Int64
  ) throws {
    let civil = try #require(
      CivilDateTime(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second))
    #expect(Instant(utc: civil).seconds == unix - 946_684_800)
    #expect(CivilDateTime(exactly: Instant(utc: civil)) == civil)
  }

  /// The end of signed and unsigned 32-bit seconds counted from 2000 (2068 and 2136).
  @Test(arguments: [Int64(Int32.max), Int64(UInt32.max)])
  func secondsFrom2000PassThirtyTwoBits(last: Int64) {
    let before = CivilDateTime(clampingSeconds: last)
    let after = CivilDateTime(clampingSeconds: last + 1)
    #expect(before.seconds == last)
    #expect(after.seconds == last + 1)
    #expect(before < after)
  }

  @Test func roundTripOfRandomInstants() {
    var random = SplitMix64(seed: 382)
    for _ in 0..<200_000 {
      let ticks = Int64(random.next() % UInt64((CivilDateTime.secondsMax + 1) << 16))
      let instant = Instant(ticks: ticks)
      guard let civil = CivilDateTime(exactly: instant) else {
        Issue.record("no civil time for \(ticks)")
        return
      }
      let back = Instant(utc: civil)
      if back.ticks != ticks & ~0xFFFF { Issue.record("\(civil) is not \(ticks)") }
      let rebuilt = CivilDateTime(
        year: civil.year, month: civil.month, day: civil.day, hour: civil.hour,
        minute: civil.minute, second: civil.second)
      if rebuilt != civil { Issue.record("\(civil) is not valid") }
    }
  }

  @Test func orderFollowsTheSeconds() {
    var random = SplitMix64(seed: 61)
    for _ in 0..<20_000 {
      let a = Int64(random.next() % UInt64(CivilDateTime.secondsMax))
      let b = a + Int64(random.next() % 200_000) - 100_000
      let (x, y) = (CivilDateTime(clampingSeconds: a), CivilDateTime(clampingSeconds: b))
      if (x < y) != (x.seconds < y.seconds) { Issue.record("order of \(x) and \(y)") }
    }
  }

  @Test(
    arguments: [(24, 0, 0), (0, 60, 0), (0, 0, 60), (255, 255, 255)] as [(UInt8, UInt8, UInt8)])
  func timesThatDoNotExist(hour: UInt8, minute: UInt8, second: UInt8) {
    #expect(CivilDateTime(date: .first, hour: hour, minute: minute, second: second) == nil)
  }

  @Test func outsideTheRange() {
    let before = Instant(ticks: -1)
    let after = Instant(seconds: CivilDateTime.secondsMax + 1)
    #expect(CivilDateTime(exactly: before) == nil)
    #expect(CivilDateTime(exactly: after) == nil)
    #expect(CivilDateTime(clamping: before).seconds == 0)
    #expect(CivilDateTime(clamping: after).description == "9999-12-31T23:59:59")
    #expect(CivilDateTime(clamping: Instant(ticks: .max)).year == 9999)
    #expect(CivilDateTime(clamping: Instant(ticks: .min)).year == 2000)
  }

  @Test(arguments: [0, 1, 101, 261_122, 991_231] as [UInt32])
  func decimalDates(yymmdd: UInt32) throws {
    guard let date = CivilDate(yymmdd: yymmdd) else {
      #expect(yymmdd < 101)
      return
    }
    #expect(date.yymmdd == yymmdd)
  }

  /// Every number of six digits is either refused or comes back unchanged.
  @Test func decimalsRoundTrip() {
    var (dates, times) = (0, 0)
    for number in UInt32(0)...1_000_000 {
      if let date = CivilDate(yymmdd: number) {
        dates += 1
        if date.yymmdd != number { Issue.record("YYMMDD \(number)") }
      }
      if let time = CivilDateTime(date: .first, hhmmss: number) {
        times += 1
        if time.hhmmss != number { Issue.record("HHMMSS \(number)") }
      }
    }
    #expect(dates == 36_525)
    #expect(times == 86_400)
    #expect(CivilDate(yymmdd: .max) == nil)
    #expect(CivilDateTime(yymmdd: 261_122, hhmmss: 223_105)?.description == "2026-11-22T22:31:05")
    #expect(CivilDateTime(yymmdd: 260_229, hhmmss: 0) == nil)
  }
}
