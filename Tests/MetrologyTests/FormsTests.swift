import Foundation
import Metrology
import Testing

@Suite struct FormsTests {
  @Test("block and per-sample form give the same bits", arguments: [1, 7, 63, 64, 100, 801])
  func sameBits(size: Int) {
    var s = Signal()
    s.frequency = 49.7
    s.lag = 0.3
    s.offset = (0.7, 0.01)
    let sets = (0..<9000).map { s.set($0) }
    var one = MeasuringUnit(s.settings)
    var a: [MeasuredWindow] = []
    for set in sets where one.add(set) { a.append(one.closeWindow(temperature_dC: 230)) }
    a.append(one.closeWindow(temperature_dC: 230))

    var other = MeasuringUnit(s.settings)
    var b: [MeasuredWindow] = []
    var start = 0
    while start < sets.count {
      let part = sets[start..<min(start + size, sets.count)]
      let u1 = part.map(\.u1), i1 = part.map(\.i1), u2 = part.map(\.u2)
      let i2 = part.map(\.i2), u3 = part.map(\.u3), i3 = part.map(\.i3)
      let block = SampleBlock(
        u1: u1.span, i1: i1.span, u2: u2.span, i2: i2.span, u3: u3.span, i3: i3.span)
      var at = 0
      while at < block.count {
        let step = other.add(block, from: at)
        at = step.next
        if step.complete { b.append(other.closeWindow(temperature_dC: 230)) }
      }
      start += part.count
    }
    b.append(other.closeWindow(temperature_dC: 230))
    #expect(a == b)
    #expect(a.count > 10)
  }

  @Test("windows follow each other without a gap")
  func noGaps() {
    var s = Signal()
    s.frequency = 50.7
    var unit = MeasuringUnit(s.settings)
    var inWindows = 0
    for n in 0..<20_000 where unit.add(s.set(n)) {
      inWindows += Int(unit.closeWindow(temperature_dC: 230).samples)
    }
    inWindows += Int(unit.closeWindow(temperature_dC: 230).samples)
    #expect(inWindows == 20_000)
  }

  @Test("any 32-bit input is taken without a trap")
  func extremes() {
    var unit = MeasuringUnit(Signal().settings)
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      let x = Int32(truncatingIfNeeded: state >> 32)
      let y: Int32 = x & 1 == 0 ? .min : .max
      if unit.add(SampleSet(u1: x, i1: y, u2: y, i2: y, u3: .min, i3: .min)) {
        _ = unit.closeWindow(temperature_dC: .max)
      }
    }
  }

  @Test("the reference finds 45 to 55 Hz and follows a jump")
  func tracking() {
    for frequency in [45.0, 47.5, 52.5, 55.0] {
      var s = Signal()
      s.frequency = frequency
      let w = Metered(s, settle: 2, seconds: 1).windows
      #expect(w[2].frequency_mHz == UInt32(frequency * 1000))
    }
  }

  @Test("calibration: gain, phase, offset and temperature")
  func calibration() {
    var s = Signal()
    s.lag = .pi / 3 + 0.005
    var settings = s.settings
    for k in 0..<3 {
      settings.scales[k].femtoamperesPerCount = settings.scales[k].femtoamperesPerCount / 100 * 98
      settings.calibrations[k].currentGain = Int32((1 / 0.98 * 1_073_741_824).rounded())
      settings.calibrations[k].phase = Int32((0.005 / (2 * .pi) * 4_294_967_296).rounded())
    }
    let m = Metered(s, settings: settings)
    let expected = 3 * 230 * 5 * 0.5 * 10.0
    #expect(abs(m.active / expected - 1) * 100 < 0.002)

    for k in 0..<3 {
      settings.calibrations[k].activeOffset_µW = 2_000_000
      settings.calibrations[k].temperatureLinear_ppb = 50_000
    }
    let warm = Metered(s, settings: settings, temperature: 430)
    let drifted = expected / (1 + 20 * 50e-6) - 3 * 2 * 10
    #expect(abs(warm.active / drifted - 1) * 100 < 0.002)
  }
}
