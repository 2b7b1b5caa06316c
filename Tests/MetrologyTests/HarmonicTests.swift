import Foundation
import Metrology
import Testing

@Suite struct HarmonicTests {
  @Test("amplitudes, distortion and angle of harmonics", arguments: [(4000.0, 31), (8000.0, 40)])
  func orders(point: (rate: Double, top: Int)) {
    var s = Signal()
    s.rate = point.rate
    s.voltageHarmonics = [3: 0.05, 5: 0.1, point.top: 0.02]
    s.currentHarmonics = [5: 0.4, 7: 0.2]
    var unit = MeasuringUnit(s.settings)
    let settle = Int(s.rate * 2)
    for n in 0..<settle where unit.add(s.set(n)) { _ = unit.closeWindow(temperature_dC: 230) }
    var analyser = HarmonicAnalyser(increment: unit.referenceIncrement)
    for n in settle..<(settle + Int(s.rate / 5)) {
      let set = s.set(n)
      analyser.add(u: set.u1, i: set.i1)
    }
    #expect(analyser.orders >= point.top)
    #expect(abs(Int(analyser.voltage(3)) - 500) <= 1)
    #expect(abs(Int(analyser.voltage(5)) - 1000) <= 1)
    #expect(abs(Int(analyser.voltage(point.top)) - 200) <= 1)
    #expect(analyser.voltage(4) <= 1)
    #expect(abs(Int(analyser.current(7)) - 2000) <= 1)
    #expect(abs(Int(analyser.currentDistortion) - 4472) <= 3)
    #expect(abs(Double(analyser.phaseAngle(5)) / 4_294_967_296 * 360) < 0.05)
  }

  @Test("orders stay below 0.4 of the sample rate")
  func limits() {
    #expect(HarmonicAnalyser(increment: 53_687_091).orders == 32)
    #expect(HarmonicAnalyser(increment: 107_374_182).orders == 16)
    #expect(HarmonicAnalyser(increment: 6_710_886).orders == 40)
    #expect(HarmonicAnalyser(increment: 0).orders == 40)
  }
}
