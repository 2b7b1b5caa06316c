import Foundation

/// A complex amplitude in RMS: the wave is √2 · Re(self · e^jθ).
public struct Phasor: Equatable, Sendable {
  public var re: Double
  public var im: Double

  public static let zero = Phasor(re: 0, im: 0)

  public init(re: Double, im: Double) {
    self.re = re
    self.im = im
  }

  /// - Parameters:
  ///   - magnitude: RMS.
  ///   - degrees: counter-clockwise; a lagging wave has a negative angle.
  public init(_ magnitude: Double, degrees: Double) {
    re = magnitude * cos(degrees * .pi / 180)
    im = magnitude * sin(degrees * .pi / 180)
  }

  public var magnitude: Double { (re * re + im * im).squareRoot() }
  /// -180...180; 0 for nothing.
  public var degrees: Double { atan2(im, re) * 180 / .pi }
  /// The same length on the other side of the real axis.
  public var conjugate: Phasor { Phasor(re: re, im: -im) }

  public static func + (a: Phasor, b: Phasor) -> Phasor { Phasor(re: a.re + b.re, im: a.im + b.im) }
  public static func - (a: Phasor, b: Phasor) -> Phasor { Phasor(re: a.re - b.re, im: a.im - b.im) }
  public static prefix func - (a: Phasor) -> Phasor { Phasor(re: -a.re, im: -a.im) }
  public static func * (a: Phasor, k: Double) -> Phasor { Phasor(re: a.re * k, im: a.im * k) }
  public static func * (a: Phasor, b: Phasor) -> Phasor {
    Phasor(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
  }
  /// - Precondition: `b` is not zero.
  public static func / (a: Phasor, b: Phasor) -> Phasor {
    a * b.conjugate * (1 / (b.re * b.re + b.im * b.im))
  }
}
