import Testing

@testable import Ciphers

@Suite struct MACAndWrapTests {
  static let message = hex(
    """
    6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
    30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
    """)

  /// RFC 4493, section 4, with the message divided into two pieces in every way.
  @Test(arguments: [
    (0, "bb1d6929e95937287fa37d129b756746"), (16, "070a16b46b4d4144f79bdd9dd04a287c"),
    (40, "dfa66747de9ae63030ca32611497c827"), (64, "51f0bebf7e3b9d92fc49741779363cfe"),
  ])
  func publishedMACs(bytes: Int, tag: String) throws {
    let key = hex("2b7e151628aed2a6abf7158809cf4f3c")
    for cut in 0...bytes {
      let (first, second) = (Array(Self.message[..<cut]), Array(Self.message[cut..<bytes]))
      let mac = try PortableCiphers.cmac(of: first.span, second.span, key: key.span)
      #expect((0..<16).map { mac[$0] } == hex(tag))
    }
  }

  /// RFC 3394, section 4.1, 4.2, 4.3, 4.4, 4.5 and 4.6.
  @Test(arguments: [
    (16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
    (24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"),
    (32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
    (24, 24, "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2"),
    (32, 24, "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1"),
    (
      32, 32,
      "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
    ),
  ])
  func publishedWraps(keyBytes: Int, secretBytes: Int, wrapped: String) throws {
    let key = (0..<keyBytes).map { UInt8($0) }
    let secret = Array(
      hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f").prefix(secretBytes))
    var output = [UInt8](repeating: 0, count: secretBytes + 8)
    var span = output.mutableSpan
    try PortableCiphers.wrap(secret.span, under: key.span, into: &span)
    #expect(output == hex(wrapped))
    var back = [UInt8](repeating: 0, count: secretBytes)
    span = back.mutableSpan
    try PortableCiphers.unwrap(output.span, under: key.span, into: &span)
    #expect(back == secret)
    for bit in 0..<(8 * output.count) {
      var bytes = output
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      span = back.mutableSpan
      #expect(throws: CipherError.authentication) {
        try PortableCiphers.unwrap(bytes.span, under: key.span, into: &span)
      }
      #expect(back.allSatisfy { $0 == 0 }, "a key that was refused is left behind")
    }
  }

  @Test func wrongRoomIsRefused() {
    let key = [UInt8](repeating: 0, count: 16)
    for (bytes, room) in [(8, 16), (15, 23), (16, 23), (16, 25), (0, 8)] {
      let secret = [UInt8](repeating: 0, count: bytes)
      var output = [UInt8](repeating: 0, count: room)
      var span = output.mutableSpan
      #expect(throws: CipherError.textLength) {
        try PortableCiphers.wrap(secret.span, under: key.span, into: &span)
      }
      #expect(throws: CipherError.textLength) {
        try PortableCiphers.unwrap(secret.span, under: key.span, into: &span)
      }
    }
  }

  @Test func comparison() {
    func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool { ConstantTime.equal(a.span, b.span) }
    let a: [UInt8] = [1, 2, 3]
    #expect(equal(a, [1, 2, 3]))
    #expect(equal([], []))
    #expect(!equal(a, [1, 2]))
    for i in 0..<3 {
      var b = a
      b[i] ^= 0x80
      #expect(!equal(a, b))
    }
  }
}
