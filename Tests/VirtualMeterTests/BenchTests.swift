import Foundation
import MeterTime
import Metrology
import Quantities
import Testing
import Waveforms

@testable import VirtualMeter

@Suite("Bench")
struct BenchTests {
  @Test("truth and registers agree within 0.01 % on every preset", arguments: BenchPreset.catalogue)
  func presets(_ preset: BenchPreset) throws {
    let outcome = try BenchRig.run(preset.bench, seconds: 12)
    let truth = try #require(outcome.truth)
    let pairs = [
      ("1-0:1.8.0", truth.total.import_kWh), ("1-0:2.8.0", truth.total.export_kWh),
    ]
    var compared = 0
    for (obis, kWh) in pairs where kWh > 1e-6 {
      let error = (try #require(outcome.registers[obis]) / kWh - 1) * 100
      #expect(abs(error) <= 0.01, "\(preset.id) \(obis): \(error) %")
      compared += 1
    }
    #expect(compared > 0)
  }

  @Test("a lively bench keeps its truth, too, and two seeds differ")
  func lively() throws {
    let bench = BenchPreset.named(.cooking).bench
    let a = try BenchRig.run(bench, seconds: 6, seed: 1, isLively: true)
    let b = try BenchRig.run(bench, seconds: 6, seed: 2, isLively: true)
    let truth = try #require(a.truth).total.import_kWh
    #expect(abs(try #require(a.registers["1-0:1.8.0"]) / truth - 1) <= 1e-4)
    #expect(a.exact != b.exact)
    let again = try BenchRig.run(bench, seconds: 6, seed: 1, isLively: true)
    #expect(a.exact == again.exact)
  }

  @Test("changes of load and frequency neither step the wave nor lose energy")
  func smooth() throws {
    var bench = Bench()
    bench.loads = [BenchLoad](repeating: BenchLoad(i_A: 10), count: 3)
    let source = BenchSource(bench)
    var buffer = SampleBuffer(capacity: 100)
    var last: SampleSet?
    var steepest = 0.0
    for block in 0..<60 {
      if block == 20 { source.bench.frequency_Hz = 47.3 }
      if block == 30 { source.bench.loads[0] = BenchLoad(i_A: 0) }
      if block == 40 { source.bench.wire(.reverseI2) }
      _ = try source.read(into: &buffer, limit: 100)
      for n in 0..<buffer.count {
        if let last {
          let steps = [buffer[n].u1 - last.u1, buffer[n].i1 - last.i1, buffer[n].i2 - last.i2]
          let peaks = [
            230 * 2.0.squareRoot() / source.scales[0].volts,
            10 * 2.0.squareRoot() / source.scales[0].amperes,
            10 * 2.0.squareRoot() / source.scales[0].amperes,
          ]
          for (step, peak) in zip(steps, peaks) {
            steepest = max(steepest, abs(Double(step)) / peak)
          }
        }
        last = buffer[n]
      }
    }
    // A sine of 50 Hz moves by 2π/80 of its peak in a sample.
    #expect(steepest < 0.12)
  }

  @Test("a lost neutral: no current is left over, and the lightest load gets the most voltage")
  func starPoint() {
    let bench = BenchPreset.named(.neutralLost).bench
    let (u, i) = bench.housePhasors
    let sum = i.reduce(Phasor.zero, +)
    #expect(sum.magnitude < 1e-9)
    #expect(u[2].magnitude > u[1].magnitude && u[1].magnitude > u[0].magnitude)
    #expect(u[2].magnitude > 253)
    var balanced = bench
    balanced.loads = [BenchLoad](repeating: BenchLoad(i_A: 8, phi_deg: 20), count: 3)
    for phasor in balanced.housePhasors.voltages { #expect(abs(phasor.magnitude - 230) < 1e-9) }
  }

  @Test("without neutral no harmonic has a current that only a neutral could carry")
  func harmonicsWithoutNeutral() {
    var bench = BenchPreset.named(.car).bench
    bench.loads[1].i_A = 7
    bench.neutral = false
    for order in bench.orders() {
      #expect(order.houseCurrents.reduce(Phasor.zero, +).magnitude < 1e-9)
    }
  }

  @Test("extreme benches stay finite and inside the converter")
  func extremes() throws {
    for phi in [-90.0, 0, 90, 180] {
      for amperes in [[100.0, 0, 0], [100, 100, 0.01], [0, 0, 0], [1e-9, 1e-9, 0]] {
        var bench = Bench()
        bench.voltages_V = [300, 0, 1]
        bench.neutral = false
        bench.loads = amperes.map {
          BenchLoad(i_A: $0, phi_deg: phi, harmonics: BenchLoad.dimmerHarmonics)
        }
        for order in bench.orders() {
          for phasor in order.voltages + order.currents { #expect(phasor.magnitude < 1e4) }
        }
        var buffer = SampleBuffer(capacity: 400)
        let got = try BenchSource(bench).read(into: &buffer, limit: 400)
        #expect(got == 400)
      }
    }
  }

  @Test("the dimmer is half a sine's power with 65 % of distortion")
  func dimmer() {
    let load = BenchLoad(
      i_A: 1, phi_deg: BenchLoad.dimmerLag_deg, harmonics: BenchLoad.dimmerHarmonics)
    #expect(abs(load.thd_percent - 64) < 2)
    // Just before the firing angle the wave is near zero, just after it near the peak.
    func value(_ degrees: Double) -> Double {
      let x = (degrees - BenchLoad.dimmerLag_deg) * .pi / 180
      return load.harmonics.reduce(sin(x)) {
        $0 + $1.amplitude * sin(Double($1.order) * x + $1.phase_deg * .pi / 180)
      }
    }
    let peak = (1 + Double.pi * Double.pi / 4).squareRoot() / (Double.pi / 2) * Double.pi / 2
    #expect(abs(value(60)) < 0.15 * peak)
    #expect(value(110) > 0.6)
  }
}
