import COSEM
import HDLC
import Meter
import Testing

@testable import CustomerPort

@Suite struct PushLayoutTests {
  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }

  /// Information field of a checked frame, and its address and control bytes.
  static func opened(_ wire: [UInt8]) throws -> (head: String, information: [UInt8]) {
    #expect(wire.first == 0x7E && wire.last == 0x7E)
    let inner = Array(wire.dropFirst().dropLast())
    let frame = try HDLCFrame(parsing: inner.span)
    let information = frame.information.indices.map { frame.information[$0] }
    let head = inner.count - information.count - 6
    return (hex(inner[2..<(2 + head)]), information)
  }

  static func list(
    _ layout: PushLayout, _ moment: PushMoment, isFamily: Bool = true,
    _ request: VariantRequest = VariantRequest()
  ) throws -> (head: String, information: [UInt8]) {
    var rig = try CustomerRig(.han(layout), isFamily: isFamily, request)
    rig.run(3610)
    var wire = [UInt8](repeating: 0, count: PushLayout.bytesMax)
    var count = 0
    do {
      var span = wire.mutableSpan
      count = layout.write(moment, rig.port.identity, rig.meter, into: &span)
    }
    return try opened(Array(wire.prefix(count)))
  }

  /// The frame and the list as in captures of the family's meters, with our values in them.
  @Test func kamstrupEveryTenSeconds() throws {
    let (head, information) = try Self.list(.kamstrup, .regular)
    #expect(head == "2B2113")
    #expect(
      Self.hex(information)
        == [
          "E6E700", "0F", "00000000", "0C07EA0304031000" + "0AFF800000", "0219",
          "0A0E4B616D73747275705F5630303031",
          "09060101000005FF0A1035373036353637303134383339313230",
          "09060101600101FF0A12" + "3338324C7847" + String(repeating: "20", count: 12),
          "09060101010700FF06000005DC", "09060101020700FF06000000C8",
          "09060101030700FF0600000000", "09060101040700FF0600000000",
          "090601011F0700FF06000001B3", "09060101330700FF06000000D9",
          "09060101470700FF0600000057", "09060101200700FF1200E6", "09060101340700FF1200E6",
          "09060101480700FF1200E6",
        ].joined())
  }

  @Test func kamstrupHourly() throws {
    let information = try Self.list(.kamstrup, .hourly, isFamily: false).information
    let text = Self.hex(information)
    #expect(text.contains("02230A0E4B76616472616E745F5630303031"))
    #expect(text.contains("09060001010000FF090C07EA03040310000AFF800000"))
    // 1.504 kWh and 0.200 kWh in units of 10 Wh.
    #expect(
      text.hasSuffix(
        "09060101010800FF0600000096" + "09060101020800FF0600000014"
          + "09060101030800FF0600000000" + "09060101040800FF0600000000"))
  }

  @Test func aidon() throws {
    let (head, short) = try Self.list(.aidon, .short)
    #expect(head == "41088313")
    #expect(
      Self.hex(short) == "E6E7000F40000000000101020309060100010700FF06000005DC02020F00161B")
    let regular = Self.hex(try Self.list(.aidon, .regular).information)
    #expect(regular.hasPrefix("E6E7000F4000000000010D020209060101000281FF"))
    #expect(regular.contains("0A0B4149444F4E5F5630303031"))
    #expect(regular.contains("0203090601001F0700FF10002B02020FFF1621"))
    #expect(regular.contains("020309060100200700FF1208FC02020FFF1623"))
    let hourly = Self.hex(try Self.list(.aidon, .hourly).information)
    #expect(hourly.contains("020309060100010800FF060000009602020F01161E"))
    #expect(hourly.contains("020209060000010000FF090C07EA03040310000AFFFFC400"))
  }

  @Test func kaifa() throws {
    let (head, short) = try Self.list(.kaifa, .short)
    #expect(head == "01020110")
    #expect(
      Self.hex(short) == "E6E7000F40000000090C07EA03040310000AFF800000020106000005DC")
    let hourly = Self.hex(try Self.list(.kaifa, .hourly).information)
    #expect(hourly.contains("021209074B464D5F303031" + "09103537303635363730"))
    #expect(hourly.contains("06000010FC" + "060000087E" + "0600000366" + "06000008FC"))
    #expect(hourly.hasSuffix("06000005E0" + "06000000C8" + "0600000000" + "0600000000"))
  }

  /// Twenty-seven values with their units, and thirty-six places of codes and values.
  @Test func swedish() throws {
    let aidon = try Self.list(.aidonSweden, .regular)
    #expect(Self.hex(aidon.information).hasPrefix("E6E7000F4000000000011B0202"))
    #expect(aidon.information.count > 512)
    let kaifa = Self.hex(try Self.list(.kaifaSweden, .regular).information)
    #expect(kaifa.hasPrefix("E6E7000F40000000000224" + "09060100000281FF09074B464D5F303031"))
    #expect(kaifa.contains("09060000010000FF090C07EA03040310000AFFFFC400"))
  }

  /// Where places name the values a meter of one phase has a shorter list, and registers that it
  /// does not have are null.
  @Test func onePhase() throws {
    var request = VariantRequest()
    request.voltage = .v1x230
    request.energyType = .activeImport
    let kaifa = Self.hex(try Self.list(.kaifa, .hourly, request).information)
    #expect(kaifa.contains("020E09074B464D5F303031"))
    #expect(kaifa.hasSuffix("000000"))
    let family = Self.hex(try Self.list(.kamstrup, .hourly, request).information)
    #expect(!family.contains("09060101340700FF"))
    #expect(!family.contains("09060101020800FF"))
  }

  @Test func unknownLists() throws {
    var room = [UInt8](repeating: 0, count: 1024)
    var rig = try CustomerRig(.han(.kamstrup))
    rig.run(1)
    var span = room.mutableSpan
    #expect(PushLayout.kamstrup.write(.short, rig.port.identity, rig.meter, into: &span) == 0)
    var small = span._mutatingExtracting(0..<100)
    #expect(PushLayout.kamstrup.write(.regular, rig.port.identity, rig.meter, into: &small) == 0)
  }

  /// Hourly ten seconds after the hour, else every ten seconds, else the short one.
  @Test func rhythm() {
    let family = CustomerFormat.han(.kamstrup)
    #expect(family.due(after: 7200 + 19, upTo: 7200 + 20) == .hourly)
    #expect(family.due(after: 7200 + 39, upTo: 7200 + 40) == .regular)
    #expect(family.due(after: 7200 + 20, upTo: 7200 + 39) == nil)
    #expect(family.due(after: 19, upTo: 100_000) == .hourly)
    let aidon = CustomerFormat.han(.aidon)
    #expect(aidon.due(after: 24, upTo: 25) == .short)
    #expect(aidon.due(after: 39, upTo: 40) == .regular)
    let kaifa = CustomerFormat.han(.kaifaSweden)
    #expect(kaifa.due(after: 7219, upTo: 7220) == .regular)
    #expect(kaifa.due(after: 3, upTo: 4) == nil)
    // A clock that is set back: what it says now is told again.
    #expect(family.due(after: 100, upTo: 50) == .regular)
  }

  @Test func whatIsPushedComesByTheClock() throws {
    var rig = try CustomerRig(.han(.kaifa))
    _ = rig.next()
    var lengths: [Int: Int] = [:]
    for _ in 0..<600 {
      rig.run(1)
      let count = rig.next().count
      if count > 0 { lengths[count, default: 0] += 1 }
    }
    #expect(lengths.count == 3)
    #expect(lengths.values.sorted() == [1, 59, 240])
  }
}
