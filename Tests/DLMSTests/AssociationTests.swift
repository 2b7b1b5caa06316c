import MeterTime
import Testing

@testable import DLMS

@Suite("Associations") struct AssociationTests {
  /// Result and diagnosis of an AARE.
  private func verdict(_ aare: [UInt8]) -> [UInt8] {
    guard aare.count > 24, aare[0] == 0x61 else { return aare }
    return [aare[17], aare[24]]
  }

  @Test("a request from the field is accepted")
  func open() {
    var rig = Rig(client: 16)
    let answer = rig.ask(
      """
      60 1D A1 09 06 07 60 85 74 05 08 01 01 BE 10 04 0E 01 00 00 00 06 5F 1F 04 00 00 7E 1F 04 B0
      """)
    #expect(
      answer
        == octets(
          """
          61 29 A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 00 A3 05 A1 03 02 01 00
          BE 10 04 0E 08 00 06 5F 1F 04 00 00 1E 1D 04 00 00 07
          """))
    #expect(rig.server.isAssociated)
    #expect(rig.ask("6200") == octets("63 03 80 01 00"))
    #expect(!rig.server.isAssociated)
  }

  @Test("a second request while associated is refused and changes nothing (APPL_OPEN_3)")
  func second() {
    var rig = Rig.reading()
    #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))) == [1, 1])
    #expect(rig.ask(Ask.data).first == 0xC4)
  }

  @Test("contexts, mechanisms and proposals that cannot be")
  func refused() {
    var rig = Rig(client: 16)
    #expect(verdict(rig.ask(Rig.aarq(context: 2))) == [1, 2])
    #expect(verdict(rig.ask(Rig.aarq(context: 9))) == [1, 2])
    #expect(verdict(rig.ask(Rig.aarq(context: 3))) == [1, 2], "ciphered without a key")
    #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))) == [1, 11])
    #expect(verdict(rig.ask(Rig.aarq(pdu: 11))) == [1, 1])
    #expect(rig.ask(Rig.aarq(pdu: 11)).suffix(4) == octets("0E010603"))
    let old = octets("01000000055F1F0400FFFFFF FFFF")
    #expect(rig.ask(Rig.aarq(information: old)).suffix(4) == octets("0E010601"))
    let nothing = octets("01000000065F1F0400000000 FFFF")
    #expect(rig.ask(Rig.aarq(information: nothing)).suffix(4) == octets("0E010602"))
    let dedicated = octets("0101020304000000065F1F0400FFFFFF FFFF")
    #expect(verdict(rig.ask(Rig.aarq(information: dedicated))) == [1, 1])
    #expect(!rig.server.isAssociated)
    #expect(verdict(rig.ask(Rig.aarq())) == [0, 0], "and then as it should be")
    var nobody = Rig(client: 77)
    #expect(verdict(nobody.ask(Rig.aarq())) == [1, 14])
  }

  @Test("A2, A3: a client never falls back to less, and MD5 and SHA-1 are no mechanisms here")
  func downgrade() {
    var rig = Rig(client: 1)
    #expect(verdict(rig.ask(Rig.aarq())) == [1, 14])
    #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))) == [1, 11])
    for weak in [2, 3, 4] as [UInt8] {
      #expect(
        verdict(rig.ask(Rig.aarq(context: 3, mechanism: weak, secret: Rig.clientChallenge)))
          == [1, 11])
    }
    #expect(!rig.server.isAssociated)
  }

  @Test("A4: wrong passwords: the pause doubles, on every connection, and ends")
  func guessing() {
    var rig = Rig(client: 2)
    let wrong = [
      Array("TEST-LLT".utf8), Array("TEST-LL".utf8), Array("TEST-LLS\0".utf8), [],
      [UInt8](repeating: 0, count: 16), Array("TEST-LLSTEST-LLSTEST".utf8),
    ]
    for (n, secret) in wrong.enumerated() {
      #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: secret))) == [1, 13])
      // A5: another connection shares the budget.
      rig.server.reset()
      #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))) == [1, 13])
      rig.now += .seconds(1 << Int64(n)) - .milliseconds(10)
      #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))) == [1, 13])
      rig.now += .milliseconds(10)
    }
    #expect(rig.security.attempts.failures == UInt32(wrong.count))
    // The management client is not shut out by who guesses the password of the reading one.
    #expect(!rig.security.attempts.isClosed(1, at: rig.now - .seconds(10)))
    #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: Rig.password))) == [0, 0])
    for _ in 0..<20 {
      rig.server.reset()
      rig.now += .minutes(5)
      #expect(verdict(rig.ask(Rig.aarq(mechanism: 1, secret: [1]))) == [1, 13], "never for good")
    }
  }

  @Test("A43: without entropy there is no association that needs a challenge")
  func entropy() {
    var rig = Rig(client: 1)
    rig.entropy = nil
    #expect(verdict(rig.ask(rig.highRequest())) == [1, 1])
    #expect(!rig.server.isAssociated)
  }

  @Test("damaged requests never associate")
  func damage() {
    let good = Rig.aarq(mechanism: 1, secret: Rig.password)
    for count in 0..<good.count {
      var rig = Rig(client: 2)
      _ = rig.ask(Array(good.prefix(count)))
      #expect(!rig.server.isAssociated)
    }
    // Bytes of names, mechanism and secret; the rest are proposals that may change.
    for place in 2..<48 {
      for bit in 0..<8 {
        var bad = good
        bad[place] ^= 1 << UInt8(bit)
        var rig = Rig(client: 2)
        _ = rig.ask(bad)
        // What the requirements field says is told by the mechanism anyhow.
        let isHarmless = place == 15 || place == 16
        #expect(!rig.server.isAssociated || isHarmless, "byte \(place) bit \(bit)")
      }
    }
  }
}
