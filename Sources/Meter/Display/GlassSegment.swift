/// The seven bars of a digit, clockwise from the top, the middle bar, and the point after it.
public enum DigitSegment: UInt8, CaseIterable, Sendable {
  case a, b, c, d, e, f, g, point
}

/// The fourteen bars of a character: the outer ring a...f as in a digit, g1 and g2 the left and
/// right half of the middle, h i j the upper left diagonal, vertical and right diagonal, k l m
/// the lower ones.
public enum CharacterSegment: UInt8, CaseIterable, Sendable {
  case a, b, c, d, e, f, g1, g2, h, i, j, k, l, m
}

/// The symbols of the glass. The raw value is the place in the symbol bits: never renumber.
public enum GlassSymbol: UInt8, CaseIterable, Sendable {
  /// Colons of the value field, after its second, fourth and sixth digit.
  case colon2 = 0, colon4, colon6
  /// The tariff indicator, 3 mm.
  case tariff1, tariff2, tariff3, tariff4
  /// The mains voltage indicators L1 L2 L3, 3 mm.
  case voltage1, voltage2, voltage3
  /// Direction of the current of a phase: `+` import.
  case import1, import2, import3
  /// Direction of the current of a phase: `-` export.
  case export1, export2, export3
  /// The phase sequence is not L1 L2 L3.
  case phaseSequence
  /// The cross of the quadrant indicator.
  case quadrantAxes
  case quadrant1, quadrant2, quadrant3, quadrant4
  /// Arrows of the total: energy taken, energy delivered.
  case arrowImport, arrowExport
  /// Reverse energy that the backstop does not register.
  case backstop
  /// Critical internal error.
  case errorTriangle
  /// A magnetic field at the meter.
  case magnet
  /// A cover is open or was opened.
  case cover
  /// The supply control switch.
  case switchOpen, switchClosed
  case radio
  case prepayment
  /// A module sits in slot 1 or 2.
  case module1, module2
  case battery
  /// Verification mode.
  case verification
}

/// One segment of the glass, by its number in the segment list (`docs/display.md`).
///
/// A number is byte times eight plus bit: value digits take one byte each (a in bit 0, the point
/// in bit 7), identification digits likewise, characters two bytes each, symbols the rest.
public struct GlassSegment: Equatable, Hashable, Sendable {
  /// 0..<320.
  public let index: UInt16

  /// The segment with this number; nil where the glass has none.
  public init?(index: Int) {
    guard index >= 0, index < GlassPlane.bitCount, GlassPlane.allSegments.isLit(UInt16(index))
    else { return nil }
    self.index = UInt16(index)
  }

  private init(byte: Int, bit: UInt8) { index = UInt16(byte * 8) + UInt16(bit) }

  /// A bar or point of a value digit; digit 0 is the leftmost of eight.
  public static func value(_ digit: Int, _ segment: DigitSegment) -> GlassSegment {
    precondition(digit >= 0 && digit < GlassLayout.valueDigits, "the value field has 8 digits")
    return GlassSegment(byte: GlassLayout.value + digit, bit: segment.rawValue)
  }

  /// A bar or point of an identification digit; digit 0 is the leftmost of seven.
  public static func identification(_ digit: Int, _ segment: DigitSegment) -> GlassSegment {
    precondition(
      digit >= 0 && digit < GlassLayout.identificationDigits,
      "the identification field has 7 digits")
    return GlassSegment(byte: GlassLayout.identification + digit, bit: segment.rawValue)
  }

  /// A bar of a unit character; character 0 is the leftmost of five.
  public static func unit(_ character: Int, _ segment: CharacterSegment) -> GlassSegment {
    precondition(
      character >= 0 && character < GlassLayout.unitCharacters, "the unit field has 5 characters")
    return GlassSegment(byte: GlassLayout.unit + 2 * character, bit: segment.rawValue)
  }

  /// A bar of a text character; character 0 is the leftmost of four.
  public static func text(_ character: Int, _ segment: CharacterSegment) -> GlassSegment {
    precondition(
      character >= 0 && character < GlassLayout.textCharacters, "the text field has 4 characters")
    return GlassSegment(byte: GlassLayout.text + 2 * character, bit: segment.rawValue)
  }

  /// A symbol.
  public static func symbol(_ symbol: GlassSymbol) -> GlassSegment {
    GlassSegment(byte: GlassLayout.symbols, bit: symbol.rawValue)
  }
}

/// Where the fields lie in the bytes of a plane.
enum GlassLayout {
  static let valueDigits = 8
  static let identificationDigits = 7
  static let unitCharacters = 5
  static let textCharacters = 4

  static let value = 0
  static let identification = value + valueDigits
  static let unit = identification + identificationDigits
  static let text = unit + 2 * unitCharacters
  static let symbols = text + 2 * textCharacters
}
