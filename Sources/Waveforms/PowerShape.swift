import Foundation
import Metrology

/// How a power becomes voltage and current: network, displacement and harmonics.
public struct PowerShape: Equatable, Sendable {
  /// Phase voltage of the fundamental, RMS.
  public var voltage_V = 230.0
  /// 45 to 65; whole hertz, so that every second holds whole cycles.
  public var frequency_Hz: UInt32 = 50
  /// Sample sets per second, 2,000 to 32,000.
  public var rate_Hz: UInt32 = 4000
  /// cos φ of the fundamental, 0.05 to 1.
  public var powerFactor = 0.98
  /// Current ahead of the voltage.
  public var isCapacitive = false
  /// Orders must lie below half the rate.
  public var voltageHarmonics = Harmonic.networkVoltage
  public var currentHarmonics = Harmonic.householdCurrent
  /// Converter: 24 bits over ±500 V and ±200 A unless set otherwise.
  public var scale = ChannelScale.meter

  public init() {}

  /// Samples after which voltage and current repeat: the shortest run of whole cycles.
  var periodSamples: Int {
    var (a, b) = (rate_Hz, frequency_Hz)
    while b != 0 { (a, b) = (b, a % b) }
    return Int(rate_Hz / a)
  }

  /// Checks the ranges above.
  func validate() throws(SourceError) {
    let highest = Double((voltageHarmonics + currentHarmonics).map(\.order).max() ?? 1)
    let orders = (voltageHarmonics + currentHarmonics).allSatisfy { $0.order >= 2 }
    let checks: [(Bool, String, String)] = [
      ((45...65).contains(frequency_Hz), "a frequency of 45 Hz to 65 Hz", "\(frequency_Hz) Hz"),
      ((2_000...32_000).contains(rate_Hz), "a rate of 2,000 Hz to 32,000 Hz", "\(rate_Hz) Hz"),
      ((0.05...1).contains(powerFactor), "cos φ of 0.05 to 1", "\(powerFactor)"),
      ((1...1000).contains(voltage_V), "a voltage of 1 V to 1000 V", "\(voltage_V) V"),
      (
        orders && highest * Double(frequency_Hz) < Double(rate_Hz) / 2,
        "harmonic orders from 2 to below half the sample rate", "order \(highest)"
      ),
      (
        scale.femtovoltsPerCount > 0 && scale.femtoamperesPerCount > 0,
        "scales above 0", "\(scale)"
      ),
    ]
    for (holds, expected, found) in checks where !holds {
      throw SourceError(
        .usage, "wave shape", expected: expected, found: found, nextStep: "Correct the setting.")
    }
  }

  /// One period of integer voltages and of the current, in counts, that carries exactly 1 W.
  ///
  /// The current is divided by the mean product with the *rounded* voltage, so neither harmonics
  /// nor the rounding of the voltage touch the power.
  func tables(phase: Int) -> (voltage: [Int32], currentPerWatt: [Double]) {
    let period = periodSamples
    let lag = acos(powerFactor) * (isCapacitive ? -1 : 1)
    var (voltage, current): ([Int32], [Double]) = ([], [])
    for n in 0..<period {
      // Reduced before the division, so that the angle keeps its digits.
      let cycles = Double(n * Int(frequency_Hz) % Int(rate_Hz)) / Double(rate_Hz)
      let x = 2 * .pi * (cycles - Double(phase) / 3)
      let u = voltageHarmonics.reduce(sin(x)) { $0 + $1.value(at: x) }
      let i = currentHarmonics.reduce(sin(x - lag)) { $0 + $1.value(at: x - lag) }
      voltage.append(Int32((u * voltage_V * 2.0.squareRoot() / scale.volts).rounded()))
      current.append(i)
    }
    var mean = 0.0
    for n in 0..<period { mean += Double(voltage[n]) * current[n] }
    let watts = mean / Double(period) * scale.volts * scale.amperes
    return (voltage, current.map { $0 / watts })
  }
}
