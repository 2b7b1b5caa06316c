/// Parts of the analogue front end between terminals and counts, with their errors.
///
/// All fields may be left out of a file; the defaults are those of `ideal`.
public struct FrontEndParameters: Equatable, Sendable, Decodable {
  /// Divider, shunt and converter channel pair of one measuring system.
  public struct System: Equatable, Sendable, Decodable {
    /// Gain errors of divider and shunt with their converters, as fractions (0.02 is 2 %).
    public var voltageGain = 0.0
    public var currentGain = 0.0
    /// Delay of the current against the voltage, degrees at 50 Hz, within ±1.
    public var delay_deg = 0.0
    /// Offsets of the converter in counts.
    public var voltageOffset_LSB = 0.0
    public var currentOffset_LSB = 0.0
    /// Noise, decibels below a full-scale sine; nil for none.
    public var voltageNoise_dB: Double?
    public var currentNoise_dB: Double?
    /// In-phase crosstalk of the voltage into the current, in amperes per volt.
    public var crosstalk_A_per_V = 0.0
    /// Temperature coefficients: 10^-6 per kelvin and per kelvin squared from 23 °C.
    public var voltageDrift_ppm_per_K = 0.0
    public var currentDrift_ppm_per_K = 0.0
    public var currentDrift_ppm_per_K2 = 0.0
    /// Shunt resistance; its loss heats it.
    public var shunt_uOhm = 100.0
    /// Kelvin per watt; 0 switches self-heating off.
    public var thermalResistance_K_per_W = 0.0
    /// Time constant of self-heating, above 0.
    public var thermalTime_s = 120.0

    public init() {}

    private enum CodingKeys: String, CodingKey {
      case voltageGain, currentGain, delay_deg, voltageOffset_LSB, currentOffset_LSB
      case voltageNoise_dB, currentNoise_dB, crosstalk_A_per_V, voltageDrift_ppm_per_K
      case currentDrift_ppm_per_K, currentDrift_ppm_per_K2, shunt_uOhm
      case thermalResistance_K_per_W, thermalTime_s
    }

    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      func read(_ key: CodingKeys, _ value: inout Double) throws {
        value = try values.decodeIfPresent(Double.self, forKey: key) ?? value
      }
      try read(.voltageGain, &voltageGain)
      try read(.currentGain, &currentGain)
      try read(.delay_deg, &delay_deg)
      try read(.voltageOffset_LSB, &voltageOffset_LSB)
      try read(.currentOffset_LSB, &currentOffset_LSB)
      voltageNoise_dB = try values.decodeIfPresent(Double.self, forKey: .voltageNoise_dB)
      currentNoise_dB = try values.decodeIfPresent(Double.self, forKey: .currentNoise_dB)
      try read(.crosstalk_A_per_V, &crosstalk_A_per_V)
      try read(.voltageDrift_ppm_per_K, &voltageDrift_ppm_per_K)
      try read(.currentDrift_ppm_per_K, &currentDrift_ppm_per_K)
      try read(.currentDrift_ppm_per_K2, &currentDrift_ppm_per_K2)
      try read(.shunt_uOhm, &shunt_uOhm)
      try read(.thermalResistance_K_per_W, &thermalResistance_K_per_W)
      try read(.thermalTime_s, &thermalTime_s)
    }

    var isValid: Bool {
      let small = [voltageGain, currentGain]
      let any = [
        voltageOffset_LSB, currentOffset_LSB, crosstalk_A_per_V, voltageDrift_ppm_per_K,
        currentDrift_ppm_per_K, currentDrift_ppm_per_K2,
      ]
      return small.allSatisfy { abs($0) <= 0.5 } && abs(delay_deg) <= 1
        && any.allSatisfy { abs($0) <= 1e6 }
        && [voltageNoise_dB, currentNoise_dB].allSatisfy { (20...200).contains($0 ?? 100) }
        && (1...100_000).contains(shunt_uOhm) && (0...1000).contains(thermalResistance_K_per_W)
        && (0.1...1e6).contains(thermalTime_s)
    }
  }

  /// What lies between modulator and samples.
  public enum Decimator: String, Sendable, Decodable {
    case none
    /// The droop of a third-order sinc filter: 0.08 % at 50 Hz and 1.9 % at 250 Hz at 4 kHz.
    case sinc3
  }

  /// Converter: 8 to 24 bits over ± full scale.
  public var bits = 24
  public var fullScale_V = 500.0
  public var fullScale_A = 200.0
  /// Corner of the anti-alias filter of first order, equal in all channels; nil for none.
  public var antiAlias_Hz: Double?
  public var decimator = Decimator.none
  /// Temperature of the parts, −60 to 120 °C.
  public var temperature_C = 23.0
  /// L1, L2, L3; always three.
  public var systems = [System(), System(), System()]
  /// Seed of the noise.
  public var seed: UInt64 = 1

  public init() {}

  /// No errors: 24 bits, rounding only.
  public static let ideal = FrontEndParameters()

  /// Good parts as calibration expects them: noise of 90 and 95 dB, offsets, drift, crosstalk of
  /// 5 µA, filters, self-heating; gain and phase without error.
  public static let typical: FrontEndParameters = {
    var parameters = FrontEndParameters()
    parameters.antiAlias_Hz = 10_000
    parameters.decimator = .sinc3
    for index in 0..<3 {
      var system = System()
      system.voltageOffset_LSB = [31, -18, 7][index]
      system.currentOffset_LSB = [-22, 40, -9][index]
      system.voltageNoise_dB = 90
      system.currentNoise_dB = 95
      system.crosstalk_A_per_V = 5e-6 / 230
      system.voltageDrift_ppm_per_K = [10, -8, 12][index]
      system.currentDrift_ppm_per_K = [20, 25, -15][index]
      system.currentDrift_ppm_per_K2 = -0.4
      system.thermalResistance_K_per_W = 30
      parameters.systems[index] = system
    }
    return parameters
  }()

  /// A specimen of a production batch: `typical` with part tolerances drawn from a seed: gain
  /// ±2 %, phase ±0.3°, offset ±50 LSB, temperature coefficient ±30 ppm/K, all uniform.
  public static func specimen(seed: UInt64) -> FrontEndParameters {
    var chance = SeededNoise(seed: seed)
    func within(_ limit: Double) -> Double { (2 * chance.uniform() - 1) * limit }
    var parameters = typical
    parameters.seed = seed
    for index in 0..<3 {
      parameters.systems[index].voltageGain = within(0.02)
      parameters.systems[index].currentGain = within(0.02)
      parameters.systems[index].delay_deg = within(0.3)
      parameters.systems[index].voltageOffset_LSB = within(50)
      parameters.systems[index].currentOffset_LSB = within(50)
      parameters.systems[index].voltageDrift_ppm_per_K = within(30)
      parameters.systems[index].currentDrift_ppm_per_K = within(30)
    }
    return parameters
  }

  private enum CodingKeys: String, CodingKey {
    case bits, fullScale_V, fullScale_A, antiAlias_Hz, decimator, temperature_C, systems, seed
  }

  /// `systems` may hold one entry, which then stands for all three.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    bits = try values.decodeIfPresent(Int.self, forKey: .bits) ?? bits
    fullScale_V = try values.decodeIfPresent(Double.self, forKey: .fullScale_V) ?? fullScale_V
    fullScale_A = try values.decodeIfPresent(Double.self, forKey: .fullScale_A) ?? fullScale_A
    antiAlias_Hz = try values.decodeIfPresent(Double.self, forKey: .antiAlias_Hz)
    decimator = try values.decodeIfPresent(Decimator.self, forKey: .decimator) ?? decimator
    temperature_C = try values.decodeIfPresent(Double.self, forKey: .temperature_C) ?? temperature_C
    systems = try values.decodeIfPresent([System].self, forKey: .systems) ?? systems
    if systems.count == 1 { systems = [systems[0], systems[0], systems[0]] }
    seed = try values.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
  }

  /// Refuses values outside the ranges above.
  ///
  /// - Throws: `SourceError` of category `usage`.
  public func validate(file: String = "front end") throws(SourceError) {
    let checks: [(Bool, String, String)] = [
      ((8...24).contains(bits), "8 to 24 bits", "\(bits)"),
      (
        (1e-3...1e4).contains(fullScale_V) && (1e-3...1e4).contains(fullScale_A),
        "a full scale of 1 mV to 10 kV and 1 mA to 10 kA", "\(fullScale_V) V, \(fullScale_A) A"
      ),
      (
        (500...1e6).contains(antiAlias_Hz ?? 1000), "an anti-alias corner of 500 Hz to 1 MHz",
        "\(antiAlias_Hz ?? 0) Hz"
      ),
      ((-60...120).contains(temperature_C), "−60 °C to 120 °C", "\(temperature_C) °C"),
      (systems.count == 3, "one or three systems", "\(systems.count)"),
      (
        systems.allSatisfy(\.isValid),
        "gains within ±0.5, delay within ±1°, noise of 20 to 200 dB, shunts of 1 to 100,000 µΩ",
        "a value outside"
      ),
    ]
    for (holds, expected, found) in checks where !holds {
      throw SourceError(
        .usage, file, expected: expected, found: found, nextStep: "Correct the value.")
    }
  }
}
