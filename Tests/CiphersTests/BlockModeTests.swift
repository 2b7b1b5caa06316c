import Testing

@testable import Ciphers

@Suite struct BlockModeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let key: String
    let text: String
    let result: String
    var testDescription: String { name }
  }

  /// FIPS 197, appendix C.
  static let fips197 = [
    Case(
      name: "C.1, 128 bits", key: "000102030405060708090a0b0c0d0e0f",
      text: "00112233445566778899aabbccddeeff", result: "69c4e0d86a7b0430d8cdb78070b4c55a"),
    Case(
      name: "C.2, 192 bits", key: "000102030405060708090a0b0c0d0e0f1011121314151617",
      text: "00112233445566778899aabbccddeeff", result: "dda97ca4864cdfe06eaf70a0ec0d7191"),
    Case(
      name: "C.3, 256 bits",
      key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      text: "00112233445566778899aabbccddeeff", result: "8ea2b7ca516745bfeafc49904b496089"),
  ]

  @Test(arguments: fips197)
  func oneBlock(_ given: Case) throws {
    var block = InlineArray<16, UInt8>(repeating: 0)
    let text = hex(given.text)
    for i in 0..<16 { block[i] = text[i] }
    try PortableCiphers.encryptBlock(&block, key: hex(given.key).span)
    #expect((0..<16).map { block[$0] } == hex(given.result))
    try PortableCiphers.decryptBlock(&block, key: hex(given.key).span)
    #expect((0..<16).map { block[$0] } == text)
  }

  static let text = """
    6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
    30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
    """

  /// NIST SP 800-38A, F.2.1, F.2.3 and F.2.5.
  static let chained = [
    Case(
      name: "F.2.1", key: "2b7e151628aed2a6abf7158809cf4f3c", text: text,
      result: """
        7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2
        73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7
        """),
    Case(
      name: "F.2.5", key: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      text: text,
      result: """
        f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d
        39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b
        """),
  ]

  @Test(arguments: chained)
  func chaining(_ given: Case) throws {
    let initial = hex("000102030405060708090a0b0c0d0e0f")
    var text = hex(given.text)
    var span = text.mutableSpan
    try PortableCiphers.encryptCBC(&span, key: hex(given.key).span, initial: initial.span)
    #expect(text == hex(given.result))
    span = text.mutableSpan
    try PortableCiphers.decryptCBC(&span, key: hex(given.key).span, initial: initial.span)
    #expect(text == hex(given.text))
  }

  /// NIST SP 800-38A, F.5.1, and that a part of a block needs no padding.
  @Test(arguments: [64, 63, 49, 17, 16, 5, 1, 0])
  func counting(bytes: Int) throws {
    let result = hex(
      """
      874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff
      5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee
      """)
    var text = Array(hex(Self.text).prefix(bytes))
    var span = text.mutableSpan
    try PortableCiphers.applyCTR(
      &span, key: hex("2b7e151628aed2a6abf7158809cf4f3c").span,
      counter: hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").span)
    #expect(text == Array(result.prefix(bytes)))
  }

  /// The counter carries through all sixteen bytes: the stream after ff…ff is that of zero.
  @Test func counterCarries() throws {
    let key = hex("000102030405060708090a0b0c0d0e0f")
    for prefix in [4, 8, 12, 16] {
      let bytes = (0..<16).map { $0 < 16 - prefix ? UInt8($0) : 0xFF }
      var next = bytes
      for i in (16 - prefix)..<16 { next[i] = 0 }
      if prefix < 16 { next[15 - prefix] += 1 }
      var two = [UInt8](repeating: 0, count: 32)
      var one = [UInt8](repeating: 0, count: 16)
      var span = two.mutableSpan
      try PortableCiphers.applyCTR(&span, key: key.span, counter: bytes.span)
      span = one.mutableSpan
      try PortableCiphers.applyCTR(&span, key: key.span, counter: next.span)
      #expect(Array(two.suffix(16)) == one)
    }
  }

  @Test func wrongLengthsAreRefused() {
    let (good, bad) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 1, count: 15))
    var text = [UInt8](repeating: 0, count: 32)
    var span = text.mutableSpan
    #expect(throws: CipherError.keyLength) {
      try PortableCiphers.encryptCBC(&span, key: bad.span, initial: good.span)
    }
    #expect(throws: CipherError.nonceLength) {
      try PortableCiphers.encryptCBC(&span, key: good.span, initial: bad.span)
    }
    #expect(throws: CipherError.nonceLength) {
      try PortableCiphers.applyCTR(&span, key: good.span, counter: bad.span)
    }
    text.removeLast()
    span = text.mutableSpan
    #expect(throws: CipherError.textLength) {
      try PortableCiphers.decryptCBC(&span, key: good.span, initial: good.span)
    }
  }
}
