import Ciphers
import MeterTime
import Testing

@testable import DLMS

extension Rig {
  /// An association of the management client with a dedicated key.
  static let dedicated: InlineArray<16, UInt8> = InlineArray { UInt8(0xA0 + $0) }

  static func dedicatedManagement(key: [UInt8] = array(Rig.dedicated.span)) -> Rig {
    var rig = Rig(client: 1)
    let plain = [1, 1, UInt8(key.count)] + key + octets("0000065F1F0400FFFFFF FFFF")
    let information = rig.ciphered(plain, tag: 0x21)
    _ = rig.ask(
      aarq(
        context: 3, mechanism: 5, title: array(Rig.clientTitle.span), secret: clientChallenge,
        information: information))
    let pass3 = rig.reply()
    _ = rig.ask(rig.ciphered(pass3))
    return rig
  }

  /// Ciphers under another encryption key.
  mutating func ciphered(
    _ plain: [UInt8], under key: InlineArray<16, UInt8>, tag: UInt8, counter: UInt32
  ) -> [UInt8] {
    let before = security
    security.keys.encryption = key
    let apdu = ciphered(plain, tag: tag, counter: counter)
    security = before
    return apdu
  }

  mutating func opened(_ apdu: [UInt8], under key: InlineArray<16, UInt8>) -> [UInt8]? {
    let before = security
    security.keys.encryption = key
    let plain = opened(apdu)
    security = before
    return plain
  }

  /// A transfer of keys, wrapped under a master key.
  static func transfer(
    _ keys: [(UInt8, [UInt8])], under master: InlineArray<16, UInt8>? = SecurityKeys.TEST.master
  ) throws -> String {
    var text = "C301C1 0040 00002B0000FF 02 01 01 0\(keys.count)"
    for (id, key) in keys {
      var wrapped = [UInt8](repeating: 0, count: key.count + 8)
      var room = wrapped.mutableSpan
      try PortableCiphers.wrap(key.span, under: master!.span, into: &room)
      text += "0202 16" + hexDigits([id]) + "09" + hexDigits([UInt8(wrapped.count)])
      text += hexDigits(wrapped)
    }
    return text
  }
}

func hexDigits(_ bytes: [UInt8]) -> String {
  bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
}

@Suite("Dedicated keys and key transfer") struct KeyTests {
  @Test("with a dedicated key everything goes under it, with counters of its own")
  func dedicated() throws {
    var rig = Rig.dedicatedManagement()
    #expect(rig.server.isAssociated)
    let request = rig.ciphered(
      octets(Ask.data), under: Rig.dedicated, tag: 0xD0, counter: 0)
    let answer = rig.ask(request)
    #expect(answer.first == 0xD4)
    #expect(rig.opened(answer, under: Rig.dedicated) == octets("C401C100 0903010203"))
    #expect(rig.ask(request) == octets("D8 01 05"), "A10: a counter that has been")
    var general = rig.ciphered(octets(Ask.data), under: Rig.dedicated, tag: 0xDC, counter: 1)
    general = [0xDC, 8] + array(Rig.clientTitle.span) + general.dropFirst()
    #expect(rig.ask(general).first == 0xDC)
  }

  @Test("A15: where a dedicated key is in force the global one is refused, and the other way round")
  func confusion() {
    var rig = Rig.dedicatedManagement()
    #expect(rig.ask(rig.ciphered(octets(Ask.data))) == octets("D8 01 05"))
    #expect(rig.ask(rig.ciphered(octets(Ask.data), tag: 0xD0)) == octets("D8 01 05"))
    var global = Rig.management()
    let dedicated = global.ciphered(octets(Ask.data), under: Rig.dedicated, tag: 0xD0, counter: 9)
    #expect(global.ask(dedicated) == octets("D8 01 05"))
    // In clear, or of another length, it is none.
    var short = Rig.dedicatedManagement(key: [1, 2, 3])
    #expect(!short.server.isAssociated && short.ask(Ask.data) == octets("D8 01 01"))
    var clear = Rig(client: 2)
    let plain = [1, 1, 16] + array(Rig.dedicated.span) + octets("0000065F1F0400FFFFFF FFFF")
    let aare = clear.ask(
      Rig.aarq(mechanism: 1, secret: Rig.password, information: plain))
    #expect(aare[17] == 1 && !clear.server.isAssociated)
  }

  @Test("keys come wrapped under the master key; the answer still goes under the old one")
  func transfer() throws {
    var rig = Rig.management()
    let (encryption, authentication) = ([UInt8](1...16), [UInt8](21...36))
    let request = try Rig.transfer([(0, encryption), (2, authentication)])
    let old = rig.security.keys
    let sealed = rig.ciphered(octets(request))
    let answer = rig.ask(sealed)
    let now = rig.security.keys
    rig.security.keys = old
    #expect(rig.opened(answer) == octets("C701C1 00 00"))
    rig.security.keys = now
    #expect(array(now.encryption.span) == encryption)
    #expect(array(now.authentication.span) == authentication)
    #expect(rig.objects.kept.count == 1)
    #expect(rig.ask(rig.ciphered(octets(Ask.data), counter: 0)).first == 0xCC, "counted anew")
    rig.security.keys = old
    let stale = rig.ciphered(octets(Ask.data), counter: 500)
    rig.security.keys = now
    #expect(rig.ask(stale) == octets("D8 01 05"), "A17: never both")
    // What the memory holds is what came.
    let again = SecurityKeys(decoding: now.encoded)
    #expect(again.map { array($0.encryption.span) } == encryption)
    #expect(again?.areTEST == true)
  }

  @Test("A17: a bad wrap, another length, key 9, the same key, a key of zeros, no memory")
  func refused() throws {
    let (good, zero) = ([UInt8](1...16), [UInt8](repeating: 0, count: 16))
    let other = InlineArray<16, UInt8>(repeating: 7)
    let requests = [
      try Rig.transfer([(0, good)], under: other), try Rig.transfer([(0, good + good)]),
      try Rig.transfer([(9, good)]), try Rig.transfer([(1, good)]),
      try Rig.transfer([(0, array(SecurityKeys.TEST.encryption.span))]),
      try Rig.transfer([(0, zero)]), try Rig.transfer([(0, good), (0, [UInt8](2...17))]),
      try Rig.transfer([(2, good), (9, good)]), "C301C1 0040 00002B0000FF 02 01 0100",
    ]
    for request in requests {
      var rig = Rig.management()
      #expect(rig.askCiphered(request) == octets("C701C1 FA 00"), "\(request)")
      #expect(array(rig.security.keys.encryption.span) == [UInt8](0...15))
      #expect(rig.objects.kept.isEmpty)
    }
    var full = Rig.management()
    full.objects.keepsKeys = false
    #expect(try full.askCiphered(Rig.transfer([(0, good)])) == octets("C701C1 01 00"))
    #expect(array(full.security.keys.encryption.span) == [UInt8](0...15))
  }

  @Test("A18: the master key changes by the management client under HLS 5 alone")
  func master() throws {
    let key = [UInt8](41...56)
    var rig = Rig.management()
    #expect(try rig.askCiphered(Rig.transfer([(3, key)])) == octets("C701C1 00 00"))
    #expect(rig.security.keys.master.map { array($0.span) } == key)
    var reading = Rig.reading()
    #expect(try reading.ask(Rig.transfer([(3, key)])) == octets("C701C1 03 00"))
    var open = Rig(client: 16)
    _ = open.ask(Rig.aarq())
    #expect(try open.ask(Rig.transfer([(3, key)])) == octets("C701C1 03 00"))
    var without = Rig.management()
    let keys = without.security.keys
    let (a, b, password) = (keys.encryption, keys.authentication, Rig.password)
    without.security.keys = SecurityKeys(
      encryption: a, authentication: b, password: password.span)
    #expect(try without.askCiphered(Rig.transfer([(3, key)])) == octets("C701C1 03 00"))
  }
}
