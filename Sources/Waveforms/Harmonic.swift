import Foundation

/// One harmonic of a wave, against the fundamental of the same wave:
/// `amplitude * sin(order * x + phase)` where the fundamental is `sin(x)`.
public struct Harmonic: Equatable, Sendable {
  /// 2 and above.
  public var order: Int
  /// Amplitude as a fraction of the fundamental, 0.1 for 10 %.
  public var amplitude: Double
  /// Degrees of the harmonic's own cycle; 0 rises through zero with the fundamental.
  public var phase_deg: Double

  public init(_ order: Int, _ amplitude: Double, phase_deg: Double = 0) {
    self.order = order
    self.amplitude = amplitude
    self.phase_deg = phase_deg
  }

  /// Value at angle `x` (radians) of the fundamental.
  func value(at x: Double) -> Double {
    amplitude * sin(Double(order) * x + phase_deg * .pi / 180)
  }

  /// A voltage as it is in a low-voltage network with ordinary loads (about 1.3 % distortion).
  public static let networkVoltage = [
    Harmonic(3, 0.005), Harmonic(5, 0.01, phase_deg: 180), Harmonic(7, 0.006),
  ]
  /// The current of a household with motors and electronics (about 9 % distortion).
  public static let householdCurrent = [
    Harmonic(3, 0.08, phase_deg: 180), Harmonic(5, 0.04), Harmonic(7, 0.02, phase_deg: 180),
  ]
}
