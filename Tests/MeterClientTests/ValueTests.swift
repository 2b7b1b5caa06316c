import COSEM
import Foundation
import MeterFaults
import Quantities
import Testing

@testable import MeterClient

@Suite("Values and names") struct ValueTests {
  static let values: [COSEMValue] = [
    .null, .boolean(true), .signed(.integer, -5), .signed(.long64, .min),
    .unsigned(.long64Unsigned, .max), .unsigned(.enumeration, 30), .octets([1, 2, 3]),
    .text(.visibleString, Array("abc".utf8)), .bits([true, false, true]),
    .array([.unsigned(.unsigned, 1), .unsigned(.unsigned, 2)]),
    .structure([.null, .structure([.signed(.doubleLong, -70_000)]), .array([])]),
    .octets([UInt8](repeating: 7, count: 300)), .moment(.date, [7, 0xEA, 1, 31, 0xFF]),
    .unsigned(.deltaUnsigned, 9),
  ]

  @Test("values come back from their bytes", arguments: values)
  func roundTrip(value: COSEMValue) throws {
    #expect(try COSEMValue(parsing: value.encoded) == value)
  }

  @Test("a compact array is opened")
  func compact() throws {
    let bytes = try #require(Hexadecimal.bytes("13 02 02 12 11 06 0001 02 0003 04"))
    let value = try COSEMValue(parsing: bytes)
    #expect(
      value
        == .array([
          .structure([.unsigned(.longUnsigned, 1), .unsigned(.unsigned, 2)]),
          .structure([.unsigned(.longUnsigned, 3), .unsigned(.unsigned, 4)]),
        ]))
  }

  @Test("truncated, flipped and random bytes never trap")
  func noise() {
    var random = SplitMix64(seed: 5)
    for value in Self.values {
      let bytes = value.encoded
      for count in bytes.indices { _ = try? COSEMValue(parsing: bytes[..<count]) }
      for bit in 0..<(bytes.count * 8) {
        var other = bytes
        other[bit / 8] ^= 1 << UInt8(bit % 8)
        let read = try? COSEMValue(parsing: other)
        _ = read?.description
      }
    }
    for _ in 0..<5000 {
      let count = Int(random.next() % 40)
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = (try? COSEMValue(parsing: bytes))?.tree
    }
  }

  @Test(
    "values as a command line writes them",
    arguments: [
      ("uint16:7", "120007"), ("int8:-1", "0FFF"), ("octets:0102", "09020102"),
      ("text:abc", "0A03616263"), ("enum:3", "1603"), ("boolean:true", "0301"), ("null", "00"),
      ("structure(uint8:1,array(null,int16:-2))", "020211010102" + "0010FFFE"),
      ("obis:1-0:1.8.0", "09060100010800FF"), ("axdr:1101", "1101"),
      ("time:2026-01-31T12:00:00+01:00", "090C07EA011F060C000000FFC400"),
    ])
  func text(text: String, hex: String) {
    #expect(COSEMValue(text: text).map { Hexadecimal.text($0.encoded) } == hex)
  }

  @Test(
    "what is no value",
    arguments: [
      "uint16:70000", "int8:128", "octets:012", "enum:", "structure(uint8:1", "7", "time:now", "",
      "axdr:11", "uint8:1,uint8:2",
    ])
  func noText(text: String) { #expect(COSEMValue(text: text) == nil) }

  @Test("numbers keep all their digits")
  func scaled() {
    func text(_ value: Int64, _ scaler: Int) -> String? {
      ScaledText.text(.signed(.long64, value), scaler: scaler)
    }
    #expect(text(123_456, -1) == "12345.6" && text(-5, -3) == "-0.005" && text(7, 2) == "700")
    #expect(text(0, 3) == "0" && text(.min, 0) == "-9223372036854775808")
    #expect(text(1, 31) == nil && ScaledText.text(.null, scaler: 0) == nil)
  }

  @Test("names of objects")
  func names() {
    #expect(ObjectName.code("1.8.0") == .electricity(1, 8))
    #expect(ObjectName.code("96.1.0") == .abstract(96, 1))
    #expect(ObjectName.code("99.1.0") == .electricity(99, 1))
    #expect(ObjectName.code("99.98.2") == .abstract(99, 98, 2))
    #expect(ObjectName.code("1-0:1.8.0*101") == OBISCode(1, 0, 1, 8, 0, 101))
    #expect(ObjectName.code("0.0.1.0.0.255") == .abstract(1, 0))
    #expect(ObjectName.code("1.8") == nil && ObjectName.code("1.8.300") == nil)
    #expect(ObjectName.title(.electricity(1, 8, 2)) == "energy P+ T2")
    #expect(ObjectName.title(.electricity(52, 7)) == "voltage L2")
  }

  @Test("addresses of meters")
  func urls() throws {
    let url = try MeterURL("dlms+hdlc://host:4060?client=1&server=17&physical=16&window=1")
    #expect(url.language == .dlms && url.framing == .hdlc && url.client == 1)
    #expect(url.place == .tcp(host: "host", port: 4060) && url.physical == 16)
    #expect(try MeterURL("dlms://host").place == .tcp(host: "host", port: 4059))
    #expect(try MeterURL("optical:///dev/ttyUSB0").place == .device("/dev/ttyUSB0"))
    #expect(try MeterURL("kmp://h:1").language == .kmp)
    for bad in [
      "host:4059", "http://h:1", "dlms:///dev/ttyS0", "dlms://h:0", "dlms://h:1?client=300",
      "dlms://h:1?what=1", "kmp://h", "dlms://h:1?key=00",
    ] {
      #expect(throws: MeterError.self) { try MeterURL(bad) }
    }
  }

  @Test("files of keys; what is wrong is never shown")
  func keys() throws {
    let text = """
      # of a test
      password: ABCDEFGH
      encryption: 000102030405060708090A0B0C0D0E0F
      authentication: D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
      title: 4B56440000000001
      """
    let keys = try Credentials(parsing: text, name: "keys")
    #expect(keys.password == Array("ABCDEFGH".utf8) && keys.hasKeys)
    do {
      _ = try Credentials(parsing: "encryption: 0011SECRET", name: "keys")
      Issue.record("a key that is none")
    } catch {
      #expect(error.what.hasPrefix("keys:1") && !error.description.contains("SECRET"))
    }
  }

  @Test("counters go on, and never fall behind the clock")
  func counters() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "counters-\(UInt64.random(in: 0 ... .max))")
    let store = CounterStore(file: folder.appendingPathComponent("a/counters.json"))
    let start = Date(timeIntervalSince1970: 1_577_836_800 + 100)
    #expect(store.next(for: "one", now: start) == 100)
    store.reserve(from: 100, for: "one")
    #expect(store.next(for: "one", now: start) == 2100)
    store.store(120, for: "one")
    #expect(store.next(for: "one", now: start) == 120 && store.next(for: "two", now: start) == 100)
    try FileManager.default.removeItem(at: folder)
  }

  @Test("a plot has a line for each height, and gaps")
  func plot() {
    let text = TerminalPlot.text([0, 1, nil, 2, 4], unit: "Wh", width: 5, height: 2)
    #expect(text == "4 ┤    █\n0 ┤ ▄ ██\nWh")
    #expect(TerminalPlot.text([], unit: "") == "nothing to plot")
  }

  @Test("times as a command line gives them")
  func times() throws {
    let now = try #require(COSEMDateTime(iso: "2026-11-25T12:00:00+01:00"))
    #expect(ReaderTime.parse("2d", now: now)?.text() == "2026-11-23T12:00:00+01:00")
    #expect(ReaderTime.parse("2026-11-01", now: now)?.text() == "2026-11-01T00:00:00+01:00")
    #expect(
      ReaderTime.parse("2026-11-01T10:00:00Z", now: now)?.text() == "2026-11-01T10:00:00+00:00")
    #expect(ReaderTime.parse("yesterday", now: now) == nil)
  }
}
