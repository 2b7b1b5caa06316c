/// Numbers as text: short, without locale, the same on every machine.
enum NumberText {
  /// `digits * 10^exponent` in decimal notation, or with an `e` where that would be long.
  static func decimal(_ digits: Int64, exponent: Int) -> String {
    guard digits != 0 else { return "0" }
    var magnitude = digits.magnitude
    var exponent = exponent
    while magnitude % 10 == 0 {
      magnitude /= 10
      exponent += 1
    }
    let sign = digits < 0 ? "\u{2212}" : ""
    let text = String(magnitude)
    if exponent >= 0 {
      guard text.count + exponent <= 9 else { return "\(sign)\(text)e\(exponent)" }
      return sign + text + String(repeating: "0", count: exponent)
    }
    guard -exponent <= 9 else {
      return "\(sign)\(text)e\u{2212}\(-exponent)"
    }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
    return sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
  }

  /// A number for a table: the shortest digits that read back as the same number; empty for a gap.
  static func table(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A number with so many decimals, zeros kept, halves away from zero.
  static func padded(_ value: Double, decimals: Int) -> String {
    let scaled = (value * PortableMath.power10(decimals)).rounded(.toNearestOrAwayFromZero)
    guard abs(scaled) < 1e15 else { return table(value) }
    let digits = String(abs(Int64(scaled)))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = scaled < 0 ? "\u{2212}" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}
