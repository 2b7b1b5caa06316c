import Foundation
import Metrology
import Testing

/// Intrinsic error against the analytic truth, without noise, at 24 bit.
@Suite struct AccuracyTests {
  static let points: [(amperes: Double, lag: Double, frequency: Double)] = [
    (0.25, 0, 50), (0.5, 0, 50), (5, 0, 50), (85, 0, 50), (105, 0, 50),
    (0.5, .pi / 3, 50), (5, .pi / 3, 50), (85, .pi / 3, 50), (5, -acos(0.8), 50),
    (5, 0, 49), (5, .pi / 3, 49), (5, .pi / 3, 51), (5, -acos(0.8), 51), (85, .pi / 3, 47.3),
    (5, 2 * .pi / 3, 50), (5, .pi, 50.02), (105, .pi / 3, 52.9),
  ]

  @Test("active energy within 0.002 %", arguments: points)
  func active(point: (amperes: Double, lag: Double, frequency: Double)) {
    var s = Signal()
    s.amperes = (point.amperes, point.amperes, point.amperes)
    s.lag = point.lag
    s.frequency = point.frequency
    let m = Metered(s)
    let error = (m.active / s.active(10) - 1) * 100
    #expect(abs(error) <= 0.002, "error \(error) %")
  }

  @Test(
    "fundamental reactive energy within 0.005 %", arguments: [49.0, 49.5, 50.0, 50.3, 51.0],
    [1.0, 0.866, 0.5, 0.25, -0.25, -0.5])
  func reactive(frequency: Double, sine: Double) {
    var s = Signal()
    s.frequency = frequency
    s.lag = asin(sine)
    let m = Metered(s)
    let error = (m.reactive / s.reactive(10) - 1) * 100
    #expect(abs(error) <= 0.005, "error \(error) %")
  }

  @Test("rates from 2 to 32 kHz", arguments: [2000.0, 2500, 4000, 6400, 8000, 10_240, 32_000])
  func rates(rate: Double) {
    var s = Signal()
    s.rate = rate
    s.frequency = 50.1
    s.lag = .pi / 3
    let m = Metered(s, seconds: 10)
    #expect(abs(m.active / s.active(10) - 1) * 100 <= 0.002)
    #expect(abs(m.reactive / s.reactive(10) - 1) * 100 <= 0.005)
  }

  @Test("60 Hz in windows of 12 cycles")
  func sixtyHertz() {
    var s = Signal()
    s.frequency = 60.05
    s.lag = .pi / 6
    var settings = s.settings
    settings.nominalHertz = 60
    settings.cyclesPerWindow = 12
    let m = Metered(s, settings: settings)
    #expect(abs(m.active / s.active(10) - 1) * 100 <= 0.002)
    #expect(m.windows[5].frequency_mHz == 60_050)
    #expect(abs(Int(m.windows[5].samples) - 799) <= 1)
  }

  @Test("harmonic power counts, the fundamental alone makes reactive energy")
  func harmonics() {
    var s = Signal()
    s.lag = .pi / 6
    s.voltageHarmonics = [5: 0.1]
    s.currentHarmonics = [5: 0.4]
    let m = Metered(s)
    #expect(abs(m.active / s.active(10) - 1) * 100 <= 0.002)
    #expect(abs(m.reactive / s.reactive(10) - 1) * 100 <= 0.005)
  }

  @Test("converter offsets of 1 V and 0.2 A do not show in energy", arguments: [50.0, 49.3])
  func offsets(frequency: Double) {
    var s = Signal()
    s.frequency = frequency
    s.amperes = (0.5, 0.5, 0.5)
    s.lag = .pi / 3
    s.offset = (1, 0.2)
    let m = Metered(s, settle: 15)
    #expect(
      abs(m.active / s.active(10) - 1) * 100 <= 0.002, "\((m.active / s.active(10) - 1) * 100)")
  }

  @Test(
    "one or two systems connected", arguments: [(230.0, 0.0, 0.0), (0.0, 230, 0), (0, 230, 230)])
  func systems(volts: (Double, Double, Double)) {
    var s = Signal()
    s.volts = volts
    s.frequency = 50.4
    let m = Metered(s)
    #expect(abs(m.active / s.active(10) - 1) * 100 <= 0.002)
  }

  @Test("RMS values, angles and frequency")
  func values() {
    var s = Signal()
    s.frequency = 49.87
    s.amperes = (5, 1, 0.1)
    s.lag = .pi / 3
    let w = Metered(s).windows[20]
    #expect(w.frequency_mHz == 49_870)
    // One window ends with a sample, not with a cycle: 1 part in 1600 at the most.
    #expect(abs(w[0].voltage_mV - 230_000) <= 144)
    #expect(abs(w[0].current_µA - 5_000_000) <= 2500)
    #expect(abs(w[2].current_µA - 100_000) <= 50)
    let degrees = Double(w[1].phaseAngle) / 4_294_967_296 * 360
    #expect(abs(degrees - 60) < 0.01)
    let second = Double(Int32(bitPattern: w[1].voltageAngle &- w[0].voltageAngle)) / 4_294_967_296
    #expect(abs(second * 360 + 120) < 0.05)
    #expect(abs(w[0].powerFactor - 5000) <= 2)
  }
}
