/// Functions whose last bit the system library is free to choose, made of the four operations
/// that IEEE 754 rounds exactly: a chart is the same bytes on every machine.
enum PortableMath {
  /// log10 of a positive, finite number; relative error below 1e-15.
  static func log10(_ value: Double) -> Double {
    var exponent = Double(value.exponent)
    var mantissa = value.significand
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa /= 2
      exponent += 1
    }
    // ln m = 2 artanh s with s = (m - 1) / (m + 1), |s| <= 0.172: 13 terms reach the last bit.
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    var divisor = 25.0
    while divisor >= 1 {
      sum = sum * square + 1 / divisor
      divisor -= 2
    }
    let natural = 2 * s * sum + exponent * 0.693_147_180_559_945_3
    return natural * 0.434_294_481_903_251_83
  }

  /// 10 to an integer power, correctly rounded; infinite or zero outside the binary64 range.
  static func power10(_ exponent: Int) -> Double {
    var power = 1.0
    if abs(exponent) <= 22 {  // Exact: 5^22 < 2^53.
      for _ in 0..<abs(exponent) { power *= 10 }
      return exponent < 0 ? 1 / power : power
    }
    return Double("1e\(exponent)") ?? (exponent < 0 ? 0 : .infinity)
  }

  /// Cosine and sine of an angle in degrees, counter-clockwise; exact at multiples of 90.
  static func direction(degrees: Double) -> (cosine: Double, sine: Double) {
    guard degrees.isFinite else { return (1, 0) }
    var rest = degrees.truncatingRemainder(dividingBy: 360)
    if rest < 0 { rest += 360 }
    let quarter = (rest / 90).rounded(.toNearestOrAwayFromZero)
    let angle = (rest - quarter * 90) * (3.141_592_653_589_793 / 180)
    let square = angle * angle
    var cosine = 0.0
    var sine = 0.0
    // |angle| <= pi / 4: the terms up to x^19 suffice.
    for n in stride(from: 18.0, through: 0, by: -2) {
      cosine = 1 - square / ((n + 1) * (n + 2)) * cosine
      sine = 1 - square / ((n + 2) * (n + 3)) * sine
    }
    sine *= angle
    switch Int(quarter) & 3 {
    case 0: return (cosine, sine)
    case 1: return (-sine, cosine)
    case 2: return (-cosine, -sine)
    default: return (sine, -cosine)
    }
  }
}
