import Ciphers
import MeterTime
import Testing

@testable import DLMS

@Suite("Lists and ACCESS") struct ListTests {
  static let list = """
    03 0001 0000600100FF 02 00 0007 0100630100FF 02 00 0001 0000600100FF 02 00
    """

  @Test("a list is set in order, whole and in blocks, with a result for each")
  func set() {
    var rig = Rig.reading()
    #expect(
      rig.ask("C104C1" + Self.list + "03 1101 1102 0902AABB") == octets("C505C1 03 00 03 00"))
    #expect(rig.objects.value == octets("0902AABB"))
    #expect(
      rig.ask("C105C1" + Self.list + "00 00000001 03 031105") == octets("C502C1 00000001"))
    #expect(rig.ask("C103C1 01 00000002 04 11061107") == octets("C504C1 03 00 03 00 00000002"))
    #expect(rig.objects.value == octets("1107"))
    // Nothing is set unless everything is there.
    for bad in ["03 1101 1102", "02 1101 1102", "03 1101 1102 1103 00", ""] {
      #expect(rig.ask("C104C1" + Self.list + bad) == octets("D8 01 03"))
    }
    #expect(rig.objects.value == octets("1107"))
    #expect(rig.ask("C104C1 00 00") == octets("D8 01 03"))
  }

  @Test("a list of methods is done in order, whole and in blocks")
  func action() {
    var rig = Rig.reading()
    let methods = "02 0046 0000 60030AFF 02 0046 0000 600301FF 01"
    #expect(rig.ask("C303C1" + methods + "02 0F00 00") == octets("C703C1 02 00 01 00 1107 04 00"))
    #expect(
      rig.ask("C305C1" + methods + "00 00000001 01 02") == octets("C704C1 00000001"))
    #expect(
      rig.ask("C306C1 01 00000002 03 0F0000") == octets("C703C1 02 00 01 00 1107 04 00"))
    #expect(rig.objects.invoked.map(\.1) == [[0x0F, 0], [0x0F, 0]])
    // One method in blocks.
    #expect(
      rig.ask("C304C1 0046 0000 60030AFF 01 00 00000001 02 0902")
        == octets("C704C1 00000001"))
    #expect(rig.ask("C306C1 01 00000002 02 AABB") == octets("C701C1 00 00"))
    #expect(rig.objects.invoked.last?.1 == octets("0902AABB"))
    #expect(rig.ask("C306C1 01 00000003 01 00") == octets("C701C1 10 00"), "none in progress")
    #expect(rig.ask("C302C1 00000001") == octets("C701C1 10 00"))
    _ = rig.ask("C304C1 0046 0000 60030AFF 01 00 00000001 02 0902")
    #expect(rig.ask("C306C1 01 00000003 01 00") == octets("C701C1 0E 00"))
  }

  @Test("A9: pass 3 is never part of a list, nor before it is anything")
  func pending() {
    var rig = Rig(client: 1)
    _ = rig.ask(rig.highRequest())
    let list = "C303C1 01 000F 0000280000FF 01 01 0F00"
    #expect(rig.askCiphered(list) == octets("C703C1 01 03 00"))
    #expect(
      rig.askCiphered("C104C1 01 0001 0000600100FF 02 00 01 1101") == octets("C505C1 01 03"))
    let access = rig.ciphered(octets(Self.access), tag: 0xDB)
    #expect(rig.ask(access) == octets("D8 01 05"), "general ciphering names its sender")
    #expect(rig.objects.callers.isEmpty && rig.objects.invoked.isEmpty)
  }

  /// Get, get of an unknown name, set, action.
  static let access = """
    D9 40000001 00 04 01 0001 0000600100FF 02 01 0008 0000010000FF 02 02 0001 0000600100FF 02
    03 0046 0000 60030AFF 02 04 00 00 1109 00
    """

  @Test("ACCESS does what it is asked in order, and answers in order")
  func accessed() {
    var rig = Rig.reading()
    #expect(
      rig.ask(Self.access)
        == octets("DA 40000001 00 00 04 0903010203 00 00 1107 04 01 00 01 04 02 00 03 00"))
    #expect(rig.objects.value == octets("1109"))
    // Broken off with the first error.
    let breaking = "D9 60000001" + Self.access.dropFirst(11)
    #expect(
      rig.ask(breaking)
        == octets("DA 60000001 00 00 04 1109 00 00 00 04 01 00 01 04 02 FA 03 FA"))
    // With selection, and a value that is too long for one answer.
    rig.objects.rows = 3000
    let long = rig.ask(
      """
      D9 40000002 0C 07E60101FF000000FF800000 02 04 0007 0100630100FF 02 02 00
      01 0007 0100630100FF 02 02 00 00
      """
    )
    #expect(long.suffix(5) == [2, 1, 0, 1, 14])
    for bad in [
      "D9", "D9 40000001 00", "D9 40000001 00 00 00", "D9 40000001 00 01 06",
      "D9 40000001 00 01 01 0001 0000600100FF 02", "D9 40000001 00 01 01 0001 0000600100FF 02 01",
      "D9 40000001 00 01 01 0001 0000600100FF 02 02 00 00",
      "D9 40000001 00 01 01 0001 0000600100FF 02 01 00 00",
    ] {
      #expect(rig.ask(bad) == octets("D8 01 03"), "\(bad)")
    }
  }

  @Test("in a ciphered association ACCESS goes by general ciphering")
  func ciphered() throws {
    var rig = Rig.management()
    let inner = rig.ciphered(octets(Self.access), tag: 0xDB)
    let general = [0xDB, 0x08] + array(Rig.clientTitle.span) + inner.dropFirst()
    let answer = rig.ask(general)
    let plain = try #require(rig.opened(answer))
    #expect(plain.first == 0xDA && plain.suffix(8) == [1, 0, 1, 4, 2, 0, 3, 0])
  }
}
