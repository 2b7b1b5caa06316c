import Foundation
import LegalMeter
import Meter
import Metrology
import Quantities
import Waveforms

extension MeterSetup {
  /// The generator's signal as this meter's systems see it.
  ///
  /// Systems that the connection lacks get 0 V. The voltages of an Aron meter are those between
  /// the phases, so system 1 sees U12, 30 degrees before U1, and system 3 sees U32, 60 degrees
  /// before U12; the currents keep their lag behind the voltages to the star point.
  public var generatorSignal: Signal {
    var signal = Signal(phases: Phase.allCases.map(signal(of:)))
    signal.frequency_Hz = generator.frequency_Hz ?? Double(variant.frequency.hertz)
    signal.rate = SampleRate(generator.rate_Hz)
    return signal
  }

  private func signal(of phase: Phase) -> PhaseSignal {
    guard variant.hasSystem(phase) else { return .absent }
    func value(_ values: [Double]) -> Double {
      values.count == 1 ? values[0] : values[phase.index]
    }
    var signal = PhaseSignal(
      voltage_V: value(generator.voltage_V), current_A: value(generator.current_A),
      lag_deg: value(generator.angle_degrees))
    signal.voltageHarmonics = generator.voltageHarmonics.map(\.wave)
    signal.currentHarmonics = generator.currentHarmonics.map(\.wave)
    guard variant.connection == .aron else { return signal }
    signal.lag_deg += phase == .l1 ? 30 : -30
    signal.angle_deg = phase == .l1 ? 0 : 60
    return signal
  }
}

extension GeneratorSetup.Harmonic {
  fileprivate var wave: Harmonic {
    Harmonic(order, percent / 100, phase_deg: angle_degrees)
  }
}
