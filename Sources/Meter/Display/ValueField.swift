/// The value field of the glass: eight digits with points, and the colons of dates and times.
public struct ValueField: Sendable {
  /// Bars and point of each digit, digit 0 the leftmost.
  var digits: InlineArray<8, UInt8>
  /// Whether the colons after the fourth and the sixth digit are lit.
  var hasColons: Bool

  /// A dark field.
  public init() {
    digits = InlineArray(repeating: 0)
    hasColons = false
  }

  /// Formats a reading in the raw units of its quantity.
  ///
  /// An unknown reading is shown as dashes. A register shows its last digits (it rolls over at
  /// the width of the format) and is cut off, never rounded up. A momentary value is rounded;
  /// where it does not fit, `OL` is shown (overload). Negative values have a minus sign before
  /// the first digit.
  public init(_ raw: Int64?, _ format: DisplayFormat, _ options: DisplayOptions) {
    self.init()
    if format == .door { return }
    guard let raw else {
      setUnknown(format)
      return
    }
    if let layout = format.decimalLayout(options) {
      setDecimal(raw, layout)
      return
    }
    switch format {
    case .date, .time: setPairs(raw, format)
    case .eightBits: setBits(raw, shift: 1)
    case .state:
      setBits(raw, shift: 4)
      for place in 0..<6 { digits[place] = 0 }
    case .revision: setRevision(raw)
    default: setBits(raw, shift: 4)
    }
  }

  /// Puts a text at the left, as in `Error` or `End`; bytes after the eighth are left out.
  public init(text: StaticString) {
    self.init()
    for position in 0..<min(text.utf8CodeUnitCount, 8) {
      digits[position] = SegmentFont.digit(text.byte(at: position))
    }
  }

  private static let minus: UInt8 = 0x40
  private static let point: UInt8 = 0x80

  private mutating func setUnknown(_ format: DisplayFormat) {
    hasColons = format == .date || format == .time
    for digit in (hasColons ? 2 : 0)..<8 { digits[digit] = Self.minus }
  }

  private mutating func setOverload() {
    digits[6] = SegmentFont.digit(UInt8(ascii: "O"))
    digits[7] = SegmentFont.digit(UInt8(ascii: "L"))
  }

  private mutating func setDecimal(_ raw: Int64, _ layout: DecimalLayout) {
    var number = raw.magnitude
    // Half a step is small against the room above Int64.min's magnitude: no overflow.
    if !layout.isRegister { number += layout.step / 2 }
    number /= layout.step
    if layout.isRegister {
      number %= powerOfTen(layout.integerDigits + layout.decimals)
    }
    let isNegative = raw < 0 && number > 0
    guard number < powerOfTen(isNegative ? 7 : 8) else {
      setOverload()
      return
    }
    let least = layout.decimals + (layout.leadingZeros ? layout.integerDigits : 1)
    var place = 0
    while place < least || number > 0 {
      digits[7 - place] = SegmentFont.digit(48 + UInt8(truncatingIfNeeded: number % 10))
      number /= 10
      place += 1
    }
    // An eight-digit register has no room for a sign; none of them is ever negative.
    if isNegative && place < 8 { digits[7 - place] = Self.minus }
    if layout.decimals > 0 { digits[7 - layout.decimals] |= Self.point }
  }

  /// Three pairs of digits with colons between them; the raw number is their decimal sequence.
  private mutating func setPairs(_ raw: Int64, _ format: DisplayFormat) {
    guard raw >= 0, raw < 1_000_000 else {
      setUnknown(format)
      return
    }
    var number = raw
    for place in 0..<6 {
      digits[7 - place] = SegmentFont.digit(48 + UInt8(truncatingIfNeeded: number % 10))
      number /= 10
    }
    hasColons = true
  }

  /// Eight digits of one or four bits each.
  private mutating func setBits(_ raw: Int64, shift: UInt64) {
    var number = UInt64(bitPattern: raw)
    for place in 0..<8 {
      let value = UInt8(truncatingIfNeeded: number & (1 << shift - 1))
      digits[7 - place] = SegmentFont.digit(
        value < 10 ? 48 + value : UInt8(ascii: "A") + value - 10)
      number >>= shift
    }
  }

  /// major.minor.patch at the right; in hexadecimal where it needs more than eight digits.
  private mutating func setRevision(_ raw: Int64) {
    guard raw >= 0, raw <= 0xFF_FFFF else {
      setBits(raw, shift: 4)
      return
    }
    var place = 0
    for part in 0..<3 {
      var number = UInt8(truncatingIfNeeded: raw >> Int64(8 * part))
      let first = place
      repeat {
        guard place < 8 else {
          setBits(raw, shift: 4)
          return
        }
        digits[7 - place] = SegmentFont.digit(48 + number % 10)
        number /= 10
        place += 1
      } while number > 0
      if part > 0 { digits[7 - first] |= Self.point }
    }
  }

  private func powerOfTen(_ exponent: Int) -> UInt64 {
    var power: UInt64 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}
