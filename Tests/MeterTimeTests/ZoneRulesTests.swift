import Testing

@testable import MeterTime

@Suite struct ZoneRulesTests {
  private func utc(_ text: String) throws -> Instant {
    try ISO8601Time(text).instant(in: .utc)
  }

  /// The published dates of the switches of the European Union, UTC.
  @Test(
    arguments: [
      (2000, "2000-03-26", "2000-10-29"), (2021, "2021-03-28", "2021-10-31"),
      (2024, "2024-03-31", "2024-10-27"), (2025, "2025-03-30", "2025-10-26"),
      (2026, "2026-03-29", "2026-10-25"), (2027, "2027-03-28", "2027-10-31"),
      (2030, "2030-03-31", "2030-10-27"), (2100, "2100-03-28", "2100-10-31"),
    ] as [(UInt16, String, String)])
  func europeanUnion(year: UInt16, begin: String, end: String) throws {
    let table = DaylightSavingTable(europeanUnionFrom: year)
    #expect(table.count == 16)
    #expect(table[0].begin == (try utc(begin + "T01:00Z")))
    #expect(table[0].end == (try utc(end + "T01:00Z")))
  }

  /// Each autumn and spring of 2000...2099, second by second around the switches.
  @Test func everyFoldAndGapFrom2000To2099() throws {
    for year in UInt16(2000)...2099 {
      let rules = ZoneRules(centralEuropeanFrom: year)
      try checkGap(rules, year: year)
      try checkFold(rules, year: year)
    }
  }

  private func checkGap(_ rules: ZoneRules, year: UInt16) throws {
    let begin = rules.daylightSaving[0].begin
    #expect(CivilDateTime(clamping: begin).weekday == .sunday)
    let before = rules.localTime(at: begin - Instant.Duration(ticks: 1))
    let after = rules.localTime(at: begin)
    #expect((before.civil.hhmmss, before.isDaylightSaving) == (15_959, false))
    #expect((after.civil.hhmmss, after.isDaylightSaving, after.isFold) == (30_000, true, false))
    #expect((before.offsetMinutes, after.offsetMinutes) == (60, 120))
    let skipped = try #require(CivilDateTime(date: after.civil.date, hhmmss: 23_000))
    #expect(rules.instants(ofLocalTime: skipped) == .never(standardTime: begin + .minutes(30)))
    // Read as standard time it lands after the switch, at 03:30 on the wall.
    let landed = rules.localTime(at: rules.instant(ofLocalTime: skipped))
    #expect(landed.civil.hhmmss == 33_000)
    #expect(rules.instants(ofLocalTime: before.civil) == .once(begin - .seconds(1)))
    #expect(rules.instants(ofLocalTime: after.civil) == .once(begin))
  }

  private func checkFold(_ rules: ZoneRules, year: UInt16) throws {
    let end = rules.daylightSaving[0].end
    for second in stride(from: Int64(-7200), to: 7200, by: 1) {
      let instant = end + .seconds(second)
      let local = rules.localTime(at: instant)
      let isTwice = second >= -3600 && second < 3600
      if local.isDaylightSaving != (second < 0) || local.isFold != (second >= 0 && second < 3600) {
        Issue.record("flags at \(instant)")
      }
      if rules.instant(ofLocalTime: local.civil, fold: local.isFold) != instant {
        Issue.record("\(local.civil) does not lead back to \(instant)")
      }
      switch rules.instants(ofLocalTime: local.civil) {
      case .twice(let first, let second):
        if !isTwice || second - first != .hours(1) { Issue.record("double at \(instant)") }
      case .once: if isTwice { Issue.record("single at \(instant)") }
      case .never: Issue.record("none at \(instant)")
      }
    }
    #expect(rules.localTime(at: end).civil.hhmmss == 20_000)
    #expect(CivilDateTime(clamping: end).year == year)
  }

  @Test func localTimeLeadsBackFromRandomInstants() {
    var random = SplitMix64(seed: 2026)
    let rules = ZoneRules(centralEuropeanFrom: 2026)
    for _ in 0..<50_000 {
      let instant = Instant(seconds: 800_000_000 + Int64(random.next() % 700_000_000))
      let local = rules.localTime(at: instant)
      if rules.instant(ofLocalTime: local.civil, fold: local.isFold) != instant {
        Issue.record("\(local.civil) does not lead back to \(instant)")
      }
      if rules.instant(ofStandardTime: rules.standardTime(at: instant)) != instant {
        Issue.record("standard time of \(instant)")
      }
    }
  }

  @Test func standardTimeKnowsNoSummer() throws {
    let rules = ZoneRules(centralEuropeanFrom: 2026)
    let july = try utc("2026-07-01T12:00Z")
    #expect(rules.standardTime(at: july).hhmmss == 130_000)
    #expect(rules.localTime(at: july).civil.hhmmss == 140_000)
    #expect(rules.instant(standardSeconds: rules.standardSeconds(at: july)) == july)
  }

  @Test func afterTheLastPeriodThereIsStandardTime() throws {
    let rules = ZoneRules(centralEuropeanFrom: 2026)
    #expect(rules.localTime(at: try utc("2041-07-01T12:00Z")).isDaylightSaving)
    #expect(!rules.localTime(at: try utc("2042-07-01T12:00Z")).isDaylightSaving)
    #expect(!rules.localTime(at: try utc("2025-07-01T12:00Z")).isDaylightSaving)
  }

  @Test func rollsTheDefaultRuleOnAndLeavesOtherTablesAlone() throws {
    var table = DaylightSavingTable(europeanUnionFrom: 2026)
    table.roll(to: try utc("2033-12-31T00:00Z"))
    #expect(table == DaylightSavingTable(europeanUnionFrom: 2026))
    table.roll(to: try utc("2034-01-01T00:00Z"))
    #expect(table == DaylightSavingTable(europeanUnionFrom: 2034))
    var own = try #require(
      DaylightSavingTable(periods: [.init(beginMinutes: 1, endMinutes: 1000)]))
    own.roll(to: try utc("2034-01-01T00:00Z"))
    #expect(own.count == 1)
    var off = DaylightSavingTable.off
    off.roll(to: try utc("2034-01-01T00:00Z"))
    #expect(off == .off)
    #expect(off.nextSwitch(after: try utc("2034-01-01T00:00Z")) == nil)
  }

  @Test func switchesFollowEachOther() throws {
    let table = DaylightSavingTable(europeanUnionFrom: 2026)
    var now = try utc("2026-01-01T00:00Z")
    var count = 0
    while let next = table.nextSwitch(after: now) {
      #expect(next > now)
      #expect(table.isDaylightSaving(at: next) == (count % 2 == 0))
      (now, count) = (next, count + 1)
    }
    #expect(count == 32)
  }

  /// A summer that spans the new year, as in the southern hemisphere, with half an hour.
  @Test func southernSummerOfHalfAnHour() throws {
    let begin = try utc("2026-10-03T15:30Z")
    let end = try utc("2027-04-03T15:00Z")
    let table = try #require(
      DaylightSavingTable(
        periods: [
          .init(
            beginMinutes: UInt32(begin.seconds / 60), endMinutes: UInt32(end.seconds / 60))
        ], shiftMinutes: 30))
    let rules = try #require(ZoneRules(zoneMinutes: 630, daylightSaving: table))
    #expect(rules.localTime(at: begin).civil.description == "2026-10-04T02:30:00")
    #expect(rules.localTime(at: end).civil.description == "2027-04-04T01:30:00")
    #expect(rules.localTime(at: end).isFold)
    #expect(!rules.localTime(at: end + .minutes(30)).isFold)
  }

  @Test func tablesThatAreRefused() {
    typealias Period = DaylightSavingTable.Period
    func isRefused(_ periods: [Period], shift: UInt8 = 60) -> Bool {
      DaylightSavingTable(periods: periods, shiftMinutes: shift) == nil
    }
    #expect(isRefused([Period(beginMinutes: 5, endMinutes: 5)]))
    #expect(isRefused([Period(beginMinutes: 5, endMinutes: 4)]))
    #expect(isRefused([Period(beginMinutes: 5, endMinutes: 65)]))
    #expect(
      isRefused([
        Period(beginMinutes: 0, endMinutes: 100), Period(beginMinutes: 160, endMinutes: 400),
      ]))
    #expect(
      isRefused([
        Period(beginMinutes: 0, endMinutes: .max), Period(beginMinutes: 160, endMinutes: 400),
      ]))
    #expect(isRefused([], shift: 0))
    #expect(isRefused([], shift: 121))
    let many = (0..<17).map {
      Period(beginMinutes: UInt32($0) * 1000, endMinutes: UInt32($0) * 1000 + 500)
    }
    #expect(isRefused(many))
    #expect(!isRefused(Array(many.dropLast())))
  }

  @Test func zonesThatAreRefused() {
    #expect(ZoneRules(zoneMinutes: -721, daylightSaving: .off) == nil)
    #expect(ZoneRules(zoneMinutes: 841, daylightSaving: .off) == nil)
    #expect(ZoneRules(zoneMinutes: 840, daylightSaving: .off) != nil)
  }

  @Test func clampsAtTheEndsOfTheRange() throws {
    let west = try #require(ZoneRules(zoneMinutes: -720, daylightSaving: .off))
    #expect(west.localTime(at: Instant(seconds: 0)).civil.description == "2000-01-01T00:00:00")
    let east = try #require(ZoneRules(zoneMinutes: 840, daylightSaving: .off))
    let last = Instant(seconds: CivilDateTime.secondsMax)
    #expect(east.localTime(at: last).civil.description == "9999-12-31T23:59:59")
    #expect(DaylightSavingTable(europeanUnionFrom: .max)[15].end < last)
    #expect(
      DaylightSavingTable(europeanUnionFrom: .max)[15].end
        > DaylightSavingTable(
          europeanUnionFrom: .max)[14].end)
  }
}
