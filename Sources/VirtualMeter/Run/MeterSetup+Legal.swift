import LegalMeter
import Meter
import Metrology

extension MeterSetup {
  /// What the variant fixes behind the verification seal.
  var legalParameters: LegalParameters {
    let isDelta = variant.connection == .aron && variant.voltage == .v3x230_400
    return LegalParameters(
      connection: variant.connection, summation: variant.summation, energies: variant.energyType,
      nominalVoltage_mV: isDelta ? 400_000 : Int32(MeterVariant.systemVoltage_mV),
      startingCurrent_mA: Int32(variant.startingCurrent_mA),
      maximumCurrent_mA: Int32(variant.maximumCurrent_mA))
  }

  /// The measuring systems for a source, or why it cannot be measured.
  func measuring(
    rate: SampleRate, scales: [ChannelScale], source: String
  ) throws(Failure) -> MeasuringSettings {
    var settings = MeasuringSettings(
      rate: rate, nominalHertz: UInt8(variant.frequency.hertz), scale: scales[0])
    for phase in 0..<3 { settings.scales[phase] = scales[phase] }
    switch settings.refusal {
    case nil: return settings
    case .rate:
      throw Failure(
        .badData, file: source, what: "\(rate.numerator)/\(rate.denominator) samples per second",
        expected: "2000 to 32000", next: "resample the recording")
    case .scale:
      throw Failure(
        .usage, file: source, what: "a scale of nothing or more than 1000 V or A per count",
        expected: "volts and amperes per count", next: "correct --scale")
    case .nominalFrequency, .calibration:
      throw Failure(
        .configuration, file: source, what: "the meter's own settings are refused",
        expected: "50 or 60 Hz and a plausible calibration", next: "kvadrant check")
    }
  }
}
