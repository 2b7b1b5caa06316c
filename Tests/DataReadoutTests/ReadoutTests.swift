import IEC62056_21
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import DataReadout
@testable import Meter

/// A meter that has run, behind a server; what the reader sends and hears is text.
final class ReadoutRig {
  /// Noon of Wednesday, 4 March 2026, UTC.
  static let start = Instant(seconds: 825_940_800)

  var meter: Meter
  var memory = TestMemory()
  var now = ReadoutRig.start
  var server: IEC62056Server
  var readout: DataReadout
  /// The time of the port.
  var clock = Instant(seconds: 0)

  init(_ mode: ProtocolMode = .c, list: ReadoutList = .family) throws {
    meter = Meter(.bench, .bench)
    _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
    var settings = ServerSettings(
      mode: mode, opening: .baud300, number: 10_000_001, maker: [0x4B, 0x41, 0x4D],
      identification: Array("68438BC450000".utf8).span)
    settings.password = PortPassword(Array("00000000".utf8).span)
    server = IEC62056Server(settings)
    readout = DataReadout(list)
  }

  func run(_ seconds: Int64, watts: Int32 = 3000) {
    now += .seconds(seconds)
    meter.advance(
      to: now, with: ConstantLoad(active_mW: InlineArray(repeating: watts * 1000)),
      memory: &memory)
  }

  func take() -> String {
    var out: [UInt8] = []
    var idle = 0
    while idle < 8 {
      while readout.answer(&server, &meter, &memory) {}
      memory.maintain()
      var bytes = InlineArray<64, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      let count = server.next(into: &span, now: clock)
      for k in 0..<count { out.append(bytes[k]) }
      idle = count == 0 && server.request == nil ? idle + 1 : 0
      clock += .milliseconds(60)
      server.advance(to: clock)
    }
    return String(decoding: out, as: UTF8.self)
  }

  func send(_ text: String) -> String {
    for byte in text.utf8 { server.receive(byte, now: clock) }
    return take()
  }

  /// Sends a block with its check; gives the text of the answer without STX, ETX and check.
  func block(_ text: String) -> String {
    var check = BlockCheck()
    for byte in text.utf8.dropFirst() { check.update(byte) }
    let answer = send(text + String(decoding: [check.value], as: UTF8.self))
    guard answer.first == "\u{2}" else { return answer }
    let end = answer.lastIndex { $0 == "\u{3}" || $0 == "\u{4}" } ?? answer.endIndex
    return String(answer[..<end].dropFirst())
  }

  func open() {
    _ = send("/?!\r\n")
    _ = send("\u{6}051\r\n")
    _ = block("\u{1}P1\u{2}(00000000)\u{3}")
  }

  func read(_ argument: String) -> String { block("\u{1}R1\u{2}\(argument)\u{3}") }
  func write(_ argument: String) -> String { block("\u{1}W1\u{2}\(argument)\u{3}") }
}

/// What the meter tells.
@Suite("Data readout") struct ReadoutTests {
  @Test("mode A: the published readout of the family, line for line")
  func family() throws {
    let rig = try ReadoutRig(.a)
    rig.run(2 * 3600)
    let text = rig.send("/?!\r\n")
    let lines = text.split(separator: "\r\n").map(String.init)
    // 9 kW for two hours: 18 kWh, all in the first tariff.
    #expect(
      lines.prefix(10) == [
        "/KAM 68438BC450000", "\u{2}0.0.0(10000001)", "1.8.0(0000018*kWh)", "1.8.1(0000018*kWh)",
        "1.8.2(0000000*kWh)", "1.8.3(0000000*kWh)", "1.8.4(0000000*kWh)", "96.8.0(0000002*h)",
        "0.128.1(0000000)", "1.6.0(9.000*kW)",
      ])
    #expect(lines[10] == "!" && lines.count == 12)
  }

  @Test("every quantity has a form, and what the meter measures is in the long readout")
  func everything() throws {
    let rig = try ReadoutRig(.a, list: .all)
    rig.run(3600)
    let text = rig.send("/?!\r\n")
    for quantity in QuantityID.allCases {
      guard quantity.dataSetForm != .none, let raw = rig.meter.reading(quantity) else { continue }
      var bytes = InlineArray<96, UInt8>(repeating: 0)
      var writer = TextWriter(bytes.mutableSpan)
      quantity.writeAddress(into: &writer)
      let count = writer.count
      let address = String(decoding: (0..<count).map { bytes[$0] }, as: UTF8.self)
      #expect(text.contains("\r\n\(address)(") || text.contains("\u{2}\(address)("), "\(quantity)")
      #expect(raw == rig.meter.reading(quantity))
      let parsed = DataSetAddress(parsing: Array(address.utf8).span)
      #expect(parsed != nil, "\(address)")
    }
    #expect(text.contains("32.7.0(230.0*V)\r\n"))
    #expect(text.contains("1.7.0(9.000*kW)\r\n"))
    #expect(text.contains("F.F(00000000)\r\n"))
    for line in text.split(separator: "\r\n").dropFirst() { #expect(line.utf8.count <= 78) }
  }

  @Test("the extended readout begins as the family's")
  func extended() {
    for line in UInt16(0)..<ReadoutList.familyLines {
      #expect(ReadoutList.extended.quantity(line) == ReadoutList.family.quantity(line))
    }
    var line: UInt16 = 0
    var seen: Set<QuantityID> = []
    while let quantity = ReadoutList.extended.quantity(line) {
      #expect(seen.insert(quantity).inserted)
      line += 1
    }
    #expect(line == 32)
  }

  @Test("a command reads one value, by short or full code, or a stored one by group F")
  func values() throws {
    let rig = try ReadoutRig()
    rig.run(2 * 3600)
    rig.open()
    #expect(rig.read("1.8.0(1)") == "1.8.0(0000018*kWh)")
    #expect(rig.read("1-0:1.8.0*255()") == "1.8.0(0000018*kWh)")
    #expect(rig.read("C.1.0()") == "0.0.0(10000001)")
    #expect(rig.read("0.9.1()") == "0.9.1(150000)", "local time, as on the glass")
    #expect(rig.read("0.9.2()") == "0.9.2(260304)")
    #expect(rig.read("9.9.9()") == "(ERR02)")
    #expect(rig.read("1.8.0*101()") == "(ERR02)", "no billing period has been closed")
    #expect(rig.block("\u{1}E2\u{2}0.1.0()\u{3}") == "\u{6}")
    rig.run(3600)
    #expect(rig.read("1.8.0*101()") == "1.8.0*101(0000018*kWh)")
    #expect(rig.read("1.8.0*01()") == "1.8.0*01(0000018*kWh)")
    #expect(rig.read("1.6.0*101()") == "1.6.0*101(9.000*kW)")
    #expect(rig.read("1.8.0*02()") == "(ERR02)")
    #expect(rig.read("1.8.0()") == "1.8.0(0000027*kWh)")
  }

  @Test("the load profile in one answer and in blocks, with heads where it breaks off")
  func profile() throws {
    let rig = try ReadoutRig()
    rig.run(3600)
    #expect(try Self.locked())
    rig.open()
    let whole = rig.block("\u{1}R5\u{2}P.01(;)\u{3}")
    let lines = whole.split(separator: "\r\n").map(String.init)
    let units = "(1.29)(kWh)(2.29)(kWh)(3.29)(kvarh)(4.29)(kvarh)"
    // The meter was put into operation within the first interval, which a new head tells apart.
    #expect(lines.first == "P.01(0260304131500)(80)(15)(4)" + units)
    #expect(lines.dropFirst(2).first == "P.01(0260304133000)(00)(15)(4)" + units)
    // 9 kW for a quarter of an hour.
    let quarter = "(2.2500)(0.0000)(0.0000)(0.0000)"
    let values = lines.filter { !$0.hasPrefix("P.01") }
    #expect(values == Array(repeating: quarter, count: 4) && lines.count == 6)
    var blocks = [rig.block("\u{1}R6\u{2}P.01()\u{3}")]
    while blocks.count < 20, rig.server.state == .blockSent {
      let more = rig.send("\u{6}")
      blocks.append(String(more.dropFirst().prefix { $0 != "\u{3}" && $0 != "\u{4}" }))
    }
    #expect(blocks.count > 1)
    let joined = blocks.joined().split(separator: "\r\n").map(String.init)
    #expect(joined.filter { !$0.hasPrefix("P.01") } == values)
    let part = rig.block("\u{1}R5\u{2}P.01(0260304131500;0260304134500)\u{3}")
    #expect(part.split(separator: "\r\n").count == 3)
    #expect(rig.read("P.01(nonsense;)") == "(ERR03)")
  }

  private static func locked() throws -> Bool {
    let rig = try ReadoutRig()
    _ = rig.send("/?!\r\n")
    _ = rig.send("\u{6}051\r\n")
    let answers = [rig.read("P.01()"), rig.read("P.98()"), rig.read("C.90.4()")]
    return answers.allSatisfy { $0 == "(ERR04)" } && rig.read("1.8.0()").contains("kWh")
  }

  @Test("a repeated block is the same block")
  func repeated() throws {
    let rig = try ReadoutRig()
    rig.run(4 * 3600)
    rig.open()
    let first = rig.block("\u{1}R6\u{2}P.01()\u{3}")
    let again = rig.send("\u{15}")
    #expect(again.contains(first))
    let second = rig.send("\u{6}")
    #expect(!second.contains(first) && rig.send("\u{15}") == second)
  }

  @Test("the event logs, all and one by one")
  func logs() throws {
    let rig = try ReadoutRig()
    rig.run(60)
    rig.meter.legal.breakSeal(.terminalCover, now: rig.now)
    rig.run(60)
    rig.open()
    let legal = rig.block("\u{1}R5\u{2}P.98.8()\u{3}")
    #expect(legal.contains("P.98.8(0260304130100)(0005)("))
    let all = rig.block("\u{1}R5\u{2}P.98()\u{3}")
    #expect(all.contains(legal) && all.contains("P.98.1("), "power up is there too")
    #expect(rig.read("P.98.9()") == "(ERR02)")
  }
}

/// What the meter takes, and what nobody may change.
@Suite("Data readout: writing") struct WritingTests {
  @Test("clock: time, date, both; a step too far is refused")
  func clock() throws {
    let rig = try ReadoutRig()
    rig.run(60)
    rig.open()
    #expect(rig.write("0.9.1(130500)") == "\u{6}")
    #expect(rig.read("0.9.1()") == "0.9.1(130500)")
    #expect(rig.write("0.9.1(256100)") == "(ERR03)")
    #expect(rig.write("0.9.2(270101)") == "(ERR12)", "that far only with other rights")
    #expect(rig.write("0-0:1.0.0(260304130505)") == "\u{6}")
    #expect(rig.read("0.9.1()") == "0.9.1(130505)")
  }

  @Test("meter number: changed, logged, and called by from then on; that of delivery stays")
  func number() throws {
    let rig = try ReadoutRig()
    rig.run(60)
    rig.open()
    #expect(rig.write("0.0.0(7654321)") == "\u{6}")
    #expect(rig.read("0.0.0()") == "0.0.0(07654321)")
    #expect(rig.meter.configuration.deliveredNumber == 10_000_001)
    #expect(rig.write("0.0.0(123456789)") == "(ERR03)")
    rig.run(60)
    #expect(rig.block("\u{1}R5\u{2}P.98.7()\u{3}").contains("(0080)"))
  }

  @Test("sections: read, written whole and in blocks")
  func sections() throws {
    let rig = try ReadoutRig()
    rig.run(60)
    rig.open()
    let display = rig.read("C.90.4()")
    let digits = display.dropFirst("C.90.4(".count).dropLast()
    #expect(digits.count % 2 == 0 && digits.allSatisfy(\.isHexDigit))
    // The last byte but one chooses 6.1 digits.
    let changed = digits.dropLast(4) + "01" + digits.suffix(2)
    var rest = Substring(changed)
    var answer = ""
    while !rest.isEmpty {
      let part = rest.prefix(60)
      rest = rest.dropFirst(60)
      answer = rig.block("\u{1}W3\u{2}C.90.4(\(part))\(rest.isEmpty ? "\u{3}" : "\u{4}")")
      #expect(answer == "\u{6}")
    }
    #expect(rig.meter.configuration.options.energyDigits == .sixOne)
    #expect(rig.read("C.90.4()") == "C.90.4(\(changed))")
    #expect(rig.write("C.90.4(0)") == "(ERR03)")
    #expect(rig.write("C.90.4(0102)") == "(ERR03)")
  }

  @Test("the table of doors holds: fixed, sealed, module only")
  func doors() throws {
    let rig = try ReadoutRig()
    rig.run(60)
    rig.open()
    #expect(rig.write("C.90.1(00000000)") == "(ERR06)")
    #expect(rig.write("C.90.2(00)") == "(ERR06)")
    #expect(rig.write("C.90.16(00)") == "(ERR07)")
    #expect(rig.write("C.90.9(0000)") == "(ERR05)")
    #expect(rig.write("C.90.77(00)") == "(ERR02)")
    #expect(rig.read("C.90.2()") == "(ERR02)")
    rig.meter.legal.breakSeal(.moduleArea, now: rig.now)
    #expect(rig.write("C.90.9(0001)") == "\u{6}")
    #expect(rig.meter.configuration.tariffInputs.isInverted)
  }

  @Test("A30: no legal value is written, whatever the address", arguments: QuantityID.allCases)
  func a30(_ quantity: QuantityID) throws {
    guard quantity.dataSetForm != .none else { return }
    let rig = try ReadoutRig()
    rig.run(3600)
    rig.open()
    let before = rig.meter.reading(quantity)
    var bytes = InlineArray<96, UInt8>(repeating: 0)
    var writer = TextWriter(bytes.mutableSpan)
    quantity.writeAddress(into: &writer)
    let count = writer.count
    let address = String(decoding: (0..<count).map { bytes[$0] }, as: UTF8.self)
    let answer = rig.write("\(address)(0000001*kWh)")
    switch quantity {
    case .meterNumber: #expect(answer == "\u{6}")
    case .date, .time, .activeImportResettable, .activeExportResettable:
      #expect(answer == "(ERR03)")
    default:
      #expect(answer == "(ERR06)")
      #expect(rig.meter.reading(quantity) == before)
    }
  }

  @Test("consumer's counter, display, verification, billing")
  func commands() throws {
    let rig = try ReadoutRig()
    rig.run(3600)
    rig.open()
    #expect(rig.write("1.128.0(0)") == "\u{6}")
    rig.run(1)
    #expect(try #require(rig.meter.reading(.activeImportResettable)) < 10_000)
    #expect(rig.write("1.128.0(5)") == "(ERR03)")
    #expect(rig.block("\u{1}E2\u{2}C.91.1()\u{3}") == "\u{6}")
    #expect(rig.block("\u{1}E2\u{2}C.92.2()\u{3}") == "\u{6}")
    #expect(rig.meter.legal.verifiedRegister == .activeExport)
    #expect(rig.block("\u{1}E2\u{2}C.92.0()\u{3}") == "\u{6}")
    #expect(rig.meter.legal.verifiedRegister == nil)
    #expect(rig.block("\u{1}E2\u{2}0.1.0()\u{3}") == "\u{6}")
    #expect(rig.block("\u{1}E2\u{2}0.1.0()\u{3}") == "(ERR12)", "within 60 seconds")
    #expect(rig.block("\u{1}E2\u{2}C.99.0()\u{3}") == "(ERR02)")
  }

  @Test("the state of the readout is small")
  func size() { #expect(MemoryLayout<DataReadout>.size <= 320) }
}
