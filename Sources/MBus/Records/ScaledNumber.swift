/// A whole number times a power of ten.
public struct ScaledNumber: Equatable, Sendable {
  public var mantissa: Int64
  public var exponent: Int16

  public init(mantissa: Int64, exponent: Int16) {
    self.mantissa = mantissa
    self.exponent = exponent
  }

  /// Characters that `write` needs at most.
  public static let textBytesMax = 96

  /// Writes the number as decimal digits, exactly and without an exponent, where that needs no
  /// more than 64 digits; else with `e` and the exponent. Gives the count of characters.
  ///
  /// - Parameter output: room for `textBytesMax` characters.
  public func write(into output: inout MutableSpan<UInt8>) -> Int {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = mantissa.magnitude
    var count = 0
    repeat {
      digits[count] = UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      count += 1
    } while rest > 0
    var written = 0
    func put(_ byte: UInt8, _ output: inout MutableSpan<UInt8>) {
      output[written] = byte
      written += 1
    }
    if mantissa < 0 { put(0x2D, &output) }
    let exponent = mantissa == 0 ? min(0, max(-12, Int(self.exponent))) : Int(self.exponent)
    let plain = exponent >= -40 && exponent <= 40
    let point = plain ? count + exponent : count
    if point <= 0 {
      put(0x30, &output)
      put(0x2E, &output)
      for _ in point..<0 { put(0x30, &output) }
    }
    for i in 0..<count {
      if i == point, i > 0 { put(0x2E, &output) }
      put(0x30 + digits[count - 1 - i], &output)
    }
    if point > count { for _ in count..<point { put(0x30, &output) } }
    if !plain {
      put(0x65, &output)
      var power = exponent.magnitude
      if exponent < 0 { put(0x2D, &output) }
      var scale: UInt = 10_000
      var started = false
      while scale > 0 {
        let digit = UInt8(truncatingIfNeeded: power / scale)
        power %= scale
        if digit > 0 || started || scale == 1 {
          put(0x30 + digit, &output)
          started = true
        }
        scale /= 10
      }
    }
    return written
  }
}

extension ValueInformation {
  /// A whole number of a record with its power of ten, and with what a correction adds; nil where
  /// the sum does not fit in 64 bits.
  public func scaled(_ value: Int64) -> ScaledNumber? {
    guard let addend else { return ScaledNumber(mantissa: value, exponent: exponent) }
    var (low, sum) = (exponent, value)
    var one: Int64 = 1
    while low > Int16(addend) {
      let (product, overflow) = sum.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      (sum, low) = (product, low - 1)
    }
    var power = Int16(addend)
    while power > low {
      let (product, overflow) = one.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      (one, power) = (product, power - 1)
    }
    let (total, overflow) = sum.addingReportingOverflow(one)
    return overflow ? nil : ScaledNumber(mantissa: total, exponent: low)
  }
}
