import Bytes
import Quantities

/// The address of a data set in the reduced form of OBIS: [A-B:]C.D[.E][*F] (IEC 62056-6-1, A.2).
///
/// C may be a letter for the groups of service: C 96, F 97, L 98, P 99.
public struct DataSetAddress: Equatable, Sendable {
  /// The code with what was left out: A and B 1-0, or 0-0 behind a letter; E 0; F 255.
  public var code: OBISCode
  /// Whether A and B were written.
  public var hasMedium: Bool

  public init(_ code: OBISCode, hasMedium: Bool = false) {
    self.code = code
    self.hasMedium = hasMedium
  }

  /// Nil for what is no address in this form, and for numbers above 255.
  public init?(parsing text: Span<UInt8>) {
    var groups = InlineArray<6, UInt8>(repeating: 0)
    groups[0] = 1
    groups[5] = 255
    var offset = 0
    hasMedium = false
    for i in text.indices where text[i] == UInt8(ascii: ":") { hasMedium = true }
    if hasMedium {
      guard let a = Self.number(text, &offset, end: UInt8(ascii: "-")),
        let b = Self.number(text, &offset, end: UInt8(ascii: ":"))
      else { return nil }
      (groups[0], groups[1]) = (a, b)
    }
    if offset < text.count, let letter = Self.group(ofLetter: text[offset]) {
      guard offset + 1 < text.count, text[offset + 1] == UInt8(ascii: ".") else { return nil }
      if !hasMedium && letter != 99 && letter != 98 { groups[0] = 0 }
      groups[2] = letter
      offset += 2
    } else {
      guard let c = Self.number(text, &offset, end: UInt8(ascii: ".")) else { return nil }
      groups[2] = c
    }
    // F.F: the service code of the errors has a letter in D as well.
    if groups[2] == 97, offset < text.count, text[offset] == UInt8(ascii: "F") {
      groups[3] = 97
      offset += 1
    } else {
      guard let d = Self.digits(text, &offset) else { return nil }
      groups[3] = d
    }
    if offset < text.count, text[offset] == UInt8(ascii: ".") {
      offset += 1
      guard let e = Self.digits(text, &offset) else { return nil }
      groups[4] = e
    }
    if offset < text.count, text[offset] == UInt8(ascii: "*") || text[offset] == UInt8(ascii: "&") {
      offset += 1
      guard let f = Self.digits(text, &offset) else { return nil }
      groups[5] = f
    }
    guard offset == text.count else { return nil }
    code = OBISCode(groups[0], groups[1], groups[2], groups[3], groups[4], groups[5])
  }

  private static func group(ofLetter character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "C"): 96
    case UInt8(ascii: "F"): 97
    case UInt8(ascii: "L"): 98
    case UInt8(ascii: "P"): 99
    default: nil
    }
  }

  private static func digits(_ text: Span<UInt8>, _ offset: inout Int) -> UInt8? {
    let start = offset
    var value = 0
    while offset < text.count, MessageText.isDigit(text[offset]), offset - start < 3 {
      value = value * 10 + Int(text[offset] & 15)
      offset += 1
    }
    return offset > start && value <= 255 ? UInt8(value) : nil
  }

  private static func number(
    _ text: Span<UInt8>, _ offset: inout Int, end: UInt8
  ) -> UInt8? {
    guard let value = digits(text, &offset), offset < text.count, text[offset] == end else {
      return nil
    }
    offset += 1
    return value
  }
}
