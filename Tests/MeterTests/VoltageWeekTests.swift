import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import Meter

@Suite struct VoltageWeekTests {
  static func report(_ week: VoltageWeek) -> VoltageQualityReport {
    VoltageQualityReport(
      week: week, nominal_mV: 230_000, nominal_Hz: 50, phases: 7, isOver: true, zoneMinutes: 60)
  }

  @Test("sizes of what is kept")
  func sizes() {
    #expect(MemoryLayout<VoltageWeek>.size <= 152)
    #expect(MemoryLayout<VoltageLife>.size <= 104)
    #expect(MemoryLayout<SlowVoltageWatch>.size <= 144)
    #expect(MemoryLayout<VoltageQuality>.size <= 768, "\(MemoryLayout<VoltageQuality>.size)")
    #expect(MemoryLayout<Meter>.size <= 9216, "\(MemoryLayout<Meter>.size)")
  }

  @Test("95 % within 10 %, all within +10/-15 %: the verdict turns at the border")
  func verdict() throws {
    var week = VoltageWeek(number: 1)
    for n in 0..<1000 {
      // 50 of 1000 between 85 and 90 %.
      for phase in 0..<3 {
        week.count(
          mean_mV: n < 50 && phase == 1 ? 200_000 : 231_000, phase: phase, nominal_mV: 230_000)
      }
    }
    #expect(Self.report(week).isVoltageRight == true)
    #expect(try #require(Self.report(week).shares(phase: 1)) == (9500, 10_000))
    week.count(mean_mV: 201_000, phase: 1, nominal_mV: 230_000)
    #expect(Self.report(week).isVoltageRight == false)
    var low = VoltageWeek(number: 1)
    for _ in 0..<5000 { low.count(mean_mV: 230_000, phase: 0, nominal_mV: 230_000) }
    low.count(mean_mV: 195_000, phase: 0, nominal_mV: 230_000)
    #expect(Self.report(low).isVoltageRight == false)
    #expect(Self.report(VoltageWeek(number: 1)).isVoltageRight == nil)
  }

  @Test(
    "borders of the classes of ten-minute means",
    arguments: [
      (195_499, 0), (195_500, 1), (206_999, 2), (207_000, 3), (230_000, 7), (253_000, 10),
      (253_001, 11), (400_000, 11), (0, 0),
    ] as [(Int32, Int)])
  func classes(mean_mV: Int32, number: Int) {
    var week = VoltageWeek(number: 1)
    week.count(mean_mV: mean_mV, phase: 2, nominal_mV: 230_000)
    let found = (0..<VoltageWeek.classCount).filter { week.count(phase: 2, class: $0) == 1 }
    // 90 % begins class 3, 100 % class 7; 110 % still ends class 10.
    #expect(found == [number])
  }

  @Test("dip and swell tables of EN 50160")
  func tables() {
    var week = VoltageWeek(number: 1)
    for (row, residual) in [899, 799, 699, 399, 49].enumerated() {
      for (column, length) in [200, 500, 1000, 5000, 60_000].enumerated() {
        week.countDip(residual: Int32(residual), duration_ms: Int64(length))
        #expect(week.dips(row: row, column: column) == 1)
      }
    }
    week.countSwell(extreme: 1200, duration_ms: 500)
    week.countSwell(extreme: 1199, duration_ms: 501)
    #expect(week.swells(row: 0, column: 0) == 1 && week.swells(row: 1, column: 1) == 1)
  }

  @Test("frequency and unbalance")
  func others() {
    var week = VoltageWeek(number: 1)
    for n in 0..<1000 as Range<UInt32> {
      week.count(frequency_mHz: n < 5 ? 49_400 : 50_010, nominal_Hz: 50)
    }
    for n in 0..<100 { week.count(unbalance: n < 5 ? 201 : 200) }
    #expect(Self.report(week).isFrequencyRight == true)
    #expect(Self.report(week).isUnbalanceRight == true)
    week.count(frequency_mHz: 46_900, nominal_Hz: 50)
    week.count(unbalance: 300)
    #expect(Self.report(week).isFrequencyRight == false)
    #expect(Self.report(week).isUnbalanceRight == false)
    #expect(week.lowestFrequency_mHz == 46_900 && week.highestUnbalance == 300)
  }

  @Test("records come back whole; truncated or of another layout they do not")
  func codec() {
    var week = VoltageWeek(number: 1366)
    for n in 0..<500 as Range<Int32> {
      week.count(mean_mV: 190_000 + n * 150, phase: Int(n % 3), nominal_mV: 230_000)
      week.countDip(residual: n, duration_ms: Int64(n) * 100)
    }
    week.countInterruption(70_000, isLong: true)
    var bytes = InlineArray<240, UInt8>(repeating: 0)
    let encoded = week.encoded()
    for k in encoded.indices { bytes[k] = encoded[k] }
    #expect(VoltageWeek(bytes, length: 150) == week)
    for length in 0..<150 { #expect(VoltageWeek(bytes, length: length) == nil) }
    bytes[0] = 2
    #expect(VoltageWeek(bytes, length: 150) == nil)
  }

  @Test("unbalance from phasors: none, one phase low, the other sequence")
  func unbalance() {
    func window(_ volts: [Int32], turned: Bool = false) -> MeasuredWindow {
      var window = MeasuredWindow.empty
      let third: UInt32 = 0x5555_5555
      window.systems.0.voltage_mV = volts[0] * 1000
      window.systems.1.voltage_mV = volts[1] * 1000
      window.systems.2.voltage_mV = volts[2] * 1000
      window.systems.1.voltageAngle = turned ? third : 0 &- third
      window.systems.2.voltageAngle = turned ? 0 &- third : third
      return window
    }
    #expect(VoltageUnbalance.ratio(window([230, 230, 230])) == 0)
    // u1 = (230 + 230 + 207) / 3, u2 = 23 / 3: 3.448 %.
    let low = VoltageUnbalance.ratio(window([230, 230, 207])) ?? 0
    #expect((344...346).contains(low))
    #expect(VoltageUnbalance.ratio(window([0, 0, 0])) == nil)
    #expect(VoltageUnbalance.ratio(window([230, 230, 230], turned: true)) == nil)
  }

  @Test("ten minutes: means, flags of what lies in them, and the memory")
  func tenMinutes() throws {
    var rig = try VoltageRig()
    // Noon: an interval begins at once.
    rig.stand([230, 220, 240], seconds: 1200)
    rig.run([230, 220, 240], seconds: 2)
    rig.run([230, 0, 240], seconds: 0.1)
    rig.run([230, 230, 230], seconds: 1)
    rig.stand([230, 230, 230], seconds: 600)
    let weekReport = rig.report(.running)
    let week = try #require(weekReport).week
    #expect(week.intervals == 2 && week.flagged == 1)
    #expect(week.lowest_dV(phase: 1) == 2200 && week.highest_dV(phase: 2) == 2400)
    #expect(week.unbalances == 2 && week.highestUnbalance > 240 && week.highestUnbalance < 260)
    #expect(week.frequencies >= 178 && week.frequenciesWithin1 == week.frequencies)
    try rig.cut(seconds: 60)
    rig.run([230, 230, 230], seconds: 1)
    let afterReport = rig.report(.running)
    let after = try #require(afterReport).week
    #expect(after.intervals == 2 && after.flagged == 1 && after.shortInterruptions == 1)
  }

  @Test("a week that is over stays readable while the next one runs")
  func weekEnds() throws {
    var rig = try VoltageRig()
    rig.stand([230, 230, 230], seconds: 601)
    let none = rig.meter.voltageQualityReport(.last, memory: rig.memory) == nil
    try rig.cut(seconds: 6 * 86_400)
    rig.stand([230, 230, 230], seconds: 1201)
    let lastReport = rig.report(.last)
    let last = try #require(lastReport)
    let runningReport = rig.report(.running)
    let running = try #require(runningReport)
    #expect(none && last.isOver && last.week.intervals == 1)
    #expect(running.week.number == last.week.number + 1)
    // Monday, 2 March 2026, 0:00 of standard time.
    #expect(last.start == Instant(seconds: 825_724_800 - 3600))
  }
}
