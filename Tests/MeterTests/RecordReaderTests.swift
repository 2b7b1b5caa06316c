import LegalMeter
import MeterFaults
import MeterTime
import PermanentMemory
import Quantities
import Testing

@testable import Meter

/// Load profile and billing records on the glass, by the button alone.
@Suite struct RecordReaderTests {
  /// A meter that has run through some periods without samples, with both doors in its list.
  struct Rig: ~Copyable {
    var meter: Meter
    var memory = TestMemory()
    var now: Instant

    static func configuration() throws -> MeterConfiguration {
      var configuration = try Bench.configuration { $0.energyType = .activeImport }
      let views: [QuantityID] = [.activeImport, .profileReader, .billingReader]
      let numbers = views.map(\.rawValue)
      try configuration.lists.replace(
        .manual, with: numbers.span, rules: configuration.displayRules)
      return configuration
    }

    init(_ configuration: MeterConfiguration, start: Instant, periods: Int) throws {
      meter = Meter(configuration, Bench.settings)
      now = start
      _ = try meter.start(now: now, memory: &memory)
      for _ in 0..<periods { pass(.minutes(15)) }
      // Behind the start-up screens.
      pass(.seconds(10))
    }

    mutating func pass(_ duration: Instant.Duration) {
      let end = now + duration
      while now < end {
        now = min(end, now + .minutes(1))
        meter.legal.endOfInput(now: now)
        meter.advance(to: now)
        for _ in 0..<20 where !meter.service(now: now, memory: &memory) {}
      }
    }

    mutating func press(_ seconds: Int64) {
      meter.pressButton(now: now)
      now = now + .seconds(seconds)
      meter.advance(to: now)
      meter.releaseButton(now: now)
      for _ in 0..<20 where !meter.service(now: now, memory: &memory) {}
    }

    mutating func short() { press(0) }
    mutating func long() { press(3) }
    mutating func extraLong() { press(7) }

    /// Identification, value and text of the glass.
    mutating func shown(after seconds: Int64 = 0) -> [String] {
      now = now + .seconds(seconds)
      let glass = meter.glass(now: now)
      return [glass.identificationText, glass.valueText, glass.fieldText].map {
        $0.filter { $0 != " " }
      }
    }

    /// To the door of the profile.
    mutating func toDoor() {
      short()
      short()
    }
  }

  /// 2026-07-01T00:00 local time, when daylight saving holds.
  private static let summer = Instant(
    seconds: CivilDateTime(year: 2026, month: 6, day: 30, hour: 22)?.seconds ?? 0)

  @Test("the door stands in the manual list as P.01, and its text slides")
  func door() throws {
    var rig = try Rig(Rig.configuration(), start: Self.summer, periods: 1)
    rig.toDoor()
    let first = rig.shown()
    let later = rig.shown(after: 2)
    #expect(first[0] == "P.01" && first[1] == "")
    #expect(first[2] == "LaST")
    #expect(later[2] != first[2])
  }

  @Test("year, month, day, hour and minute are chosen, and the record of that time is shown")
  func choosing() throws {
    var rig = try Rig(Rig.configuration(), start: Self.summer, periods: 6)
    rig.toDoor()
    rig.long()
    var seen: [[String]] = [rig.shown()]
    for _ in 0..<4 {
      rig.long()
      seen.append(rig.shown())
    }
    // The newest record ends at 01:30 local time.
    #expect(seen[0] == ["YEAR", "26:07:01", "YEAR"])
    #expect(seen[1] == ["01.30.00", "26:07:01", "MON"])
    #expect(seen[2] == ["01.30.00", "26:07:01", "DAY"])
    #expect(seen[3] == ["01.30.00", "26:07:01", "HOUR"])
    #expect(seen[4] == ["01.30.00", "26:07:01", "MIN"])
    rig.short()
    let minute = rig.shown()
    #expect(minute[0] == "01.15.00")
    rig.long()
    let stamp = rig.shown()
    let value = rig.shown(after: 2)
    let again = rig.shown(after: 2)
    #expect(stamp == ["01.15.00", "26:07:01", ""])
    #expect(value == ["1.29.0", "000.0000", ""])
    #expect(again == stamp)
    // The one before, and so on until the first, which ends at 00:15.
    for _ in 0..<4 { rig.short() }
    let first = rig.shown()
    #expect(first[0] == "00.15.00")
    rig.short()
    let end = rig.shown()
    #expect(end == ["P.01", "END", ""])
    rig.short()
    let door = rig.shown()
    #expect(door[0] == "P.01" && door[1] == "")
  }

  @Test("a time without a record is an error, and every part goes round")
  func noRecord() throws {
    var rig = try Rig(Rig.configuration(), start: Self.summer, periods: 4)
    rig.toDoor()
    rig.long()
    rig.long()
    rig.short()
    let june = rig.shown()
    #expect(june[1] == "26:06:01")
    for _ in 0..<6 { rig.short() }
    let december = rig.shown()
    #expect(december[1] == "26:12:01")
    rig.long()
    rig.short()
    let last = rig.shown()
    #expect(last[1] == "26:12:31")
    rig.long()
    rig.long()
    rig.long()
    let error = rig.shown()
    #expect(error == ["P.01", "ERRoR", ""])
  }

  @Test("a meter without a record says so")
  func empty() throws {
    var rig = try Rig(Rig.configuration(), start: Self.summer + .minutes(1), periods: 0)
    rig.toDoor()
    rig.long()
    let shown = rig.shown()
    #expect(shown == ["P.01", "ERRoR", ""])
    rig.short()
    let door = rig.shown()
    #expect(door[0] == "P.01" && door[1] == "")
  }

  @Test("an extra-long press goes back, and two minutes without a press end the reader")
  func leaving() throws {
    var rig = try Rig(Rig.configuration(), start: Self.summer, periods: 3)
    rig.toDoor()
    rig.long()
    for _ in 0..<5 { rig.long() }
    let record = rig.shown()
    #expect(record[0] == "00.45.00")
    rig.extraLong()
    let year = rig.shown()
    #expect(year[2] == "YEAR")
    rig.extraLong()
    let door = rig.shown()
    #expect(door[0] == "P.01" && door[1] == "")
    rig.long()
    rig.pass(.seconds(121))
    let mode = rig.meter.display.mode
    let isClosed = rig.meter.reader == nil
    #expect(mode == .automatic && isClosed)
  }

  @Test("closed billing periods are read with the number of the period behind the code")
  func billing() throws {
    var rig = try Rig(Rig.configuration(), start: Self.summer, periods: 4)
    try rig.meter.legal.resetBilling(now: rig.now)
    rig.pass(.minutes(15))
    try rig.meter.legal.resetBilling(now: rig.now)
    rig.pass(.minutes(2))
    rig.short()
    rig.short()
    rig.short()
    let door = rig.shown()
    #expect(door[0] == "P.02")
    rig.long()
    let value = rig.shown(after: 1)
    #expect(value[0] == "1.8.0.01" && value[1] == "0000000")
    rig.long()
    let tariff = rig.shown(after: 1)
    #expect(tariff[0] == "1.8.1.01")
    rig.short()
    let before = rig.shown(after: 1)
    #expect(before[0] == "1.8.1.02")
    rig.short()
    let end = rig.shown()
    #expect(end[1] == "END")
  }

  @Test("the reader takes few bytes")
  func size() { #expect(MemoryLayout<RecordReader?>.size <= 80) }
}
