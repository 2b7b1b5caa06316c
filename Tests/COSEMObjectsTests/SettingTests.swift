import COSEM
import DLMS
import LegalMeter
import MeterTime
import Quantities
import Testing

@testable import COSEMObjects
@testable import Meter

@Suite("Objects that are set, and what the meter then does") struct SettingTests {
  private static let demand = OBISCode.electricity(1, 4)

  @Test("a demand register is a block of one period; setting its period sets the profile's")
  func demand() throws {
    var rig = try Rig(client: 1)
    rig.run(900 + 450, watts: 1000)
    // 3 kW for half a period are 1.5 kW over the whole one.
    let running = try rig.number(.demandRegister, Self.demand, 2)
    #expect(running >= 1_499_000 && running <= 1_500_000)
    let last = try rig.number(.demandRegister, Self.demand, 3)
    #expect(last >= 2_999_000 && last <= 3_000_000)
    let start = rig.read(AttributeDescriptor(.demandRegister, Self.demand, 7)).bytes
    let time = try COSEMDateTime(parsing: start.span.extracting(2..<14))
    #expect(time.hour == 13 && time.minute == 15)
    #expect(rig.read(AttributeDescriptor(.demandRegister, Self.demand, 6)).bytes == start)
    #expect(try rig.number(.demandRegister, Self.demand, 8) == 900)

    #expect(rig.set(.demandRegister, Self.demand, 8, "0600000708") == .success)
    #expect(rig.device.meter.legal.periodSettings.length == .minutes30)
    #expect(try rig.number(.profileGeneric, .electricity(99, 1), 4) == 1800)
    rig.run(60)
    #expect(try rig.number(.profileGeneric, .electricity(99, 1), 7) == 0, "another one is empty")
    #expect(rig.set(.profileGeneric, .electricity(99, 1), 4, "0600000E10") == .success)
    #expect(rig.device.meter.legal.periodSettings.length == .minutes60)
    for bad in ["0600000259", "060000003C", "0600000000"] {
      #expect(rig.set(.demandRegister, Self.demand, 8, bad) == .otherReason)
    }
    #expect(rig.set(.demandRegister, Self.demand, 8, "0904000003E8") == .typeUnmatched)
  }

  @Test("the active mask is the tariff; set or chosen by script it is a command")
  func tariffs() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let activation = OBISCode.abstract(14, 0)
    #expect(
      rig.read(AttributeDescriptor(.registerActivation, activation, 4)).bytes
        == octets("0902 5431"))
    #expect(rig.set(.registerActivation, activation, 4, "0902 5433") == .success)
    #expect(rig.device.meter.legal.tariff == .t3)
    #expect(rig.device.meter.legal.tariffSource == .command)
    rig.run(3600, watts: 1000)
    let table = try rig.elements(.registerTable, .electricity(98, 10, 1), 2)
    let third = rig.device.meter.legal.registers.committed(.tariff(.activeImport, .t3)) / 1000
    #expect(third >= 2998)
    #expect(table.count == 6 && table[4] == .unsigned(.long64Unsigned, third))
    let script = OBISCode.abstract(10, 0, 100)
    #expect(rig.invoke(.scriptTable, script, 1, "120002") == .success)
    #expect(rig.device.meter.legal.tariff == .t2)
    #expect(rig.invoke(.scriptTable, script, 1, "120005") == .success)
    #expect(rig.device.meter.legal.tariffSource == .none)
    #expect(rig.device.meter.legal.tariff == .t1)
    #expect(rig.invoke(.scriptTable, script, 1, "120006") == .otherReason)
    #expect(rig.set(.registerActivation, activation, 4, "0902 5435") == .otherReason)
    // Sixteen registers, four masks of four.
    let assigned = try rig.elements(.registerActivation, activation, 2)
    #expect(assigned.first == .array(16))
    let masks = try rig.elements(.registerActivation, activation, 3)
    #expect(masks.filter { $0 == .array(4) }.count == 5)
  }

  /// Season A from 1 January; T2 from 13:30 of working days.
  private func plan(_ rig: inout Rig) {
    let calendar = OBISCode.abstract(13, 0)
    #expect(rig.set(.activityCalendar, calendar, 6, "0902 0007") == .success)
    #expect(
      rig.set(
        .activityCalendar, calendar, 7,
        """
        01 01 02 03 0901 41 090C FFFF 01 01 FF 00 00 00 00 8000 00 0901 41
        """) == .success)
    #expect(
      rig.set(
        .activityCalendar, calendar, 8,
        """
        01 01 02 08 0901 41 1101 1101 1101 1101 1101 1102 1102
        """) == .success)
    let script = hex(.abstract(10, 0, 100))
    #expect(
      rig.set(
        .activityCalendar, calendar, 9,
        """
        01 03
        02 02 1101 01 02 02 03 0904 00000000 \(script) 120001 02 03 0904 0D1E0000 \(script) 120002
        02 02 1102 01 01 02 03 0904 00000000 \(script) 120003
        02 02 1103 01 01 02 03 0904 00000000 \(script) 120004
        """) == .success)
  }

  @Test("a calendar is set part by part, waits, comes into force and switches tariffs")
  func calendar() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let calendar = OBISCode.abstract(13, 0)
    #expect(rig.invoke(.activityCalendar, calendar, 1, "0F00") == .objectUnavailable)
    plan(&rig)
    #expect(
      rig.read(AttributeDescriptor(.activityCalendar, calendar, 6)).bytes
        == octets("0902 0007"))
    #expect(rig.read(AttributeDescriptor(.activityCalendar, calendar, 2)).bytes == octets("0900"))
    let unset = rig.read(AttributeDescriptor(.activityCalendar, calendar, 10)).bytes
    #expect(unset.prefix(4) == octets("090C FFFF")[...], "no date yet")
    // A minute on, by its date.
    let at = "090C 07EA 03 04 FF 0D 03 00 00 FFC4 00"
    #expect(rig.set(.activityCalendar, calendar, 10, at) == .success)
    rig.run(60)
    #expect(rig.device.meter.legal.tariffSource == .none)
    rig.run(120)
    #expect(rig.device.meter.legal.tariffSource == .calendar)
    #expect(rig.device.meter.legal.tariff == .t1)
    #expect(
      rig.read(AttributeDescriptor(.activityCalendar, calendar, 2)).bytes
        == octets("0902 0007"))
    rig.run(1800)
    #expect(rig.device.meter.legal.tariff == .t2, "13:30 has come")
    // An exception day: today.
    #expect(
      rig.set(.specialDays, .abstract(11, 0), 2, "01 01 02 03 120001 0905 07EA0304FF 1103")
        == .success)
    rig.run(60)
    #expect(rig.device.meter.legal.tariff == .t4)
    #expect(
      rig.invoke(.specialDays, .abstract(11, 0), 1, "02 03 120002 0905 FFFF0C19FF 1106")
        == .success)
    let days = try rig.elements(.specialDays, .abstract(11, 0), 2)
    #expect(days.first == .array(2))
    #expect(rig.invoke(.specialDays, .abstract(11, 0), 2, "120001") == .success)
    rig.run(60)
    #expect(rig.device.meter.legal.tariff == .t2)
    #expect(rig.invoke(.specialDays, .abstract(11, 0), 2, "120002") == .otherReason)
  }

  @Test("exception days do not cost the plan that waits, and «activate» brings it")
  func exceptionsAndWaiting() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    plan(&rig)
    #expect(
      rig.set(.specialDays, .abstract(11, 0), 2, "01 01 02 03 120001 0905 07EA0304FF 1103")
        == .success)
    #expect(
      rig.read(AttributeDescriptor(.activityCalendar, .abstract(13, 0), 6)).bytes
        == octets("0902 0007"))
    rig.run(5)
    #expect(rig.invoke(.activityCalendar, .abstract(13, 0), 1, "0F00") == .success)
    rig.run(5)
    #expect(rig.device.meter.legal.tariff == .t4)
    #expect(
      try rig.elements(.specialDays, .abstract(11, 0), 2).first == .array(1))
  }

  @Test(
    "what the meter's plan cannot say is refused, and nothing changes",
    arguments: [
      (7, "01 00"), (7, "01 01 02 03 0901 43 090C FFFF0101FF00000000800000 0901 43"),
      (7, "01 01 02 03 0901 41 090C FFFF021EFF00000000800000 0901 41"),
      (8, "01 01 02 08 0901 41 1101 1101 1101 1101 1101 1102 1103"),
      (9, "01 01 02 02 1107 01 00"),
      (9, "01 01 02 02 1101 01 01 02 03 0904 18000000 090600000A0064FF 120001"),
      (9, "01 01 02 02 1101 01 01 02 03 0904 00000000 090600000A0065FF 120001"),
      (6, "0903 010203"), (10, "090C FFFF 03 04 FF 0D 03 00 00 FFC4 00"),
    ] as [(UInt8, String)])
  func badCalendar(attribute: UInt8, value: String) throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    #expect(rig.set(.activityCalendar, .abstract(13, 0), attribute, value) == .otherReason)
    let waiting = rig.device.meter.legal.passiveTariffPlan(
      now: rig.device.now, memory: rig.device.memory)
    #expect(waiting == nil)
  }

  @Test("billing periods end by the schedule that is set, and by capture or script")
  func billing() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let schedule = OBISCode.abstract(15, 0)
    #expect(
      rig.read(AttributeDescriptor(.singleActionSchedule, schedule, 4)).bytes
        == octets("01 01 02 02 0904 00000000 0905 FFFFFF01FF"), "the first of each month")
    // Each day at 13:05.
    #expect(
      rig.set(.singleActionSchedule, schedule, 4, "01 01 02 02 0904 0D050000 0905 FFFFFFFFFF")
        == .success)
    #expect(rig.device.meter.configuration.billing.reset == .days(1))
    rig.run(300)
    #expect(rig.device.meter.legal.billingCount == 1)
    rig.run(100)
    #expect(rig.invoke(.scriptTable, .abstract(10, 0, 1), 1, "120001") == .success)
    #expect(rig.invoke(.profileGeneric, .abstract(98, 1), 2, "0F00") == .temporaryFailure)
    rig.run(100)
    #expect(rig.device.meter.legal.billingCount == 2)
    #expect(rig.invoke(.profileGeneric, .abstract(98, 1), 2, "0F00") == .success)
    #expect(rig.invoke(.profileGeneric, .abstract(98, 1), 1, "0F00") == .readWriteDenied)
    // Mondays, ends of two months, never.
    for (hex, reset) in [
      ("01 01 02 02 0904 06000000 0905 FFFFFFFF01", Recurrence.weekly(.monday)),
      (
        "01 02 02 02 0904 06000000 0905 FFFF06FEFF 02 02 0904 06000000 0905 FFFF0CFEFF",
        .monthly(day: 31, months: 0x820)
      ),
      ("01 00", .never),
    ] {
      #expect(rig.set(.singleActionSchedule, schedule, 4, hex) == .success)
      #expect(rig.device.meter.configuration.billing.reset == reset)
      #expect(
        rig.read(AttributeDescriptor(.singleActionSchedule, schedule, 4)).bytes == octets(hex))
    }
    for bad in [
      "01 01 02 02 0904 06000000 0905 07EA0101FF", "01 01 02 02 0904 06000000 0905 FFFFFF1EFF",
      "01 01 02 02 0904 06000500 0905 FFFFFF01FF", "01 01 02 02 0904 06000000 0905 FFFFFF0101",
      "01 02 02 02 0904 06000000 0905 FFFF0601FF 02 02 0904 07000000 0905 FFFF0701FF",
    ] {
      #expect(rig.set(.singleActionSchedule, schedule, 4, bad) == .otherReason, "\(bad)")
    }
    #expect(rig.device.meter.configuration.billing.reset == .never)
  }
}
