import Ciphers
import MeterTime
import Testing

@testable import DLMS

@Suite("Security suite 0") struct SecurityTests {
  @Test("the worked examples of the Green Book")
  func vectors() {
    var bytes = octets("C0010000080000010000FF0200") + [UInt8](repeating: 0, count: 12)
    var span = bytes.mutableSpan
    let isSealed = SecuritySuite0.seal(
      PortableCiphers.self, &span, .TEST, Rig.title, 0x0123_4567)
    #expect(isSealed)
    #expect(bytes == octets("411312FF935A47566827C467BC 7D825C3BE4A77C3FCC056B6B"))
    let (one, other) = (octets("503677524A323146"), octets("4B35366956616759"))
    let toServer = SecuritySuite0.code(
      PortableCiphers.self, over: one.span, .TEST, Rig.clientTitle, 1)
    #expect(toServer.map { array($0.span) } == octets("1A52FE7DD3E72748973C1E28"))
    let toClient = SecuritySuite0.code(
      PortableCiphers.self, over: other.span, .TEST, Rig.title, 0x0123_4567)
    #expect(toClient.map { array($0.span) } == octets("FE1466AFB3DBCD4F9389E2B7"))
  }

  @Test("four passes open an association, and everything in it is ciphered")
  func open() throws {
    var rig = Rig(client: 1)
    let aare = rig.ask(rig.highRequest())
    #expect(aare[17] == 0 && aare[24] == 14)
    #expect(!rig.server.isAssociated)
    let pass3 = rig.reply()
    let sealed = rig.ciphered(pass3)
    let answered = rig.ask(sealed)
    let pass4 = try #require(rig.opened(answered))
    #expect(Array(pass4.prefix(9)) == octets("C701C1 00 01 00 0911 10"))
    let challenge = Rig.clientChallenge
    let number = pass4[9..<13].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let code = SecuritySuite0.code(
      PortableCiphers.self, over: challenge.span, .TEST, Rig.title, number)
    #expect(code.map { array($0.span) } == Array(pass4.suffix(12)))
    #expect(rig.server.isAssociated)
    #expect(rig.askCiphered(Ask.data) == octets("C401C100 0903010203"))
    #expect(rig.objects.callers.last?.isCiphered == true)
    // General ciphering with the client's title.
    let plain = octets(Ask.data)
    let glo = rig.ciphered(plain)
    let general = [0xDB, 0x08] + array(Rig.clientTitle.span) + glo.dropFirst()
    let answer = rig.ask(general)
    #expect(Array(answer.prefix(10)) == [0xDB, 0x08] + array(Rig.title.span))
  }

  @Test("blocks are ciphered, too")
  func blocks() throws {
    var rig = Rig.management()
    rig.objects.rows = 400
    rig.room = 256
    let whole = rig.objects.wholeTable()
    let first = rig.askCiphered(Ask.table)
    var answer = try #require(first)
    var joined: [UInt8] = []
    var block: UInt32 = 1
    while true {
      joined += answer.dropFirst(answer[9] < 0x80 ? 10 : answer[9] == 0x81 ? 11 : 12)
      if answer[3] == 1 { break }
      let next = rig.ciphered(Ask.next(block))
      let sealed = rig.ask(next)
      answer = try #require(rig.opened(sealed))
      block += 1
    }
    #expect(joined == whole)
  }

  @Test("A6, A7: an echoed challenge and the meter's own title are refused")
  func reflection() {
    var rig = Rig(client: 1)
    let challenge = array(rig.entropy!.span)
    #expect(rig.ask(rig.highRequest(challenge: challenge))[24] == 13)
    #expect(rig.ask(rig.highRequest(title: array(Rig.title.span)))[24] == 13)
    #expect(rig.ask(rig.highRequest(challenge: [1, 2, 3, 4, 5, 6, 7]))[24] == 13)
    #expect(rig.server.state == .idle)
  }

  @Test("A8: the answer to an older challenge is refused, and costs the challenge")
  func replay() {
    var rig = Rig(client: 1)
    _ = rig.ask(rig.highRequest())
    let old = rig.reply()
    rig.server.reset()
    rig.entropy = InlineArray(repeating: 9)
    _ = rig.ask(rig.highRequest())
    let sealed = rig.ciphered(old)
    let answer = rig.ask(sealed)
    #expect(rig.opened(answer) == octets("C701C1 03 00"))
    #expect(rig.server.state == .idle)
    #expect(rig.security.attempts.failures == 1)
  }

  @Test("A9: before pass 3 nothing else is served")
  func early() {
    var rig = Rig(client: 1)
    _ = rig.ask(rig.highRequest())
    #expect(rig.askCiphered(Ask.data) == octets("C401C101 03"))
    #expect(rig.askCiphered("C101C1 0001 0000600100FF 02 00 1107") == octets("C501C1 03"))
    #expect(rig.askCiphered("C301C1 0046 0000 60030AFF 01 00") == octets("C701C1 03 00"))
    #expect(rig.objects.invoked.isEmpty && rig.objects.callers.isEmpty)
    #expect(rig.ask(Ask.data) == octets("D8 01 05"))
  }

  @Test(
    "A10, A11: a counter that has been, or a lower one, is refused; a jump is taken; the last never"
  )
  func counters() {
    var rig = Rig.management()
    let request = rig.ciphered(octets(Ask.data))
    #expect(rig.ask(request).first == 0xCC)
    #expect(rig.ask(request) == octets("D8 01 05"))
    #expect(rig.ask(rig.ciphered(octets(Ask.data), counter: 1)) == octets("D8 01 05"))
    #expect(rig.ask(rig.ciphered(octets(Ask.data), counter: 0xFFFF_FFFE)).first == 0xCC)
    #expect(rig.ask(rig.ciphered(octets(Ask.data), counter: 0xFFFF_FFFF)) == octets("D8 01 05"))
    #expect(rig.security.refused == 3)
    var silent = Rig.management()
    silent.objects.counters = 0
    #expect(silent.ask(silent.ciphered(octets(Ask.data))).isEmpty, "nothing goes without a number")
  }

  @Test("A13: short tags and other controls, all refused alike")
  func controls() {
    var rig = Rig.management()
    let good = rig.ciphered(octets(Ask.data))
    for control in [0x00, 0x10, 0x20, 0x31, 0x70, 0xB0] as [UInt8] {
      var bad = good
      bad[2] = control
      #expect(rig.ask(bad) == octets("D8 01 05"))
    }
    for cut in [12, 11, 8, 1] {
      var bad = Array(good.dropLast(cut))
      bad[1] = UInt8(bad.count - 2)
      #expect(rig.ask(bad) == octets("D8 01 05"))
    }
    #expect(rig.ask(good).first == 0xCC, "and none of it has cost the counter")
  }

  @Test("A14: each bit of a request counts")
  func flips() {
    var rig = Rig.management()
    let good = rig.ciphered(octets(Ask.data))
    for bit in 8..<(good.count * 8) {
      var bad = good
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(rig.ask(bad) == octets("D8 01 05"), "bit \(bit)")
    }
    for count in 1..<good.count {
      #expect(rig.ask(Array(good.prefix(count))) == octets("D8 01 05"))
    }
  }

  @Test("A15, A16: plain text, other tags, ciphered twice, dedicated: refused")
  func confusion() {
    var rig = Rig.management()
    #expect(rig.ask(Ask.data) == octets("D8 01 05"))
    let inner = rig.ciphered(octets(Ask.data))
    #expect(rig.ask(rig.ciphered(inner, tag: 0xC8)) == octets("D8 01 05"))
    #expect(rig.ask(rig.ciphered(octets(Ask.data), tag: 0xC9)) == octets("D8 01 05"))
    #expect(rig.ask(rig.ciphered(octets(Ask.data), tag: 0xD0)) == octets("D8 01 05"))
    var reading = Rig.reading()
    #expect(reading.ask(reading.ciphered(octets(Ask.data))) == octets("D8 01 05"))
  }

  @Test("a release that claims to be protected has to be; one in clear ends the association, too")
  func release() {
    var rig = Rig.management()
    let plain = octets(Rig.initiate) + [0xFF, 0xFF]
    var information = rig.ciphered(plain, tag: 0x21)
    func request(_ information: [UInt8]) -> [UInt8] {
      Rig.field(0x62, octets("800100") + Rig.field(0xBE, Rig.field(4, information)))
    }
    information[10] ^= 1
    #expect(rig.ask(request(information)) == octets("D8 01 05"))
    #expect(rig.server.isAssociated)
    information[10] ^= 1
    #expect(rig.ask(request(information)) == octets("63 03 80 01 00"))
    #expect(!rig.server.isAssociated)
    var other = Rig.management()
    #expect(other.ask("6203800100") == octets("63 03 80 01 00"))
    #expect(!other.server.isAssociated)
  }

  @Test("A44: password and tag are compared without stopping at the first difference")
  func constantTime() {
    // What can be said without a clock: the shared comparison is used, and it looks at all bytes.
    let a = [UInt8](repeating: 7, count: 16)
    for place in 0..<16 {
      var b = a
      b[place] = 8
      let isSame = ConstantTime.equal(a.span, b.span)
      #expect(!isSame)
    }
    let isSame = ConstantTime.equal(a.span, a.span)
    #expect(isSame)
  }
}
