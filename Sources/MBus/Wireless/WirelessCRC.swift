/// The check of wireless M-Bus (EN 13757-4, 11.5.7, and EN 13757-7 for compact frames): polynomial
/// 0x3D65, register begins at 0, complemented at the end, sent with the high byte first.
public struct WirelessCRC: Equatable, Sendable {
  private var register: UInt16 = 0

  public init() {}

  /// Takes in one byte.
  @inline(__always)
  public mutating func update(_ byte: UInt8) {
    register ^= UInt16(byte) &<< 8
    for _ in 0..<8 {
      register = register & 0x8000 != 0 ? register &<< 1 ^ 0x3D65 : register &<< 1
    }
  }

  /// Takes in bytes in order.
  public mutating func update(_ bytes: Span<UInt8>) {
    for i in bytes.indices { update(bytes[i]) }
  }

  /// The check of all bytes so far.
  public var value: UInt16 { ~register }

  /// The check of `bytes`.
  public static func check(_ bytes: Span<UInt8>) -> UInt16 {
    var crc = WirelessCRC()
    crc.update(bytes)
    return crc.value
  }
}
