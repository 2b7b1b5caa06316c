import Quantities
import Testing

struct OBISCodeTests {
  private func parse(_ text: String) throws(OBISCodeError) -> OBISCode {
    let bytes = Array(text.utf8)
    return try OBISCode(parsing: bytes.span)
  }

  @Test(arguments: [
    ("1-0:1.8.0*255", OBISCode(1, 0, 1, 8, 0)),
    ("1-0:1.8.0", OBISCode(1, 0, 1, 8, 0)),
    ("0-0:96.8.0", .abstract(96, 8)),
    ("1-0:81.7.62", .electricity(81, 7, 62)),
    ("1-1:1.6.0*01", OBISCode(1, 1, 1, 6, 0, 1)),
    ("1-0:1.6.0&12", OBISCode(1, 0, 1, 6, 0, 12)),
    ("255-255:255.255.255*254", OBISCode(255, 255, 255, 255, 255, 254)),
  ])
  func readsCodes(text: String, code: OBISCode) throws {
    #expect(try parse(text) == code)
  }

  @Test(arguments: [
    ("", OBISCodeError.truncated),
    ("1-0:1.8", .truncated),
    ("1-0:1.8.", .truncated),
    ("1-0:1.8.0*", .truncated),
    ("1.8.0", .unexpectedByte(at: 1)),
    ("1-0.1.8.0", .unexpectedByte(at: 3)),
    ("1-0:1.8.0.255", .unexpectedByte(at: 9)),
    ("1-0:1.8.0*255 ", .unexpectedByte(at: 13)),
    ("1-0:-1.8.0", .unexpectedByte(at: 4)),
    ("1-0:256.8.0", .groupTooLarge(at: 4)),
    ("1-0:1.0008.0", .groupTooLarge(at: 6)),
    ("1-1:30D.8.0", .unexpectedByte(at: 6)),
  ])
  func refusesWhatIsNoCode(text: String, error: OBISCodeError) {
    #expect(throws: error) { try parse(text) }
  }

  @Test func writesWhatItReads() throws {
    for text in ["1-0:1.8.0", "0-0:96.14.0", "1-0:81.7.40", "1-1:1.6.0*12", "9-10:99.100.109*0"] {
      let code = try parse(text)
      #expect(code.description == text)
      var bytes = [UInt8](repeating: 0, count: OBISCode.maximumTextBytes)
      var output = bytes.mutableSpan
      let count = code.write(into: &output)
      #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == text)
      #expect(OBISCode(text) == code)
    }
  }

  @Test func writesFWhereAskedAndTheShortForm() {
    var bytes = [UInt8](repeating: 0, count: OBISCode.maximumTextBytes)
    var output = bytes.mutableSpan
    var count = OBISCode(255, 255, 255, 255, 255, 255).write(into: &output, full: true)
    #expect(
      String(decoding: bytes.prefix(count), as: UTF8.self) == "255-255:255.255.255*255")
    output = bytes.mutableSpan
    count = OBISCode.electricity(1, 8, 1).writeShort(into: &output)
    #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "1.8.1")
  }

  @Test func sortsByGroups() {
    let codes = ["0-0:96.8.0", "1-0:1.8.0", "1-0:1.8.1", "1-0:2.8.0", "1-1:0.2.0"]
      .compactMap { OBISCode($0) }
    #expect(codes.count == 5)
    #expect(codes == codes.sorted())
    #expect(OBISCode(1, 2, 3, 4, 5, 6).packed == 0x0102_0304_0506)
  }

  /// Any bytes end in a code or an error; a code that is read writes a text that reads the same.
  @Test func anyBytesEndInACodeOrAnError() {
    var state: UInt64 = 0x0B15
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let alphabet = Array("0123456789-:.*&x\u{0}".utf8)
    var codes = 0
    for _ in 0..<20_000 {
      var bytes = Array("1-0:21.8.0*255".utf8)
      for _ in 0..<next(4) {
        let place = next(bytes.count)
        switch next(3) {
        case 0: bytes[place] = alphabet[next(alphabet.count)]
        case 1: bytes.insert(alphabet[next(alphabet.count)], at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { break }
      }
      guard let code = try? OBISCode(parsing: bytes.span) else { continue }
      codes += 1
      #expect(OBISCode(code.description) == code)
    }
    #expect(codes > 1000)
  }
}
