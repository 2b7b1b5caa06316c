import MeterFaults
import Quantities
import Testing

@testable import COSEM

@Suite("Reader") struct ReaderTests {
  /// All elements, compact arrays opened.
  static func elements(_ bytes: [UInt8]) throws(COSEMError) -> [COSEMElement] {
    var reader = COSEMReader(bytes.span)
    var all: [COSEMElement] = []
    repeat {
      let element = try reader.next()
      all.append(element)
      if case .compactArray(let description, let contents) = element {
        var inside = CompactArrayReader(
          description: reader.part(description), contents: reader.part(contents))
        while let element = try inside.next() { all.append(element) }
      }
    } while !reader.isComplete || reader.remaining > 0
    return all
  }

  static let sample = written { w in
    w.structure(4)
    w.array(2)
    w.longUnsigned(300)
    w.longUnsigned(301)
    w.octets([1, 2, 3].span)
    w.structure(3)
    w.null()
    w.bits(0x15, bitCount: 5)
    w.integer(-7)
    w.captureObject(AttributeDescriptor(.clock, .abstract(1, 0), 2))
  }.bytes

  @Test("what is written is read")
  func whole() throws {
    #expect(
      try Self.elements(Self.sample) == [
        .structure(4), .array(2), .unsigned(.longUnsigned, 300), .unsigned(.longUnsigned, 301),
        .string(.octetString, 12..<15), .structure(3), .null, .bits(count: 5, 20..<21),
        .signed(.integer, -7), .structure(4), .unsigned(.longUnsigned, 8),
        .string(.octetString, 30..<36), .signed(.integer, 2), .unsigned(.longUnsigned, 0),
      ])
    var reader = COSEMReader(Self.sample.span)
    try reader.skip()
    let isWhole = reader.remaining == 0 && reader.isComplete
    #expect(isWhole)
  }

  @Test("a part is passed over whole")
  func skip() throws {
    var reader = COSEMReader(Self.sample.span)
    try reader.structure(4)
    try reader.skip()
    let third = try reader.next()
    #expect(third == .string(.octetString, 12..<15))
    try reader.skip()
    try reader.structure(4)
    let (number, name) = (try reader.integer(in: 8...8), try reader.logicalName())
    #expect(number == 8)
    #expect(name == .abstract(1, 0))
  }

  @Test("cut anywhere it is truncated; flipped anywhere it ends")
  func damage() {
    for count in 0..<Self.sample.count {
      #expect(throws: COSEMError.self) { try Self.elements(Array(Self.sample.prefix(count))) }
    }
    for bit in 0..<(Self.sample.count * 8) {
      var bad = Self.sample
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      _ = try? Self.elements(bad)
    }
  }

  @Test("A26: bombs are refused at once")
  func bombs() {
    for hex in [
      "01 84 FFFFFFFF", "01 84 7FFFFFFF 00", "02 83 FFFFFF 00", "09 84 FFFFFFFF 01",
      "04 84 FFFFFFFF 01", "01 85 0000000001 00", "01 80", "13 01 FFFF 00 01 00",
    ] {
      #expect(throws: COSEMError.self, "\(hex)") { try Self.elements(octets(hex)) }
    }
    let deep = [UInt8](repeating: 0x02, count: 2000).enumerated().map { $0.offset % 2 == 0 ? 2 : 1 }
    #expect(throws: COSEMError.tooDeep) { try Self.elements(deep.map { UInt8($0) }) }
    let deepArray = [UInt8]([0x13] + [UInt8](repeating: 2, count: 1000))
    #expect(throws: COSEMError.self) { try Self.elements(deepArray) }
    #expect(throws: COSEMError.unknownType) { try Self.elements([0x0B]) }
    // A compact array of nothing, and of empty structures: they would never end.
    #expect(throws: COSEMError.tooMany) { try Self.elements(octets("13 00 02 0000")) }
    #expect(throws: COSEMError.tooMany) { try Self.elements(octets("13 0200 02 0000")) }
    // Arrays of nothing within what takes a byte: their elements would grow with a power of it.
    let much = String(repeating: "00", count: 200)
    let nothing = ["00", "0200", "01000000", "01000A00"]
    for part in nothing {
      let text = "13 0203 11 01000A \(part) 00 81C8 \(much)"
      #expect(throws: COSEMError.tooMany, "\(part)") { try Self.elements(octets(text)) }
    }
  }

  @Test("a compact array of structures")
  func compact() throws {
    // {octet-string, long-unsigned, array 2 of unsigned} twice.
    let bytes = octets("13 02 03 09 12 01 0002 11 0D 02 4142 0102 07 08 01 43 0304 09 0A")
    #expect(
      try Self.elements(bytes).dropFirst() == [
        .structure(3), .string(.octetString, 1..<3), .unsigned(.longUnsigned, 0x102), .array(2),
        .unsigned(.unsigned, 7), .unsigned(.unsigned, 8), .structure(3),
        .string(.octetString, 8..<9), .unsigned(.longUnsigned, 0x304), .array(2),
        .unsigned(.unsigned, 9), .unsigned(.unsigned, 10),
      ])
    for count in 0..<bytes.count {
      #expect(throws: COSEMError.self) { try Self.elements(Array(bytes.prefix(count))) }
    }
    for bit in 0..<(bytes.count * 8) {
      var bad = bytes
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      _ = try? Self.elements(bad)
    }
  }

  @Test("noise ends", arguments: 1...4 as ClosedRange<UInt64>)
  func noise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5000 {
      let bytes = (0..<Int(random.next() % 60)).map { _ in
        UInt8(truncatingIfNeeded: random.next() % 34)
      }
      _ = try? Self.elements(bytes)
    }
  }

  @Test("numbers have a range, names six bytes")
  func expected() {
    let cases: [([UInt8], COSEMError)] = [
      (octets("11 09"), .outOfRange), (octets("0F FF"), .outOfRange), (octets("00"), .otherType),
      (octets("15 FFFFFFFFFFFFFFFF"), .outOfRange),
    ]
    for (bytes, error) in cases {
      #expect(throws: error) {
        var reader = COSEMReader(bytes.span)
        return try reader.integer(in: 0...8)
      }
    }
    #expect(throws: COSEMError.otherType) {
      let bytes = octets("0905 0102030405")
      var reader = COSEMReader(bytes.span)
      return try reader.logicalName()
    }
  }
}
