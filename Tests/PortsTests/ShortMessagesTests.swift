import LegalMeter
import Meter
import MeterFaults
import MeterTime
import Metrology
import Testing

@testable import Ports

/// SMS commands of the GSM module.
@Suite("Short messages") struct ShortMessagesTests {
  final class Rig {
    var meter = Meter(.bench, .bench)
    var memory = TestMemory()
    var messages = ShortMessages()
    var now = Instant(seconds: 825_940_800)

    init() throws {
      _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
      meter.advance(
        to: now + .hours(2), with: ConstantLoad(active_mW: InlineArray(repeating: 3_000_000)),
        memory: &memory)
      let isAllowed = messages.allow(try #require(Self.number("+4512345678")))
      #expect(isAllowed)
    }

    static func number(_ text: String) -> ShortMessages.Number? {
      ShortMessages.Number(Array(text.utf8).span)
    }

    func send(_ text: String, from sender: String = "+4512345678") -> String {
      var output = [UInt8](repeating: 0, count: ShortMessages.longestAnswer)
      var span = output.mutableSpan
      let count = messages.answer(
        Array(text.utf8).span, from: Array(sender.utf8).span, meter, now: now, into: &span)
      return String(decoding: output.prefix(count), as: UTF8.self)
    }
  }

  @Test("a reading in four lines, in capitals and small letters")
  func reading() throws {
    let rig = try Rig()
    let wanted = "18 kWh,\n9000 W,\n2 Hours,\nMeter No.: 10000001"
    #expect(rig.send("=READ_METER#") == wanted)
    #expect(rig.send("=read_meter#") == wanted)
    #expect(rig.send("=READ_METER#", from: "004512345678") == wanted)
  }

  @Test(
    "errors get no answer",
    arguments: ["", "=Read_Meter#", "READ_METER", "=READ_METER# ", "=RELAY1_ON#", "=READ-METER#"])
  func silence(_ text: String) throws {
    let rig = try Rig()
    #expect(rig.send(text) == "")
  }

  @Test("A37: unknown senders get silence, a recorded text changes nothing, a flood is cut off")
  func a37() throws {
    let rig = try Rig()
    for sender in ["+4512345679", "12345678", "", "+", "+4512345678x", "+45123456781234567"] {
      #expect(rig.send("=READ_METER#", from: sender) == "")
    }
    #expect(rig.messages.unknownSenders == 6)
    let before = rig.meter.legal.registers[.total(.activeImport)]
    let answers = (0..<500).map { _ in rig.send("=READ_METER#") }
    #expect(answers.filter { !$0.isEmpty }.count == Int(ShortMessages.burst))
    #expect(rig.messages.flooded == 490)
    #expect(Set(answers) == [answers[0], ""], "the same reading each time")
    #expect(rig.meter.legal.registers[.total(.activeImport)] == before)
    rig.now += .minutes(3)
    #expect((0..<10).filter { _ in !rig.send("=READ_METER#").isEmpty }.count == 3)
    rig.now -= .hours(1)
    #expect(rig.send("=READ_METER#") == "", "a clock that goes back gives nothing")
  }

  @Test("eight numbers are allowed, and one of them twice is one")
  func list() throws {
    var messages = ShortMessages()
    for place in 0..<9 {
      let number = try #require(Rig.number("+450000000\(place)"))
      for _ in 0..<2 {
        let isAllowed = messages.allow(number)
        #expect(isAllowed == (place < 8))
      }
    }
  }
}
