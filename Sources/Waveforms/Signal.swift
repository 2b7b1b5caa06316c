import Metrology

/// A current that the type tests ask for, as a Fourier series, so that nothing aliases.
public enum CurrentWave: Equatable, Sendable {
  /// Fundamental and `PhaseSignal.currentHarmonics`.
  case sine
  /// Conducts from the firing angle to the end of each half cycle (90° in the tests); the RMS
  /// current is that of the unfired sine. At 90°: P = U·I/2, Q1 = U·I/π.
  case phaseFired(angle_deg: Double)
  /// One direction only: P = U·I/2, direct current I·√2/π.
  case halfWave
  /// Charging pulses of lamps with electronics behind a dimmer that fires at an angle: in each half
  /// cycle a steep rise (20 µs) and a decay (0.5 ms). RMS is that of the orders kept.
  case lampPulse(angle_deg: Double)
  /// Whole cycles on, then off (2 and 2 in the tests, at most 16 together).
  case burst(on: Int, off: Int)
}

/// Voltage and current of one phase. RMS values are of the fundamental.
public struct PhaseSignal: Equatable, Sendable {
  /// 0 to 1000 V.
  public var voltage_V: Double
  /// 0 to 1000 A.
  public var current_A: Double
  /// φ: the current's lag behind its voltage in degrees; positive is inductive, 180 is export.
  public var lag_deg: Double
  /// Where the voltage stands against that of L1; nil for 0, −120 and −240 degrees.
  public var angle_deg: Double?
  public var voltageHarmonics: [Harmonic] = []
  /// Move with the current when it lags: the shape stays.
  public var currentHarmonics: [Harmonic] = []
  public var currentWave = CurrentWave.sine
  /// Offsets of the converter in volts and amperes; they are no part of the truth.
  public var voltageOffset_V = 0.0
  public var currentOffset_A = 0.0
  /// Noise, decibels below a sine at full scale (90 and 95 are typical); nil for none.
  public var voltageNoise_dB: Double?
  public var currentNoise_dB: Double?

  public init(voltage_V: Double = 230, current_A: Double = 5, lag_deg: Double = 0) {
    self.voltage_V = voltage_V
    self.current_A = current_A
    self.lag_deg = lag_deg
  }

  /// Not connected.
  public static let absent = PhaseSignal(voltage_V: 0, current_A: 0)
}

/// A stretch of time in which voltages (and currents, if wanted) are reduced or raised.
public struct Dip: Equatable, Sendable {
  /// Seconds from the start; edges lie on samples and are not band-limited.
  public var start_s: Double
  public var duration_s: Double
  /// L1, L2, L3.
  public var phases: [Bool]
  /// Remaining voltage and current as fractions; 0 is an interruption, 1 leaves as it is.
  public var voltageFactor: Double
  public var currentFactor: Double

  public init(
    start_s: Double, duration_s: Double, phases: [Bool] = [true, true, true],
    voltageFactor: Double, currentFactor: Double = 1
  ) {
    self.start_s = start_s
    self.duration_s = duration_s
    self.phases = phases
    self.voltageFactor = voltageFactor
    self.currentFactor = currentFactor
  }
}

/// What a generator plays: three phases of one frequency.
public struct Signal: Equatable, Sendable {
  /// 40 to 70 Hz, taken to the microhertz.
  public var frequency_Hz = 50.0
  /// 2,000 to 32,000 sets per second.
  public var rate = SampleRate(4000)
  /// Seconds; nil plays for ever.
  public var duration_s: Double?
  /// L1, L2, L3; always three.
  public var phases: [PhaseSignal]
  public var dips: [Dip] = []
  /// Converter: resolution (8 to 24 bits) over ± full scale.
  public var bits = 24
  public var fullScale_V = 500.0
  public var fullScale_A = 200.0
  /// Highest order of the waves that are cut from a sine and of lamps; less where half the rate is
  /// lower.
  public var highestOrder = 39
  /// Seed of the noise.
  public var seed: UInt64 = 1

  public init(phases: [PhaseSignal]) { self.phases = phases }

  /// Three equal phases.
  public init(balanced phase: PhaseSignal = PhaseSignal()) {
    phases = [phase, phase, phase]
  }

  /// Refuses what cannot be played; the ranges stand at the properties.
  func validate() throws(SourceError) {
    func inRange(_ value: Double, _ range: ClosedRange<Double>) -> Bool { range.contains(value) }
    let hertz = Double(rate.numerator) / Double(max(1, rate.denominator))
    let checks: [(Bool, String)] = [
      (phases.count == 3, "three phases"),
      (inRange(frequency_Hz, 40...70), "a frequency of 40 Hz to 70 Hz"),
      (rate.denominator > 0 && inRange(hertz, 2000...32000), "a rate of 2,000 Hz to 32,000 Hz"),
      (rate.denominator <= 100_000, "a rate with a denominator of at most 100,000"),
      ((8...24).contains(bits), "a converter of 8 to 24 bits"),
      (
        inRange(fullScale_V, 1e-3...1e4) && inRange(fullScale_A, 1e-3...1e4),
        "a full scale of 1 mV to 10 kV and 1 mA to 10 kA"
      ),
      (inRange(duration_s ?? 0, 0...1e10), "a duration of 0 to 10^10 seconds"),
      (phases.allSatisfy(isPlayable), "phases of 0 to 1000 V and 0 to 1000 A with finite values"),
      (dips.allSatisfy(isPlayable), "dips with finite values, three phases and no negative time"),
    ]
    for (holds, expected) in checks where !holds {
      throw SourceError(
        .usage, "generator", expected: expected, found: "another value",
        nextStep: "Correct the setting.")
    }
    let highest = phases.flatMap { $0.voltageHarmonics + $0.currentHarmonics }.map(\.order).max()
    guard Double(highest ?? 1) * frequency_Hz < hertz / 2 else {
      throw SourceError(
        .usage, "generator", expected: "harmonics below half the sample rate",
        found: "order \(highest ?? 1)", nextStep: "Lower the order or raise the rate.")
    }
  }

  private func isPlayable(_ phase: PhaseSignal) -> Bool {
    var values = [
      phase.lag_deg, phase.angle_deg ?? 0, phase.voltageOffset_V, phase.currentOffset_A,
      phase.voltageNoise_dB ?? 0, phase.currentNoise_dB ?? 0,
    ]
    let harmonics = phase.voltageHarmonics + phase.currentHarmonics
    values += harmonics.flatMap { [$0.amplitude, $0.phase_deg] }
    if case .burst(let on, let off) = phase.currentWave {
      guard on >= 1, off >= 0, on <= 16, off <= 16, on + off <= 16 else { return false }
    }
    switch phase.currentWave {
    case .phaseFired(let angle), .lampPulse(let angle):
      guard angle >= 0, angle < 180 else { return false }
    case .sine, .halfWave, .burst: break
    }
    return (0...1000).contains(phase.voltage_V) && (0...1000).contains(phase.current_A)
      && harmonics.allSatisfy { $0.order >= 2 }
      && values.allSatisfy { $0.isFinite && abs($0) <= 1e6 }
  }

  private func isPlayable(_ dip: Dip) -> Bool {
    dip.phases.count == 3 && dip.start_s >= 0 && dip.duration_s >= 0
      && dip.start_s + dip.duration_s <= 1e10 && abs(dip.voltageFactor) <= 10
      && abs(dip.currentFactor) <= 1000
  }
}
