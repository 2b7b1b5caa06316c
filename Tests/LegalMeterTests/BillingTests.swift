import MeterFaults
import MeterTime
import PermanentMemory
import Quantities
import Testing

@testable import LegalMeter

@Suite struct BillingTests {
  func rig(
    _ settings: BillingSettings = BillingSettings(), at start: String = "2026-01-10T12:00:00Z",
    seed: UInt64 = 1
  ) -> ClockRig {
    var rig = ClockRig(at: time(start), memory: FaultyMemory(seed: seed))
    rig.meter.set(settings, now: rig.now)
    return rig
  }

  func refusal(_ rig: inout ClockRig) -> BillingRefusal? {
    do throws(BillingRefusal) {
      try rig.meter.resetBilling(now: rig.now)
      return nil
    } catch { return error }
  }

  @Test("a month closes at local midnight with the registers of that instant")
  func monthly() throws {
    var rig = rig()
    rig.store(.household())
    let start = rig.now
    rig.step(to: start, watts: 0)
    // One step of a whole hour lies over midnight of 1 February (23:00Z).
    rig.run(time("2026-01-31T22:30:00Z") - start, watts: 600)
    rig.step(to: time("2026-01-31T23:30:00Z"), watts: 600)
    let count = rig.meter.billingCount
    #expect(count == 1)
    let read = rig.meter.billingRecord(0, memory: rig.memory)
    let record = try #require(read)
    #expect(record.time == time("2026-01-31T23:00:00Z") && record.cause == .calendar)
    let seconds = UInt64((record.time - start).wholeSeconds)
    let total = try #require(record[.total(.activeImport)])
    #expect(total.distance(to: seconds * 600 * 1000 / 3600).magnitude <= 1)
    let parts = Tariff.allCases.map { record[.tariff(.activeImport, $0)] ?? 0 }
    #expect(parts.reduce(0, +) == total)
    #expect(record.number == 1 && record.operatingSeconds > 0)
    #expect(record[.resettableImport] == nil)
  }

  @Test("snapshot, cumulative, cleared maximum, count: in this order")
  func order() throws {
    var rig = rig()
    rig.run(.hours(3), watts: 2_400)
    let highest = rig.meter.demandMaxima.activeImport
    #expect(highest.power_mW.distance(to: 2_400_000).magnitude < 3_000)
    let first = refusal(&rig)
    let early = (rig.meter.billingCount, rig.meter.demandMaxima.activeImport)
    // Nothing has changed before the page is safe.
    #expect(first == nil && early.0 == 0 && early.1 == highest)
    rig.settle()
    let late = (rig.meter.billingCount, rig.meter.demandMaxima.activeImport)
    #expect(late.0 == 1 && late.1 == .none)
    #expect(rig.meter.cumulativeDemand(.activeImport) == UInt64(highest.power_mW))
    let read = rig.meter.billingRecord(0, memory: rig.memory)
    let record = try #require(read)
    #expect(record.maxima.activeImport == highest && record.cause == .command)
    #expect(record.cumulative_mW[0] == 0)
    #expect(record.cumulativeAfter(.activeImport) == UInt64(highest.power_mW))
    rig.run(.hours(3), watts: 1_200)
    _ = refusal(&rig)
    rig.settle()
    let sum = rig.meter.cumulativeDemand(.activeImport)
    #expect(sum.distance(to: 3_600_000).magnitude < 5_000)
    #expect(rig.events.filter { $0 == .billingReset }.count == 2)
  }

  @Test("a second reset within 60 s is refused, also over a restart")
  func lockOut() {
    var rig = rig()
    let first = refusal(&rig)
    rig.settle()
    rig.run(.seconds(59))
    let second = refusal(&rig)
    rig.settle()
    rig.restart(after: .milliseconds(500))
    let third = refusal(&rig)
    rig.settle()
    rig.run(.seconds(2))
    let fourth = refusal(&rig)
    rig.settle()
    #expect(first == nil && second == .lockedOut && third == .lockedOut && fourth == nil)
    let count = rig.meter.billingCount
    #expect(count == 2)
    #expect(rig.events.filter { $0 == .billingRefused }.count == 2)
  }

  @Test("at least 36 billing periods and 45 days can be read, in order, each once")
  func depth() {
    var rig = rig(BillingSettings(reset: .days(1), secondLogger: .days(1)))
    for _ in 0..<60 { rig.run(.days(1), watts: 100) }
    let (bills, second) = (rig.meter.billingRecordCount, rig.meter.secondLoggerCount)
    #expect(bills == 39 && second == 45)
    rig.restart(after: .minutes(1))
    var last: UInt64 = .max
    for k in 0..<39 {
      let record = rig.meter.billingRecord(k, memory: rig.memory)
      #expect(record?.number == 60 - UInt32(k))
      let total = record?[.total(.activeImport)] ?? .max
      #expect(total < last)
      last = total
    }
    for k in 0..<45 {
      let record = rig.meter.secondLoggerRecord(k, memory: rig.memory)
      #expect(record?.time == time("2026-03-10T23:00:00Z") - .days(Int64(k)))
      #expect(record?[.total(.activeImport)] != nil && record?[.resettableImport] == nil)
    }
    let gone = (
      rig.meter.billingRecord(39, memory: rig.memory) == nil,
      rig.meter.secondLoggerRecord(45, memory: rig.memory) == nil
    )
    #expect(gone == (true, true))
    let index = rig.meter.billingIndex(at: time("2026-03-05T12:00:00Z"), memory: rig.memory)
    let found = rig.meter.billingRecord(index ?? 99, memory: rig.memory)
    #expect(found?.time == time("2026-03-04T23:00:00Z"))
    let day = rig.meter.secondLoggerIndex(at: time("2026-03-05T12:00:00Z"), memory: rig.memory)
    #expect(day == 6)
    let none = rig.meter.secondLoggerIndex(at: time("2026-01-05T12:00:00Z"), memory: rig.memory)
    #expect(none == nil)
  }

  @Test("what the calendar asks for in an outage is made up for, once, and logged with its time")
  func madeUp() {
    var rig = rig()
    rig.run(.days(3), watts: 100)
    rig.restart(after: .days(70))
    rig.run(.minutes(1))
    let (count, second) = (rig.meter.billingCount, rig.meter.secondLoggerCount)
    #expect(count == 1 && second == 4)
    let record = rig.meter.billingRecord(0, memory: rig.memory)
    #expect(record?.time == rig.now - .minutes(1))
    rig.run(.days(20))
    let later = rig.meter.billingCount
    #expect(later == 2)
  }

  @Test("a clock set back does not repeat a reset, one set forward does not lose it")
  func clockSets() {
    var rig = rig()
    rig.run(time("2026-01-31T23:05:00Z") - rig.now)
    let first = rig.meter.billingCount
    _ = rig.set(rig.now - .minutes(20))
    rig.run(.hours(1))
    let second = rig.meter.billingCount
    #expect(first == 1 && second == 1)
    _ = rig.set("2026-02-28T22:55:00Z", by: .service)
    _ = rig.set("2026-02-28T23:10:00Z", by: .service)
    rig.run(.seconds(1))
    let third = rig.meter.billingCount
    #expect(third == 2)
    // A clock that was far ahead does not stop the calendar.
    _ = rig.set("2045-01-01T00:00:00Z", by: .service)
    rig.run(.seconds(100))
    _ = rig.set("2026-03-31T21:59:00Z", by: .service)
    let before = rig.meter.billingCount
    rig.run(.minutes(2))
    let after = rig.meter.billingCount
    #expect(after == before + 1)
  }

  @Test("an invalid clock has no calendar; a command still closes the period")
  func invalidClock() {
    var rig = ClockRig(
      ClockSettings(zone: ZoneRules(centralEuropeanFrom: 2026), reserve: .none),
      at: time("2026-01-10T12:00:00Z"))
    rig.restart(after: .minutes(1))
    rig.run(.days(60))
    let none = rig.meter.billingCount
    _ = refusal(&rig)
    rig.settle()
    let record = rig.meter.billingRecord(0, memory: rig.memory)
    #expect(none == 0 && record?.status == .clockInvalid)
  }

  /// What must hold after any cut: nothing, or all of it; and no maximum twice or lost.
  func check(_ rig: borrowing ClockRig, _ highest: [UInt64], _ what: String) {
    let count = Int(rig.meter.billingCount)
    let sum = rig.meter.cumulativeDemand(.activeImport)
    if count > highest.count || sum != highest[..<min(count, highest.count)].reduce(0, +) {
      Issue.record("\(what): \(count) resets, cumulative \(sum), maxima \(highest)")
    }
    for k in 0..<count {
      let record = rig.meter.billingRecord(k, memory: rig.memory)
      if record?.number != UInt32(count - k)
        || UInt64(record?.maxima.activeImport.power_mW ?? 0) != highest[count - 1 - k]
      {
        Issue.record("\(what): record \(k) is \(record?.number ?? 0)")
      }
    }
  }

  @Test("a cut at any byte of a reset leaves all of it or nothing")
  func cuts() {
    for shape in TearShape.allCases {
      for bytes in stride(from: 0, through: 1_300, by: 61) {
        var rig = rig(seed: UInt64(bytes))
        var highest: [UInt64] = []
        for _ in 0..<2 {
          rig.run(.minutes(30), watts: Int64(1_000 + 100 * highest.count))
          highest.append(UInt64(rig.meter.demandMaxima.activeImport.power_mW))
          _ = refusal(&rig)
          if highest.count == 2 { rig.memory.cut(afterBytes: bytes, shape: shape) }
          rig.settle()
        }
        let before = rig.value(.total(.activeImport))
        rig.restart(after: .minutes(2))
        check(rig, highest, "\(shape) \(bytes)")
        let after = rig.value(.total(.activeImport))
        let saved = rig.meter.billingRecord(0, memory: rig.memory)?[.total(.activeImport)] ?? 0
        // A snapshot is never ahead of the registers.
        if after > before || saved > after { Issue.record("\(shape) \(bytes): \(saved), \(after)") }
        // And the next reset works as ever.
        rig.run(.minutes(5), watts: 500)
        let again = refusal(&rig)
        rig.settle()
        if again != nil { Issue.record("\(shape) \(bytes): \(String(describing: again))") }
      }
    }
  }

  @Test("size of the state")
  func size() {
    let size = MemoryLayout<BillingControl>.size
    #expect(size <= 384, "\(size)")
    #expect(BillingRecord.bytes <= 242 && SecondLoggerRecord.bytes <= 114)
  }
}

@Suite struct RecurrenceTests {
  let zone = ZoneRules(centralEuropeanFrom: 2026)

  @Test(
    "the next occurrences",
    arguments: [
      (.days(1), 0, "2026-11-24T12:00:00Z", "2026-11-24T23:00:00Z"),
      (.weekly(.monday), 0, "2026-11-24T12:00:00Z", "2026-11-29T23:00:00Z"),
      (.weekly(.sunday), 60, "2026-11-28T23:59:59Z", "2026-11-29T00:00:00Z"),
      (.monthly(day: 31), 0, "2026-02-01T00:00:00Z", "2026-02-27T23:00:00Z"),
      (.monthly(day: 31), 0, "2028-02-01T00:00:00Z", "2028-02-28T23:00:00Z"),
      (.monthly(day: 29, months: 0b10), 0, "2026-03-01T00:00:00Z", "2027-02-27T23:00:00Z"),
      (
        .monthly(day: 1, months: 0b1001_0010_0100), 0, "2026-06-30T22:00:00Z",
        "2026-08-31T22:00:00Z"
      ),
      // The first of two passages in autumn; behind the gap in spring.
      (.days(1), 150, "2026-10-24T10:00:00Z", "2026-10-25T00:30:00Z"),
      (.days(1), 150, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
      (.days(1), 150, "2026-03-28T10:00:00Z", "2026-03-29T01:30:00Z"),
    ] as [(Recurrence, UInt16, String, String)])
  func next(recurrence: Recurrence, minute: UInt16, after: String, next: String) {
    #expect(recurrence.next(after: time(after), minute: minute, in: zone) == time(next))
  }

  @Test("numbers of four bytes stand for recurrences, or for nothing")
  func encoding() {
    for recurrence in [
      Recurrence.never, .days(1), .days(366), .weekly(.sunday), .monthly(day: 31),
      .monthly(day: 1, months: 1),
    ] { #expect(Recurrence(encoded: recurrence.encoded) == recurrence) }
    for bad: UInt32 in [
      1, 1 << 24, 1 << 24 | 367, 2 << 24, 2 << 24 | 8, 3 << 24 | 0xFFF, 3 << 24 | 32 << 16 | 1,
      3 << 24 | 1 << 16, 3 << 24 | 1 << 16 | 0x1000, 4 << 24, .max,
    ] { #expect(Recurrence(encoded: bad) == nil) }
  }

  @Test("never comes never")
  func never() {
    #expect(Recurrence.never.next(after: time("2026-01-01T00:00:00Z"), minute: 0, in: zone) == nil)
  }
}
