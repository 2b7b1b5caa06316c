/// Reading of decimal numbers from bytes, without a locale and without strings in the usual case.
enum DecimalNumber {
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { product, _ in product * 10 }
  }

  /// A finite number such as `-12.5` or `3.2e-4`; nil for anything else, NaN and infinity too.
  ///
  /// Up to 15 digits with a small exponent are exact in one operation (mantissa and power of ten
  /// are both exact in binary64); longer ones go through the correctly rounding library.
  static func parse(
    _ bytes: [UInt8], _ range: Range<Int>, decimalComma: Bool = false
  ) -> Double? {
    var index = range.lowerBound
    let end = range.upperBound
    guard index < end, range.count <= 64 else { return nil }
    let negative = bytes[index] == UInt8(ascii: "-")
    if negative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    let point = decimalComma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    var (mantissa, digits, decimals, significant): (UInt64, Int, Int, Int) = (0, 0, 0, 0)
    var afterPoint = false
    while index < end {
      let byte = bytes[index]
      if byte >= 0x30, byte <= 0x39 {
        digits += 1
        if mantissa != 0 || byte != 0x30 { significant += 1 }
        if significant <= 18 { mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30) }
        if afterPoint { decimals += 1 }
      } else if byte == point, !afterPoint {
        afterPoint = true
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return nil }
    if index == end, significant <= 15, decimals <= 22 {
      let value = Double(mantissa) / powers[decimals]
      return negative ? -value : value
    }
    return general(bytes, range, decimalComma: decimalComma)
  }

  private static func general(
    _ bytes: [UInt8], _ range: Range<Int>, decimalComma: Bool
  ) -> Double? {
    let allowed = bytes[range].allSatisfy { byte in
      switch byte {
      case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      case UInt8(ascii: "."): !decimalComma
      case UInt8(ascii: ","): decimalComma
      default: false
      }
    }
    guard allowed else { return nil }
    let text = String(decoding: bytes[range].map { $0 == 0x2C ? 0x2E : $0 }, as: UTF8.self)
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// Digits after the decimal point; 0 where there is none.
  static func decimals(_ bytes: [UInt8], _ range: Range<Int>, decimalComma: Bool) -> Int {
    let point = decimalComma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    guard let at = range.first(where: { bytes[$0] == point }) else { return 0 }
    return bytes[at + 1..<range.upperBound].prefix { (0x30...0x39).contains($0) }.count
  }
}
