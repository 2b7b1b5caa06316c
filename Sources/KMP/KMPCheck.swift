/// The check of KMP frames: CRC-16 with polynomial x^16 + x^12 + x^5 + 1 from 0, not reflected
/// (also known as XMODEM), over address, command and data before stuffing; high byte first.
///
/// Check value over the ASCII digits "123456789": 0x31C3. Over a body with its check it is 0.
public struct KMPCheck: Equatable, Sendable {
  public private(set) var value: UInt16 = 0

  public init() {}

  /// Takes in one byte.
  public mutating func update(_ byte: UInt8) {
    var x = (value >> 8) ^ UInt16(byte)
    x ^= x >> 4
    value = value << 8 ^ x << 12 ^ x << 5 ^ x
  }

  /// The check of bytes.
  public static func check(_ bytes: Span<UInt8>) -> UInt16 {
    var crc = KMPCheck()
    for k in bytes.indices { crc.update(bytes[k]) }
    return crc.value
  }
}
