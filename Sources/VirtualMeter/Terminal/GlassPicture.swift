import Foundation
import Meter

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
  /// The five characters of the unit field.
  var unit = "     "
  /// Fixed texts and symbols, in the order in which they are printed, with their state.
  var symbols: [(name: String, isLit: Bool)] = []
  /// Quadrants QI...QIV.
  var quadrants: [Bool] = [false, false, false, false]

  /// The picture with its blinking half, as the meter encodes it.
  var segments: [UInt8] = []
  /// The value as people read it from the glass, such as `0012345.67`.
  var valueText = ""
  /// The identification as text, such as `1.8.0`.
  var identificationText = ""

  static func == (a: GlassPicture, b: GlassPicture) -> Bool {
    a.value == b.value && a.points == b.points && a.colons == b.colons
      && a.identification == b.identification
      && a.identificationPoints == b.identificationPoints && a.text == b.text
      && a.quadrants == b.quadrants && a.symbols.elementsEqual(b.symbols, by: ==)
      && a.unit == b.unit && a.segments == b.segments
  }

}

extension GlassPicture {
  /// What a glass looks like in one half of its blinking period.
  init(_ glass: Glass, blinkPhase: Bool) {
    func lit(_ segment: GlassSegment) -> Bool { glass.isLit(segment, blinkPhase: blinkPhase) }
    for n in value.indices {
      for bar in DigitSegment.allCases where lit(.value(n, bar)) {
        if bar == .point { points |= 1 << UInt8(n) } else { value[n] |= 1 << bar.rawValue }
      }
    }
    for n in identification.indices {
      for bar in DigitSegment.allCases where lit(.identification(n, bar)) {
        if bar == .point {
          identificationPoints |= 1 << UInt8(n)
        } else {
          identification[n] |= 1 << bar.rawValue
        }
      }
    }
    func symbol(_ symbol: GlassSymbol) -> Bool { lit(.symbol(symbol)) }
    let colonPlaces: [(GlassSymbol, UInt8)] = [(.colon2, 1), (.colon4, 3), (.colon6, 5)]
    for (colon, place) in colonPlaces where symbol(colon) { colons |= 1 << place }
    quadrants = [.quadrant1, .quadrant2, .quadrant3, .quadrant4].map(symbol)
    symbols = Self.names.map { (name: $0.name, isLit: $0.symbols.contains(where: symbol)) }
    unit = Self.text((0..<5).map { glass.unitCharacter($0) })
    text = Self.text((0..<4).map { glass.textCharacter($0) })
    readTexts(glass)
  }

  private mutating func readTexts(_ glass: Glass) {
    var bytes = [UInt8](repeating: 0, count: Glass.maximumValueTextBytes)
    var span = bytes.mutableSpan
    let valueCount = glass.valueText(into: &span)
    valueText = Self.text(bytes.prefix(valueCount)).trimmingCharacters(in: .whitespaces)
    span = bytes.mutableSpan
    let count = glass.identificationText(into: &span)
    identificationText = Self.text(bytes.prefix(count)).trimmingCharacters(in: .whitespaces)
    segments = [UInt8](repeating: 0, count: Glass.encodedBytes)
    var encoded = segments.mutableSpan
    glass.encode(into: &encoded)
  }

  /// Characters of the glass; 0xB0 is the degree sign, as in ISO 8859-1.
  private static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0 == 0 ? 32 : $0) }))
  }

  /// What is printed on the glass for each symbol, in the order of the top row.
  private static let names: [(name: String, symbols: [GlassSymbol])] = [
    ("L1", [.voltage1]), ("+", [.import1]), ("-", [.export1]),
    ("L2", [.voltage2]), ("+", [.import2]), ("-", [.export2]),
    ("L3", [.voltage3]), ("+", [.import3]), ("-", [.export3]),
    ("T1", [.tariff1]), ("T2", [.tariff2]), ("T3", [.tariff3]), ("T4", [.tariff4]),
    ("→", [.arrowImport]), ("←", [.arrowExport]), ("▲", [.errorTriangle]),
    ("—", [.switchClosed]), ("⁄", [.switchOpen]), ("((•))", [.radio]),
  ]

  /// The glass as a member of a result.
  var json: JSONValue {
    let lit = symbols.filter(\.isLit).map { JSONValue.string($0.name) }
    let quadrantNames = zip(["QI", "QII", "QIII", "QIV"], quadrants).filter(\.1)
    return .object([
      ("identification", .string(identificationText)), ("value", .string(valueText)),
      ("unit", .string(unit.trimmingCharacters(in: .whitespaces))),
      ("text", .string(text.trimmingCharacters(in: .whitespaces))),
      ("quadrants", .array(quadrantNames.map { .string($0.0) })), ("symbols", .array(lit)),
      ("segments", .string(segments.map(Self.hexadecimal).joined())),
    ])
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }
}
