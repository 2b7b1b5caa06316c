import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// A three-phase load in binary64, quantised to the counts of an ideal front end.
struct Load {
  var volts = [230.0, 230, 230]
  var amperes = [5.0, 5, 5]
  /// Lag of each current, degrees.
  var lag = [0.0, 0, 0]

  static let settings = MeasuringSettings(
    rate: SampleRate(4000),
    scale: ChannelScale(
      femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))

  func set(_ n: Int) -> SampleSet {
    func pair(_ k: Int) -> (Int32, Int32) {
      let turn = 2 * Double.pi * (50 * Double(n) / 4000 - Double(k) / 3)
      let u = volts[k] * 2.0.squareRoot() * sin(turn) / 500 * 8_388_608
      let i =
        amperes[k] * 2.0.squareRoot() * sin(turn - lag[k] * .pi / 180) / 200 * 8_388_608
      return (Int32(u.rounded()), Int32(i.rounded()))
    }
    let a = pair(0), b = pair(1), c = pair(2)
    return SampleSet(u1: a.0, i1: a.1, u2: b.0, i2: b.1, u3: c.0, i3: c.1)
  }

  func power(_ k: Int) -> Double { volts[k] * amperes[k] * cos(lag[k] * .pi / 180) }
}

/// Runs a legal meter over loads and keeps its pulses.
struct Feed: ~Copyable {
  var meter: LegalMeter
  var memory = TestMemory()
  var n = 0
  var edges: [PulseEdge] = []

  init(_ parameters: LegalParameters = LegalParameters()) {
    meter = LegalMeter(parameters: parameters, settings: Load.settings)
    _ = meter.start(now: Instant(seconds: 0), memory: &memory)
  }

  var now: Instant { Instant(ticks: Int64(n) * 65_536 / 4000) }

  mutating func run(_ load: Load, seconds: Double, end: Bool = false) {
    // The load is periodic in 80 sets: one cycle at 50 Hz.
    let cycle = (0..<80).map { load.set($0) }
    for _ in 0..<Int(seconds * 4000) {
      let complete = meter.add(cycle[n % 80])
      n += 1
      if complete { close() }
    }
    if end {
      meter.endOfInput(now: now)
      take()
    }
  }

  private mutating func close() {
    meter.closeWindow(now: now)
    take()
  }

  private mutating func take() {
    while let edge = meter.nextPulse() { edges.append(edge) }
    _ = meter.service(now: now, memory: &memory)
  }

  func kilowattHours(_ register: Register) -> Double { Double(meter.registers[register]) * 1e-6 }
}
