/// A positive factor `mantissa * 2^-shift` with 63 significant bits, in integers only.
///
/// It is made once from configuration and calibration; applying it keeps the remainder, so a
/// sum of scaled values never drifts from the scaled sum.
public struct ScaleFactor: Equatable, Sendable {
  /// 2^62 ... 2^63 - 1, or 0.
  public private(set) var mantissa: UInt64
  /// Bits behind the point; may be negative for large factors.
  public private(set) var shift: Int32

  /// The factor of an integer.
  public init(_ value: UInt64) {
    if value == 0 {
      mantissa = 0
      shift = 0
    } else {
      let lead = Int32(truncatingIfNeeded: value.leadingZeroBitCount)
      mantissa = (value << UInt64(lead)) >> 1
      shift = lead &- 1
    }
  }

  private init(mantissa: UInt64, shift: Int32) {
    self.mantissa = mantissa
    self.shift = shift
  }

  public static func * (a: ScaleFactor, b: ScaleFactor) -> ScaleFactor {
    let p = a.mantissa.multipliedFullWidth(by: b.mantissa)
    if p.high == 0 { return ScaleFactor(0) }
    // The product of two 63-bit mantissas has 125 or 126 bits.
    if p.high >> 61 != 0 {
      return ScaleFactor(mantissa: p.high << 1 | p.low >> 63, shift: a.shift + b.shift - 63)
    }
    return ScaleFactor(mantissa: p.high << 2 | p.low >> 62, shift: a.shift + b.shift - 62)
  }

  /// - Precondition: `b` is not 0.
  public static func / (a: ScaleFactor, b: ScaleFactor) -> ScaleFactor {
    precondition(b.mantissa != 0, "division by a factor of 0")
    if a.mantissa == 0 { return a }
    var quotient: UInt64 = 0
    var rest = a.mantissa
    var bits: Int32 = 0
    // Long division until 63 bits of quotient stand.
    while quotient >> 62 == 0 {
      quotient <<= 1
      if rest >= b.mantissa {
        rest -= b.mantissa
        quotient |= 1
      }
      rest <<= 1
      bits += 1
    }
    return ScaleFactor(mantissa: quotient, shift: a.shift - b.shift + bits - 1)
  }

  /// The factor 10^exponent, exact up to rounding.
  public static func powerOfTen(_ exponent: Int) -> ScaleFactor {
    var result = ScaleFactor(1)
    let ten = ScaleFactor(10)
    for _ in 0..<abs(exponent) { result = exponent > 0 ? result * ten : result / ten }
    return result
  }

  /// `value * factor` rounded to the nearest integer.
  ///
  /// The result must fit 64 bits.
  public func applied(to value: Int64) -> Int64 {
    let p = value.multipliedFullWidth(by: Int64(bitPattern: mantissa))
    if shift <= 0 { return Int64(bitPattern: p.low) << Int64(-shift) }
    let bits = Int(truncatingIfNeeded: shift) - 1
    return (shifted(high: p.high, low: p.low, by: bits) + 1) >> 1
  }
}

/// A factor prepared for summing: at most 63 bits behind the point.
public struct SummingFactor: Equatable, Sendable {
  let mantissa: Int64
  let shift: Int32

  /// - Precondition: the factor is below 2^62.
  public init(_ factor: ScaleFactor) {
    precondition(factor.shift >= 0, "factor too large for summing")
    if factor.shift > 63 {
      let excess = UInt64(min(factor.shift - 63, 63))
      mantissa = Int64(bitPattern: ((factor.mantissa >> (excess - 1)) + 1) >> 1)
      shift = 63
    } else {
      mantissa = Int64(bitPattern: factor.mantissa)
      shift = factor.shift
    }
  }

  /// The integer part of `value * factor + remainder`; what is behind the point stays in
  /// `remainder`, so nothing is ever dropped.
  public func apply(to value: Int64, remainder: inout UInt64) -> Int64 {
    let p = value.multipliedFullWidth(by: mantissa)
    let sum = p.low.addingReportingOverflow(remainder)
    let high = p.high &+ (sum.overflow ? 1 : 0)
    let mask = (UInt64(1) << UInt64(truncatingIfNeeded: shift)) &- 1
    remainder = sum.partialValue & mask
    return shifted(high: high, low: sum.partialValue, by: Int(truncatingIfNeeded: shift))
  }
}
