import MeterFaults
import MeterTime
import Testing

@testable import LegalMeter

@Suite struct ClockReserveTests {
  static let start = time("2026-01-01T00:00:00Z")

  @Test("a full supercap carries the clock for seven days, and not much longer")
  func sevenDays() {
    for (outage, runs) in [(Int64(604_780), true), (604_801, false)] {
      var reserve = ClockReserve(.supercap)
      reserve.advance(to: Self.start, isSupplied: true)
      reserve.advance(to: Self.start + .hours(8), isSupplied: true)
      // Eight hours have cost eleven seconds of capacity.
      #expect(reserve.supercap_s >= 604_780)
      reserve.advance(to: Self.start + .hours(8) + .seconds(outage), isSupplied: false)
      #expect(reserve.isRunning == runs)
    }
  }

  @Test("charging takes hours")
  func charging() {
    var reserve = ClockReserve(.supercap)
    reserve.advance(to: Self.start, isSupplied: true)
    reserve.advance(to: Self.start + .hours(1), isSupplied: true)
    #expect(reserve.supercap_s == 75_600)
    reserve.advance(to: Self.start + .hours(22) + .seconds(2), isSupplied: false)
    #expect(!reserve.isRunning)
    reserve.advance(to: Self.start + .hours(23), isSupplied: true)
    #expect(reserve.isRunning)
  }

  @Test("capacity fades by a fifth in ten years, with supply or without")
  func fading() {
    var reserve = ClockReserve(.supercap)
    reserve.advance(to: Self.start, isSupplied: true)
    reserve.advance(to: Self.start + .days(3650), isSupplied: true)
    #expect(reserve.supercap_s == 604_800 / 5 * 4)
    #expect(reserve.supercapCapacity_s == reserve.supercap_s)
    reserve.advance(to: Self.start + .days(3650 * 10), isSupplied: true)
    #expect(reserve.supercap_s == 0)
  }

  @Test("a battery lasts more than ten years in normal operation")
  func battery() {
    var reserve = ClockReserve(.battery)
    var now = Self.start
    reserve.advance(to: now, isSupplied: true)
    // One per cent of outage: 15 minutes a day.
    for _ in 0..<(10 * 365) {
      now += .minutes(1425)
      reserve.advance(to: now, isSupplied: true)
      now += .minutes(15)
      reserve.advance(to: now, isSupplied: false)
    }
    #expect(reserve.isRunning && reserve.battery_s > 365 * 86_400)
    reserve.advance(to: now + .days(1500), isSupplied: false)
    #expect(!reserve.isRunning)
    reserve.replaceBattery()
    reserve.advance(to: now + .days(1501), isSupplied: true)
    #expect(reserve.isRunning)
  }

  @Test("the supercap goes first where both are fitted; short steps add up to long ones")
  func both() {
    var (fine, coarse) = (ClockReserve(.batteryAndSupercap), ClockReserve(.batteryAndSupercap))
    var random = SplitMix64(seed: 7)
    var now = Self.start
    fine.advance(to: now, isSupplied: true)
    coarse.advance(to: now, isSupplied: true)
    for _ in 0..<300 {
      let supplied = random.below(3) > 0
      let end = now + .seconds(Int64(random.below(40_000)))
      while now < end {
        now = min(end, now + .milliseconds(Int64(random.below(2_000_000))))
        fine.advance(to: now, isSupplied: supplied)
      }
      coarse.advance(to: now, isSupplied: supplied)
      #expect(fine == coarse)
    }
    let battery = fine.battery_s
    fine.advance(to: now + .days(1), isSupplied: true)
    let full = fine.supercap_s
    fine.advance(to: now + .days(2), isSupplied: false)
    #expect(fine.supercap_s == full - 86_400 && battery - fine.battery_s <= 21_601)
  }

  @Test("time that runs backwards or stands still changes nothing")
  func backwards() {
    var reserve = ClockReserve(.batteryAndSupercap)
    reserve.advance(to: Self.start, isSupplied: true)
    reserve.advance(to: Self.start + .hours(1), isSupplied: true)
    let before = reserve
    reserve.advance(to: Self.start, isSupplied: false)
    reserve.advance(to: Self.start + .hours(1), isSupplied: false)
    #expect(reserve == before)
  }

  @Test("charge in hundredths of a per cent: of the battery, else of the supercap")
  func charge() {
    #expect(ClockReserve(.none).charge == nil)
    #expect(ClockReserve(.batteryAndSupercap).charge == 10_000)
    var supercap = ClockReserve(.supercap)
    #expect(supercap.charge == 0)
    supercap.advance(to: Self.start, isSupplied: true)
    supercap.advance(to: Self.start + .hours(4), isSupplied: true)
    #expect((4_990...5_010).contains(supercap.charge ?? 0))
    supercap.advance(to: Self.start + .hours(12), isSupplied: true)
    #expect(supercap.charge == 10_000)
    var battery = ClockReserve(.battery)
    battery.advance(to: Self.start, isSupplied: true)
    battery.advance(to: Self.start + .days(2 * 365), isSupplied: false)
    #expect(battery.charge == 5_000)
  }
}
