import COSEM
import DLMS
import LegalMeter
import MeterTime
import Quantities
import Testing

@testable import COSEMObjects
@testable import Meter

@Suite("Limits, prepayment, alarms") struct SupervisionTests {
  private func limiter(_ stage: UInt8) -> OBISCode { .abstract(17, 0, stage) }

  @Test("limiters are smart disconnect: set, they open the switch in their time, and close it")
  func limiters() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    #expect(try rig.number(.limiter, limiter(2), 3) == Int64(Int32.max), "nothing is monitored")
    // 4 kW: the limit is set while it still counts amperes, then what is monitored.
    #expect(rig.set(.limiter, limiter(2), 4, "05 00000FA0") == .success)
    #expect(rig.device.meter.configuration.supply.smartDisconnect.limit == 4000)
    let power = "02 03 120003 \(hex(.electricity(16, 7))) 0F02"
    #expect(rig.set(.limiter, limiter(0), 2, power) == .success)
    #expect(rig.device.meter.configuration.supply.basis == .power)
    #expect(try rig.number(.limiter, limiter(2), 3) == 4_000_000, "in mW, as its register")
    #expect(try rig.number(.limiter, limiter(0), 3) == 6_000_000)
    #expect(rig.set(.limiter, limiter(0), 4, "05 007A1200") == .success, "8 kW: k1 is 2.00")
    #expect(rig.device.meter.configuration.supply.smartDisconnect.k1 == 200)
    #expect(rig.set(.limiter, limiter(0), 6, "0600000005") == .success)
    #expect(rig.set(.limiter, limiter(1), 6, "060000000F") == .success)
    #expect(rig.set(.limiter, limiter(2), 6, "060000001E") == .success)
    let smart = rig.device.meter.configuration.supply.smartDisconnect
    #expect((smart.t1, smart.t2, smart.t3) == (5, 10, 15))
    #expect(rig.set(.limiter, limiter(0), 7, "0600000014") == .success)
    let script = hex(.abstract(10, 0, 106))
    #expect(
      rig.set(.limiter, limiter(0), 11, "02 02 02 02 \(script) 120001 02 02 \(script) 120002")
        == .success)
    // 4.5 kW: above the third only, for half a minute.
    rig.run(25, watts: 1500)
    #expect(rig.device.meter.supplyState.isClosed)
    #expect(try rig.number(.register, .electricity(16, 7), 2) == 4_500_000)
    rig.run(10, watts: 1500)
    #expect(rig.device.meter.supplyState == .smartDisconnected)
    rig.run(30, watts: 0)
    #expect(rig.device.meter.supplyState.isClosed, "after the wait it is given back")
    for (attribute, bad) in [
      (4, "05 00000000"), (4, "05 00000FA1"), (4, "05 7FFFFFFF"), (6, "0600000000"),
      (2, "02 03 120003 \(hex(.electricity(1, 7))) 0F02"),
      (11, "02 02 02 02 \(script) 120002 02 02 \(script) 120002"),
    ] as [(UInt8, String)] {
      #expect(rig.set(.limiter, limiter(2), attribute, bad) == .otherReason, "\(bad)")
    }
    #expect(rig.set(.limiter, limiter(0), 2, "02 03 120000 0906000000000000 0F00") == .success)
    #expect(rig.device.meter.configuration.supply.basis == .none)
  }

  @Test("the power threshold counts periods, as a register and as a monitor")
  func threshold() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    #expect(rig.set(.registerMonitor, .abstract(16, 0), 2, "01 01 06 002625A0") == .success)
    #expect(try rig.number(.register, .electricity(1, 35), 2) == 2_500_000)
    rig.run(1800, watts: 1000)
    #expect(try rig.number(.data, .electricity(1, 36), 2) >= 1)
    #expect(rig.set(.register, .electricity(1, 35), 2, "06 003D0900") == .success)
    let counted = try rig.number(.data, .electricity(1, 36), 2)
    rig.run(1800, watts: 1000)
    #expect(try rig.number(.data, .electricity(1, 36), 2) <= counted + 1)
    #expect(rig.device.meter.configuration.periods.threshold_mW == 4_000_000)
  }

  @Test("an account is activated, credited and used up; the switch follows")
  func prepayment() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let (account, main) = (OBISCode.abstract(19, 0), OBISCode.abstract(19, 10))
    #expect(rig.invoke(.credit, main, 1, "05 000003E8") == .otherReason, "prepayment is off")
    #expect(rig.invoke(.account, account, 1, "0F00") == .success)
    rig.run(10, watts: 0)
    #expect(rig.invoke(.credit, main, 1, "05 000003E8") == .success)
    rig.run(120, watts: 0)
    #expect(try rig.number(.credit, main, 2) == 1000)
    let switching = OBISCode.abstract(96, 3, 10)
    #expect(rig.invoke(.disconnectControl, switching, 2, "0F00") == .success)
    rig.run(10, watts: 0)
    #expect(rig.device.meter.supplyState.isClosed)
    #expect(try rig.number(.credit, main, 8) == 3, "in use")
    #expect(rig.set(.credit, main, 5, "05 000001F4") == .success, "warns at 500 Wh")
    #expect(try rig.number(.account, account, 16) == 500)
    rig.run(700, watts: 1000)
    #expect(try rig.number(.account, account, 5) < 500)
    #expect(rig.read(AttributeDescriptor(.account, account, 4)).bytes == octets("0408C0"))
    #expect(try rig.number(.charge, .abstract(19, 20), 2) > 500)
    rig.run(900, watts: 1000)
    #expect(rig.device.meter.supplyState == .prepaymentExhausted)
    #expect(rig.read(AttributeDescriptor(.account, account, 4)).bytes == octets("040802"))
    #expect(rig.invoke(.credit, main, 2, "05 00002710") == .success)
    rig.run(120, watts: 0)
    #expect(rig.device.meter.supplyState == .released)
    #expect(rig.invoke(.account, account, 2, "0F00") == .success)
    rig.run(10, watts: 0)
    #expect(try rig.number(.account, account, 5) == 0)
    #expect(rig.invoke(.account, account, 2, "0F00") == .otherReason)
  }

  @Test("alarms are acknowledged by writing what stays, and filtered for sending")
  func alarms() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    rig.device.meter.legal.noteMagnet(true, now: rig.device.now)
    rig.device.meter.legal.breakSeal(.terminalCover, now: rig.device.now)
    rig.run(10)
    let register = OBISCode.abstract(97, 98)
    let both = Int64(Alarm.magnet.bit | Alarm.terminalCover.bit)
    #expect(try rig.number(.data, register, 2) == both)
    #expect(rig.set(.data, register, 2, "06 00000001") == .otherReason, "nothing is raised")
    #expect(
      rig.set(.data, register, 2, "06" + digits(UInt64(Alarm.magnet.bit), 4)) == .success)
    rig.run(10)
    #expect(try rig.number(.data, register, 2) == Int64(Alarm.magnet.bit))
    #expect(rig.set(.data, .abstract(97, 98, 10), 2, "06 00000008") == .success)
    #expect(rig.device.meter.legal.alarmMasks.pushed == AlarmSet(.magnet))
    #expect(rig.set(.data, .abstract(97, 98, 10), 2, "06 80000000") == .otherReason)
    #expect(
      rig.read(AttributeDescriptor(.statusMapping, .abstract(96, 5), 2)).bytes
        == octets("0408") + [rig.device.meter.status.rawValue])
  }

  @Test("compact data are what their template says")
  func compact() throws {
    var rig = try Rig(client: 2)
    rig.run(3600)
    let name = OBISCode.abstract(66, 0)
    let template = rig.read(AttributeDescriptor(.compactData, name, 5)).bytes
    let buffer = rig.read(AttributeDescriptor(.compactData, name, 2)).bytes
    let number = try rig.number(.compactData, name, 4)
    #expect(template.prefix(4) == [9, UInt8(template.count - 2), 2, UInt8(template.count - 4)])
    #expect(Int64(buffer[2]) == number && Int(buffer[1]) == buffer.count - 2)
    // The values with the tags of the template are those that the objects tell.
    var at = 3
    var joined: [UInt8] = []
    for tag in template.dropFirst(4) {
      let type = try #require(COSEMType(rawValue: tag))
      let count = type.byteCount ?? Int(buffer[at]) + 1
      joined += [tag] + buffer[at..<(at + count)]
      at += count
    }
    #expect(at == buffer.count)
    var told: [UInt8] = []
    let objects = try rig.elements(.compactData, name, 3)
    #expect(objects.first == .array(7))
    told += rig.read(AttributeDescriptor(.clock, .abstract(1, 0), 2)).bytes
    for c in 1...4 as ClosedRange<UInt8> {
      told += rig.read(AttributeDescriptor(.register, .electricity(c, 8), 2)).bytes
    }
    told += rig.read(AttributeDescriptor(.data, .abstract(96, 14), 2)).bytes
    told += rig.read(AttributeDescriptor(.data, .abstract(97, 98), 2)).bytes
    #expect(joined == told)
  }

  @Test("load outputs follow commands where they are set to")
  func loads() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let second = OBISCode(0, 2, 96, 3, 10)
    #expect(rig.invoke(.disconnectControl, second, 2, "0F00") == .otherReason)
    var wanted = rig.device.meter.configuration
    wanted.loads.output2.mode = .command
    #expect(
      MeterObjects.change(
        .loads, to: wanted, &rig.device.meter, &rig.device.memory, now: rig.device.now)
        == .success)
    #expect(rig.invoke(.disconnectControl, second, 2, "0F00") == .success)
    rig.run(5)
    #expect(rig.device.meter.isLoadOn(1) && !rig.device.meter.isLoadOn(0))
    #expect(
      try rig.elements(.disconnectControl, second, 2) == [.boolean(true)])
    #expect(rig.invoke(.disconnectControl, second, 1, "0F00") == .success)
    rig.run(5)
    #expect(!rig.device.meter.isLoadOn(1))
  }

  @Test("the button's right to open is a control mode; resettable registers are reset")
  func modes() throws {
    var rig = try Rig(client: 1)
    rig.run(600)
    let name = OBISCode.abstract(96, 3, 10)
    #expect(rig.set(.disconnectControl, name, 4, "1601") == .success)
    #expect(rig.device.meter.configuration.supply.supplySwitch.buttonOpens)
    #expect(rig.set(.disconnectControl, name, 4, "1602") == .otherReason)
    let counter = OBISCode.electricity(1, 128)
    #expect(try rig.number(.register, counter, 2) > 100)
    #expect(rig.invoke(.register, counter, 1, "0F00") == .success)
    rig.run(10, watts: 0)
    #expect(try rig.number(.register, counter, 2) == 0)
    #expect(rig.invoke(.register, .electricity(1, 8), 1, "0F00") == .readWriteDenied)
    #expect(rig.set(.clock, .abstract(1, 0), 3, "10 FF88") == .success, "two hours east")
    #expect(rig.device.meter.legal.zone.zoneMinutes == 120)
    #expect(rig.set(.clock, .abstract(1, 0), 8, "0300") == .success)
    #expect(rig.device.meter.legal.zone.daylightSaving.count == 0)
    #expect(rig.set(.clock, .abstract(1, 0), 8, "0301") == .success)
    #expect(rig.device.meter.legal.zone.daylightSaving.followsDefaultRule)
  }
}
