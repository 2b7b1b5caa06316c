import Ciphers
import MeterTime
import Testing

@testable import DLMS

@Suite("General block transfer") struct GeneralTransferTests {
  /// A reading client without service-specific blocks, or with.
  static func rig(pdu: UInt16 = 64, conformance: String = "24541D") -> Rig {
    var rig = Rig(client: 2)
    let size = String(pdu, radix: 16)
    let information = octets(
      "01000000065F1F0400" + conformance + String(repeating: "0", count: 4 - size.count) + size)
    _ = rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password, information: information))
    return rig
  }

  /// Conformance with general block transfer and without block transfer of GET.
  static let onlyGeneral = "20021D"

  struct Block {
    var isLast: Bool
    var goesOn: Bool
    var number: Int
    var taken: Int
    var data: [UInt8]

    init?(_ apdu: [UInt8]) {
      guard apdu.count >= 7, apdu[0] == 0xE0 else { return nil }
      isLast = apdu[1] & 0x80 != 0
      goesOn = apdu[1] & 0x40 != 0
      number = Int(apdu[2]) << 8 | Int(apdu[3])
      taken = Int(apdu[4]) << 8 | Int(apdu[5])
      let head = apdu[6] < 0x80 ? 7 : apdu[6] == 0x81 ? 8 : 9
      data = Array(apdu.dropFirst(head))
    }
  }

  static func request(
    _ hex: String, window: UInt8 = 1, number: UInt16 = 1, isLast: Bool = true,
    streams: Bool = false
  ) -> [UInt8] {
    let data = octets(hex)
    return [
      0xE0, (isLast ? 0x80 : 0) | (streams ? 0x40 : 0) | window, UInt8(number >> 8),
      UInt8(number & 0xFF), 0, 0, UInt8(data.count),
    ] + data
  }

  static func acknowledge(_ taken: Int, window: UInt8) -> [UInt8] {
    [0xE0, window, 0, 1, UInt8(taken >> 8), UInt8(taken & 0xFF), 0]
  }

  /// All blocks of a window.
  static func window(_ first: [UInt8], _ rig: inout Rig) -> [Block] {
    var blocks = [first].compactMap(Block.init)
    while true {
      var out = [UInt8](repeating: 0, count: rig.room)
      var span = out.mutableSpan
      let count = rig.server.nextBlock(&rig.objects, into: &span)
      if count == 0 { return blocks }
      blocks += [Array(out.prefix(count))].compactMap(Block.init)
    }
  }

  @Test(
    "a long answer comes in windows, and lost blocks come again as they were",
    arguments: [1, 2, 3, 8] as [UInt8], [0, 5, 2] as [Int])
  func windows(window: UInt8, losesEach: Int) {
    var rig = Self.rig()
    rig.objects.rows = 100
    let whole = octets("C401C100") + rig.objects.wholeTable()
    var blocks = Self.window(rig.ask(Self.request(Ask.table, window: window)), &rig)
    var joined: [UInt8] = []
    var (taken, isDone) = (0, false)
    var chance: UInt32 = 1
    for _ in 0..<2000 {
      #expect(blocks.count <= Int(window) && !blocks.isEmpty)
      for block in blocks {
        #expect(block.goesOn == (block.number != blocks.last?.number))
        // One of so many is lost.
        chance = chance &* 1_664_525 &+ 1_013_904_223
        if losesEach > 0 && Int(chance >> 16) % losesEach == 0 { continue }
        if block.number == taken + 1 {
          taken = block.number
          joined += block.data
          isDone = block.isLast
        }
      }
      let answer = rig.ask(Self.acknowledge(taken, window: window))
      if isDone {
        #expect(answer.isEmpty)
        break
      }
      blocks = Self.window(answer, &rig)
    }
    #expect(joined == whole)
    #expect(rig.ask(Ask.data) == octets("C401C100 0903010203"))
  }

  @Test("without block transfer of GET a plain request is answered in general blocks")
  func plain() {
    var rig = Self.rig(conformance: Self.onlyGeneral)
    rig.objects.rows = 40
    let whole = octets("C401C100") + rig.objects.wholeTable()
    var joined: [UInt8] = []
    var answer = rig.ask(Ask.table)
    while let block = Block(answer) {
      #expect(answer.count <= 64)
      joined += block.data
      answer = rig.ask(Self.acknowledge(block.number, window: 1))
    }
    #expect(joined == whole)
  }

  @Test("a request in blocks is joined, a lost one is asked for, short answers come in one block")
  func request() throws {
    var rig = Self.rig()
    let first = rig.ask(Self.request("C001C1 0001", window: 3, isLast: false, streams: true))
    #expect(first.isEmpty, "it streams on")
    // Block 2 is lost; behind 3 the client listens.
    let lost = rig.ask(Self.request("FF 02 00", window: 3, number: 3, isLast: true))
    #expect(try #require(Block(lost)).taken == 1)
    _ = rig.ask(Self.request("0000600100", window: 3, number: 2, isLast: false, streams: true))
    let answer = rig.ask(Self.request("FF 02 00", window: 3, number: 3))
    let block = try #require(Block(answer))
    #expect(block.isLast && block.taken == 3 && block.data == octets("C401C100 0903010203"))
    // In one block, and more than is taken.
    let whole = try #require(Block(rig.ask(Self.request(Ask.data))))
    #expect(whole.data == octets("C401C100 0903010203"))
    let much = String(repeating: "00", count: 100)
    var last: [UInt8] = []
    for number in 1...12 as ClosedRange<UInt16> {
      last = rig.ask(Self.request(much, number: number, isLast: false, streams: true))
      if !last.isEmpty { break }
    }
    #expect(last == octets("D8 01 04"))
  }

  @Test("A27: acknowledgements of what was not sent, a window of 0, nested blocks end it")
  func abuse() {
    var rig = Self.rig()
    rig.objects.rows = 100
    _ = rig.ask(Self.request(Ask.table, window: 2))
    #expect(rig.ask(Self.acknowledge(9, window: 2)) == octets("D8 01 03"))
    #expect(rig.server.transfer.isSending == false)
    _ = rig.ask(Self.request(Ask.table, window: 2))
    #expect(rig.ask(Self.acknowledge(0, window: 0)).isEmpty)
    #expect(rig.server.task == .none)
    let nested = Self.request(Ask.data)
    let text = nested.map { String($0, radix: 16) }.map { $0.count == 1 ? "0" + $0 : $0 }
    #expect(rig.ask(Self.request(text.joined())) == octets("D8 02 02"))
    #expect(rig.ask(Self.request(Ask.data, number: 7)) == octets("D8 01 03"))
    #expect(rig.ask("E0") == octets("D8 01 03"))
    // Not agreed on, and in a ciphered association.
    var other = Self.rig(conformance: "00541D")
    #expect(other.ask(Self.request(Ask.data)) == octets("D8 01 02"))
    var ciphered = Rig.management()
    #expect(ciphered.ask(Self.request(Ask.data)) == octets("D8 01 05"))
  }
}
