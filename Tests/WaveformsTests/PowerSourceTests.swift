import Foundation
import Testing

@testable import Waveforms

@Suite struct PowerSourceTests {
  @Test(.enabled(if: Recordings.present, "recordings are absent"))
  func householdDay() throws {
    let path = Recordings.folder.appendingPathComponent("household-day-1s.csv").path
    var power = try PowerSource(path: path)
    let drained = try Drained(&power)
    #expect(drained.count == 86_400 * 4000)
    let truth = try #require(power.truth)
    let expected = [6.42697361, 4.39524944, 2.52791750]
    for phase in 0..<3 {
      #expect(abs(truth.phases[phase].import_kWh - expected[phase]) < 6e-9)
      #expect(abs(drained.energy_J[phase] / truth.phases[phase].net_J - 1) < 1e-7)
    }
    #expect(abs(truth.total.import_kWh - 13.35014056) < 1.1e-8)
    #expect(truth.span_s == 86_400)
  }

  @Test(arguments: [4.0, 0.5, 100, 20_000, -4, -3500], [4000, 6400, 8000] as [UInt32])
  func energyOfRoundedSamples(power_W: Double, rate: UInt32) throws {
    var shape = PowerShape()
    shape.rate_Hz = rate
    var power = try PowerSource(
      source("second,p1_W,p2_W,p3_W\n0,\(power_W),1,0\n1,\(power_W),1,0\n"), shape: shape)
    let drained = try Drained(&power, capacity: 333)
    #expect(drained.count == 2 * Int(rate))
    #expect(abs(drained.energy_J[0] / (2 * power_W) - 1) < 2e-5)
    #expect(abs(drained.energy_J[1] - 2) < 1e-4)
    #expect(drained.energy_J[2] == 0)
    let truth = try #require(power.truth)
    #expect(truth.phases[0].import_J == max(0, 2 * power_W))
    #expect(truth.phases[0].export_J == max(0, -2 * power_W))
    #expect(truth.vectorSum.net_J == 2 * power_W + 2)
  }
}
