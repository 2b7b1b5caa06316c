import MeterFaults
import MeterTime
import Testing

@Suite struct RTCModelTests {
  @Test("5 ppm are 158 s in a year; the parabola makes it slower away from 25 °C")
  func error() {
    var clock = RTCModel(count: ClockReserveTests.start, offset_ppb: 5_000)
    for _ in 0..<(365 * 24) { clock.advance(by: .hours(1), temperature_dC: 250) }
    let gained = clock.count - ClockReserveTests.start - .days(365)
    #expect(gained.wholeMilliseconds == 157_680)
    #expect(clock.error_ppb(at: 230) == 4_860)
    #expect(clock.error_ppb(at: -400) == 5_000 - 35 * 65 * 65)
    #expect(clock.error_ppb(at: 700) == 5_000 - 35 * 45 * 45)
    #expect(clock.error_ppb(at: 245) == 4_991)
  }

  @Test("steps of any length give the same count")
  func steps() {
    var (fine, coarse) = (
      RTCModel(count: ClockReserveTests.start, offset_ppb: -3_217),
      RTCModel(count: ClockReserveTests.start, offset_ppb: -3_217)
    )
    var random = SplitMix64(seed: 3)
    var sum = Instant.Duration.zero
    for _ in 0..<10_000 {
      let step = Instant.Duration(ticks: Int64(random.below(1 << 24)))
      sum = sum + step
      fine.advance(by: step, temperature_dC: -137)
    }
    coarse.advance(by: sum, temperature_dC: -137)
    #expect(fine.count == coarse.count)
  }
}
