/// CRC-64/XZ with the polynomial of ECMA-182: the check of every record in permanent memory.
///
/// A 32-bit check would let about one torn page in 4 billion through, which a campaign of a
/// billion power cuts would meet; with 64 bits that is one in 1.8 x 10^19.
///
/// Polynomial 0x42F0E1EBA9EA3693,
/// reflected, register starts at and is finished with ones.
/// Check value over the ASCII digits "123456789": 0x995DC9BBDF1939FA.
public struct CRC64: Equatable, Sendable {
  private var register: UInt64 = ~0

  public init() {}

  /// Takes in one byte.
  @inline(__always)
  public mutating func update(_ byte: UInt8) {
    var r = register ^ UInt64(truncatingIfNeeded: byte)
    r = (r &>> 4) ^ crc64Table[Int(truncatingIfNeeded: r & 15)]
    r = (r &>> 4) ^ crc64Table[Int(truncatingIfNeeded: r & 15)]
    register = r
  }

  /// Takes in bytes in order.
  public mutating func update(_ bytes: Span<UInt8>) {
    var i = 0
    #if !hasFeature(Embedded)
      // Eight bytes at a time where 16 KiB of tables do not matter.
      while bytes.count &- i >= 8 {
        var r = register
        for k in 0..<8 { r ^= UInt64(bytes[i &+ k]) &<< UInt64(8 &* k) }
        var next: UInt64 = 0
        for k in 0..<8 {
          next ^= crc64Slices[(7 &- k) &* 256 &+ Int((r &>> UInt64(8 &* k)) & 0xFF)]
        }
        register = next
        i &+= 8
      }
    #endif
    while i < bytes.count {
      update(bytes[i])
      i &+= 1
    }
  }

  /// The check of all bytes so far.
  public var value: UInt64 { ~register }

  /// The check of `bytes`.
  public static func check(_ bytes: Span<UInt8>) -> UInt64 {
    var crc = CRC64()
    crc.update(bytes)
    return crc.value
  }

  /// Whether one flipped bit explains that a check differs from the one that was stored with it.
  ///
  /// - Parameters:
  ///   - difference: exclusive or of both checks.
  ///   - bytes: number of bytes that they cover; the check itself is looked at as well.
  public static func isOfOneBit(_ difference: UInt64, bytes: Int) -> Bool {
    if difference.nonzeroBitCount == 1 { return true }
    var pattern: UInt64 = 0xC96C_5795_D787_0F42
    for _ in 0..<(8 * bytes) {
      if pattern == difference { return true }
      pattern = (pattern &>> 1) ^ (pattern & 1 == 0 ? 0 : 0xC96C_5795_D787_0F42)
    }
    return false
  }
}

/// The register after four shifts of each low nibble. Sixteen entries keep the flash small.
private let crc64Table: InlineArray<16, UInt64> = [
  0x0000000000000000, 0x7D9BA13851336649, 0xFB374270A266CC92, 0x86ACE348F355AADB,
  0x64B62BCAEBC387A1, 0x192D8AF2BAF0E1E8, 0x9F8169BA49A54B33, 0xE21AC88218962D7A,
  0xC96C5795D7870F42, 0xB4F7F6AD86B4690B, 0x325B15E575E1C3D0, 0x4FC0B4DD24D2A599,
  0xADDA7C5F3C4488E3, 0xD041DD676D77EEAA, 0x56ED3E2F9E224471, 0x2B769F17CF112238,
]

#if !hasFeature(Embedded)
  /// Entry 256 k + b: the register after byte b and k zero bytes behind it.
  private let crc64Slices: InlineArray<2048, UInt64> = {
    var slices = InlineArray<2048, UInt64>(repeating: 0)
    for b in 0..<256 {
      var r = UInt64(b)
      r = (r &>> 4) ^ crc64Table[Int(r & 15)]
      r = (r &>> 4) ^ crc64Table[Int(r & 15)]
      slices[b] = r
    }
    for n in 256..<2048 {
      let before = slices[n - 256]
      slices[n] = (before &>> 8) ^ slices[Int(before & 0xFF)]
    }
    return slices
  }()
#endif
