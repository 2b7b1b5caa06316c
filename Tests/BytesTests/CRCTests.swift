import Bytes
import Testing

@Suite struct CRCTests {
  /// The ASCII digits over which every catalogue of CRCs gives its check values.
  static let digits = Array("123456789".utf8)

  @Test func publishedCheckValues() {
    #expect(CRC16.check(Self.digits.span) == 0x906E)
    #expect(CRC32.check(Self.digits.span) == 0xCBF4_3926)
    #expect(CRC64.check(Self.digits.span) == 0x995D_C9BB_DF19_39FA)
  }

  @Test func nothingGivesZero() {
    let none: [UInt8] = []
    #expect(CRC16.check(none.span) == 0)
    #expect(CRC32.check(none.span) == 0)
    #expect(CRC64.check(none.span) == 0)
  }

  /// An independent form, bit by bit, over bytes of every value.
  @Test func tablesAgreeWithPolynomials() {
    func slow(_ bytes: [UInt8], bits: Int, polynomial: UInt64) -> UInt64 {
      let ones: UInt64 = bits == 64 ? .max : (1 << UInt64(bits)) - 1
      var r = ones
      for byte in bytes {
        r ^= UInt64(byte)
        for _ in 0..<8 { r = (r >> 1) ^ (r & 1 == 1 ? polynomial : 0) }
      }
      return r ^ ones
    }
    for length in [1, 2, 7, 8, 9, 16, 31, 256] {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 151 + length) }
      #expect(UInt64(CRC16.check(bytes.span)) == slow(bytes, bits: 16, polynomial: 0x8408))
      #expect(UInt64(CRC32.check(bytes.span)) == slow(bytes, bits: 32, polynomial: 0xEDB8_8320))
      #expect(CRC64.check(bytes.span) == slow(bytes, bits: 64, polynomial: 0xC96C_5795_D787_0F42))
    }
  }

  @Test func piecesGiveTheSameAsTheWhole() {
    var crc = CRC64()
    crc.update(Self.digits.span.extracting(0..<4))
    crc.update(Self.digits[4])
    crc.update(Self.digits.span.extracting(5..<9))
    #expect(crc.value == CRC64.check(Self.digits.span))
  }

  @Test func everySingleBitFlipIsSeen() {
    var bytes = [UInt8](repeating: 0xA5, count: 248)
    let good = CRC64.check(bytes.span)
    for bit in 0..<(248 * 8) {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(CRC64.check(bytes.span) != good)
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }

  @Test("one flipped bit is told from two, and from none")
  func oneBit() {
    var random: UInt64 = 1
    var bytes = (0..<30).map { _ in
      random = random &* 6_364_136_223_846_793_005 &+ 1
      return UInt8(truncatingIfNeeded: random >> 56)
    }
    let right = CRC64.check(bytes.span)
    #expect(!CRC64.isOfOneBit(0, bytes: 30))
    for bit in 0..<240 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(CRC64.isOfOneBit(CRC64.check(bytes.span) ^ right, bytes: 30))
      bytes[(bit + 101) % 240 / 8] ^= 1 << UInt8((bit + 101) % 240 % 8)
      #expect(!CRC64.isOfOneBit(CRC64.check(bytes.span) ^ right, bytes: 30))
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      bytes[(bit + 101) % 240 / 8] ^= 1 << UInt8((bit + 101) % 240 % 8)
    }
    for bit in 0..<64 as Range<UInt64> { #expect(CRC64.isOfOneBit(1 << bit, bytes: 30)) }
  }
}
