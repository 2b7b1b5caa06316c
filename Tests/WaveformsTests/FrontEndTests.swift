import Foundation
import Metrology
import Testing

@testable import Waveforms

@Suite struct FrontEndTests {
  static func play(
    _ parameters: FrontEndParameters, lag_deg: Double = 0, current_A: Double = 5,
    seconds: Double = 2, temperature_C: Double? = nil, harmonic: Harmonic? = nil
  ) throws -> (ratio: Double, energy: Double, end: FrontEnd<SignalGenerator>) {
    var phase = PhaseSignal(voltage_V: 230, current_A: current_A, lag_deg: lag_deg)
    if let harmonic {
      phase.voltageHarmonics = [harmonic]
      phase.currentHarmonics = [harmonic]
    }
    var signal = Signal(balanced: phase)
    signal.duration_s = seconds
    var end = try FrontEnd(SignalGenerator(signal), parameters)
    if let temperature_C { end.temperature_C = temperature_C }
    // The first period is left out: filters fill.
    var buffer = SampleBuffer(capacity: 80)
    _ = try end.read(into: &buffer)
    let drained = try Drained(&end)
    let joules = drained.energy_J[0]
    let true_J = end.scales.isEmpty ? 0 : (seconds - 0.02) * 230 * current_A
    return (joules / true_J / cos(lag_deg * .pi / 180), joules, end)
  }

  @Test func idealChangesNothingButRounding() throws {
    #expect(abs(try Self.play(.ideal).ratio - 1) < 1e-6)
  }

  @Test func gainsAndDrift() throws {
    var parameters = FrontEndParameters.ideal
    for index in 0..<3 {
      parameters.systems[index].voltageGain = 0.01
      parameters.systems[index].currentGain = -0.02
      parameters.systems[index].voltageDrift_ppm_per_K = 20
      parameters.systems[index].currentDrift_ppm_per_K = 30
      parameters.systems[index].currentDrift_ppm_per_K2 = -0.5
    }
    let reference = 1.01 * 0.98
    #expect(abs(try Self.play(parameters).ratio / reference - 1) < 1e-6)
    let warm = try Self.play(parameters, temperature_C: 63).ratio
    #expect(abs(warm / reference / (1.0008 * (1 + 40 * 10e-6)) - 1) < 1e-6)
  }

  /// A delay of δ turns cos φ into cos(φ + δ).
  @Test(arguments: [-0.3, -0.05, 0.1, 0.3])
  func delay(delay_deg: Double) throws {
    var parameters = FrontEndParameters.ideal
    for index in 0..<3 { parameters.systems[index].delay_deg = delay_deg }
    let ratio = try Self.play(parameters, lag_deg: 60).ratio
    let expected = cos((60 + delay_deg) * .pi / 180) / 0.5
    #expect(abs(ratio / expected - 1) < 2e-4)
  }

  @Test func droopOfTheDecimator() throws {
    var parameters = FrontEndParameters.ideal
    parameters.decimator = .sinc3
    // 0.08 % per channel at 50 Hz.
    let fundamental = 1 - 0.25 * (1 - cos(2 * .pi * 50 / 4000))
    #expect(abs(try Self.play(parameters).ratio / pow(fundamental, 2) - 1) < 1e-6)
    #expect(abs(1 - fundamental - 0.0008) < 1e-4)
    let fifth = 1 - 0.25 * (1 - cos(2 * .pi * 250 / 4000))
    #expect(abs(1 - fifth - 0.019) < 1e-3)
    let both = try Self.play(parameters, harmonic: Harmonic(5, 0.5)).ratio
    #expect(abs(both / (pow(fundamental, 2) + 0.25 * pow(fifth, 2)) - 1) < 1e-6)
  }

  @Test func crosstalkNoiseAndOffsets() throws {
    var parameters = FrontEndParameters.ideal
    for index in 0..<3 { parameters.systems[index].crosstalk_A_per_V = 1e-3 / 230 }
    // 1 mA in phase with 230 V.
    #expect(abs(try Self.play(parameters, current_A: 0).energy / (0.23 * 1.98) - 1) < 5e-3)
    let typical = try Self.play(.typical)
    #expect(abs(typical.ratio - 1) < 0.005)
    #expect(typical.end.clippedCount == 0)
    #expect(typical.end.truth?.phases[0].import_J ?? 0 > 2299)
  }

  @Test func selfHeatingApproachesItsEnd() throws {
    var parameters = FrontEndParameters.ideal
    for index in 0..<3 {
      parameters.systems[index].currentDrift_ppm_per_K = 1000
      parameters.systems[index].thermalResistance_K_per_W = 30
      parameters.systems[index].thermalTime_s = 0.1
    }
    // 85 A in 100 µΩ: 0.7225 W, 21.7 K, 2.17 % when warm.
    let ratio = try Self.play(parameters, current_A: 85, seconds: 5).ratio
    #expect(ratio > 1.0205 && ratio < 1.0217)
  }

  @Test func clippingIsCounted() throws {
    var parameters = FrontEndParameters.ideal
    parameters.fullScale_A = 100
    #expect(try Self.play(parameters, current_A: 75).end.clippedCount > 0)
    #expect(try Self.play(parameters, current_A: 70).end.clippedCount == 0)
  }

  @Test func specimensDifferAndRepeat() throws {
    #expect(FrontEndParameters.specimen(seed: 3) == .specimen(seed: 3))
    #expect(FrontEndParameters.specimen(seed: 3) != .specimen(seed: 4))
    for seed in 0..<50 as Range<UInt64> {
      let parameters = FrontEndParameters.specimen(seed: seed)
      try parameters.validate()
      #expect(parameters.systems.allSatisfy { abs($0.voltageGain) <= 0.02 })
    }
  }

  @Test func decodesWithDefaultsAndRefusesNonsense() throws {
    let json = #"{"bits": 16, "systems": [{"currentGain": 0.01}], "decimator": "sinc3"}"#
    let parameters = try JSONDecoder().decode(FrontEndParameters.self, from: Data(json.utf8))
    #expect(parameters.bits == 16 && parameters.decimator == .sinc3)
    #expect(parameters.systems.count == 3 && parameters.systems[2].currentGain == 0.01)
    try parameters.validate()
    var broken = parameters
    broken.systems[0].voltageGain = .nan
    #expect(throws: SourceError.self) { try broken.validate() }
    broken = parameters
    broken.systems.removeLast()
    #expect(throws: SourceError.self) { try broken.validate() }
  }
}
