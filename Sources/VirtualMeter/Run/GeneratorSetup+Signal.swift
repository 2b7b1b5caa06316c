import LegalMeter
import Meter
import Metrology
import Waveforms

extension MeterSetup {
  /// The signal that the generator plays where no recording is given, without end.
  ///
  /// - Parameter seed: of the noise.
  public func signal(seed: UInt64) -> Signal {
    var signal = Signal(phases: (0..<3).map { generator.phase($0) })
    signal.frequency_Hz = generator.frequency_Hz ?? Double(variant.frequency.hertz)
    signal.rate = SampleRate(generator.rate_Hz)
    signal.seed = seed
    return signal
  }
}

extension GeneratorSetup {
  /// One phase: its own value of each list, or the one for all.
  fileprivate func phase(_ index: Int) -> PhaseSignal {
    func one(_ values: [Double]) -> Double {
      values.indices.contains(index) ? values[index] : values.first ?? 0
    }
    var phase = PhaseSignal(
      voltage_V: one(voltage_V), current_A: one(current_A), lag_deg: one(angle_degrees))
    phase.voltageHarmonics = voltageHarmonics.map(\.wave)
    phase.currentHarmonics = currentHarmonics.map(\.wave)
    return phase
  }
}

extension GeneratorSetup.Harmonic {
  fileprivate var wave: Waveforms.Harmonic {
    Waveforms.Harmonic(order, percent / 100, phase_deg: angle_degrees)
  }
}
