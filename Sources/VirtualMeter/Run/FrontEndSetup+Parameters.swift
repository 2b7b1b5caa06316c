import Foundation
import Metrology
import Waveforms
import Yams

extension FrontEndSetup {
  /// The parts of the front end, or nil where samples reach the meter as they are.
  ///
  /// - Parameters:
  ///   - usual: the model where the setup names none.
  ///   - seed: of the noise.
  func parameters(usual: Model, seed: UInt64) -> FrontEndParameters? {
    let model = model ?? usual
    guard model == .typical || self != FrontEndSetup(model: self.model) else { return nil }
    var parts: FrontEndParameters = model == .typical ? .typical : .ideal
    parts.seed = seed
    parts.temperature_C = temperature_C ?? parts.temperature_C
    for phase in 0..<3 { change(&parts.systems[phase], phase, parts) }
    return parts
  }

  private init(model: Model?) {
    self.init()
    self.model = model
  }

  /// What the setup names, in the place of what the model has.
  private func change(
    _ system: inout FrontEndParameters.System, _ phase: Int, _ parts: FrontEndParameters
  ) {
    func one(_ values: [Double]?, _ place: Int) -> Double? {
      values.flatMap { $0.count == 1 ? $0[0] : $0.indices.contains(place) ? $0[place] : nil }
    }
    if let v = one(gainError_percent, 2 * phase) { system.voltageGain = v / 100 }
    if let v = one(gainError_percent, 2 * phase + 1) { system.currentGain = v / 100 }
    if let v = one(phaseError_degrees, phase) { system.delay_deg = v }
    if let v = one(offset_counts, 2 * phase) { system.voltageOffset_LSB = v }
    if let v = one(offset_counts, 2 * phase + 1) { system.currentOffset_LSB = v }
    if let v = voltageNoise_mV {
      system.voltageNoise_dB = Self.decibels(v / 1000, below: parts.fullScale_V)
    }
    if let v = currentNoise_mA {
      system.currentNoise_dB = Self.decibels(v / 1000, below: parts.fullScale_A)
    }
    if let v = crosstalk_ppm {
      system.crosstalk_A_per_V = v * 1e-6 * parts.fullScale_A / parts.fullScale_V
    }
    if let v = drift_ppmPerKelvin {
      system.voltageDrift_ppm_per_K = v
      system.currentDrift_ppm_per_K = v
      system.currentDrift_ppm_per_K2 = 0
    }
  }

  /// An RMS value in decibels below a sine at full scale; nil for none.
  private static func decibels(_ rms: Double, below fullScale: Double) -> Double? {
    guard rms > 0 else { return nil }
    return min(200, max(20, 20 * log10(fullScale / 2.0.squareRoot() / rms)))
  }
}

/// What `--front-end` chooses: a model by name, or the parts from a file.
public enum FrontEndChoice {
  /// The parts of the front end, or nil for none.
  ///
  /// - Parameters:
  ///   - text: `ideal`, `typical` or a file in YAML or JSON; nil leaves it to the setup.
  ///   - usual: where nothing is named.
  /// - Throws: `fileMissing` or `badData` for the file.
  public static func parameters(
    _ text: String?, setup: FrontEndSetup, usual: FrontEndSetup.Model, seed: UInt64
  ) throws(Failure) -> FrontEndParameters? {
    guard let text else { return setup.parameters(usual: usual, seed: seed) }
    if let model = FrontEndSetup.Model(rawValue: text) {
      var named = setup
      named.model = model
      return named.parameters(usual: model, seed: seed)
    }
    guard let data = FileManager.default.contents(atPath: text) else {
      throw Failure(
        .fileMissing, file: text, what: "there is no such front end",
        expected: "ideal, typical or a file", next: "give --front-end typical")
    }
    do {
      return try YAMLDecoder().decode(FrontEndParameters.self, from: data)
    } catch {
      throw Failure(
        .badData, file: text, what: "it is no front end (\(reason(error)))",
        expected: "keys such as bits, antiAlias_Hz and systems, in YAML or JSON",
        next: "correct the file, or give --front-end typical")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "not YAML" }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "not YAML" : path
    @unknown default: return "not YAML"
    }
  }

  /// A source seen through a front end; as it is without one.
  ///
  /// - Throws: `usage` for parts out of their ranges.
  public static func wrap(
    _ source: any SampleSource, _ parts: FrontEndParameters?
  ) throws(Failure) -> any SampleSource {
    guard let parts else { return source }
    do throws(SourceError) {
      return try wrapped(source, parts)
    } catch {
      throw Failure(error)
    }
  }

  private static func wrapped(
    _ source: some SampleSource, _ parts: FrontEndParameters
  ) throws(SourceError) -> any SampleSource {
    try FrontEnd(source, parts)
  }
}

extension FrontEndParameters {
  /// The calibration of a meter with the nominal parts of this front end: the known droop of its
  /// filters at the mains frequency and the mean crosstalk are corrected, tolerances are not.
  ///
  /// - Parameter hertz: sets per second.
  func designCalibration(phase: Int, hertz: Double, mains: Double) -> SystemCalibration {
    let omega = 2 * Double.pi * mains / hertz
    var response = 1.0
    if decimator == .sinc3 { response *= 0.75 + 0.25 * cos(omega) }
    if let corner = antiAlias_Hz {
      let share = 1 - exp(-2 * .pi * corner / hertz)
      let rest = 1 - share
      response *= share / (1 - 2 * rest * cos(omega) + rest * rest).squareRoot()
    }
    let gain = Int32(clamping: Int64((1_073_741_824 / response).rounded()))
    let crosstalk_µW = systems[phase].crosstalk_A_per_V * 230 * 230 * 1e6
    return SystemCalibration(
      voltageGain: gain, currentGain: gain, phase: 0,
      activeOffset_µW: Int32(crosstalk_µW.rounded()), reactiveOffset_µvar: 0,
      temperatureLinear_ppb: 0, temperatureSquare_ppt: 0)
  }
}
