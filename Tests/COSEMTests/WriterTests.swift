import MeterTime
import Quantities
import Testing

@testable import COSEM

func octets(_ hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] * 16 + digits[$0 + 1])
  }
}

/// What a body writes into so much room.
func written(
  _ room: Int = 4096, row: UInt32 = 0, skip: Int = 0, _ body: (inout COSEMWriter) -> Void
) -> (bytes: [UInt8], isFull: Bool, row: UInt32, rowBytes: Int) {
  var bytes = [UInt8](repeating: 0xEE, count: room)
  var writer = COSEMWriter(bytes.mutableSpan, row: row, skip: skip)
  body(&writer)
  let out = (writer.count, writer.isFull, writer.row, writer.rowBytes)
  return (Array(bytes.prefix(out.0)), out.1, out.2, out.3)
}

@Suite("Writer") struct WriterTests {
  @Test("values have the bytes of the standard")
  func values() {
    let out = written { w in
      w.null()
      w.boolean(true)
      w.integer(-1)
      w.long(-2)
      w.doubleLong(-3)
      w.long64(-4)
      w.unsigned(5)
      w.longUnsigned(6)
      w.doubleLongUnsigned(7)
      w.long64Unsigned(8)
      w.enumeration(9)
      w.bcd(0x10)
      w.bits(0b101, bitCount: 3)
      w.octets([1, 2].span)
      w.visible("AB")
      w.logicalName(.electricity(1, 8))
      w.array(0)
      w.structure(2)
      w.float32(bits: 0x3F80_0000)
      w.float64(bits: 0x3FF0_0000_0000_0000)
      w.delta(.deltaLong, -2)
    }
    #expect(
      out.bytes
        == octets(
          """
          00 0301 0FFF 10FFFE 05FFFFFFFD 14FFFFFFFFFFFFFFFC 1105 120006 0600000007
          150000000000000008 1609 0D10 0403A0 09020102 0A024142 0906 0100010800FF 0100 0202
          173F800000 183FF0000000000000 1DFFFE
          """))
  }

  @Test(
    "lengths",
    arguments: [
      (0, "00"), (127, "7F"), (128, "8180"), (255, "81FF"), (256, "820100"), (65_535, "82FFFF"),
      (65_536, "8400010000"),
    ])
  func lengths(_ length: Int, _ hex: String) {
    let bytes = written { $0.length(length) }.bytes
    #expect(bytes == octets(hex))
  }

  /// Five rows of different length.
  private func rows(_ w: inout COSEMWriter) {
    for n in w.row..<6 {
      w.begin(row: n)
      if n == 0 {
        w.array(5)
        continue
      }
      w.structure(3)
      w.octets([UInt8](repeating: UInt8(n), count: Int(n) * 3).span)
      w.doubleLongUnsigned(n)
      w.long64Unsigned(UInt64(n))
      if w.isFull { return }
    }
  }

  @Test("cut into blocks of any size, the pieces make the whole", arguments: 1...64)
  func restart(_ block: Int) {
    let whole = written { self.rows(&$0) }
    #expect(!whole.isFull)
    var joined: [UInt8] = []
    var (row, skip) = (UInt32(0), 0)
    for _ in 0..<1000 {
      let part = written(block, row: row, skip: skip) { self.rows(&$0) }
      joined += part.bytes
      if !part.isFull { break }
      #expect(part.bytes.count == block)
      (row, skip) = (part.row, part.rowBytes)
    }
    #expect(joined == whole.bytes)
  }
}

@Suite("Date and time") struct COSEMDateTimeTests {
  private static let zone = ZoneRules(centralEuropeanFrom: 2020)

  @Test("local and standard time carry their deviation")
  func zones() throws {
    let summer = Instant(utc: try #require(CivilDateTime(year: 2026, month: 7, day: 1, hour: 10)))
    let local = COSEMDateTime(local: summer, in: Self.zone)
    #expect(local.hour == 12 && local.deviation == -120 && local.status == 0x80)
    #expect(local.instant(in: Self.zone) == summer)
    let standard = COSEMDateTime(standard: summer, in: Self.zone)
    #expect(standard.hour == 11 && standard.deviation == -60 && standard.status == 0)
    #expect(standard.instant(in: Self.zone) == summer)
    let out = written { $0.octets(local) }
    #expect(out.bytes == octets("090C 07EA0701030C0000 00 FF88 80"))
    #expect(try COSEMDateTime(parsing: out.bytes.span.extracting(2..<14)) == local)
  }

  @Test("the hour that comes twice is told by its status")
  func fold() throws {
    let civil = try #require(CivilDateTime(year: 2026, month: 10, day: 25, hour: 2, minute: 30))
    var time = COSEMDateTime(civil, offset: 60, status: 0x80)
    time.deviation = nil
    let first = try #require(time.instant(in: Self.zone))
    time.status = 0
    let second = try #require(time.instant(in: Self.zone))
    #expect(second - first == .hours(1))
  }

  @Test("a turned sign is a dialect")
  func dialect() throws {
    let civil = try #require(CivilDateTime(year: 2026, month: 1, day: 1, hour: 1))
    var time = COSEMDateTime(civil, offset: 60, status: 0)
    let right = try #require(time.instant(in: Self.zone))
    time.deviation = 60
    #expect(time.instant(in: Self.zone, .inverted) == right)
  }

  @Test("open parts mean no instant; parts that no calendar has are refused")
  func open() throws {
    #expect(COSEMDateTime.unspecified.instant(in: Self.zone) == nil)
    let bytes = octets("FFFF FF FF FF FF FF FF FF 8000 FF")
    #expect(try COSEMDateTime(parsing: bytes.span) == .unspecified)
    let good = octets("07EA 07 01 03 0C 00 00 00 FF88 80")
    for (place, value) in [
      (2, 0), (2, 13), (3, 0), (3, 32), (4, 0), (4, 8), (5, 24), (6, 60), (7, 60), (8, 100),
      (9, 0x70),
    ] {
      var bad = good
      bad[place] = UInt8(value)
      #expect(throws: COSEMError.outOfRange) { try COSEMDateTime(parsing: bad.span) }
    }
    for count in 0..<12 {
      let cut = Array(good.prefix(count))
      #expect(throws: COSEMError.truncated) { try COSEMDateTime(parsing: cut.span) }
    }
    let never = try COSEMDateTime(parsing: octets("07EA 02 1E FF 00 00 00 00 8000 FF").span)
    #expect(never.instant(in: Self.zone) == nil, "30 February")
  }
}
