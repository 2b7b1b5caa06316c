import Meter
import MeterTime
import Quantities
import Testing
import Waveforms

@testable import VirtualMeter

@Suite("total harmonic distortion") struct DistortionTests {
  /// Third, fifth and seventh harmonic; current with a fifth only.
  private static var bench: Bench {
    var bench = Bench()
    bench.voltageHarmonics = [
      Harmonic(3, 0.03, phase_deg: 20),
      Harmonic(5, 0.04, phase_deg: 180),
    ]
    bench.loads[0] = BenchLoad(
      i_A: 10, phi_deg: 0, harmonics: [Harmonic(5, 0.2, phase_deg: 0)], on: true)
    return bench
  }

  @Test("it is read, and its mean is logged, where a channel asks for it")
  func logged() throws {
    var isAsked = false
    var voltage: Int64?
    var current: Int64?
    var rows: [(Int32, Int32)] = []
    _ = try BenchRig.run(Self.bench, seconds: 66) { run in
      if !isAsked {
        isAsked = true
        let channels: [UInt8] = [
          QuantityID.voltageDistortionL1.rawValue, QuantityID.currentDistortionL1.rawValue,
        ]
        #expect(throws: Never.self) {
          try run.meter.setAnalysis(minutes: 1, channels: channels.span)
        }
      }
      voltage = run.reading(.voltageDistortionL1)
      current = run.reading(.currentDistortionL1)
      rows = []
      var cursor = run.meter.analysisCursor(
        from: BenchRig.start, to: BenchRig.start + .seconds(600))
      while let row = run.meter.next(&cursor, memory: run.memory) {
        rows.append((row.values[0], row.values[1]))
      }
    }
    // The root of 3 % and 4 % squared is 5 %.
    #expect(abs(try #require(voltage) - 500) <= 2)
    #expect(abs(try #require(current) - 2000) <= 5)
    let row = try #require(rows.first)
    #expect(abs(row.0 - 500) <= 3 && abs(row.1 - 2000) <= 8)
  }

  @Test("nobody analyses for a meter that does not ask, and nothing is made up")
  func unasked() throws {
    var reading: Int64? = 1
    _ = try BenchRig.run(Self.bench, seconds: 5) { run in
      reading = run.reading(.voltageDistortionL1)
    }
    #expect(reading == nil)
  }
}
