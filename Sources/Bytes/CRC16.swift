/// CRC-16/IBM-SDLC, also known as X.25: the check of HDLC frames (ISO/IEC 13239, 4.2.5).
///
/// Polynomial x^16 + x^12 + x^5 + 1, reflected, register starts at and is finished with ones.
/// Check value over the ASCII digits "123456789": 0x906E.
public struct CRC16: Equatable, Sendable {
  private var register: UInt16 = 0xFFFF

  public init() {}

  /// Takes in one byte.
  @inline(__always)
  public mutating func update(_ byte: UInt8) {
    var r = register ^ UInt16(truncatingIfNeeded: byte)
    r = (r &>> 4) ^ crc16Table[Int(truncatingIfNeeded: r & 15)]
    r = (r &>> 4) ^ crc16Table[Int(truncatingIfNeeded: r & 15)]
    register = r
  }

  /// Takes in bytes in order.
  public mutating func update(_ bytes: Span<UInt8>) {
    for i in bytes.indices { update(bytes[i]) }
  }

  /// The check of all bytes so far; it is sent low byte first.
  public var value: UInt16 { ~register }

  /// The check of `bytes`.
  public static func check(_ bytes: Span<UInt8>) -> UInt16 {
    var crc = CRC16()
    crc.update(bytes)
    return crc.value
  }
}

/// The register after four shifts of each low nibble. Sixteen entries keep the flash small.
private let crc16Table: InlineArray<16, UInt16> = [
  0x0000, 0x1081, 0x2102, 0x3183, 0x4204, 0x5285, 0x6306, 0x7387,
  0x8408, 0x9489, 0xA50A, 0xB58B, 0xC60C, 0xD68D, 0xE70E, 0xF78F,
]
