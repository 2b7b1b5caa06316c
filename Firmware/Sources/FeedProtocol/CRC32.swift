/// CRC-32 of IEEE 802.3, clause 3.2.9: polynomial 0x04C11DB7 reflected to 0xEDB88320, start and
/// final exclusive-or all ones. Works half a byte at a time from a table of 64 bytes.
public struct CRC32: Equatable, Sendable {
  private var register: UInt32 = 0xFFFF_FFFF

  public init() {}

  /// The check value of everything added so far.
  public var value: UInt32 { ~register }

  /// Takes one byte into the check.
  @inline(__always)
  public mutating func add(_ byte: UInt8) {
    register = (register &>> 4) ^ Self.table[Int((register ^ UInt32(byte)) & 15)]
    register = (register &>> 4) ^ Self.table[Int((register ^ UInt32(byte &>> 4)) & 15)]
  }

  /// Takes bytes into the check in order.
  public mutating func add(_ bytes: Span<UInt8>) {
    for n in bytes.indices { add(bytes[n]) }
  }

  private static let table: InlineArray<16, UInt32> = [
    0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC,
    0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158, 0x5005_713C,
    0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C,
    0x9B64_C2B0, 0x86D3_D2D4, 0xA00A_E278, 0xBDBD_F21C,
  ]
}
