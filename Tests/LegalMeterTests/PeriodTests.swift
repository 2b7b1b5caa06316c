import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import LegalMeter

/// A legal meter under constant loads, in Central European Time.
struct PeriodRig: ~Copyable {
  var meter: LegalMeter
  var memory = TestMemory()
  var now: Instant
  private let parameters: LegalParameters

  static func at(
    _ text: (UInt16, UInt8, UInt8), _ hour: UInt8, _ minute: UInt8, _ second: UInt8 = 0
  )
    -> Instant
  {
    let civil = CivilDateTime(
      year: text.0, month: text.1, day: text.2, hour: hour, minute: minute, second: second)!
    return ZoneRules(centralEuropeanFrom: 2024).instant(ofStandardTime: civil)
  }

  init(
    _ start: Instant, length: PeriodLength = .minutes15, energies: EnergyType = .fourQuadrant,
    threshold_mW: UInt32 = 99_000_000
  ) {
    parameters = LegalParameters(energies: energies)
    now = start
    meter = Self.make(parameters)
    meter.configurePeriods(
      PeriodSettings(length: length, threshold_mW: threshold_mW), now: start)
    _ = meter.start(now: start, chip: .hasRun, memory: &memory)
    service()
  }

  private static func make(_ parameters: LegalParameters) -> LegalMeter {
    LegalMeter(
      parameters: parameters, settings: Load.settings,
      clock: ClockSettings(zone: ZoneRules(centralEuropeanFrom: 2024)))
  }

  mutating func service() {
    for _ in 0..<8 where !meter.service(now: now, memory: &memory) {}
  }

  /// Watts and vars in phase L1.
  mutating func run(_ watts: Int32, _ vars: Int32 = 0, minutes: Int64 = 0, seconds: Int64 = 0) {
    var load = ConstantLoad(active_mW: InlineArray(repeating: 0))
    load.active_mW[0] = watts * 1000
    load.reactive_mvar[0] = vars * 1000
    let until = now + .seconds(minutes * 60 + seconds)
    repeat {
      now = meter.step(with: load, to: until)
      service()
    } while now < until
  }

  mutating func outage(seconds: Int64) {
    now += .seconds(seconds)
    let settings = meter.periodSettings
    meter = Self.make(parameters)
    meter.configurePeriods(settings, now: now)
    _ = meter.start(now: now, chip: .hasRun, memory: &memory)
    service()
  }

  mutating func setClock(by seconds: Int64) {
    let wanted = meter.time(at: now) + .seconds(seconds)
    _ = try? meter.setClock(to: wanted, by: .service, now: now)
    service()
  }

  /// Begin in minutes after a time, status, A+ in 0.1 Wh.
  func rows(after start: Instant) -> [[Int64]] {
    var cursor = meter.intervals(memory: memory)
    var out: [[Int64]] = []
    while let row = meter.nextInterval(&cursor, memory: memory) {
      out.append([
        (row.begin - start).wholeSeconds / 60, Int64(row.status.rawValue),
        Int64(row[.activeImport]),
      ])
    }
    return out
  }
}

@Suite struct PeriodTests {
  let ten = PeriodRig.at((2025, 1, 15), 10, 0)

  @Test("the meter tells the twelve depths of the data sheet")
  func depths() {
    var told: [[Int]] = []
    for energies in EnergyType.allCases {
      told.append(
        PeriodLength.allCases.map { length in
          let rig = PeriodRig(ten, length: length, energies: energies)
          return rig.meter.profileLayout.depthDays
        })
    }
    #expect(
      told == [[199, 597, 1194, 2388], [113, 341, 682, 1364], [61, 183, 367, 734]])
  }

  @Test("periods end at the clock's quarters; the first one is touched by the start")
  func boundaries() {
    var rig = PeriodRig(ten + .seconds(450))
    rig.run(1000, minutes: 40)
    let rows = rig.rows(after: ten)
    #expect(rows == [[0, 0x80, 1250], [15, 0, 2500], [30, 0, 2500]])
    // 2.5 minutes of the open one.
    let running = rig.meter.runningDemand(.activeImport)
    #expect((166_660...166_667).contains(running))
  }

  @Test("an outage within a period marks it, a longer one leaves a gap and two marked ends")
  func outages() {
    var rig = PeriodRig(ten)
    rig.run(1000, minutes: 20)
    rig.outage(seconds: 60)
    rig.run(1000, minutes: 13)
    rig.outage(seconds: 45 * 60)
    rig.run(1000, minutes: 16)
    let rows = rig.rows(after: ten)
    #expect(
      rows.map { Array($0.prefix(2)) } == [[0, 0x80], [15, 0x80], [30, 0x80], [75, 0x80]])
    // What a cut takes is below a watt-hour in all.
    let told = rows.reduce(0) { $0 + $1[2] }
    #expect(told >= (20 + 13 + 11) * 1000 / 6 - 20 && told <= (20 + 13 + 11) * 1000 / 6)
  }

  @Test("a clock set forward closes a short period, one set back keeps both; small steps mark none")
  func clock() {
    var rig = PeriodRig(ten)
    rig.run(1000, minutes: 20)
    rig.setClock(by: 30 * 60)
    rig.run(1000, minutes: 12)
    rig.setClock(by: -30 * 60)
    rig.run(1000, minutes: 15)
    rig.setClock(by: 8)
    rig.run(1000, minutes: 15)
    let rows = rig.rows(after: ten)
    #expect(
      rows.map { Array($0.prefix(2)) } == [
        [0, 0x80], [15, 0x20], [45, 0x20], [60, 0x20], [30, 0x20], [45, 0],
      ])
    let total = Int64(rig.meter.registers[.total(.activeImport)])
    let told = rows.reduce(0) { $0 + $1[2] }
    let open = Int64(rig.meter.runningDemand(.activeImport)) / 4
    #expect((total - told * 100 - open).magnitude < 200)
  }

  @Test("daylight saving is a flag of the periods that lie in it")
  func daylightSaving() {
    // 2025-03-30 02:00 standard time is the switch.
    let start = PeriodRig.at((2025, 3, 30), 1, 0)
    var rig = PeriodRig(start, length: .minutes30)
    rig.run(1000, minutes: 121)
    let spring = rig.rows(after: start)
    #expect(spring.map { $0[1] } == [0x80, 0, 0x08, 0x08])
    // 2025-10-26 02:00 standard time: the hour that comes twice is one hour here.
    let fold = PeriodRig.at((2025, 10, 26), 1, 0)
    var autumn = PeriodRig(fold, length: .minutes30)
    autumn.run(1000, minutes: 121)
    let rows = autumn.rows(after: fold)
    #expect(rows.map { $0[1] } == [0x88, 0x08, 0, 0])
    #expect(rows.map { $0[0] } == [0, 30, 60, 90])
  }

  @Test("another length empties the profile and leaves a trace")
  func otherLength() {
    var rig = PeriodRig(ten)
    rig.run(1000, minutes: 50)
    rig.meter.configurePeriods(PeriodSettings(length: .minutes5), now: rig.now)
    rig.service()
    let (count, days) = (rig.meter.intervalCount, rig.meter.profileLayout.depthDays)
    #expect(count == 0 && days == 61)
    rig.run(1000, minutes: 12)
    rig.outage(seconds: 1)
    let rows = rig.rows(after: ten)
    #expect(rows.map { $0[0] } == [50, 55])
    let length = rig.meter.periodSettings.length
    #expect(length == .minutes5)
    let newest = rig.meter.event(.profile, 0, memory: rig.memory)
    #expect(newest?.code == LegalEvent.profileErased.rawValue)
    #expect(newest?.parameter[0] == 15 && newest?.parameter[1] == 5)
  }

  @Test("ranges of time and index, and registers at the end of each interval")
  func ranges() {
    var rig = PeriodRig(ten)
    for n in 0..<12 { rig.run(Int32(500 + 100 * n), minutes: 15) }
    var cursor = rig.meter.intervals(
      from: ten + .minutes(31), until: ten + .minutes(75), withTotals: true, memory: rig.memory)
    var begins: [Int64] = []
    while let row = rig.meter.nextInterval(&cursor, memory: rig.memory) {
      begins.append((row.begin - ten).wholeSeconds / 60)
      let quarters = (row.end - ten).wholeSeconds / 900
      let expected = (0..<quarters).reduce(0) { $0 + (500 + 100 * $1) * 10 / 4 }
      #expect(row.totals?[0] == UInt64(expected))
    }
    #expect(begins == [45, 60])
    var last = rig.meter.intervals(from: 11, withTotals: true, memory: rig.memory)
    let row = rig.meter.nextInterval(&last, memory: rig.memory)
    let total = rig.meter.registers[.total(.activeImport)]
    #expect(row?.totals?[0] == total / 100)
  }

  @Test("the state of periods, profile and demand is small")
  func size() {
    #expect(MemoryLayout<PeriodEngine>.size <= 344)
    #expect(MemoryLayout<LoadProfile>.size <= 400)
  }
}

@Suite struct DemandTests {
  let ten = PeriodRig.at((2025, 1, 15), 10, 0)

  @Test("maxima by direction and tariff, with the end of their period")
  func maxima() {
    var rig = PeriodRig(ten, threshold_mW: 2_500_000)
    rig.run(1000, 300, minutes: 15)
    rig.run(3000, -200, minutes: 15)
    rig.meter.choose(.t2, now: rig.now)
    rig.run(2000, minutes: 15)
    rig.run(-4000, minutes: 15)
    let m = rig.meter.demandMaxima
    #expect(m.activeImport.power_mW == 3_000_000 && m.activeImport.end == ten + .minutes(30))
    // Each command came when the next period had begun.
    #expect(m.activeImportT1.power_mW == 3_000_000)
    #expect(m.activeExport.power_mW == 4_000_000 && m.activeExport.end == ten + .minutes(60))
    #expect(m.reactiveImport.power_mW == 300_000 && m.reactiveExport.power_mW == 200_000)
    let (above, life) = (rig.meter.periodsAboveThreshold, rig.meter.lifetimeDemand)
    #expect(above == 1)
    #expect(life.maximum.power_mW == 3_000_000 && life.minimum.power_mW == 0)
    rig.run(1700, minutes: 30)
    let second = rig.meter.demandMaxima.activeImportT2
    #expect(second.power_mW == 1_700_000)
  }

  @Test("a period counts from 90 % on")
  func ninetyPercent() {
    for (late, counts) in [(89, true), (91, false)] {
      var rig = PeriodRig(ten + .seconds(Int64(late)))
      rig.run(5000, minutes: 15)
      let maximum = rig.meter.demandMaxima.activeImport
      #expect((maximum.end_s != 0) == counts)
      let power = 5_000_000 * (900 - late) / 900
      if counts { #expect((power - 4...power).contains(Int(maximum.power_mW))) }
    }
  }

  @Test("a billing reset takes the maxima once, and all of it survives a cut")
  func billing() {
    var rig = PeriodRig(ten, threshold_mW: 2_500_000)
    rig.run(3000, minutes: 31)
    let taken = rig.meter.takeMaximaForBilling(count: 1)
    rig.service()
    #expect(taken.activeImport.power_mW == 3_000_000)
    rig.run(1000, minutes: 30)
    rig.outage(seconds: 5)
    let (now, sum) = (rig.meter.demandMaxima, rig.meter.cumulativeDemand(.activeImport))
    let (resets, above) = (rig.meter.demandResets, rig.meter.periodsAboveThreshold)
    // The period of the reset was open: a minute of it at 3 kW.
    #expect(now.activeImport.power_mW > 1_100_000 && now.activeImport.power_mW < 1_140_000)
    #expect(sum == 3_000_000 && resets == 1 && above == 2)
  }

  @Test("a clock set back cannot make a maximum")
  func setBack() {
    var rig = PeriodRig(ten)
    rig.run(2000, minutes: 14)
    rig.setClock(by: -600)
    rig.run(2000, minutes: 14)
    let maximum = rig.meter.demandMaxima.activeImport.power_mW
    #expect(maximum <= 2_000_000)
  }
}
