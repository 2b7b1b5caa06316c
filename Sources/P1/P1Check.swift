/// CRC-16/ARC: the check of a P1 telegram (P1 Companion Standard 5.0.2, 5.2).
///
/// Polynomial x^16 + x^15 + x^2 + 1, reflected, register starts at nought and is not inverted.
/// Check value over the ASCII digits "123456789": 0xBB3D.
public struct P1Check: Equatable, Sendable {
  /// The check of all bytes so far.
  public private(set) var value: UInt16 = 0

  public init() {}

  /// Takes in one byte.
  public mutating func update(_ byte: UInt8) {
    value ^= UInt16(byte)
    for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xA001 }
  }

  /// The check of `bytes`.
  public static func check(_ bytes: Span<UInt8>) -> UInt16 {
    var check = P1Check()
    for i in bytes.indices { check.update(bytes[i]) }
    return check.value
  }

  /// One of the four digits in which the check is sent, upper case, the highest first.
  static func digit(_ check: UInt16, _ place: Int) -> UInt8 {
    let nibble = UInt8(truncatingIfNeeded: check >> UInt16(12 - 4 * place)) & 0x0F
    return nibble < 10 ? 0x30 + nibble : 0x37 + nibble
  }
}
