import Testing

@testable import Ciphers

@Suite struct GaloisCounterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var key = "feffe9928665731c6d6a8f9467308308"
    var nonce = "cafebabefacedbaddecaf888"
    var text = ""
    var header = ""
    var result = ""
    let tag: String
    var testDescription: String { name }
  }

  static let text = """
    d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255
    """
  static let shortText = String(text.prefix(text.count - 8))
  static let result = """
    42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
    21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985
    """
  static let longKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
  static let longResult = """
    522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
    8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad
    """

  /// Test cases of the submission of GCM to NIST (McGrew and Viega, appendix B), and the example
  /// of ciphering in the Green Book of DLMS, with its tag of 12 bytes.
  static let published = [
    Case(
      name: "1", key: "00000000000000000000000000000000", nonce: "000000000000000000000000",
      tag: "58e2fccefa7e3061367f1d57a4e7455a"),
    Case(
      name: "2", key: "00000000000000000000000000000000", nonce: "000000000000000000000000",
      text: "00000000000000000000000000000000", result: "0388dace60b6a392f328c2b971b2fe78",
      tag: "ab6e47d42cec13bdf53a67b21257bddf"),
    Case(name: "3", text: text, result: result, tag: "4d5c2af327cd64a62cf35abd2ba6fab4"),
    Case(
      name: "4", text: shortText, header: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      result: String(result.prefix(result.count - 8)), tag: "5bc94fbc3221a5db94fae95ae7121a47"),
    Case(
      name: "15", key: longKey, text: text, result: longResult,
      tag: "b094dac5d93471bdec1a502270e3cc6c"),
    Case(
      name: "16", key: longKey, text: shortText,
      header: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      result: String(longResult.prefix(longResult.count - 8)),
      tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    Case(
      name: "Green Book", key: "000102030405060708090a0b0c0d0e0f",
      nonce: "4d4d4d0000bc614e01234567", text: "c0010000080000010000ff0200",
      header: "30d0d1d2d3d4d5d6d7d8d9dadbdcdddedf", result: "411312ff935a47566827c467bc",
      tag: "7d825c3be4a77c3fcc056b6b"),
  ]

  /// Seals with the header divided into two pieces in every way, and opens again.
  @Test(arguments: published)
  func publishedCases(_ given: Case) throws {
    let (key, nonce, header) = (hex(given.key), hex(given.nonce), hex(given.header))
    for cut in 0...header.count {
      var text = hex(given.text)
      var tag = [UInt8](repeating: 0, count: hex(given.tag).count)
      let (first, second) = (Array(header[..<cut]), Array(header[cut...]))
      var span = text.mutableSpan
      var tagSpan = tag.mutableSpan
      try PortableCiphers.sealGCM(
        &span, key: key.span, nonce: nonce.span,
        authenticating: first.span, second.span, tag: &tagSpan)
      #expect(text == hex(given.result))
      #expect(tag == hex(given.tag))
      span = text.mutableSpan
      try PortableCiphers.openGCM(
        &span, key: key.span, nonce: nonce.span,
        authenticating: first.span, second.span, tag: tag.span)
      #expect(text == hex(given.text))
    }
  }

  /// Every flipped bit of text, header and tag is refused, and nothing of the text is given out.
  @Test func everyFlipIsRefused() throws {
    let given = Self.published[6]
    let (key, nonce, none) = (hex(given.key), hex(given.nonce), [UInt8]())
    let whole = hex(given.result) + hex(given.header) + hex(given.tag)
    let textBytes = hex(given.result).count
    for bit in 0..<(8 * whole.count) {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      var text = Array(bytes.prefix(textBytes))
      let before = text
      let header = Array(bytes[textBytes..<textBytes + 17])
      let tag = Array(bytes.suffix(12))
      var span = text.mutableSpan
      #expect(throws: CipherError.authentication) {
        try PortableCiphers.openGCM(
          &span, key: key.span, nonce: nonce.span,
          authenticating: header.span, none.span, tag: tag.span)
      }
      #expect(text == before)
    }
  }

  @Test func wrongLengthsAreRefused() {
    let (key, none) = ([UInt8](repeating: 0, count: 16), [UInt8]())
    var text: [UInt8] = [1, 2, 3]
    var span = text.mutableSpan
    for (nonceBytes, tagBytes, error) in [
      (11, 12, CipherError.nonceLength), (16, 12, .nonceLength), (12, 11, .tagLength),
      (12, 17, .tagLength),
    ] {
      let nonce = [UInt8](repeating: 0, count: nonceBytes)
      var tag = [UInt8](repeating: 0, count: tagBytes)
      var tagSpan = tag.mutableSpan
      #expect(throws: error) {
        try PortableCiphers.sealGCM(
          &span, key: key.span, nonce: nonce.span, authenticating: none.span, none.span,
          tag: &tagSpan)
      }
      #expect(throws: error) {
        try PortableCiphers.openGCM(
          &span, key: key.span, nonce: nonce.span, authenticating: none.span, none.span,
          tag: tag.span)
      }
    }
  }
}
