import Bytes

/// What calibration knows of one measuring system; written through the verification seal.
///
/// Corrections are applied once per window, to sums, and cost nothing per sample.
public struct SystemCalibration: Equatable, Sendable {
  /// Gain of the voltage channel, Q30: 2^30 is 1. Range 0.5...1.5.
  public var voltageGain: Int32
  /// Gain of the current channel, Q30.
  public var currentGain: Int32
  /// Angle by which the current channel lags too much, 2^-32 turns; 0.01 degree is 119,305.
  public var phase: Int32
  /// Active power read with open current circuits (crosstalk), microwatts; is taken off.
  public var activeOffset_µW: Int32
  /// Reactive power read with open current circuits, microvars; is taken off.
  public var reactiveOffset_µvar: Int32
  /// Linear temperature coefficient of the power reading, 10^-9 / K, at 23 degrees.
  public var temperatureLinear_ppb: Int32
  /// Quadratic temperature coefficient, 10^-12 / K^2.
  public var temperatureSquare_ppt: Int32

  /// Of an ideal system: gains of 1, nothing to correct.
  public static let ideal = SystemCalibration(
    voltageGain: 1 << 30, currentGain: 1 << 30, phase: 0, activeOffset_µW: 0,
    reactiveOffset_µvar: 0, temperatureLinear_ppb: 0, temperatureSquare_ppt: 0)

  public init(
    voltageGain: Int32, currentGain: Int32, phase: Int32, activeOffset_µW: Int32,
    reactiveOffset_µvar: Int32, temperatureLinear_ppb: Int32, temperatureSquare_ppt: Int32
  ) {
    self.voltageGain = voltageGain
    self.currentGain = currentGain
    self.phase = phase
    self.activeOffset_µW = activeOffset_µW
    self.reactiveOffset_µvar = reactiveOffset_µvar
    self.temperatureLinear_ppb = temperatureLinear_ppb
    self.temperatureSquare_ppt = temperatureSquare_ppt
  }

  /// Gains within 0.5...1.5 and a phase within 10 degrees.
  public var isPlausible: Bool {
    let gains = (1 << 29)...(3 << 29) as ClosedRange<Int32>
    return gains.contains(voltageGain) && gains.contains(currentGain)
      && phase.magnitude <= 119_304_647
  }

  /// Correction for a temperature, Q30, from 23 degrees: 1 / (1 + a dT + b dT^2) to first order.
  /// - Parameter temperature_dK: tenths of a degree Celsius.
  func temperatureGain(_ temperature_dC: Int16) -> Int32 {
    if temperatureLinear_ppb == 0 && temperatureSquare_ppt == 0 { return 1 << 30 }
    let d = Int64(temperature_dC) - 230
    // ppb * dK / 10 and ppt * dK^2 / 100 / 1000, both in 10^-9.
    let drift_ppb =
      Int64(temperatureLinear_ppb) * d / 10 + Int64(temperatureSquare_ppt) * d * d / 100_000
    let limited = min(max(drift_ppb, -100_000_000), 100_000_000)
    // 2^30 * 10^9 / (10^9 + drift), exact enough in 64 bits.
    return Int32((Int64(1) << 30) * 1_000_000_000 / (1_000_000_000 + limited))
  }
}
