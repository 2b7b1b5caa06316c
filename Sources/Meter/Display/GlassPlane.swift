/// One bit for each segment of the glass.
public struct GlassPlane: Equatable, Sendable {
  /// Bytes of a plane: the 38 that carry segments and two that are kept free.
  public static let byteCount = 40
  /// Numbers that segments can have.
  public static let bitCount = byteCount * 8

  /// The bits, segment 0 in bit 0 of byte 0.
  var bytes: InlineArray<40, UInt8>

  /// Nothing lit.
  public init() { bytes = InlineArray(repeating: 0) }

  /// Every segment that the glass has: the picture of the display test.
  public static var allSegments: GlassPlane {
    var plane = GlassPlane()
    for digit in 0..<GlassLayout.valueDigits { plane.bytes[GlassLayout.value + digit] = 0xFF }
    // The last digit of either field has no point after it.
    plane.bytes[GlassLayout.value + GlassLayout.valueDigits - 1] = 0x7F
    for digit in 0..<GlassLayout.identificationDigits {
      plane.bytes[GlassLayout.identification + digit] = 0xFF
    }
    plane.bytes[GlassLayout.identification + GlassLayout.identificationDigits - 1] = 0x7F
    for character in 0..<GlassLayout.unitCharacters + GlassLayout.textCharacters {
      plane.setCharacter(0x3FFF, at: GlassLayout.unit + 2 * character)
    }
    // Not `allCases`, which would be an array on the heap.
    var raw: UInt8 = 0
    while let symbol = GlassSymbol(rawValue: raw) {
      plane[.symbol(symbol)] = true
      raw += 1
    }
    return plane
  }

  /// Whether a segment is lit.
  public subscript(segment: GlassSegment) -> Bool {
    get { isLit(segment.index) }
    set {
      let bit: UInt8 = 1 << UInt8(segment.index & 7)
      if newValue {
        bytes[Int(segment.index >> 3)] |= bit
      } else {
        bytes[Int(segment.index >> 3)] &= ~bit
      }
    }
  }

  func isLit(_ index: UInt16) -> Bool {
    bytes[Int(index >> 3)] & (1 << UInt8(index & 7)) != 0
  }

  /// The bits of a character that starts at a byte; bit 0 is bar a.
  func character(at byte: Int) -> UInt16 {
    UInt16(bytes[byte]) | UInt16(bytes[byte + 1]) << 8
  }

  mutating func setCharacter(_ bits: UInt16, at byte: Int) {
    bytes[byte] = UInt8(truncatingIfNeeded: bits)
    bytes[byte + 1] = UInt8(truncatingIfNeeded: bits >> 8)
  }

  /// Lights all segments of another plane as well.
  public mutating func formUnion(_ other: GlassPlane) {
    for index in bytes.indices { bytes[index] |= other.bytes[index] }
  }

  public static func == (left: GlassPlane, right: GlassPlane) -> Bool {
    for index in left.bytes.indices where left.bytes[index] != right.bytes[index] {
      return false
    }
    return true
  }
}
