import Bytes

/// Harmonics of one voltage and one current over one window, by correlation with the multiples
/// of the tracked reference (the same bins as a DFT over whole cycles, IEC 61000-4-7).
///
/// A separate value of about 1.3 KiB that only those own who want it. It costs about eight
/// multiplications per order and sample. Orders reach to 31 at 4 kHz and to 40 at 8 kHz.
///
/// ```swift
/// var analyser = HarmonicAnalyser(increment: unit.referenceIncrement)
/// for set in window { analyser.add(u: set.u1, i: set.i1) }
/// let fifth = analyser.voltage(5)
/// ```
public struct HarmonicAnalyser: Sendable {
  /// Highest order that is analysed.
  public static let maximumOrder = 40

  /// Orders in use: below 0.4 of the sample rate, 40 at the most.
  public let orders: Int
  private let increment: UInt32
  private var phase: UInt32 = 0
  private let step: (cosine: Int32, sine: Int32)
  private var cosine: Int32 = 1 << 30
  private var sine: Int32 = 0
  private var uc = InlineArray<40, Int64>(repeating: 0)
  private var us = InlineArray<40, Int64>(repeating: 0)
  private var ic = InlineArray<40, Int64>(repeating: 0)
  private var iq = InlineArray<40, Int64>(repeating: 0)
  /// Samples so far; 6400 at the most keep the sums within 63 bits.
  public private(set) var count: UInt32 = 0

  /// - Parameter increment: reference step per sample, 2^-32 turns.
  public init(increment: UInt32) {
    self.increment = increment
    step = CORDIC.cosineSine(increment)
    // Order * increment < 0.4 turns: 32 orders of 50 Hz at 4 kHz, 40 from 5 kHz.
    orders = max(1, min(Self.maximumOrder, Int(0x6666_6666 / max(increment, 1))))
  }

  /// Adds one sample of each channel, 24-bit counts.
  public mutating func add(u: Int32, i: Int32) {
    if count >= 6400 { return }
    count &+= 1
    var c = cosine
    var s = sine
    for h in 0..<orders {
      let x = c &>> 10
      let y = s &>> 10
      uc[h] &+= product(u, x)
      us[h] &+= product(u, y)
      ic[h] &+= product(i, x)
      iq[h] &+= product(i, y)
      (c, s) = Self.rotated(c, s, cosine, sine)
    }
    phase = phase &+ increment
    if count & 63 == 0 {
      // The exact phase takes over before rounding can be seen.
      (cosine, sine) = CORDIC.cosineSine(phase)
    } else {
      (cosine, sine) = Self.rotated(cosine, sine, step.cosine, step.sine)
    }
  }

  @inline(__always)
  private static func rotated(_ c: Int32, _ s: Int32, _ x: Int32, _ y: Int32) -> (Int32, Int32) {
    let half: Int64 = 1 << 29
    let a = (product(c, x) &- product(s, y) &+ half) &>> 30
    let b = (product(s, x) &+ product(c, y) &+ half) &>> 30
    return (Int32(truncatingIfNeeded: a), Int32(truncatingIfNeeded: b))
  }

  /// Amplitude of a voltage harmonic in 1/10000 of the fundamental; 0 outside `orders`.
  public func voltage(_ order: Int) -> UInt32 { share(order, uc, us) }
  /// Amplitude of a current harmonic in 1/10000 of the fundamental.
  public func current(_ order: Int) -> UInt32 { share(order, ic, iq) }

  /// Angle by which the current of an order lags the voltage of that order, 2^-32 turns.
  public func phaseAngle(_ order: Int) -> Int32 {
    guard order >= 1, order <= orders else { return 0 }
    let k = order - 1
    let u = CORDIC.angle(x: uc[k], y: 0 &- us[k])
    let i = CORDIC.angle(x: ic[k], y: 0 &- iq[k])
    return Int32(bitPattern: u &- i)
  }

  /// Total harmonic distortion of the voltage, 1/10000 of the fundamental (IEC 61000-4-7, THD).
  public var voltageDistortion: UInt32 { distortion(uc, us) }
  /// Total harmonic distortion of the current.
  public var currentDistortion: UInt32 { distortion(ic, iq) }

  private func share(
    _ order: Int, _ c: InlineArray<40, Int64>, _ s: InlineArray<40, Int64>
  ) -> UInt32 {
    guard order >= 1, order <= orders, count > 0 else { return 0 }
    let base = magnitude(c[0], s[0])
    if base == 0 { return 0 }
    return UInt32(clamping: magnitude(c[order - 1], s[order - 1]) * 10_000 / base)
  }

  private func distortion(_ c: InlineArray<40, Int64>, _ s: InlineArray<40, Int64>) -> UInt32 {
    var sum: UInt64 = 0
    for order in stride(from: 2, through: orders, by: 1) {
      let part = UInt64(share(order, c, s))
      sum += part * part
    }
    return UInt32(clamping: squareRoot(sum))
  }

  /// Root of c^2 + s^2 in counts with 8 fraction bits, times count / 2.
  private func magnitude(_ c: Int64, _ s: Int64) -> UInt64 {
    // Means have 44 bits at the most; 30 of them are squared.
    let x = (c / Int64(count)).magnitude >> 14
    let y = (s / Int64(count)).magnitude >> 14
    return squareRoot(x * x + y * y)
  }
}
