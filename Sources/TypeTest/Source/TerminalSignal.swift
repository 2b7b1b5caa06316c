import Foundation
import LegalMeter
import Meter
import Metrology
import Quantities
import Waveforms

/// Turns test conditions into the waves at the terminals of a variant.
public struct TerminalSignal: Sendable {
  public let variant: MeterVariant
  public let conditions: TestConditions
  /// What the source plays: no noise and no errors.
  public let signal: Signal

  /// Volts of one measuring system.
  public static let nominalVoltage_V = Double(MeterVariant.systemVoltage_mV) / 1000

  /// - Parameter rate: sets per second.
  public init(
    _ conditions: TestConditions, variant: MeterVariant, rate: SampleRate = SampleRate(4000)
  ) {
    self.variant = variant
    self.conditions = conditions
    var phases = [PhaseSignal](repeating: .absent, count: 3)
    for phase in Phase.allCases where variant.hasSystem(phase) {
      phases[phase.index] = Self.phase(phase.index, conditions, variant)
    }
    var signal = Signal(phases: phases)
    signal.rate = rate
    signal.frequency_Hz = Double(variant.frequency.hertz) * conditions.frequencyFactor
    // The steps of the source must not add to those of the meter's converter.
    let peak = 2 * 2.0.squareRoot() * max(conditions.current_A, 0.001)
    signal.fullScale_A = peak * (conditions.waveform.isLamp ? 8 : 1.5)
    signal.dips = conditions.waveform.dips(
      start_s: TerminalSignal.settling_s, hertz: signal.frequency_Hz)
    self.signal = signal
  }

  /// Seconds before the first dip.
  static let settling_s = 3.0

  private static func phase(
    _ index: Int, _ conditions: TestConditions, _ variant: MeterVariant
  ) -> PhaseSignal {
    let isEnergised = conditions.energised.contains(index: index)
    let isLoaded = conditions.loaded.contains(index: index)
    var (angle, lag) = placed(index, conditions, variant)
    if conditions.reversed.contains(index: index) { lag += 180 }
    var phase = PhaseSignal(
      voltage_V: isEnergised ? nominalVoltage_V * conditions.voltageFactor : 0,
      current_A: isLoaded ? conditions.current_A : 0, lag_deg: lag)
    phase.angle_deg = angle
    switch conditions.waveform {
    case .fifthHarmonic:
      phase.voltageHarmonics = [Harmonic(5, 0.1)]
      phase.currentHarmonics = [Harmonic(5, 0.4)]
    case .phaseFired: phase.currentWave = .phaseFired(angle_deg: 90)
    case .halfWave: phase.currentWave = .halfWave
    case .burst: phase.currentWave = .burst(on: 2, off: 2)
    case .dimmer45: phase.currentWave = .lampPulse(angle_deg: 45)
    case .dimmer90: phase.currentWave = .lampPulse(angle_deg: 90)
    case .dimmer135: phase.currentWave = .lampPulse(angle_deg: 135)
    case .sine, .interruptions, .cycleInterruption, .dip: break
    }
    return phase
  }

  /// Angle of the system's voltage, and the lag of its current against it.
  ///
  /// Aron: the systems see U12 and U32. With U1 at 0° they stand at +30° and +90°, and the
  /// currents of a balanced load lag them by φ + 30° and φ − 30°.
  private static func placed(
    _ index: Int, _ conditions: TestConditions, _ variant: MeterVariant
  ) -> (angle: Double, lag: Double) {
    let turn = conditions.isSequenceReversed ? -1.0 : 1.0
    guard variant.connection == .aron else {
      return (-120 * Double(index) * turn, conditions.lag_deg)
    }
    let angle = index == 0 ? 30 * turn : 90 * turn
    let isBalanced = conditions.loaded.contains(index: 0) && conditions.loaded.contains(index: 2)
    guard isBalanced else { return (angle, conditions.lag_deg) }
    return (angle, conditions.lag_deg + (index == 0 ? 30 : -30) * turn)
  }

  /// The vectors at the terminals.
  public func state(point: String, meter: Int) -> SourceState {
    var voltages: [SourceState.Vector] = []
    var currents: [SourceState.Vector] = []
    for phase in signal.phases {
      let angle = phase.angle_deg ?? 0
      voltages.append(SourceState.Vector(rms: phase.voltage_V, angle_deg: angle))
      currents.append(SourceState.Vector(rms: phase.current_A, angle_deg: angle - phase.lag_deg))
    }
    return SourceState(
      point: point, meter: meter, conditions: conditions, voltages: voltages, currents: currents)
  }
}

extension WaveformID {
  /// Pulses of lamps behind a dimmer.
  public var isLamp: Bool { [.dimmer45, .dimmer90, .dimmer135].contains(self) }

  /// Mains cycles after which the current repeats.
  public var cyclesPerPeriod: Int { self == .burst ? 4 : 1 }

  /// Dips and interruptions of IEC 62052-11, 7.1.2, from a time on.
  func dips(start_s: Double, hertz: Double) -> [Dip] {
    switch self {
    case .interruptions:
      (0..<3).map { Dip(start_s: start_s + 1.05 * Double($0), duration_s: 1, voltageFactor: 0) }
    case .cycleInterruption:
      [Dip(start_s: start_s, duration_s: 1 / hertz, voltageFactor: 0)]
    case .dip: [Dip(start_s: start_s, duration_s: 60, voltageFactor: 0.5)]
    default: []
    }
  }

  /// Seconds that the dips take.
  var dipLength_s: Double {
    switch self {
    case .interruptions: 3.1
    case .cycleInterruption: 0.02
    case .dip: 60
    default: 0
    }
  }
}
