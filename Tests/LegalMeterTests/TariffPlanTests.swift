import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import LegalMeter

@Suite struct TariffPlanTests {
  func encoded(_ plan: TariffPlan) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: TariffPlan.encodedBytesMax)
    var span = bytes.mutableSpan
    let count = plan.encode(into: &span)
    return Array(bytes[..<count])
  }

  func decoded(_ bytes: [UInt8]) -> Result<TariffPlan, TariffPlanError> {
    do throws(TariffPlanError) {
      return .success(try TariffPlan(decoding: bytes.span))
    } catch { return .failure(error) }
  }

  @Test("any plan comes back from its bytes")
  func roundTrip() {
    var random = SplitMix64(seed: 20)
    for _ in 0..<100 {
      let plan = TariffPlan.random(&random)
      #expect(decoded(encoded(plan)) == .success(plan))
    }
    #expect(encoded(TariffPlan(number: 1)).count == 8 + 6 + 1)
  }

  @Test("cut and damaged bytes give another valid plan or an error, never a trap")
  func damage() {
    var random = SplitMix64(seed: 21)
    let bytes = encoded(.random(&random))
    for length in 0..<bytes.count { #expect(decoded(Array(bytes[..<length])) == .failure(.layout)) }
    #expect(decoded(bytes + [0]) == .failure(.layout))
    for bit in stride(from: 0, to: bytes.count * 8, by: 3) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      if case .success(let plan) = decoded(flipped) { #expect(encoded(plan) == flipped) }
    }
    for _ in 0..<500 {
      let noise = (0..<random.below(430)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      if case .success(let plan) = decoded([1] + noise) { #expect(encoded(plan) == [1] + noise) }
    }
  }

  @Test("eight changes in order, a hundred exceptions, seasons that every year has")
  func limits() throws {
    var schedule = DaySchedule()
    for k in 0..<8 { try schedule.add(.t2, from: UInt16(k * 180)) }
    #expect(throws: TariffPlanError.tooManyChanges) { try schedule.add(.t1, from: 1439) }
    var short = DaySchedule()
    try short.add(.t1, from: 1439)
    #expect(throws: TariffPlanError.order) { try short.add(.t1, from: 1439) }
    #expect(throws: TariffPlanError.order) { try short.add(.t1, from: 1440) }
    var plan = TariffPlan(number: 0)
    for _ in 0..<100 { try plan.add(ExceptionDay(.first)) }
    #expect(throws: TariffPlanError.tooManyExceptions) { try plan.add(ExceptionDay(.first)) }
    #expect(throws: TariffPlanError.season) { try plan.setSeasons(a: (2, 29), b: (7, 1)) }
    #expect(throws: TariffPlanError.season) { try plan.setSeasons(a: (1, 1), b: (13, 1)) }
    #expect(throws: TariffPlanError.workingDays) { try plan.setWorkingDays(128) }
    #expect(ExceptionDay(everyYear: 2, 30) == nil)
  }

  @Test("seasons begin on their days, also around the new year")
  func seasons() throws {
    func season(_ a: (UInt8, UInt8), _ b: (UInt8, UInt8), _ date: (UInt8, UInt8)) throws
      -> TariffPlan.Season
    {
      var plan = TariffPlan(number: 0)
      try plan.setSeasons(a: a, b: b)
      return plan.season(of: try #require(CivilDate(year: 2026, month: date.0, day: date.1)))
    }
    #expect(try season((4, 1), (10, 1), (3, 31)) == .b)
    #expect(try season((4, 1), (10, 1), (4, 1)) == .a)
    #expect(try season((4, 1), (10, 1), (9, 30)) == .a)
    #expect(try season((4, 1), (10, 1), (10, 1)) == .b)
    #expect(try season((11, 15), (2, 20), (1, 1)) == .a)
    #expect(try season((11, 15), (2, 20), (2, 20)) == .b)
    #expect(try season((11, 15), (2, 20), (11, 14)) == .b)
    #expect(try season((5, 5), (5, 5), (1, 1)) == .a)
  }

  @Test("exceptions go before the day of the week")
  func kinds() throws {
    let plan = TariffPlan.household()
    func kind(_ text: String) -> TariffPlan.DayKind {
      plan.kind(of: CivilDateTime(clamping: time(text + "T00:00:00Z")).date)
    }
    #expect(kind("2026-11-24") == .working)
    #expect(kind("2026-11-28") == .nonWorking)
    #expect(kind("2026-12-25") == .exception && kind("2031-12-25") == .exception)
    #expect(kind("2026-04-06") == .exception && kind("2027-04-06") == .working)
  }

  @Test("a tariff holds over midnight, back to the last day that had a change")
  func carry() throws {
    var plan = TariffPlan(number: 0)
    try plan.setWorkingDays(0b1)
    plan.set(DaySchedule([(600, 3)]), .a, .working)
    // Monday 10:00 changes to T3; no other day has a change.
    let local = CivilDateTime(clamping: time("2026-11-23T09:59:00Z"))
    #expect(plan.tariff(at: local) == .t3)
    #expect(TariffPlan(number: 1).tariff(at: local) == .t1)
  }

  @Test("the next change is the first minute at which the tariff differs")
  func nextChange() {
    var random = SplitMix64(seed: 22)
    let zone = ZoneRules(centralEuropeanFrom: 2025)
    for _ in 0..<40 {
      let plan = TariffPlan.random(&random)
      // Half of them close to a switch of the clocks.
      let switches = ["2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z"]
      var at = time(switches[random.below(2)]) + .seconds(Int64(random.below(30_000)))
      if random.below(2) == 0 { at += .days(Int64(random.below(300))) }
      let next = plan.nextChange(after: at, in: zone)
      let present = plan.tariff(at: zone.localTime(at: at).civil)
      var minute = Instant(seconds: at.seconds / 60 * 60 + 60)
      while minute < next.at {
        if plan.tariff(at: zone.localTime(at: minute).civil) != present {
          Issue.record("plan \(plan.number) changes at \(minute) already")
          break
        }
        minute += .minutes(1)
      }
      #expect(next.at > at && next.at.seconds % 60 == 0)
      #expect(plan.tariff(at: zone.localTime(at: next.at).civil) == next.tariff)
    }
  }
}
