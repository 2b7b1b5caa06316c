import Quantities

extension Glass {
  /// Writes the identification field: digits and points, at the left.
  ///
  /// Bytes that do not fit are left out. A point lights after the digit before it.
  public mutating func setIdentification(_ text: Span<UInt8>) {
    for digit in 0..<GlassLayout.identificationDigits {
      steady.bytes[GlassLayout.identification + digit] = 0
    }
    var digit = 0
    for index in text.indices {
      if text[index] == UInt8(ascii: ".") {
        // The last digit has no point.
        if digit > 0 && digit < GlassLayout.identificationDigits {
          steady[.identification(digit - 1, .point)] = true
        }
        continue
      }
      guard digit < GlassLayout.identificationDigits else { return }
      steady.bytes[GlassLayout.identification + digit] = SegmentFont.digit(text[index])
      digit += 1
    }
  }

  /// Writes the groups C.D.E of a code into the identification field.
  ///
  /// A code of more than seven digits (96.128.10 has seven) loses its last ones.
  public mutating func setIdentification(_ code: OBISCode) {
    var text = InlineArray<11, UInt8>(repeating: 0)
    var output = text.mutableSpan
    let count = code.writeShort(into: &output)
    setIdentification(text.span.extracting(0..<count))
  }

  /// Writes a text into the identification field.
  mutating func setIdentification(_ text: StaticString) {
    var bytes = InlineArray<13, UInt8>(repeating: 0)
    let count = min(text.utf8CodeUnitCount, bytes.count)
    for position in 0..<count { bytes[position] = text.byte(at: position) }
    setIdentification(bytes.span.extracting(0..<count))
  }

  /// Writes C.D.E and the number of a closed billing period, 1...99, as in `1.8.0.01`.
  mutating func setIdentification(_ code: OBISCode, period: UInt8) {
    var text = InlineArray<14, UInt8>(repeating: 0)
    var output = text.mutableSpan
    var count = code.writeShort(into: &output)
    text[count] = UInt8(ascii: ".")
    text[count + 1] = 48 + period / 10 % 10
    text[count + 2] = 48 + period % 10
    count += 3
    setIdentification(text.span.extracting(0..<count))
  }

  /// Writes a time as `14.30.00` into the identification field; six digits.
  mutating func setIdentification(time hhmmss: UInt32) {
    var text = InlineArray<8, UInt8>(repeating: UInt8(ascii: "."))
    let places: InlineArray<6, Int> = [0, 1, 3, 4, 6, 7]
    var rest = hhmmss
    for k in 0..<6 {
      text[places[5 - k]] = 48 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    setIdentification(text.span)
  }

  /// Lets digits of the value field blink instead of standing still.
  mutating func blinkValue(_ range: Range<Int>) {
    for digit in range {
      let bars = steady.bytes[GlassLayout.value + digit]
      steady.bytes[GlassLayout.value + digit] = 0
      blinking.bytes[GlassLayout.value + digit] = bars
    }
  }

  /// Lets digits of the identification field blink instead of standing still.
  mutating func blinkIdentification(_ range: Range<Int>) {
    for digit in range {
      let bars = steady.bytes[GlassLayout.identification + digit]
      steady.bytes[GlassLayout.identification + digit] = 0
      blinking.bytes[GlassLayout.identification + digit] = bars
    }
  }

  /// Writes the unit field, at the left; bytes after the fifth are left out.
  public mutating func setUnit(_ text: Span<UInt8>) {
    write(text, at: GlassLayout.unit, characters: GlassLayout.unitCharacters)
  }

  /// Writes the text field, at the left; bytes after the fourth are left out.
  public mutating func setText(_ text: Span<UInt8>) {
    write(text, at: GlassLayout.text, characters: GlassLayout.textCharacters)
  }

  mutating func setUnit(_ text: StaticString) {
    for position in 0..<GlassLayout.unitCharacters {
      setUnitCharacter(position < text.utf8CodeUnitCount ? text.byte(at: position) : 0, position)
    }
  }

  /// Writes a text of at most four characters into the text field.
  mutating func setFieldText(_ text: StaticString) {
    for position in 0..<GlassLayout.textCharacters {
      setTextCharacter(position < text.utf8CodeUnitCount ? text.byte(at: position) : 0, position)
    }
  }

  mutating func setUnitCharacter(_ byte: UInt8, _ position: Int) {
    steady.setCharacter(SegmentFont.character(byte), at: GlassLayout.unit + 2 * position)
  }

  mutating func setTextCharacter(_ byte: UInt8, _ position: Int) {
    steady.setCharacter(SegmentFont.character(byte), at: GlassLayout.text + 2 * position)
  }

  private mutating func write(_ text: Span<UInt8>, at first: Int, characters: Int) {
    for position in 0..<characters {
      let byte = position < text.count ? text[position] : 0
      steady.setCharacter(SegmentFont.character(byte), at: first + 2 * position)
    }
  }

  /// Puts a formatted value into the value field.
  public mutating func setValue(_ value: ValueField) {
    for digit in 0..<GlassLayout.valueDigits {
      steady.bytes[GlassLayout.value + digit] = value.digits[digit]
    }
    set(.colon2, .off)
    set(.colon4, value.hasColons ? .steady : .off)
    set(.colon6, value.hasColons ? .steady : .off)
  }

  /// The value field as bytes: 8 digits with their points and colons, blanks where dark.
  ///
  /// - Parameter output: at least `maximumValueTextBytes` long.
  /// - Returns: the bytes written.
  public func valueText(into output: inout MutableSpan<UInt8>) -> Int {
    precondition(output.count >= Self.maximumValueTextBytes, "room for the value field")
    var count = 0
    for digit in 0..<GlassLayout.valueDigits {
      writeDigit(GlassLayout.value + digit, into: &output, at: &count)
      if digit & 1 == 1, let colon = GlassSymbol(rawValue: UInt8(digit / 2)), digit < 6,
        lamp(colon) != .off
      {
        output[count] = UInt8(ascii: ":")
        count += 1
      }
    }
    return count
  }

  /// The longest `valueText`: 8 digits, 7 points, 3 colons.
  public static let maximumValueTextBytes = 18

  /// The identification field as bytes: 7 digits with their points, blanks where dark.
  ///
  /// - Parameter output: at least 13 bytes long.
  /// - Returns: the bytes written.
  public func identificationText(into output: inout MutableSpan<UInt8>) -> Int {
    precondition(output.count >= 13, "room for the identification field")
    var count = 0
    for digit in 0..<GlassLayout.identificationDigits {
      writeDigit(GlassLayout.identification + digit, into: &output, at: &count)
    }
    return count
  }

  /// A character of the unit field, 0 the leftmost of five; 0xB0 is the degree sign.
  public func unitCharacter(_ position: Int) -> UInt8 {
    precondition(position >= 0 && position < GlassLayout.unitCharacters)
    return SegmentFont.byte(ofCharacter: either.character(at: GlassLayout.unit + 2 * position))
  }

  /// A character of the text field, 0 the leftmost of four; 0xB0 is the degree sign.
  public func textCharacter(_ position: Int) -> UInt8 {
    precondition(position >= 0 && position < GlassLayout.textCharacters)
    return SegmentFont.byte(ofCharacter: either.character(at: GlassLayout.text + 2 * position))
  }

  private var either: GlassPlane { lit(blinkPhase: true) }

  private func writeDigit(_ byte: Int, into output: inout MutableSpan<UInt8>, at count: inout Int) {
    let bars = steady.bytes[byte] | blinking.bytes[byte]
    output[count] = SegmentFont.byte(ofDigit: bars & 0x7F)
    count += 1
    if bars & 0x80 != 0 {
      output[count] = UInt8(ascii: ".")
      count += 1
    }
  }
}

extension StaticString {
  /// A byte of the text; the caller keeps `position` below `utf8CodeUnitCount`.
  func byte(at position: Int) -> UInt8 { withUTF8Buffer { $0[position] } }
}
