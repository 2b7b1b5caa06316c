/// What the front panel paints: the segments of the glass, sorted by field.
struct GlassPicture: Equatable, Sendable {
  /// Segments of one 7-segment digit, bits 0...6 = a...g (a on top, clockwise, g in the middle).
  typealias Digit = UInt8

  /// 8 digits of the value, left to right.
  var value: [Digit] = Array(repeating: 0, count: 8)
  /// Bit n: decimal point behind value digit n.
  var points: UInt8 = 0
  /// Bit n: colon behind value digit n.
  var colons: UInt8 = 0
  /// 7 digits of the identification, left to right.
  var identification: [Digit] = Array(repeating: 0, count: 7)
  /// Bit n: point behind identification digit n.
  var identificationPoints: UInt8 = 0
  /// The four characters of the text field.
  var text = "    "
  /// Fixed texts and symbols, in the order in which they are printed, with their state.
  var symbols: [(name: String, isLit: Bool)] = []
  /// Units, with their state.
  var units: [(name: String, isLit: Bool)] = []
  /// Quadrants QI...QIV.
  var quadrants: [Bool] = [false, false, false, false]

  static func == (a: GlassPicture, b: GlassPicture) -> Bool {
    a.value == b.value && a.points == b.points && a.colons == b.colons
      && a.identification == b.identification
      && a.identificationPoints == b.identificationPoints && a.text == b.text
      && a.quadrants == b.quadrants && a.symbols.elementsEqual(b.symbols, by: ==)
      && a.units.elementsEqual(b.units, by: ==)
  }

  /// The value as people would read it from the glass, such as `12345.67`; `?` where the
  /// segments make no digit.
  var valueText: String { Self.reading(value, points: points, colons: colons) }
  /// The identification as text, such as `1.8.0`.
  var identificationText: String {
    Self.reading(identification, points: identificationPoints, colons: 0)
  }

  private static func reading(_ digits: [Digit], points: UInt8, colons: UInt8) -> String {
    var text = ""
    for (n, digit) in digits.enumerated() {
      if digit != 0 { text.append(character(digit)) }
      if points >> n & 1 == 1 { text.append(".") }
      if colons >> n & 1 == 1 { text.append(":") }
    }
    return text
  }

  /// The character that a digit's segments make.
  static func character(_ digit: Digit) -> Character { characters[digit & 0x7F] ?? "?" }

  private static let characters: [Digit: Character] = [
    0x00: " ", 0x3F: "0", 0x06: "1", 0x5B: "2", 0x4F: "3", 0x66: "4", 0x6D: "5", 0x7D: "6",
    0x07: "7", 0x7F: "8", 0x6F: "9", 0x40: "-", 0x77: "A", 0x7C: "b", 0x39: "C", 0x58: "c",
    0x5E: "d", 0x79: "E", 0x71: "F", 0x76: "H", 0x74: "h", 0x38: "L", 0x54: "n", 0x5C: "o",
    0x73: "P", 0x50: "r", 0x78: "t", 0x3E: "U", 0x1C: "u", 0x6E: "y", 0x08: "_",
  ]
}
