import COSEM
import Ciphers
import MeterFaults
import Quantities
import Testing

@testable import DLMS

@Suite("Client") struct ClientTests {
  @Test("it opens every kind of association and ends it")
  func associations() {
    for (number, settings) in [
      (UInt8(16), Pair.settings()), (2, Pair.settings(.low)),
      (1, Pair.settings(.highGMAC, isCiphered: true)),
    ] {
      var pair = Pair(number, settings)
      #expect(pair.associate() == .associated)
      #expect(pair.client.isReady && pair.rig.server.isAssociated)
      #expect(pair.client.serverPduMax == 1024)
      #expect(pair.client.conformance.contains([.get, .set, .action, .selectiveAccess]))
      #expect(pair.release() == .released)
      #expect(pair.client.state == .idle && !pair.rig.server.isAssociated)
    }
  }

  @Test("its request is the one that the Green Book works out")
  func vector() {
    var pair = Pair(2, Pair.settings(.low))
    _ = pair.associate()
    let expected = Rig.aarq(
      mechanism: 1, secret: Rig.password,
      information: octets("01000000065F1F0400") + octets("001C1D") + [0xFF, 0xFF])
    #expect(pair.sent[0] == expected)
    var management = Pair.management()
    // Invocation counters 1 and 2 of passes 1 and 3, 3 of the message that carries pass 3.
    #expect(management.client.counter == 4)
    #expect(management.sent.count == 4)
    _ = management.get(Objects.data)
    #expect(management.sent[4][0] == 0xC8 && management.sent[5][0] == 0xCC)
  }

  @Test("a value, a long one in blocks, and a refusal")
  func get() {
    for make in [{ Pair.reading(pdu: 100) }, { Pair.management(pdu: 140) }] {
      var pair = make()
      #expect(pair.get(Objects.data) == .value(octets("0903010203")))
      pair.rig.objects.rows = 400
      let whole = pair.rig.objects.wholeTable()
      #expect(pair.get(Objects.table) == .value(whole))
      #expect(pair.sent.allSatisfy { $0.count <= 140 })
      let clock = AttributeDescriptor(.clock, .abstract(1, 0), 2)
      #expect(pair.get(clock) == .failed(.access(4)))
      #expect(
        pair.get(Objects.table, selector: 9, parameters: [0]) == .failed(.access(13)))
      #expect(pair.get(Objects.data) == .value(octets("0903010203")))
    }
  }

  @Test("a value that vanishes while it is read")
  func vanishes() {
    var pair = Pair.reading(pdu: 100)
    pair.rig.objects.rows = 400
    pair.rig.objects.vanishing = 200
    #expect(
      pair.get(Objects.table) == .failed(.access(DataAccessResult.longGetAborted.rawValue)))
    #expect(pair.client.isReady)
    #expect(pair.get(Objects.data) == .value(octets("0903010203")))
  }

  @Test("values are set, long ones in blocks", arguments: [1, 60, 127, 128, 255, 256, 700])
  func set(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let value =
      [0x09] + (count < 128 ? [UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)])
      + (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for make in [{ Pair.reading() }, { Pair.management() }] {
      var pair = make()
      for room in [2048, 128] {
        pair.room = room
        #expect(pair.set(Objects.data, to: value) == .value([]))
        #expect(pair.rig.objects.value == value)
      }
      #expect(pair.set(Objects.table, to: value) == .failed(.access(3)))
    }
  }

  @Test("methods with parameters and with what they return")
  func act() {
    var pair = Pair.management()
    let one = MethodDescriptor(70, Objects.switching, 1)
    #expect(pair.act(one, [0x0F, 0x00]) == .value([]))
    #expect(pair.rig.objects.invoked.last?.1 == [0x0F, 0x00])
    #expect(pair.act(MethodDescriptor(70, Objects.switching, 2)) == .value([17, 7]))
    #expect(
      pair.act(MethodDescriptor(70, .abstract(96, 3, 11), 1), [0x0F, 0]) == .failed(.action(4)))
  }

  @Test("who is refused learns why")
  func refusals() {
    var wrong = Pair(2, Pair.settings(.low, password: Array("WRONG-ON".utf8)))
    let failure = AssociationDiagnostic(isProvider: false, number: 13)
    #expect(wrong.associate() == .failed(.refused(result: 1, failure)))
    var none = Pair(2, Pair.settings())
    let required = AssociationDiagnostic(isProvider: false, number: 14)
    #expect(none.associate() == .failed(.refused(result: 1, required)))
    var short = Pair(16, Pair.settings(pdu: 5))
    #expect(short.associate() == .failed(.initiate(errorClass: 6, number: 3)))
    #expect(short.client.state == .idle)
    #expect(short.get(Objects.data) == .failed(.notNow))
    #expect(short.release() == .failed(.notNow))
  }

  @Test("a server that does not know the key is not believed")
  func otherKeys() {
    var pair = Pair(1, Pair.settings(.highGMAC, isCiphered: true))
    let password = Rig.password
    pair.rig.security.keys = SecurityKeys(
      encryption: InlineArray(repeating: 9), authentication: InlineArray(repeating: 9),
      password: password.span)
    let failure = AssociationDiagnostic(isProvider: false, number: 13)
    #expect(pair.associate() == .failed(.refused(result: 1, failure)))
  }

  @Test("A4 to A7 from the other side: tampering, replays and clear text are seen")
  func meddling() {
    var pair = Pair.management()
    pair.meddle = { answer in
      var bytes = answer
      bytes[bytes.count - 1] ^= 1
      return bytes
    }
    #expect(pair.get(Objects.data) == .failed(.badTag))
    pair.meddle = { $0 }
    #expect(pair.get(Objects.data) == .value(octets("0903010203")))
    let old = pair.sent[pair.sent.count - 1]
    pair.meddle = { _ in old }
    let number = pair.client.serverCounter ?? 0
    #expect(pair.get(Objects.data) == .failed(.replayed(counter: number, last: number)))
    pair.meddle = { _ in octets("C401C500 0903010203") }
    #expect(pair.get(Objects.data) == .failed(.otherProtection(0)))
    pair.meddle = { _ in octets("D80106 00000009") }
    #expect(
      pair.get(Objects.data) == .failed(.exception(state: 1, service: 6, counter: 9)))
  }

  @Test("answers to other requests and blocks out of order are seen")
  func order() {
    var pair = Pair.reading(pdu: 100)
    pair.meddle = { _ in octets("C401CF00 00") }
    #expect(pair.get(Objects.data) == .failed(.otherInvocation(expected: 1, got: 15)))
    pair.meddle = { $0 }
    pair.rig.objects.rows = 100
    pair.meddle = { answer in
      var bytes = answer
      if bytes[7] == 3 { bytes[7] = 4 }
      return bytes
    }
    #expect(pair.get(Objects.table) == .failed(.block(expected: 3, got: 4)))
    pair.meddle = { _ in octets("C501C100") }
    #expect(pair.get(Objects.data) == .failed(.unexpected(tag: 0xC5)))
  }

  @Test("A6: a server that sends the challenge back gets no answer to it")
  func echo() {
    var pair = Pair(1, Pair.settings(.highGMAC, isCiphered: true))
    pair.rig.entropy = InlineArray { UInt8(truncatingIfNeeded: $0 * 7 + 200) }
    // Our own server refuses such a challenge; one that would not is played here.
    pair.rig.entropy = InlineArray(repeating: 1)
    let own = [UInt8]((0..<16).map { UInt8(truncatingIfNeeded: $0 * 7 + 200) })
    pair.meddle = { answer in
      guard
        let at = answer.indices.first(where: {
          Array(answer[$0...].prefix(16))
            == [UInt8](
              repeating: 1, count: 16)
        })
      else { return answer }
      return answer[..<at] + own + answer[(at + 16)...]
    }
    #expect(pair.associate() == .failed(.serverNotAuthentic))
  }

  @Test("truncated, flipped and random answers never trap")
  func noise() {
    var random = SplitMix64(seed: 77)
    for kind in 0..<3 {
      var recorded = kind == 0 ? Pair.reading(pdu: 100) : Pair.management(pdu: 140)
      recorded.rig.objects.rows = 40
      _ = recorded.get(Objects.table)
      _ = recorded.set(Objects.data, to: octets("09020102"))
      for answer in recorded.sent {
        for length in 0..<answer.count { tryOne(Array(answer[..<length]), kind) }
        for bit in 0..<(answer.count * 8) {
          var bytes = answer
          bytes[bit / 8] ^= 1 << UInt8(bit % 8)
          tryOne(bytes, kind)
        }
      }
      for _ in 0..<2000 {
        let count = Int(random.next() % 60)
        tryOne((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }, kind)
      }
    }
  }

  private func tryOne(_ bytes: [UInt8], _ kind: Int) {
    var client = Self.waiting[kind]
    var given = bytes
    var span = given.mutableSpan
    var out = [UInt8](repeating: 0, count: 300)
    var room = out.mutableSpan
    let value = octets("09020102")
    _ = client.receive(&span, sending: value.span, suite: PortableCiphers.self, into: &room)
  }

  /// Clients that wait: for an attribute, for what became of a set, for an association.
  private static let waiting: [DLMSClient] = {
    var one = Pair.reading().client
    var two = Pair.management().client
    var three = DLMSClient(Pair.settings(.highGMAC, isCiphered: true))
    var out = [UInt8](repeating: 0, count: 512)
    var span = out.mutableSpan
    let none = Pair.none
    let value = octets("09020102")
    _ = try? one.get(
      Objects.data, Selection(0, none.span), suite: PortableCiphers.self, into: &span)
    _ = try? two.set(
      Objects.data, Selection(0, none.span), to: value.span, suite: PortableCiphers.self,
      into: &span)
    _ = try? three.associate(
      entropy: InlineArray(repeating: 5), suite: PortableCiphers.self, into: &span)
    return [one, two, three]
  }()

  @Test("its state is small")
  func size() { #expect(MemoryLayout<DLMSClient>.size <= 256) }
}
