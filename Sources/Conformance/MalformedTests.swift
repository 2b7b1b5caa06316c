import MeterClient

/// Bytes that are no APDU: an error or silence, and the meter goes on.
enum MalformedTests {
  static let all: [ConformanceTest] = openings + requests + tags + bombs

  private static let clause = "IEC 62056-5-3, 7"

  private static func isDefined(_ answer: [UInt8]?) -> Bool {
    guard let answer, let tag = answer.first else { return true }
    switch tag {
    case 0xD8, 0x0E: return true
    case 0x61: return AARQ.isRefused(answer)
    case 0xC4: return answer.count > 4 && (answer[3] == 1 || answer[1] == 2 && answer[8] == 1)
    case 0xC5, 0xC7: return answer.count > 3 && answer[3] != 0
    default: return false
    }
  }

  private static func test(
    _ title: String, isOpen: Bool, _ apdu: [UInt8]
  ) -> ConformanceTest {
    ConformanceTest(.malformed, title, clause) { bench in
      let answer =
        isOpen ? try await bench.afterOpening([apdu])[0] : try await bench.ask(apdu)[0]
      guard isDefined(answer) else {
        return .failed(expected: "an error or silence", got: ConformanceBench.text(answer))
      }
      return await bench.isAlive()
        ? .passed : .failed(expected: "a meter that goes on", got: "no association")
    }
  }

  private static let openings: [ConformanceTest] = {
    let whole = AARQ().bytes
    let cuts = (1..<whole.count).map { count in
      test("an AARQ cut after \(count) bytes", isOpen: false, Array(whole[..<count]))
    }
    let lengths = [0, 1, 0x7F, 0x80, 0x81, 0x84, 0xFF].map { length -> ConformanceTest in
      var bytes = whole
      bytes[1] = UInt8(length)
      return test("an AARQ with the length byte \(length)", isOpen: false, bytes)
    }
    return cuts + lengths
  }()

  private static let requests: [ConformanceTest] = {
    let get = ServiceTests.get()
    let cuts = (1..<get.count).map { count in
      test("a get request cut after \(count) bytes", isOpen: true, Array(get[..<count]))
    }
    return cuts + [
      test("a get request with a byte more", isOpen: true, get + [0]),
      test("a get request that says it selects, and does not", isOpen: true, get.dropLast() + [1]),
    ]
  }()

  private static let tags = [
    0x00, 0x01, 0x05, 0x06, 0x08, 0x0D, 0x16, 0x2D, 0x3F, 0x63, 0x7F, 0xC4, 0xC6, 0xD5, 0xD9, 0xDF,
    0xFF,
  ].map { tag in
    test(
      "the tag \(Hexadecimal.text([UInt8(tag)])), which no client sends here", isOpen: true,
      [UInt8(tag), 1, 0xC1, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0])
  }

  private static let bombs: [ConformanceTest] = {
    let head: [UInt8] = [0xC1, 1, 0xC1, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0]
    let deep: [UInt8] = (0..<200).flatMap { _ in [UInt8(2), UInt8(1)] }
    return [
      test("structures 200 deep", isOpen: true, head + deep + [0]),
      test("an array of 2^32 - 1 elements", isOpen: true, head + [1, 0x84, 255, 255, 255, 255]),
      test(
        "an octet string of 2^32 - 1 bytes", isOpen: true, head + [9, 0x84, 255, 255, 255, 255]),
      test(
        "a length of nine bytes", isOpen: true,
        head + [9, 0x89] + [UInt8](repeating: 255, count: 9)),
      test("a compact array that describes itself", isOpen: true, head + [0x13, 0x13, 0x13, 0]),
      test("a type that no value has", isOpen: true, head + [0x80, 1, 2, 3]),
      test(
        "a get with a list of 255 items and one", isOpen: true,
        [0xC0, 3, 0xC1, 255, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0]),
      test("a get with a list of none", isOpen: true, [0xC0, 3, 0xC1, 0]),
    ]
  }()
}
