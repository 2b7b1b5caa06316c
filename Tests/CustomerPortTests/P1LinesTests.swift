import Meter
import MeterTime
import P1
import Quantities
import Testing

@testable import CustomerPort

@Suite struct P1LinesTests {
  /// Lines of the telegram that is due after a time.
  static func lines(_ rig: inout CustomerRig, after seconds: Int64) throws -> [String] {
    _ = rig.next()
    rig.run(seconds)
    let bytes = rig.next()
    let isChecked = try P1Telegram(parsing: bytes.span).isChecked
    #expect(isChecked)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map { String($0) }
  }

  @Test func dutch() throws {
    var rig = try CustomerRig(.p1(.dsmr5), isFamily: true)
    let lines = try Self.lines(&rig, after: 3600)
    #expect(
      lines.dropLast() == [
        "/KAM5382LxG", "1-3:0.2.8(50)", "0-0:1.0.0(260304160000W)",
        "0-0:96.1.1(4B414D30303030303134383339313230)", "1-0:1.8.1(000001.500*kWh)",
        "1-0:1.8.2(000000.000*kWh)", "1-0:2.8.1(000000.200*kWh)", "1-0:2.8.2(000000.000*kWh)",
        "0-0:96.14.0(0001)", "1-0:1.7.0(01.500*kW)", "1-0:2.7.0(00.200*kW)",
        "0-0:96.7.21(00000)", "0-0:96.7.9(00000)", "1-0:99.97.0(0)(0-0:96.7.19)",
        "1-0:32.32.0(00000)", "1-0:52.32.0(00000)", "1-0:72.32.0(00000)", "1-0:32.36.0(00000)",
        "1-0:52.36.0(00000)", "1-0:72.36.0(00000)", "0-0:96.13.0()", "1-0:32.7.0(230.0*V)",
        "1-0:52.7.0(230.0*V)", "1-0:72.7.0(230.0*V)", "1-0:31.7.0(004*A)", "1-0:51.7.0(002*A)",
        "1-0:71.7.0(001*A)", "1-0:21.7.0(01.000*kW)", "1-0:41.7.0(00.500*kW)",
        "1-0:61.7.0(00.000*kW)", "1-0:22.7.0(00.000*kW)", "1-0:42.7.0(00.000*kW)",
        "1-0:62.7.0(00.200*kW)",
      ])
  }

  @Test func swedish() throws {
    var rig = try CustomerRig(.p1(.sweden))
    let lines = try Self.lines(&rig, after: 3600)
    #expect(lines.count == 29)
    #expect(lines[0] == "/KVD5382LxG-VIRTUAL")
    #expect(
      lines[1...10] == [
        "0-0:1.0.0(260304160000W)", "1-0:1.8.0(00000001.500*kWh)", "1-0:2.8.0(00000000.200*kWh)",
        "1-0:3.8.0(00000000.000*kvarh)", "1-0:4.8.0(00000000.000*kvarh)",
        "1-0:1.7.0(0001.500*kW)", "1-0:2.7.0(0000.200*kW)", "1-0:3.7.0(0000.000*kvar)",
        "1-0:4.7.0(0000.000*kvar)", "1-0:21.7.0(0001.000*kW)",
      ])
    #expect(
      lines[22...] == [
        "1-0:32.7.0(230.0*V)", "1-0:52.7.0(230.0*V)", "1-0:72.7.0(230.0*V)",
        "1-0:31.7.0(004.3*A)", "1-0:51.7.0(002.2*A)", "1-0:71.7.0(000.9*A)", lines[28],
      ])
  }

  /// What a meter does not measure has no line; a telegram stays whole.
  @Test func onePhaseImportOnly() throws {
    var request = VariantRequest()
    request.voltage = .v1x230
    request.energyType = .activeImport
    var rig = try CustomerRig(.p1(.dsmr5), request)
    let lines = try Self.lines(&rig, after: 60)
    #expect(lines.contains("1-0:32.7.0(230.0*V)"))
    for prefix in ["1-0:52.", "1-0:72.", "1-0:2.8.", "1-0:41.7.0", "1-0:52.32"] {
      #expect(!lines.contains { $0.hasPrefix(prefix) }, "\(prefix)")
    }
  }

  /// A long power failure is listed with its end and its length.
  @Test func failure() throws {
    var rig = try CustomerRig(.p1(.dsmr5))
    rig.run(3600)
    try rig.restart(after: 605)
    let lines = try Self.lines(&rig, after: 60)
    #expect(lines.contains("0-0:96.7.9(00001)"))
    let list = lines.first { $0.hasPrefix("1-0:99.97.0") }
    #expect(list == "1-0:99.97.0(1)(0-0:96.7.19)(260304161005W)(0000000605*s)")
  }

  /// Summer time is told.
  @Test func summer() throws {
    var rig = try CustomerRig(.p1(.dsmr5))
    rig.now = rig.now + .hours(24 * 60)
    rig.meter.advance(to: rig.now)
    let lines = try Self.lines(&rig, after: 60)
    #expect(lines.contains { $0.hasPrefix("0-0:1.0.0(260503160") && $0.hasSuffix("S)") })
  }

  @Test func everyKindHasAForm() {
    var told = 0
    for quantity in QuantityID.allCases where quantity.customerKind != .none { told += 1 }
    #expect(told == 54)
    #expect(CustomerKind.activePower.scaled(1499, per: 1000) == 1)
    #expect(CustomerKind.activePower.scaled(1500, per: 1000) == 2)
    #expect(CustomerKind.activeEnergy.scaled(1999, per: 1000) == 1)
  }

  /// Every second, and nothing twice.
  @Test func rhythm() throws {
    var rig = try CustomerRig(.p1(.dsmr5))
    #expect(rig.next().isEmpty)
    var told = 0
    for _ in 0..<50 {
      rig.run(ticks: Int64(65_536 / 5), watts: [0, 0, 0])
      if !rig.next().isEmpty { told += 1 }
      #expect(rig.next().isEmpty)
    }
    #expect(told == 9 || told == 10)
    rig.port.restart()
    rig.run(5)
    #expect(rig.next().isEmpty)
  }

  /// The state of a port is small.
  @Test func size() { #expect(MemoryLayout<CustomerPort>.size <= 24) }
}
