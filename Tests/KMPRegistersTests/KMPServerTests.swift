import KMP
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import KMPRegisters
@testable import Meter

/// A meter that has run, behind KMP.
final class KMPRig {
  static let start = Instant(seconds: 825_940_800)

  var meter: Meter
  var memory = TestMemory()
  var now = KMPRig.start
  var server: KMPServer
  var clock = Instant(seconds: 0)

  init(_ door: ConfigurationDoor = .module, pin: UInt16? = 4711) throws {
    meter = Meter(.bench, .bench)
    _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
    server = KMPServer(KMPServer.Rights(door: door, pin: pin))
  }

  func run(_ seconds: Int64, watts: Int32 = 3000) {
    now += .seconds(seconds)
    meter.advance(
      to: now, with: ConstantLoad(active_mW: InlineArray(repeating: watts * 1000)),
      memory: &memory)
    _ = meter.takeCoilAction()
  }

  /// The data of the answer behind the command; empty array for 06, nil for silence.
  func ask(_ command: KMPCommand, _ data: [UInt8] = []) -> [UInt8]? {
    ask([KMPAddress.meter, command.rawValue] + data)
  }

  func ask(_ body: [UInt8]) -> [UInt8]? {
    var output = InlineArray<250, UInt8>(repeating: 0)
    switch server.answer(body.span, now: clock, &meter, &memory, into: &output) {
    case .silent: return nil
    case .acknowledged, .reset: return []
    case .answer(let count):
      #expect(output[0] == KMPAddress.meter && output[1] == body[1])
      return (2..<count).map { output[$0] }
    }
  }

  /// Register, unit, scaled to 10^-4.
  func registers(_ ids: UInt16...) -> [UInt16: Int64] {
    let data = [UInt8(ids.count)] + ids.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    guard let answer = ask(.getRegister, data) else { return [:] }
    var out: [UInt16: Int64] = [:]
    var cursor = KMPAnswerCursor()
    while let item = cursor.next(in: answer.span) {
      guard let integer = KMPAnswerCursor.integer(answer.span.extracting(item.value)) else {
        continue
      }
      out[item.register] = KMPNumber(magnitude: integer, signs: item.signs).scaled(to: -4)
    }
    return out
  }

  func login() { #expect(ask(.login, [0x12, 0x67]) == []) }
}

/// Commands and registers.
@Suite("KMP: meter") struct KMPServerTests {
  @Test("type and serial number")
  func identity() throws {
    let rig = try KMPRig()
    #expect(
      rig.ask(.getType)?.prefix(2) == (MeterVariant.standard.hasSwitch ? [0x63, 0] : [0x62, 0]))
    #expect(rig.ask(.getSerialNumber) == [0, 0x98, 0x96, 0x81])
  }

  @Test("the registers that hobby clients read, and the form of a published answer")
  func registers() throws {
    let rig = try KMPRig()
    rig.run(2 * 3600)
    rig.run(100)
    let all = rig.registers(0x0001, 0x0002, 0x000D, 0x000E, 0x03FF, 0x0400, 0x041E, 0x0434)
    #expect(all.count == 8)
    #expect(all[0x0001] == 180_000, "whole kilowatt-hours, as on the glass")
    #expect(all[0x000D] == 182_500, "9 kW for 7300 s")
    #expect(all[0x03FF] == 90_000 && all[0x0400] == 0)
    #expect(all[0x041E] == 2_300_000 && all[0x0434] == 130_400)
    #expect(rig.registers(0x0438, 0x0540) == [0x0438: 30_000, 0x0540: 0])
    #expect(rig.ask(.getRegister, [1, 0x04, 0x1E]) == [0x04, 0x1E, 33, 2, 0, 0, 230])
    #expect(rig.ask(.getRegister, [1, 0, 1]) == [0, 1, 2, 4, 0x41, 0, 0, 0, 180])
  }

  @Test("unknown registers are left out, so an answer may be empty")
  func unknown() throws {
    let rig = try KMPRig()
    #expect(rig.ask(.getRegister, [1, 0xFF, 0xFF]) == [])
    #expect(rig.registers(0xFFFF, 0x041E, 0x0700).keys.sorted() == [0x041E])
  }

  @Test("every number of a register is answered or left out", arguments: 0..<16)
  func all(_ high: UInt16) throws {
    let rig = try KMPRig()
    rig.run(1000)
    var known = 0
    for id in (high << 12)..<(high << 12 | 0xFFF) {
      let answer = rig.ask(.getRegister, [1, UInt8(id >> 8), UInt8(id & 0xFF)])
      guard let answer, !answer.isEmpty else { continue }
      known += 1
      var cursor = KMPAnswerCursor()
      let found = cursor.next(in: answer.span)
      let item = try #require(found)
      #expect(item.register == id && item.value.upperBound == answer.count)
    }
    #expect(high == 0 ? known > 100 : known == 0)
  }

  @Test("clock: registers are local, the clock register is standard time with a flag")
  func clock() throws {
    let rig = try KMPRig()
    rig.run(60)
    #expect(rig.registers(0x03EA, 0x03EB) == [0x03EA: 1_301_000_000, 0x03EB: 2_603_040_000])
    let answer = try #require(rig.ask(.getRegister, [1, 0x04, 0x17]))
    #expect(answer.prefix(5) == [0x04, 0x17, 53, 8, 0])
    #expect(answer.suffix(8) == [KMPClock.valid, 3, 0, 1, 13, 4, 3, 26])
  }

  @Test("what changes something needs a login, and a login ends")
  func login() throws {
    let rig = try KMPRig()
    rig.run(60)
    let set: [UInt8] = [0, 3, 0xF8, 0xD0, 0, 1, 0xFD, 0xC4]
    #expect(rig.ask(.setClock, set) == nil)
    #expect(rig.ask(.setDisplayYes) == nil && rig.ask(.debitingStop) == nil)
    rig.login()
    #expect(rig.ask(.setDisplayYes) == [] && rig.ask(.debitingStop) == [])
    rig.clock += .seconds(61)
    #expect(rig.ask(.setDisplayYes) == nil)
    let without = try KMPRig(pin: nil)
    #expect(without.ask(.login, [0, 0]) == nil && without.ask(.setDisplayYes) == nil)
  }

  @Test("setting the clock: two decimal numbers, local time")
  func setClock() throws {
    let rig = try KMPRig()
    rig.run(60)
    rig.login()
    func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }
    #expect(rig.ask(.setClock, number(260_304) + number(130_500)) == [])
    #expect(rig.registers(0x03EA) == [0x03EA: 1_305_000_000])
    #expect(rig.ask(.setClock, number(261_304) + number(130_500)) == nil)
    #expect(rig.ask(.setClock, number(270_304) + number(130_500)) == nil, "too far")
  }

  @Test("switch: open, release, close from the module side, never from the front")
  func supplySwitch() throws {
    let rig = try KMPRig()
    guard rig.meter.configuration.variant.hasSwitch else { return }
    rig.run(60)
    rig.login()
    #expect(rig.ask(.setCutOffState, [3]) == nil, "not from connected")
    #expect(rig.ask(.setCutOffState, [1]) == [])
    rig.run(1)
    #expect(rig.ask(.getCutOffState)?.first == 0x01)
    rig.run(20)
    #expect(rig.ask(.setCutOffState, [2]) == [])
    rig.run(20)
    #expect(rig.ask(.getCutOffState)?.first == 0x08)
    let front = try KMPRig(.optical)
    front.run(60)
    front.login()
    #expect(front.ask(.setCutOffState, [1]) == nil)
    #expect(front.ask(.getCutOffState)?.first == 0x04)
  }

  @Test("voltage limits, load profile set-up")
  func setUp() throws {
    let rig = try KMPRig()
    #expect(rig.ask(.getVoltageQuality) == [0, 207, 0, 253, 6])
    rig.login()
    #expect(rig.ask(.setVoltageQuality, [0, 200, 1, 4, 3]) == [])
    #expect(rig.ask(.getVoltageQuality) == [0, 200, 1, 4, 3])
    #expect(rig.ask(.setVoltageQuality, [0, 250, 0, 200, 3]) == nil)
    #expect(rig.ask(.getLoadProfileConfiguration) == [0x0F, 15, 0x83])
  }

  @Test("put: clock, counter of the consumer, meter number; nothing legal")
  func put() throws {
    let rig = try KMPRig()
    rig.run(3600)
    rig.login()
    #expect(rig.ask(.putRegister, [0, 0x11, 2, 4, 0x41, 0, 0, 0, 0]) == [])
    rig.run(1)
    #expect(try #require(rig.meter.reading(.activeImportResettable)) < 10_000)
    #expect(rig.ask(.putRegister, [0, 0x33, 51, 4, 0, 0, 0, 0x30, 0x39]) == [])
    #expect(rig.meter.configuration.meterNumber == 12345)
    let before = rig.meter.reading(.activeImport)
    for id in UInt16(1)...0x0022 where id != 0x11 && id != 0x12 {
      #expect(rig.ask(.putRegister, [0, UInt8(id), 2, 4, 0x41, 0, 0, 0, 0]) == nil)
    }
    #expect(rig.meter.reading(.activeImport) == before)
  }

  @Test("reset: with a login, told to the owner")
  func reset() throws {
    let rig = try KMPRig()
    var output = InlineArray<250, UInt8>(repeating: 0)
    let body: [UInt8] = [0x3F, 0x85]
    let closed = rig.server.answer(
      body.span, now: rig.clock, &rig.meter, &rig.memory, into: &output)
    rig.login()
    let open = rig.server.answer(
      body.span, now: rig.clock, &rig.meter, &rig.memory, into: &output)
    #expect(closed == .silent && open == .reset(withBackup: false))
  }
}

/// Records of the logs.
@Suite("KMP: logs") struct KMPLogTests {
  struct Answer {
    var columns: Int
    var records: [(id: UInt16, values: [[UInt8]])] = []
    var last: UInt16
    var newest: UInt16
    var info: UInt8
  }

  static func parse(_ bytes: [UInt8]) -> Answer {
    let tail = Array(bytes.suffix(5))
    var answer = Answer(
      columns: Int(bytes[1]), last: UInt16(tail[0]) << 8 | UInt16(tail[1]),
      newest: UInt16(tail[2]) << 8 | UInt16(tail[3]), info: tail[4])
    var rest = bytes.dropFirst(2).dropLast(5)
    var widths: [Int] = []
    while !rest.isEmpty {
      let id = UInt16(rest.removeFirst()) << 8 | UInt16(rest.removeFirst())
      var values: [[UInt8]] = []
      for k in 0..<answer.columns {
        if widths.count <= k {
          let head = Array(rest.prefix(5))
          rest = rest.dropFirst(5)
          widths.append(Int(head[3]))
        }
        values.append(Array(rest.prefix(widths[k])))
        rest = rest.dropFirst(widths[k])
      }
      answer.records.append((id, values))
    }
    return answer
  }

  @Test("how a head-end finds the first record and reads the load profile on")
  func profile() throws {
    let rig = try KMPRig()
    rig.run(2 * 3600)
    let year2000: [UInt8] = [0, 1, 1, 0, 0, 0, 0, 0]
    let first = Self.parse(
      try #require(rig.ask(.getLogTimePresent, [6, 1, 4, 0x17, 2, 0xFF] + year2000)))
    #expect(first.records.count == 2 && first.columns == 1)
    let id = first.records[0].id
    #expect(first.records[1].id == id &+ 1 && first.newest == id &+ 7)
    let columns: [UInt8] = [6, 3, 4, 0x17, 0, 1, 0, 2, 8, 0xFF]
    func bytes(_ id: UInt16) -> [UInt8] { [UInt8(id >> 8), UInt8(id & 0xFF)] }
    let read = Self.parse(
      try #require(rig.ask(.getLogIDPresent, columns + bytes(id))))
    #expect(read.records.count == 8 && read.info & 0x10 != 0)
    // Registers at the end of each quarter: 2.25 kWh more each time, told in 0.1 kWh.
    #expect(read.records.map { Int($0.values[1][3]) } == [22, 45, 67, 90, 112, 135, 157, 180])
    #expect(read.records[0].values[0] == [KMPClock.valid, 3, 0, 15, 13, 4, 3, 26])
    let last = Self.parse(try #require(rig.ask(.getLogLastPresent, columns)))
    #expect(last.records.isEmpty && last.info & 0x04 != 0, "everything has been read")
    let past = Self.parse(
      try #require(
        rig.ask(.getLogTimePast, [6, 1, 4, 0x17, 3, 0xFF, 26, 3, 4, 15, 0, 0, 0, 0, 0, 1])))
    #expect(past.records.map { $0.id } == [id &+ 6, id &+ 5, id &+ 4])
  }

  @Test("an answer never gets longer than was asked for, and says that it was cut")
  func cut() throws {
    let rig = try KMPRig()
    rig.run(4 * 3600)
    let columns: [UInt8] = [6, 5, 4, 0x17, 0, 1, 0, 2, 0, 3, 0, 4]
    for longest in [UInt8(0), 16, 60, 100, 255] {
      let bytes = try #require(
        rig.ask(.getLogTimePresent, columns + [16, longest, 0, 1, 1, 0, 0, 0, 0, 0]))
      #expect(bytes.count + 2 <= max(16, Int(longest)))
      #expect(Self.parse(bytes).info & 0x08 != 0)
    }
  }

  @Test("billing periods, events, and their flags; an empty log says so")
  func others() throws {
    let rig = try KMPRig()
    rig.run(3600)
    let year2000: [UInt8] = [0, 1, 1, 0, 0, 0, 0, 0]
    let none = Self.parse(
      try #require(rig.ask(.getLogTimePresent, [1, 1, 4, 0x17, 2, 0xFF] + year2000)))
    #expect(none.info & 0x01 != 0 && none.records.isEmpty)
    rig.login()
    #expect(rig.ask(.debitingStop) == [])
    rig.run(10)
    let billing = Self.parse(
      try #require(
        rig.ask(.getLogIDPresent, [1, 3, 4, 0x17, 0, 1, 0, 0x27, 4, 0xFF, 0, 1])))
    #expect(billing.records.count == 1 && billing.records[0].values[1] == [0, 0, 0, 90])
    let status = Self.parse(
      try #require(rig.ask(.getLogTimePresent, [2, 2, 4, 0x17, 0, 0x32, 8, 0xFF] + year2000)))
    #expect(!status.records.isEmpty)
    let flags = try #require(rig.ask(.getEventStatus))
    #expect(flags[2] & 0x05 == 0x05)
    #expect(rig.ask(.clearEventStatus, [0, 0, 0x01, 0, 0, 0, 0, 0]) == [], "if it has been read")
    #expect(try #require(rig.ask(.getEventStatus))[2] & 0x01 == 0)
    #expect(rig.ask(.clearEventStatus, [0, 0, 0, 0, 0, 0, 0xFF, 0]) == [])
    #expect(rig.ask(.getEventStatus)?[2] == 0)
    #expect(rig.ask(.getLogTimePresent, [99, 1, 4, 0x17, 2, 0xFF] + year2000) == nil)
  }
}

/// A31 of the plan of attacks.
@Suite("KMP: attacks") struct KMPAttackTests {
  @Test("A31: unknown commands, other addresses, wrong lengths: silence")
  func a31() throws {
    let rig = try KMPRig()
    rig.run(100)
    for command in UInt8.min...UInt8.max where KMPCommand(rawValue: command) == nil {
      #expect(rig.ask([0x3F, command]) == nil)
    }
    for address in UInt8.min...UInt8.max where address != 0x3F {
      #expect(rig.ask([address, 0x01]) == nil)
    }
    #expect(rig.ask([]) == nil && rig.ask([0x3F]) == nil && rig.ask([0x3F, 1, 0]) == nil)
  }

  @Test("A31: whatever the data, no command traps or changes the registers", arguments: 0..<32)
  func noise(_ seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 99
    func random() -> UInt8 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
    let rig = try KMPRig()
    rig.run(1000)
    let before = rig.meter.reading(.activeImport)
    for _ in 0..<200 {
      let command = KMPCommand.allCases[Int(random()) % KMPCommand.allCases.count]
      let data = (0..<Int(random() % 24)).map { _ in random() }
      _ = rig.ask(command, data)
    }
    #expect(rig.meter.reading(.activeImport) == before)
  }

  @Test("A31: PINs are not guessed: the wait doubles")
  func pins() throws {
    let rig = try KMPRig()
    var tried = 0
    for second in 0..<600 {
      rig.clock = Instant(seconds: Int64(second))
      let before = rig.server.failures
      _ = rig.ask(.login, [0xFF, UInt8(second & 0xFF)])
      if rig.server.failures != before { tried += 1 }
    }
    #expect(tried <= 11)
    rig.clock += .seconds(400)
    rig.login()
  }
}
