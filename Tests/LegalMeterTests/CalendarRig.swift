import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

@testable import LegalMeter

extension ClockRig {
  /// Lets time pass with supply and a constant load, from deadline to deadline.
  mutating func run(_ length: Instant.Duration, watts: Int64 = 0) {
    let end = now + length
    for _ in 0..<1_000_000 where now < end {
      let next = min(end, max(meter.nextDeadline, now + Instant.Duration(ticks: 1)))
      step(to: next, watts: watts)
    }
  }

  /// One step, wherever the deadlines lie.
  mutating func step(to next: Instant, watts: Int64) {
    var energy = BookedEnergy()
    let length = next - now
    energy.total.activeImport = Int64(Int128(watts) * Int128(length.ticks) * 1_000_000 / 65_536)
    energy.phases[0].activeImport = energy.total.activeImport
    let before = now.seconds
    now = next
    meter.operatingSeconds &+= UInt32(clamping: now.seconds - before)
    meter.followClock(now: now)
    meter.followTariffs(now: now)
    meter.book(energy, to: now)
    settle()
  }

  func value(_ register: Register) -> UInt64 { meter.registers[register] }

  /// A+ of the four tariffs.
  var tariffs: [UInt64] { Tariff.allCases.map { value(.tariff(.activeImport, $0)) } }

  mutating func store(_ plan: TariffPlan, from activation: String = "2000-01-01T00:00:00Z") {
    for _ in 0..<20 {
      let done = meter.store(plan, from: time(activation), now: now, memory: &memory)
      if done != .busy { break }
    }
    settle()
  }
}

extension DaySchedule {
  /// Changes as minute and tariff 1...4.
  init(_ changes: [(Int, Int)]) {
    self.init()
    for (minute, tariff) in changes {
      guard let value = Tariff(rawValue: UInt8(tariff - 1)) else { continue }
      try? add(value, from: UInt16(minute))
    }
  }
}

extension TariffPlan {
  /// Summer from April to October: T1 by night, T2 by day, T3 in the evening; winter with T4; T1
  /// at weekends and, all day, on exception days.
  static func household(_ number: UInt16 = 7) -> TariffPlan {
    var plan = TariffPlan(number: number)
    try? plan.setSeasons(a: (4, 1), b: (10, 1))
    plan.set(DaySchedule([(0, 1), (360, 2), (1020, 3), (1260, 1)]), .a, .working)
    plan.set(DaySchedule([(0, 1), (480, 2), (1320, 1)]), .a, .nonWorking)
    plan.set(DaySchedule(all: .t1), .a, .exception)
    plan.set(DaySchedule([(0, 1), (150, 2), (390, 4), (1260, 1)]), .b, .working)
    plan.set(DaySchedule([(0, 1), (150, 3)]), .b, .nonWorking)
    plan.set(DaySchedule(all: .t1), .b, .exception)
    if let christmas = ExceptionDay(everyYear: 12, 25) { try? plan.add(christmas) }
    if let easter = CivilDate(year: 2026, month: 4, day: 6) { try? plan.add(ExceptionDay(easter)) }
    return plan
  }

  /// Any plan that a seed gives.
  static func random(_ random: inout SplitMix64) -> TariffPlan {
    var plan = TariffPlan(number: UInt16(random.below(65_536)))
    func day() -> (UInt8, UInt8) { (UInt8(1 + random.below(12)), UInt8(1 + random.below(28))) }
    try? plan.setSeasons(a: day(), b: day())
    try? plan.setWorkingDays(UInt8(random.below(128)))
    for season in Season.allCases {
      for kind in DayKind.allCases {
        var schedule = DaySchedule()
        var minute = random.below(3) == 0 ? 0 : random.below(200)
        for _ in 0..<random.below(9) where minute < 1440 {
          try? schedule.add(Tariff.allCases[random.below(4)], from: UInt16(minute))
          minute += 1 + random.below(400)
        }
        plan.set(schedule, season, kind)
      }
    }
    for _ in 0..<random.below(101) {
      let date = CivilDate(clampingDayNumber: Int32(9_500 + random.below(800)))
      let every = ExceptionDay(everyYear: date.month, date.day)
      try? plan.add(random.below(2) == 0 ? ExceptionDay(date) : every ?? ExceptionDay(date))
    }
    return plan
  }
}
