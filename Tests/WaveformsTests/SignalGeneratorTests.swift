import Foundation
import Metrology
import Testing

@testable import Waveforms

@Suite struct SignalGeneratorTests {
  /// Mean product of the counts over whole seconds, in watts.
  func measured(_ signal: Signal, seconds: Double = 2) throws -> (power: [Double], J: [Double]) {
    var signal = signal
    signal.duration_s = seconds
    var generator = try SignalGenerator(signal)
    let drained = try Drained(&generator, capacity: 1000)
    let truth = try #require(generator.truth)
    #expect(abs(truth.span_s - seconds) < 1e-9)
    return (drained.energy_J.map { $0 / seconds }, truth.phases.map(\.net_J))
  }

  @Test(arguments: [49.0, 50, 51, 49.3125, 60], [4000, 8000, 6400] as [UInt32])
  func sines(frequency: Double, rate: UInt32) throws {
    var signal = Signal(balanced: PhaseSignal(voltage_V: 230, current_A: 5, lag_deg: 60))
    signal.frequency_Hz = frequency
    signal.rate = SampleRate(rate)
    let generator = try SignalGenerator(signal)
    // 49.3125 Hz repeats every 16 s, other frequencies every second.
    let seconds = frequency == 49.3125 ? 16.0 : 1.0
    let (power, joules) = try measured(signal, seconds: seconds)
    for phase in 0..<3 {
      #expect(abs(generator.analytic[phase].active_W - 575) < 1e-9)
      #expect(abs(generator.analytic[phase].reactive_var - 1150 * 0.75.squareRoot()) < 1e-9)
      #expect(abs(joules[phase] / 575 / seconds - 1) < 1e-9)
      #expect(abs(power[phase] / 575 - 1) < 2e-6)
    }
  }

  /// The waveforms of the type tests with their exact powers, as fractions of U·I.
  @Test(arguments: [
    (CurrentWave.phaseFired(angle_deg: 90), 0.5, 1 / Double.pi),
    (.phaseFired(angle_deg: 0), 1, 0),
    (.halfWave, 0.5, 0), (.burst(on: 2, off: 2), 0.5, 0), (.burst(on: 1, off: 2), 1.0 / 3, 0),
    (.burst(on: 3, off: 0), 1, 0),
  ])
  func typeTestWaves(wave: CurrentWave, active: Double, reactive: Double) throws {
    var phase = PhaseSignal(voltage_V: 230, current_A: 10)
    phase.currentWave = wave
    let signal = Signal(balanced: phase)
    let analytic = try SignalGenerator(signal).analytic[1]
    #expect(abs(analytic.active_W - 2300 * active) < 1e-9)
    #expect(abs(analytic.reactive_var - 2300 * reactive) < 1e-9)
    let (power, joules) = try measured(signal, seconds: 2.4)
    for index in 0..<3 {
      #expect(abs(joules[index] / 2.4 / (2300 * active) - 1) < 1e-9)
      #expect(abs(power[index] / (2300 * active) - 1) < 2e-6)
    }
  }

  /// RMS of the series approach those of the exact waves as orders are added.
  @Test(arguments: [CurrentWave.phaseFired(angle_deg: 90), .halfWave, .burst(on: 2, off: 2)])
  func rootMeanSquares(wave: CurrentWave) throws {
    var phase = PhaseSignal(voltage_V: 230, current_A: 10)
    phase.currentWave = wave
    var signal = Signal(balanced: phase)
    signal.rate = SampleRate(32_000)
    signal.highestOrder = 300
    let rms = try SignalGenerator(signal).analytic[0].currentRMS_A
    #expect(abs(rms / (10 / 2.0.squareRoot()) - 1) < 2e-3)
    #expect(rms < 10 / 2.0.squareRoot())
  }

  /// The series of a fired wave must look like one: nothing before the firing angle.
  @Test func firedWaveFollowsItsShape() throws {
    var phase = PhaseSignal(voltage_V: 230, current_A: 10)
    phase.currentWave = .phaseFired(angle_deg: 90)
    var signal = Signal(balanced: phase)
    signal.rate = SampleRate(32_000)
    signal.highestOrder = 300
    var generator = try SignalGenerator(signal)
    var buffer = SampleBuffer()
    _ = try generator.read(into: &buffer, limit: 640)
    let peak = 10 * 2.0.squareRoot() / generator.scales[0].amperes
    for (n, expected) in [(80, 0.0), (240, 0.5.squareRoot()), (400, 0), (560, -0.5.squareRoot())] {
      #expect(abs(Double(buffer.i1[n]) / peak - expected) < 0.02)
    }
    var half = signal
    for index in 0..<3 { half.phases[index].currentWave = .halfWave }
    generator = try SignalGenerator(half)
    _ = try generator.read(into: &buffer, limit: 640)
    for (n, expected) in [(80, 0.5.squareRoot()), (160, 1), (400, 0.0), (480, 0)] {
      #expect(abs(Double(buffer.i1[n]) / peak - expected) < 0.005)
    }
    for index in 0..<3 { half.phases[index].currentWave = .burst(on: 2, off: 2) }
    generator = try SignalGenerator(half)
    _ = try generator.read(into: &buffer, limit: 2560)
    for (n, expected) in [(160, 1.0), (800, 1), (1440, 0), (2080, 0)] {
      #expect(abs(Double(buffer.i1[n]) / peak - expected) < 0.005)
    }
  }

  @Test func fifthHarmonic() throws {
    var phase = PhaseSignal(voltage_V: 230, current_A: 42.5)
    phase.voltageHarmonics = [Harmonic(5, 0.1)]
    phase.currentHarmonics = [Harmonic(5, 0.4)]
    let (power, joules) = try measured(Signal(balanced: phase))
    #expect(abs(joules[0] / 2 / (230 * 42.5 * 1.04) - 1) < 1e-9)
    #expect(abs(power[2] / (230 * 42.5 * 1.04) - 1) < 1e-6)
  }

  @Test func unbalanceExportAndAbsence() throws {
    let signal = Signal(phases: [
      PhaseSignal(voltage_V: 230, current_A: 10, lag_deg: 180), .absent,
      PhaseSignal(voltage_V: 207, current_A: 1),
    ])
    var finite = signal
    finite.duration_s = 1
    var generator = try SignalGenerator(finite)
    let drained = try Drained(&generator)
    let truth = try #require(generator.truth)
    #expect(generator.connected == [true, false, true])
    #expect(abs(truth.phases[0].export_J - 2300) < 1e-6 && truth.phases[0].import_J == 0)
    #expect(truth.phases[1] == ActiveEnergy() && drained.energy_J[1] == 0)
    #expect(abs(truth.total.import_J - 207) < 1e-6)
    #expect(abs(truth.vectorSum.export_J - 2093) < 1e-6)
  }

  @Test func noiseHasItsLevelAndItsSeed() throws {
    var phase = PhaseSignal(voltage_V: 0, current_A: 0)
    phase.voltageNoise_dB = 90
    phase.currentNoise_dB = 95
    phase.currentOffset_A = 0.5
    var signal = Signal(balanced: phase)
    signal.duration_s = 5
    func series(_ seed: UInt64, capacity: Int) throws -> [SampleSet] {
      signal.seed = seed
      var generator = try SignalGenerator(signal)
      var buffer = SampleBuffer(capacity: capacity)
      var all: [SampleSet] = []
      while try generator.read(into: &buffer) > 0 {
        for n in 0..<buffer.count { all.append(buffer[n]) }
      }
      return all
    }
    let all = try series(7, capacity: 512)
    #expect(all.count == 20_000)
    #expect(try series(7, capacity: 333) == all)
    #expect(try series(8, capacity: 512) != all)
    let scale = ChannelScale.meter
    let u = all.reduce(0.0) { $0 + pow(Double($1.u1) * scale.volts, 2) } / 20_000
    let mean = all.reduce(0.0) { $0 + Double($1.i3) * scale.amperes } / 20_000
    let i = all.reduce(0.0) { $0 + pow(Double($1.i3) * scale.amperes - mean, 2) } / 20_000
    #expect(abs(u.squareRoot() / (500 / 2.0.squareRoot() * pow(10, -4.5)) - 1) < 0.02)
    #expect(abs(i.squareRoot() / (200 / 2.0.squareRoot() * pow(10, -4.75)) - 1) < 0.02)
    #expect(abs(mean - 0.5) < 1e-4)
  }

  @Test func dipsAndClipping() throws {
    var signal = Signal(balanced: PhaseSignal(voltage_V: 230, current_A: 5))
    signal.duration_s = 2
    signal.dips = [
      Dip(start_s: 0.5, duration_s: 1, phases: [true, false, false], voltageFactor: 0.5)
    ]
    var generator = try SignalGenerator(signal)
    let drained = try Drained(&generator)
    let truth = try #require(generator.truth)
    #expect(abs(truth.phases[0].import_J - 1150 * 1.5) < 1e-6)
    #expect(abs(truth.phases[1].import_J - 2300) < 1e-6)
    #expect(abs(drained.energy_J[0] / truth.phases[0].import_J - 1) < 1e-6)
    #expect(generator.clippedCount == 0)
    signal.phases[0].current_A = 150
    generator = try SignalGenerator(signal)
    #expect(try Drained(&generator).peak <= 8_388_608)
    #expect(generator.clippedCount > 0)
  }

  @Test func nonsenseIsRefused() {
    let changes: [(inout Signal) -> Void] = [
      { $0.phases.removeLast() }, { $0.frequency_Hz = 39 }, { $0.rate = SampleRate(1000) },
      { $0.rate = SampleRate(4000, per: 0) }, { $0.bits = 25 }, { $0.fullScale_A = 0 },
      { $0.phases[0].voltage_V = .nan }, { $0.phases[0].currentHarmonics = [Harmonic(40, 1)] },
      { $0.phases[1].currentHarmonics = [Harmonic(1, 1)] }, { $0.duration_s = -1 },
      { $0.phases[2].currentWave = .burst(on: 0, off: 1) },
      { $0.dips = [Dip(start_s: -1, duration_s: 1, voltageFactor: 0)] },
    ]
    for change in changes {
      var signal = Signal()
      change(&signal)
      #expect(throws: SourceError.self) { _ = try SignalGenerator(signal) }
    }
  }
}
