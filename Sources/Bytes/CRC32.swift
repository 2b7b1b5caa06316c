/// CRC-32 of IEEE 802.3, also CRC-32/ISO-HDLC: the check of files and of the sample feed.
///
/// Polynomial 0x04C11DB7,
/// reflected, register starts at and is finished with ones.
/// Check value over the ASCII digits "123456789": 0xCBF43926.
public struct CRC32: Equatable, Sendable {
  private var register: UInt32 = ~0

  public init() {}

  /// Takes in one byte.
  @inline(__always)
  public mutating func update(_ byte: UInt8) {
    var r = register ^ UInt32(truncatingIfNeeded: byte)
    r = (r &>> 4) ^ crc32Table[Int(truncatingIfNeeded: r & 15)]
    r = (r &>> 4) ^ crc32Table[Int(truncatingIfNeeded: r & 15)]
    register = r
  }

  /// Takes in bytes in order.
  public mutating func update(_ bytes: Span<UInt8>) {
    for i in bytes.indices { update(bytes[i]) }
  }

  /// The check of all bytes so far.
  public var value: UInt32 { ~register }

  /// The check of `bytes`.
  public static func check(_ bytes: Span<UInt8>) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }
}

/// The register after four shifts of each low nibble. Sixteen entries keep the flash small.
private let crc32Table: InlineArray<16, UInt32> = [
  0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
  0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
]
