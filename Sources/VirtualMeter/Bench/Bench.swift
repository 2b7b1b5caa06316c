import Waveforms

/// How the meter's terminals are connected to network and load.
public struct Wiring: Equatable, Sendable {
  /// Which phase of the network each voltage terminal sees, 0...2.
  public var voltages = [0, 1, 2]
  /// Which phase's current flows through each measuring system, 0...2.
  public var currents = [0, 1, 2]
  /// Systems through which the current flows backwards.
  public var reversed = [false, false, false]
  /// The neutral of the network does not reach meter and load.
  public var losesNeutral = false
  /// A phase of the network that does not arrive, for example behind a blown fuse.
  public var missing: Int?

  public init() {}
}

/// What is connected to one phase.
public struct BenchLoad: Equatable, Sendable {
  /// RMS of the fundamental while the phase has its set voltage, 0...100 A.
  public var i_A: Double
  /// Lag behind the voltage, -180...180 degrees; beyond 90 it is export.
  public var phi_deg: Double
  /// Harmonics of the current, beside its fundamental.
  public var harmonics: [Harmonic]
  public var on: Bool

  public init(i_A: Double, phi_deg: Double = 0, harmonics: [Harmonic] = [], on: Bool = true) {
    self.i_A = i_A
    self.phi_deg = phi_deg
    self.harmonics = harmonics
    self.on = on
  }

  /// Distortion in per cent of the fundamental.
  public var thd_percent: Double {
    harmonics.reduce(0) { $0 + $1.amplitude * $1.amplitude }.squareRoot() * 100
  }
}

/// Network, loads and wiring: all that decides the waves at the meter's terminals.
public struct Bench: Equatable, Sendable {
  /// RMS of the fundamental of L1, L2, L3, 0...300 V.
  public var voltages_V = [230.0, 230.0, 230.0]
  /// Harmonics of all voltages.
  public var voltageHarmonics: [Harmonic] = []
  /// 45...65 Hz.
  public var frequency_Hz = 50.0
  /// L1, L2, L3.
  public var loads = [BenchLoad](repeating: BenchLoad(i_A: 0), count: 3)
  /// The neutral is connected.
  public var neutral = true
  /// Contacts of the meter's switch that conduct, L1 to L3.
  public var contacts = [true, true, true]
  public var wiring = Wiring()
  /// The name of `wiring`.
  public var wiringID = WiringError.ID.correct

  public init() {}
}
