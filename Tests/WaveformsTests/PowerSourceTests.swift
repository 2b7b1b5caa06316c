import Foundation
import Testing

@testable import Waveforms

@Suite struct PowerSourceTests {
  /// The truth of the file by its rows; through all its samples in an optimised build, which
  /// takes seconds there and many minutes otherwise.
  @Test(.enabled(if: Recordings.present, "recordings are absent"))
  func householdDay() throws {
    let path = Recordings.folder.appendingPathComponent("household-day-1s.csv").path
    let expected = [6.42697361, 4.39524944, 2.52791750]
    var table = try PowerTable(ByteSource(path: path))
    var sums = SIMD3<Double>()
    var rows = 0
    while let row = try table.next() {
      sums += row.power_W
      rows += 1
    }
    #expect(rows == 86_400)
    for phase in 0..<3 { #expect(abs(sums[phase] / 3.6e6 - expected[phase]) < 6e-9) }

    var power = try PowerSource(path: path)
    let drained = try Drained(&power, most: Recordings.isOptimised ? .max : 30 * 4000)
    let truth = try #require(power.truth)
    for phase in 0..<3 {
      #expect(abs(drained.energy_J[phase] / truth.phases[phase].net_J - 1) < 2e-6)
      if Recordings.isOptimised {
        #expect(abs(truth.phases[phase].import_kWh - expected[phase]) < 6e-9)
      }
    }
    if Recordings.isOptimised {
      #expect(drained.count == 86_400 * 4000)
      #expect(abs(truth.total.import_kWh - 13.35014056) < 1.1e-8)
    }
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

  @Test func intervals() throws {
    var wide = PowerShape()
    wide.scale = SampleScale(volts: 1e-4, amperes: 0.1).channelScale
    var power = try PowerSource(
      source(
        "time;e1_kWh;e3_Wh\r\n2024-02-29T23:45:00+01:00;0,25;-1\r\n"
          + "2024-02-29T23:45:01+01:00;0,5;0\r\n".replacingOccurrences(of: "0,5;0", with: "0.5;0")),
      shape: wide)
    _ = try Drained(&power)
    let truth = try #require(power.truth)
    #expect(abs(truth.phases[0].import_kWh - 0.75) < 1e-12)
    #expect(abs(truth.phases[2].export_kWh - 0.001) < 1e-12)
    #expect(truth.span_s == 2)
    // 2024-02-29T22:45:00Z
    #expect(power.start_s == Double((24 * 365 + 6 + 59) * 86_400 + 22 * 3600 + 45 * 60))
  }

  @Test func powerFactorAndHarmonics() throws {
    var shape = PowerShape()
    shape.powerFactor = 0.5
    shape.voltageHarmonics = []
    shape.currentHarmonics = [Harmonic(5, 0.3)]
    var power = try PowerSource(source("second,p_W\n0,1150\n"), shape: shape)
    var buffer = SampleBuffer()
    _ = try power.read(into: &buffer, limit: 800)
    var (cosine, sine, square) = (0.0, 0.0, 0.0)
    for n in 0..<800 {
      let x = 2 * Double.pi * Double(n) / 80
      let i = Double(buffer.i1[n]) * shape.scale.amperes
      (cosine, sine, square) = (cosine + i * cos(x), sine + i * sin(x), square + i * i)
    }
    // 10 A of fundamental, lagging 60 degrees, with 30 % of fifth harmonic.
    let peak = 10 * 2.0.squareRoot()
    #expect(abs(sine / 400 - peak * 0.5) < 1e-4)
    #expect(abs(cosine / 400 + peak * 0.75.squareRoot()) < 1e-4)
    #expect(abs((square / 800).squareRoot() - 10 * 1.09.squareRoot()) < 1e-4)
  }

  @Test(arguments: [
    ("", 1, "empty"), ("second\n", 1, "header"), ("p1_W\n1\n", 1, "header"),
    ("second,p1_W\n", 2, "at least one row"), ("second,p1_W\n0,nan\n", 2, "finite"),
    ("second,p1_W\n0,inf\n", 2, "finite"), ("second,p1_W\n0,1\n1,\n", 3, "finite"),
    ("second,p1_W\n0,1\n1\n", 3, "2 columns"), ("second,p1_W\n0,1\n1,2\n3,4\n", 4, "time 2.0"),
    ("second,p1_W\n0,1\n0,2\n", 3, "step"), ("second,p1_W\n0,1e7\n", 2, "per phase"),
    ("second,p1_W\n0,1\nx,2\n", 3, "seconds"), ("second,p1_W,p1_W\n0,1,2\n", 1, "header"),
    ("time,p1_W\n2024-02-30T00:00:00Z,1\n", 2, "seconds"),
  ])
  func refusals(text: String, line: Int, words: String) throws {
    #expect {
      var power = try PowerSource(source(text))
      _ = try Drained(&power)
    } throws: { error in
      guard let error = error as? SourceError else { return false }
      return error.place == .line(line) && error.exitCode == 65
        && "\(error)".contains(words)
    }
  }
}
