import Foundation
import Metrology

/// A three-phase test signal in binary64, quantised to 24-bit counts.
struct Signal {
  static let voltsPerCount = 500.0 / 8_388_608
  static let amperesPerCount = 200.0 / 8_388_608
  static let scale = ChannelScale(
    femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910)

  var rate = 4000.0
  var frequency = 50.0
  var volts = (230.0, 230.0, 230.0)
  var amperes = (5.0, 5.0, 5.0)
  /// Lag of the current, radians.
  var lag = 0.0
  /// Converter offsets, V and A.
  var offset = (0.0, 0.0)
  /// Order -> relative amplitude of current harmonics.
  var currentHarmonics: [Int: Double] = [:]
  var voltageHarmonics: [Int: Double] = [:]

  /// Active energy of `seconds`, Ws, all phases.
  func active(_ seconds: Double) -> Double {
    var power = volts.0 * amperes.0 + volts.1 * amperes.1 + volts.2 * amperes.2
    var factor = cos(lag)
    for (order, a) in currentHarmonics { factor += a * (voltageHarmonics[order] ?? 0) }
    power *= factor
    return power * seconds
  }

  func reactive(_ seconds: Double) -> Double {
    (volts.0 * amperes.0 + volts.1 * amperes.1 + volts.2 * amperes.2) * sin(lag) * seconds
  }

  func set(_ n: Int) -> SampleSet {
    func pair(_ phase: Int, _ u: Double, _ i: Double) -> (Int32, Int32) {
      let turn = 2 * Double.pi * (frequency * Double(n) / rate - Double(phase) / 3)
      var v = sin(turn)
      var a = sin(turn - lag)
      for (order, x) in voltageHarmonics { v += x * sin(Double(order) * turn) }
      for (order, x) in currentHarmonics { a += x * sin(Double(order) * turn) }
      let volts = u * 2.0.squareRoot() * v + offset.0
      let amperes = i * 2.0.squareRoot() * a + offset.1
      return (
        Int32((volts / Self.voltsPerCount).rounded()),
        Int32((amperes / Self.amperesPerCount).rounded())
      )
    }
    let a = pair(0, volts.0, amperes.0)
    let b = pair(1, volts.1, amperes.1)
    let c = pair(2, volts.2, amperes.2)
    return SampleSet(u1: a.0, i1: a.1, u2: b.0, i2: b.1, u3: c.0, i3: c.1)
  }

  var settings: MeasuringSettings {
    MeasuringSettings(rate: SampleRate(UInt32(rate)), scale: Self.scale)
  }
}

/// Energies of whole runs, Ws and vars.
struct Metered {
  var active = 0.0
  var reactive = 0.0
  var windows: [MeasuredWindow] = []

  /// Settles for `settle` seconds, then meters `seconds`.
  init(
    _ signal: Signal, settle: Double = 2, seconds: Double = 10, settings: MeasuringSettings? = nil,
    temperature: Int16 = 230
  ) {
    var unit = MeasuringUnit(settings ?? signal.settings)
    let skip = Int(settle * signal.rate)
    let total = skip + Int(seconds * signal.rate)
    var started = false
    for n in 0..<total {
      if n == skip {
        // The truth starts here: what stands open belongs to settling.
        _ = unit.closeWindow(temperature_dC: temperature)
        started = true
      }
      if unit.add(signal.set(n)) {
        let w = unit.closeWindow(temperature_dC: temperature)
        if started { take(w) }
      }
    }
    take(unit.closeWindow(temperature_dC: temperature))
  }

  private mutating func take(_ w: MeasuredWindow) {
    windows.append(w)
    for k in 0..<3 {
      active += Double(w[k].active_µWs) * 1e-6
      reactive += Double(w[k].reactive_µvars) * 1e-6
    }
  }
}
