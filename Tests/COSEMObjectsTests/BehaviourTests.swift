import COSEM
import DLMS
import LegalMeter
import MeterTime
import Quantities
import Testing

@testable import COSEMObjects
@testable import Meter

@Suite("Behaviour of objects") struct BehaviourTests {
  private static let switching = OBISCode.abstract(96, 3, 10)

  /// State of the disconnect control: output and control state.
  private func state(_ rig: inout Rig) throws -> [COSEMElement] {
    try rig.elements(.disconnectControl, Self.switching, 2)
      + rig.elements(.disconnectControl, Self.switching, 3)
  }

  @Test("the switch opens at once, and closes by release and a second command")
  func disconnect() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    #expect(try state(&rig) == [.boolean(true), .unsigned(.enumeration, 1)])
    #expect(rig.invoke(MethodDescriptor(70, Self.switching, 1), [0x0F, 0]) == .success)
    rig.run(10)
    #expect(rig.device.meter.supplyState == .disconnectedByCommand)
    #expect(try state(&rig) == [.boolean(false), .unsigned(.enumeration, 0)])
    #expect(
      rig.invoke(MethodDescriptor(70, Self.switching, 1), [0x0F, 0]) == .otherReason,
      "it is open")
    #expect(rig.invoke(MethodDescriptor(70, Self.switching, 2), [0x0F, 0]) == .success)
    rig.run(10)
    #expect(try state(&rig) == [.boolean(false), .unsigned(.enumeration, 2)])
    #expect(rig.invoke(MethodDescriptor(70, Self.switching, 2), [0x0F, 0]) == .success)
    rig.run(10)
    #expect(try state(&rig) == [.boolean(true), .unsigned(.enumeration, 1)])
    #expect(
      rig.invoke(MethodDescriptor(70, Self.switching, 3), [0x0F, 0]) == .objectUndefined)
  }

  @Test("the clock tells local time, its rule, and is set within its limits (A23)")
  func clock() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let name = OBISCode.abstract(1, 0)
    let bytes = rig.read(AttributeDescriptor(.clock, name, 2)).bytes
    let time = try COSEMDateTime(parsing: bytes.span.extracting(2..<14))
    #expect(time.hour == 13 && time.minute == 1 && time.deviation == -60 && time.status == 0)
    let begin = rig.read(AttributeDescriptor(.clock, name, 5)).bytes
    #expect(begin == octets("090C FFFF 03 FE 07 02 00 00 00 8000 00"))
    let end = rig.read(AttributeDescriptor(.clock, name, 6)).bytes
    #expect(end == octets("090C FFFF 0A FE 07 03 00 00 00 8000 00"))
    #expect(try rig.elements(.clock, name, 3) == [.signed(.long, -60)])

    func set(_ rig: inout Rig, _ hex: String) -> DataAccessResult {
      let (value, nothing) = (octets(hex), [UInt8]())
      return rig.device.set(
        AttributeDescriptor(.clock, name, 2), Selection(0, nothing.span), to: value.span,
        for: rig.caller)
    }
    #expect(set(&rig, "090C 07EA0304FF 0D1E00 00 FFC4 00") == .success, "13:30, 29 minutes on")
    let moved = rig.device.meter.legal.time(at: rig.device.now)
    #expect(moved == Instant(seconds: 825_940_800 + 1800))
    #expect(set(&rig, "090C 07EA0304FF 0E1E00 00 FFC4 00") == .otherReason, "once a day")
    #expect(set(&rig, "090C 07EA0304FF FF1E00 00 FFC4 00") == .otherReason, "open hour")
    #expect(set(&rig, "0601020304") == .typeUnmatched)
    #expect(set(&rig, "090C 07EA1504FF 0E1E00 00 FFC4 00") == .typeUnmatched, "month 21")
    // A shift of a few seconds is an adjustment.
    #expect(rig.invoke(MethodDescriptor(8, name, 6), octets("10 0005")) == .success)
    #expect(rig.device.meter.legal.time(at: rig.device.now) == moved + .seconds(5))
    #expect(rig.invoke(MethodDescriptor(8, name, 3), octets("0F 00")) == .success)
    #expect(rig.device.meter.legal.time(at: rig.device.now) == moved)
    #expect(rig.invoke(MethodDescriptor(8, name, 4), octets("0F 00")) == .readWriteDenied)
    #expect(rig.invoke(MethodDescriptor(8, name, 6), octets("10 7FFF")) == .typeUnmatched)
  }

  @Test("the calendar is the plan that is in force, the special days its exceptions")
  func calendar() throws {
    var rig = try Rig()
    let empty = try rig.elements(.activityCalendar, .abstract(13, 0), 5)
    #expect(empty == [.array(0)])
    var plan = TariffPlan(number: 0x1234)
    try plan.setWorkingDays(0x1F)
    var day = DaySchedule(all: .t1)
    try day.add(.t2, from: 7 * 60)
    plan.set(day, .a, .working)
    let christmas = try #require(ExceptionDay(everyYear: 12, 25))
    try plan.add(christmas)
    for _ in 0..<100 {
      let progress = rig.device.meter.legal.store(
        plan, from: rig.device.now, now: rig.device.now, memory: &rig.device.memory)
      if progress == .committed { break }
    }
    rig.run(120)
    let name = rig.read(AttributeDescriptor(.activityCalendar, .abstract(13, 0), 2)).bytes
    #expect(name == octets("0902 1234"))
    let days = try rig.elements(.activityCalendar, .abstract(13, 0), 5)
    #expect(days.first == .array(6))
    let entries = (0..<6).map {
      plan.schedule(.init(rawValue: $0 / 3)!, .init(rawValue: $0 % 3)!).count
    }
    #expect(days.filter { $0 == .structure(3) }.count == entries.reduce(0, +))
    let special = rig.read(AttributeDescriptor(.specialDays, .abstract(11, 0), 2)).bytes
    #expect(special.prefix(15) == octets("01 01 02 03 12 0001 09 05 FFFF 0C 19 FF 11")[...])
  }

  @Test("energy of the running interval is that of the register")
  func period() throws {
    var rig = try Rig()
    rig.run(900 + 300, watts: 1000)
    // Three phases of 1000 W for 300 s are 250 Wh.
    let element = try rig.elements(.register, .electricity(1, 29), 2)
    guard case .unsigned(.doubleLongUnsigned, let value)? = element.first else {
      Issue.record("no number")
      return
    }
    #expect(value >= 2499 && value <= 2500)
  }
}
