import Foundation
import MeterFaults
import MeterTime
import PermanentMemory
import Quantities
import Testing

@testable import LegalMeter

@Suite struct TariffTests {
  @Test("command before inputs before calendar before T1")
  func precedence() {
    var rig = ClockRig(at: time("2026-11-24T12:00:00Z"))
    func state() -> (Tariff, TariffSource) { (rig.meter.tariff, rig.meter.tariffSource) }
    #expect(state() == (.t1, .none))
    rig.store(.household())
    // Tuesday 13:00 in winter.
    #expect(state() == (.t4, .calendar))
    rig.meter.set(TariffInputSettings(mode: .four), now: rig.now)
    rig.meter.setTariffInputs(2, now: rig.now)
    rig.step(to: rig.now + .seconds(2), watts: 0)
    #expect(state() == (.t3, .inputs))
    rig.meter.choose(.t2, for: .hours(1), now: rig.now)
    #expect(state() == (.t2, .command))
    rig.run(.minutes(59))
    #expect(state() == (.t2, .command))
    rig.run(.minutes(1))
    #expect(state() == (.t3, .inputs))
    rig.meter.set(TariffInputSettings(mode: .off), now: rig.now)
    #expect(state() == (.t4, .calendar))
    rig.meter.choose(.t1, now: rig.now)
    rig.run(.days(2))
    #expect(state() == (.t1, .command))
    rig.meter.withdrawTariff(now: rig.now)
    #expect(state() == (.t4, .calendar))
  }

  @Test(
    "truth table of the inputs",
    arguments: [
      (.two, false, [1, 2, 1, 2]), (.two, true, [2, 1, 2, 1]), (.four, false, [1, 2, 3, 4]),
      (.four, true, [4, 3, 2, 1]),
    ] as [(TariffInputSettings.Mode, Bool, [UInt8])])
  func table(mode: TariffInputSettings.Mode, inverted: Bool, tariffs: [UInt8]) {
    let settings = TariffInputSettings(mode: mode, isInverted: inverted)
    for ports in UInt8(0)..<4 {
      #expect(settings.tariff(ports: ports)?.rawValue == tariffs[Int(ports)] - 1)
      var rig = ClockRig()
      rig.meter.set(settings, now: rig.now)
      rig.meter.setTariffInputs(ports, now: rig.now)
      rig.step(to: rig.now + .milliseconds(1_100), watts: 0)
      let tariff = rig.meter.tariff.rawValue
      #expect(tariff == tariffs[Int(ports)] - 1)
    }
  }

  @Test("inputs carry alternating voltage: its zeros do not count, nor what lasts under a second")
  func debounce() {
    var inputs = TariffInputs()
    inputs.set(TariffInputSettings(mode: .four))
    let start = time("2026-11-24T12:00:00Z")
    /// Half waves of 50 Hz at the ports, looked at every millisecond.
    func feed(_ ports: UInt8, from: Int64, to: Int64) {
      for k in from..<to {
        inputs.see(k % 10 < 7 ? ports : 0, now: start + .milliseconds(k))
      }
    }
    feed(1, from: 0, to: 900)
    #expect(inputs.ports == nil)
    feed(1, from: 900, to: 1_200)
    #expect(inputs.ports == 1)
    // A burst on the other port, and a gap of 800 ms.
    feed(3, from: 1_200, to: 1_900)
    feed(1, from: 1_900, to: 3_500)
    feed(0, from: 3_500, to: 4_300)
    feed(1, from: 4_300, to: 6_000)
    #expect(inputs.ports == 1)
    feed(0, from: 6_000, to: 7_000)
    #expect(inputs.ports == 1)
    feed(0, from: 7_000, to: 7_200)
    #expect(inputs.ports == 0)
  }

  @Test("energy goes to the tariff of its instant, however large the steps")
  func exact() {
    for step in [Int64(7), 300, 900, 3_600] {
      var rig = ClockRig(at: time("2026-11-24T04:00:00Z"))
      rig.store(.household())
      // 05:00...08:00 local: T2 up to 06:30, then T4; 600 W are 10 Wh a minute.
      var passed: Int64 = 0
      while passed < 10_800 {
        passed = min(10_800, passed + step)
        rig.step(to: time("2026-11-24T04:00:00Z") + .seconds(passed), watts: 600)
      }
      let tariffs = rig.tariffs
      #expect(tariffs[1].distance(to: 900_000).magnitude <= 2)
      #expect(tariffs[3].distance(to: 900_000).magnitude <= 2)
      #expect(tariffs.reduce(0, +) == rig.value(.total(.activeImport)))
    }
  }

  @Test(
    "the hour that comes twice repeats its changes; the hour that is skipped has them behind it")
  func folds() {
    // Sunday in winter: T3 from 02:30 local. Autumn: 02:30 comes at 00:30Z, the clock goes back
    // to 02:00 at 01:00Z, and 02:30 comes again at 01:30Z.
    var autumn = ClockRig(at: time("2026-10-25T00:00:00Z"))
    autumn.store(.household())
    var seen: [Tariff] = []
    for _ in 0..<4 {
      autumn.run(.minutes(30))
      seen.append(autumn.meter.tariff)
    }
    #expect(seen == [.t3, .t1, .t3, .t3])
    // Spring, Sunday 29 March: 02:00 local becomes 03:00 at 01:00Z.
    var spring = ClockRig(at: time("2026-03-29T00:30:00Z"))
    spring.store(.household())
    let before = spring.meter.tariff
    spring.run(.minutes(29))
    let still = spring.meter.tariff
    spring.run(.minutes(1))
    let after = spring.meter.tariff
    #expect([before, still, after] == [.t1, .t1, .t3])
  }

  @Test("a passive plan waits, comes into force at its instant, and is logged")
  func activation() throws {
    var rig = ClockRig(at: time("2026-11-24T12:00:00Z"))
    rig.store(.household(1))
    var flat = TariffPlan(number: 2)
    for season in TariffPlan.Season.allCases {
      for kind in TariffPlan.DayKind.allCases { flat.set(DaySchedule(all: .t2), season, kind) }
    }
    rig.store(flat, from: "2026-11-24T13:17:00Z")
    let waiting = rig.meter.passiveTariffPlan(now: rig.now, memory: rig.memory)
    #expect(waiting?.plan == flat && waiting?.activation == time("2026-11-24T13:17:00Z"))
    rig.run(.minutes(76))
    let before = rig.meter.tariff
    rig.step(to: rig.now + .minutes(2), watts: 6_000)
    let after = rig.meter.tariff
    #expect(before == .t4 && after == .t2)
    let tariffs = rig.tariffs
    #expect(tariffs[3] == 100_000 && tariffs[1] == 100_000)
    let plan = rig.meter.tariffPlan(now: rig.now, memory: rig.memory)
    #expect(plan == flat && rig.meter.passiveTariffPlan(now: rig.now, memory: rig.memory) == nil)
    #expect(rig.events.filter { $0 == .tariffPlanInForce }.count == 2)
    // A further plan goes where the old one lay; a clock set back brings nothing wrong.
    rig.store(.household(3), from: "2027-01-01T00:00:00Z")
    let numbers = (
      rig.meter.tariffPlan(now: rig.now, memory: rig.memory)?.number,
      rig.meter.passiveTariffPlan(now: rig.now, memory: rig.memory)?.plan.number
    )
    #expect(numbers == (2, 3))
  }

  @Test("plans, command and its end come back after a cut; what came due meanwhile is in force")
  func restart() {
    var rig = ClockRig(at: time("2026-11-24T12:00:00Z"))
    rig.store(.household(1))
    rig.store(TariffPlan(number: 2), from: "2026-11-24T14:00:00Z")
    rig.meter.choose(.t2, for: .hours(1), now: rig.now)
    rig.settle()
    rig.restart(after: .minutes(30))
    let (commanded, source) = (rig.meter.tariff, rig.meter.tariffSource)
    #expect(commanded == .t2 && source == .command)
    rig.restart(after: .minutes(45))
    let calendar = rig.meter.tariff
    #expect(calendar == .t4)
    rig.restart(after: .hours(5))
    let flat = rig.meter.tariff
    let number = rig.meter.tariffPlan(now: rig.now, memory: rig.memory)?.number
    #expect(flat == .t1 && number == 2)
    #expect(rig.events.filter { $0 == .tariffPlanInForce }.count == 2)
  }

  @Test("an invalid clock keeps the last tariff until it is set")
  func invalidClock() {
    var rig = ClockRig(
      ClockSettings(zone: ZoneRules(centralEuropeanFrom: 2026), reserve: .none),
      at: time("2026-11-24T12:00:00Z"))
    rig.store(.household())
    let before = rig.meter.tariff
    rig.restart(after: .minutes(5))
    rig.run(.days(2), watts: 100)
    let kept = rig.meter.tariff
    #expect(before == .t4 && kept == .t4)
    _ = rig.set("2026-11-27T02:00:00Z")
    let after = rig.meter.tariff
    #expect(after == .t2)
  }

  @Test("a cut while a plan is stored leaves the one in force and never half a plan")
  func cuts() {
    let plan = TariffPlan.household(9)
    for shape in TearShape.allCases {
      for bytes in stride(from: 0, through: 1_400, by: 97) {
        var rig = ClockRig(memory: FaultyMemory(seed: UInt64(bytes)))
        rig.store(.household(1))
        rig.memory.cut(afterBytes: bytes, shape: shape)
        rig.store(plan)
        rig.restart(after: .minutes(1))
        let found = rig.meter.tariffPlan(now: rig.now, memory: rig.memory)
        if found != plan && found != .household(1) {
          Issue.record("\(bytes) bytes, \(shape): plan \(found?.number ?? 0)")
        }
      }
    }
  }

  @Test("a seeded year with outages, clock sets and new plans: tariffs add up, minute by minute")
  func year() throws {
    var random = SplitMix64(seed: 2026)
    let start = time("2026-01-01T00:00:00Z")
    var rig = ClockRig(at: start)
    let copenhagen = try #require(TimeZone(identifier: "Europe/Copenhagen"))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = copenhagen
    var plan = TariffPlan.household()
    rig.store(plan)
    var expected = [UInt64](repeating: 0, count: 4)
    while rig.now < start + .days(365) {
      let minutes = Int64(1 + random.below(3_000))
      // The oracle: each minute by the calendar of the system, at 600 W.
      for k in 0..<minutes {
        let at = rig.meter.time(at: rig.now + .minutes(k))
        let date = Date(timeIntervalSince1970: Double(at.seconds) + 946_684_800)
        let c = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        let local = try #require(
          CivilDateTime(
            year: UInt16(c.year ?? 0), month: UInt8(c.month ?? 0), day: UInt8(c.day ?? 0),
            hour: UInt8(c.hour ?? 0), minute: UInt8(c.minute ?? 0)))
        expected[plan.tariff(at: local).index] += 10_000
      }
      rig.run(.minutes(minutes), watts: 600)
      let (tariffs, total) = (rig.tariffs, rig.value(.total(.activeImport)))
      #expect(tariffs.reduce(0, +) == total)
      switch random.below(4) {
      case 0:
        // What is below the last watt-hour is not what this test is about.
        rig.meter.registers.requestCommit()
        rig.settle()
        rig.restart(after: .minutes(Int64(random.below(100))))
      case 1:
        let shift = Int64(random.below(7_200) - 3_600) / 60
        _ = rig.set(rig.meter.time(at: rig.now) + .minutes(shift), by: .service)
      case 2:
        plan = .random(&random)
        rig.store(plan)
      default: break
      }
    }
    let tariffs = rig.tariffs
    for k in 0..<4 {
      let off = tariffs[k].distance(to: expected[k]).magnitude
      // Each cut costs what was below 1 mWh, each change may move 1 mWh.
      #expect(off < 3_000, "T\(k + 1): \(tariffs[k]) instead of \(expected[k])")
    }
  }

  @Test("size of the state")
  func size() {
    let size = MemoryLayout<TariffControl>.size
    #expect(size <= 224, "\(size)")
    #expect(LegalClock.recordBytes + TariffControl.recordBytes + 1 <= 128)
    #expect(StoredPlan.bytesMax <= 424)
  }
}
