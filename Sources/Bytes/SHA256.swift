/// SHA-256 (FIPS 180-4), fed piece by piece, without allocation.
public struct SHA256: Sendable {
  private var state: InlineArray<8, UInt32> = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB,
    0x5BE0_CD19,
  ]
  private var block = InlineArray<64, UInt8>(repeating: 0)
  private var filled = 0
  private var length: UInt64 = 0

  public init() {}

  /// Takes more bytes of the message.
  public mutating func update(_ bytes: Span<UInt8>) {
    for k in bytes.indices { update(bytes[k]) }
  }

  /// Takes one byte of the message.
  public mutating func update(_ byte: UInt8) {
    block[filled] = byte
    filled &+= 1
    length &+= 8
    if filled == 64 { compress() }
  }

  /// The digest of everything so far; the value itself can go on.
  public func finish() -> InlineArray<32, UInt8> {
    var copy = self
    let bits = length
    copy.update(0x80)
    while copy.filled != 56 { copy.update(0) }
    for k in 0..<8 { copy.update(UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * k))) }
    var out = InlineArray<32, UInt8>(repeating: 0)
    for k in 0..<32 {
      out[k] = UInt8(truncatingIfNeeded: copy.state[k / 4] >> UInt32(24 - 8 * (k % 4)))
    }
    return out
  }

  private mutating func compress() {
    var w = InlineArray<64, UInt32>(repeating: 0)
    for k in 0..<16 {
      w[k] =
        UInt32(block[4 * k]) << 24 | UInt32(block[4 * k + 1]) << 16
        | UInt32(block[4 * k + 2]) << 8 | UInt32(block[4 * k + 3])
    }
    for k in 16..<64 {
      let a = w[k - 15], b = w[k - 2]
      let s0 = Self.rotated(a, 7) ^ Self.rotated(a, 18) ^ a >> 3
      let s1 = Self.rotated(b, 17) ^ Self.rotated(b, 19) ^ b >> 10
      w[k] = w[k - 16] &+ s0 &+ w[k - 7] &+ s1
    }
    var s = state
    for k in 0..<64 {
      let e = s[4]
      let s1 = Self.rotated(e, 6) ^ Self.rotated(e, 11) ^ Self.rotated(e, 25)
      let t1 = s[7] &+ s1 &+ (e & s[5] ^ ~e & s[6]) &+ Self.constants[k] &+ w[k]
      let a = s[0]
      let s0 = Self.rotated(a, 2) ^ Self.rotated(a, 13) ^ Self.rotated(a, 22)
      let t2 = s0 &+ (a & s[1] ^ a & s[2] ^ s[1] & s[2])
      for n in 0..<7 { s[7 - n] = s[6 - n] }
      s[4] = s[4] &+ t1
      s[0] = t1 &+ t2
    }
    for k in 0..<8 { state[k] = state[k] &+ s[k] }
    filled = 0
  }

  @inline(__always)
  private static func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 {
    x &>> n | x &<< (32 &- n)
  }

  private static let constants: InlineArray<64, UInt32> = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1,
    0x923F_82A4, 0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3,
    0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786,
    0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147,
    0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13,
    0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
    0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A,
    0x5B9C_CA4F, 0x682E_6FF3, 0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208,
    0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]
}
