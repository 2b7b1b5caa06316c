import Foundation
import LegalMeter
import Meter
import Quantities

/// The power that truly flows, in closed form from the definition of the waves.
///
/// It knows neither samples nor the meter's code: P = Σ Uₕ·Iₕ·cos φₕ over the orders that voltage
/// and current share, and Q of the fundamental (IEC 62053-23 defines it for nothing else).
public struct ReferencePower: Equatable, Sendable {
  /// Systems 1 to 3, W; positive is import.
  public var active_W = [0.0, 0, 0]
  /// Fundamental, var; positive is inductive.
  public var reactive_var = [0.0, 0, 0]
  private let isVectorSum: Bool

  /// - Parameter signal: the conditions as they stand at the terminals of a variant.
  public init(_ terminals: TerminalSignal) {
    isVectorSum = terminals.variant.summation == .vector
    for (index, phase) in terminals.signal.phases.enumerated() {
      let shape = WaveShape(terminals.conditions.waveform)
      let lag = phase.lag_deg * .pi / 180
      let apparent = phase.voltage_V * phase.current_A
      // The shape's own fundamental, turned by the lag of the load.
      active_W[index] =
        apparent
        * (shape.inPhase * cos(lag) - shape.quadrature * sin(lag) + shape.fifth * cos(5 * lag))
      reactive_var[index] = apparent * (shape.quadrature * cos(lag) + shape.inPhase * sin(lag))
    }
  }

  /// Power that a register counts, never negative.
  ///
  /// Each system is split into import and export and then added; in vector sum the net decides.
  public func power(of register: EnergyRegister) -> Double {
    let parts = register.isActive ? active_W : reactive_var
    let sign = register.isExport ? -1.0 : 1.0
    if isVectorSum { return max(0, sign * parts.reduce(0, +)) }
    return parts.reduce(0) { $0 + max(0, sign * $1) }
  }

  /// Apparent power of the sines, VA: what errors of a register without power are held against.
  public static func apparent(_ terminals: TerminalSignal) -> Double {
    terminals.signal.phases.reduce(0) { $0 + $1.voltage_V * $1.current_A }
  }
}

/// Fundamental and fifth harmonic of a current of the tests, against U·I of the sine from which
/// it is made.
struct WaveShape: Equatable {
  /// P of the fundamental at lag 0.
  var inPhase = 1.0
  /// Q of the fundamental at lag 0; inductive is positive.
  var quadrature = 0.0
  /// P of the fifth harmonic at lag 0.
  var fifth = 0.0

  init(_ waveform: WaveformID) {
    switch waveform {
    case .sine, .interruptions, .cycleInterruption, .dip: break
    case .fifthHarmonic: fifth = 0.1 * 0.4
    case .phaseFired:
      // ∫ sin² over half the time, and ∫ sin·cos from 90° to 180°.
      inPhase = 0.5
      quadrature = 1 / .pi
    case .halfWave, .burst: inPhase = 0.5
    case .dimmer45: self = Self.lamp(45)
    case .dimmer90: self = Self.lamp(90)
    case .dimmer135: self = Self.lamp(135)
    }
  }

  private init(inPhase: Double, quadrature: Double) {
    self.inPhase = inPhase
    self.quadrature = quadrature
  }

  /// A pulse exp(−t/0.5 ms) − exp(−t/20 µs) at an angle in each half cycle of 10 ms: its transform
  /// at the orders of 50 Hz, scaled to an RMS of 1 over the odd orders up to 39.
  private static func lamp(_ angle_deg: Double) -> WaveShape {
    func transform(_ order: Int) -> (cosine: Double, sine: Double) {
      var (cosine, sine) = (0.0, 0.0)
      for (time_s, sign) in [(500e-6, 1.0), (20e-6, -1.0)] {
        // ∫ exp(−t/τ)·exp(−jωt) dt = τ / (1 + jωτ).
        let turn = 2 * Double.pi * 50 * Double(order) * time_s
        cosine += sign * time_s / (1 + turn * turn)
        sine += sign * time_s * turn / (1 + turn * turn)
      }
      return (cosine, sine)
    }
    var square = 0.0
    var first = (cosine: 0.0, sine: 0.0)
    for order in stride(from: 1, through: 39, by: 2) {
      let part = transform(order)
      if order == 1 { first = part }
      square += part.cosine * part.cosine + part.sine * part.sine
    }
    // i = a·cos(x − α) + b·sin(x − α) against u = sin x.
    let alpha = angle_deg * .pi / 180
    let scale = 1 / square.squareRoot()
    let (a, b) = (first.cosine * scale, first.sine * scale)
    return WaveShape(
      inPhase: a * sin(alpha) + b * cos(alpha), quadrature: b * sin(alpha) - a * cos(alpha))
  }
}
