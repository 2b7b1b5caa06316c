import MeterTime
import Testing

@testable import DLMS

@Suite("Services") struct ServiceTests {
  @Test("a value that fits comes whole; errors have their number")
  func get() {
    var rig = Rig.reading()
    #expect(rig.ask(Ask.data) == octets("C401C100 0903010203"))
    #expect(rig.ask(Ask.clock) == octets("C401C101 04"), "undefined")
    #expect(rig.objects.callers.last?.client == 2)
    #expect(rig.objects.callers.last?.mechanism == .low)
  }

  @Test(
    "a long value comes in blocks that make the whole",
    arguments: [64, 100, 127, 128, 300, 1024] as [UInt16], [1, 5, 40, 400] as [UInt32])
  func blocks(pdu: UInt16, rows: UInt32) {
    var rig = Rig.reading(pdu: pdu)
    rig.objects.rows = rows
    let whole = rig.objects.wholeTable()
    var answer = rig.ask(Ask.table)
    if answer[1] == 1 {
      #expect(Array(answer.dropFirst(4)) == whole)
      return
    }
    var joined: [UInt8] = []
    var block: UInt32 = 1
    while true {
      #expect(answer.count <= Int(pdu))
      #expect(Array(answer[4..<8]) == Array(Ask.next(block).suffix(4)))
      let header = answer[9] < 0x80 ? 10 : answer[9] == 0x81 ? 11 : 12
      joined += answer.dropFirst(header)
      if answer[3] == 1 || block > 5000 { break }
      answer = rig.ask(Ask.next(block))
      block += 1
    }
    #expect(joined == whole)
    #expect(rig.ask(Ask.next(block)) == octets("C402C101") + Ask.next(block).suffix(4) + [1, 16])
  }

  @Test("A27: a wrong block number ends the transfer, as does anything else asked in between")
  func wrongBlocks() {
    var rig = Rig.reading(pdu: 64)
    rig.objects.rows = 100
    _ = rig.ask(Ask.table)
    #expect(rig.ask(Ask.next(2)) == octets("C402C101 00000002 01 13"))
    #expect(rig.ask(Ask.next(1)) == octets("C402C101 00000001 01 10"), "nothing is left of it")
    _ = rig.ask(Ask.table)
    _ = rig.ask(Ask.data)
    #expect(rig.ask(Ask.next(1)) == octets("C402C101 00000001 01 10"))
    _ = rig.ask(Ask.table)
    #expect(rig.ask("C002C2 00000001") == octets("C402C201 00000001 01 13"), "another request")
  }

  @Test("a value that vanishes between two blocks aborts")
  func vanished() {
    var rig = Rig.reading(pdu: 64)
    rig.objects.rows = 100
    _ = rig.ask(Ask.table)
    rig.objects.vanishing = 3
    #expect(rig.ask(Ask.next(1)) == octets("C402C101 00000001 01 0F"))
  }

  @Test("without block transfer a long value is refused, selective access likewise")
  func notNegotiated() {
    var rig = Rig(client: 2)
    // GET alone.
    _ = rig.ask(
      Rig.aarq(
        mechanism: 1, secret: Rig.password,
        information: octets("01000000065F1F04 00 000010 0040")))
    rig.objects.rows = 100
    #expect(rig.ask(Ask.table) == octets("C401C101 FA"))
    #expect(rig.ask("C001C1 0007 0100630100FF 02 01 02 00") == octets("C401C101 0D"))
    #expect(rig.ask("C101C1 0001 0000600100FF 02 00 1101") == octets("D8 01 02"))
  }

  @Test(
    "a list is read in order, errors in their places; in blocks as well",
    arguments: [64, 4096] as [UInt16])
  func list(pdu: UInt16) {
    var rig = Rig.reading(pdu: pdu)
    rig.objects.rows = 30
    let whole: [UInt8] =
      [3, 0] + octets("0903010203") + [1, 4, 0] + rig.objects.wholeTable()
    var answer = rig.ask(
      "C003C1 03 0001 0000600100FF 02 00 0008 0000010000FF 02 00 0007 0100630100FF 02 00")
    var joined: [UInt8] = []
    if answer[1] == 3 {
      joined = Array(answer.dropFirst(3))
    } else {
      var block: UInt32 = 1
      while true {
        joined += answer.dropFirst(answer[9] < 0x80 ? 10 : 11)
        if answer[3] == 1 { break }
        answer = rig.ask(Ask.next(block))
        block += 1
      }
    }
    #expect(joined == whole)
    #expect((answer[1] == 3) == (pdu == 4096))
  }

  @Test("set: whole, in blocks, and what cannot be")
  func set() {
    var rig = Rig.reading()
    #expect(rig.ask("C101C1 0001 0000600100FF 02 00 1107") == octets("C501C1 00"))
    #expect(rig.objects.value == [0x11, 7])
    #expect(rig.ask("C101C1 0007 0100630100FF 02 00 1107") == octets("C501C1 03"))
    #expect(
      rig.ask("C102C1 0001 0000600100FF 02 00 00 00000001 03 090501")
        == octets("C502C1 00000001"))
    #expect(rig.ask("C103C1 00 00000002 02 0203") == octets("C502C1 00000002"))
    #expect(rig.ask("C103C1 01 00000003 02 0405") == octets("C503C1 00 00000003"))
    #expect(rig.objects.value == octets("09050102030405"))
    #expect(rig.ask("C103C1 01 00000004 01 05") == octets("C503C1 12 00000004"))
    _ = rig.ask("C102C1 0001 0000600100FF 02 00 00 00000001 01 09")
    #expect(rig.ask("C103C1 01 00000003 01 00") == octets("C503C1 13 00000003"))
    #expect(rig.ask("C101C1 0001 0000600100FF 02 00 1107 00") == octets("D8 01 03"))
    #expect(rig.ask("C101C1 0001 0000600100FF 02 00 0984FFFFFFFF") == octets("D8 01 03"))
    // More than it keeps.
    _ = rig.ask("C102C1 0001 0000600100FF 02 00 00 00000001 01 09")
    var last: [UInt8] = []
    for n in 2..<20 {
      last = rig.ask(
        octets("C103C1 00 000000") + [UInt8(n), 0x82, 0x01, 0x00]
          + [UInt8](repeating: 1, count: 256))
      if last[1] == 3 { break }
    }
    #expect(Array(last.prefix(4)) == octets("C503C1 11"))
  }

  @Test("action: with and without parameters and return")
  func action() {
    var rig = Rig.reading()
    #expect(rig.ask("C301C1 0046 0000 60030AFF 01 01 0F00") == octets("C701C1 00 00"))
    #expect(rig.ask("C301C1 0046 0000 60030AFF 02 00") == octets("C701C1 00 01 00 1107"))
    #expect(rig.objects.invoked.map(\.1) == [[0x0F, 0], []])
    #expect(rig.ask("C301C1 0046 0000 600301FF 02 00") == octets("C701C1 04 00"))
    #expect(rig.ask("C301C1 0046 0000 60030AFF 02 01") == octets("D8 01 03"))
    #expect(rig.ask("C307C1") == octets("D8 01 02"))
  }

  @Test("unknown services, requests without association, too much")
  func exceptions() {
    var rig = Rig.reading()
    #expect(rig.ask("05 01 02") == octets("D8 02 02"), "READ in logical name referencing")
    #expect(rig.ask("C009C1") == octets("D8 01 02"))
    #expect(rig.ask([UInt8](repeating: 0xC0, count: 1025)) == octets("D8 01 04"))
    #expect(rig.ask([]).isEmpty)
    var idle = Rig(client: 16)
    #expect(idle.ask(Ask.data) == octets("D8 01 01"), "APPL_IDLE_N1")
    #expect(idle.ask("6200") == octets("D8 01 01"))
  }

  @Test("truncated anywhere, flipped anywhere: a defined answer, and the next request is served")
  func damage() {
    let requests = [
      octets(Ask.data),
      octets("C001C1 0007 0100630100FF 02 01 02 0204 0600000001 0600000002 120001 120000"),
      octets("C003C1 02 0001 0000600100FF 02 00 0008 0000010000FF 02 00"),
      octets("C101C1 0001 0000600100FF 02 00 0903010203"),
      octets("C102C1 0001 0000600100FF 02 00 00 00000001 03 090501"),
      octets("C301C1 0046 0000 60030AFF 01 01 0F00"), Ask.next(1),
      Rig.aarq(mechanism: 1, secret: Rig.password), octets("6200"),
    ]
    for request in requests {
      var rig = Rig.reading()
      for count in 0..<request.count {
        _ = rig.ask(Array(request.prefix(count)))
        rig.server.reset()
        _ = rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))
      }
      for bit in 0..<(request.count * 8) {
        var bad = request
        bad[bit / 8] ^= 1 << UInt8(bit % 8)
        rig.server.reset()
        rig.now += .seconds(600)
        _ = rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))
        #expect(rig.ask(bad).count <= rig.room)
        rig.objects.value = octets("0903010203")
      }
      for place in request.indices {
        for value in [0x00, 0x01, 0x7F, 0x80, 0x84, 0xFF] as [UInt8] {
          var bad = request
          bad[place] = value
          _ = rig.ask(bad)
        }
      }
      rig.server.reset()
      rig.now += .seconds(600)
      _ = rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))
      #expect(rig.ask(Ask.data).first == 0xC4)
    }
  }

  @Test("an association is small")
  func size() {
    #expect(MemoryLayout<DLMSServer>.size <= 2304)
    #expect(MemoryLayout<SecurityContext>.size <= 160)
  }

  @Test("A25: the wrapper's header")
  func wrapper() {
    let header = WrapperHeader(source: 1, destination: 16, length: 300)
    let bytes = header.bytes
    let sent = array(bytes.span)
    #expect(sent == octets("0001 0001 0010 012C"))
    let again = WrapperHeader(parsing: bytes.span, longest: 300)
    #expect(again == header)
    for bad in [
      "0002 0001 0010 0001", "0001 0001 0010 0000", "0001 0001 0010 FFFF", "0001 0001 0010",
    ] {
      let bytes = octets(bad)
      let header = WrapperHeader(parsing: bytes.span, longest: 1024)
      #expect(header == nil)
    }
  }
}
