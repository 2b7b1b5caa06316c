import MeterFaults
import MeterTime
import PermanentMemory
import Testing

@testable import LegalMeter

/// A legal meter without samples, on a memory, at any time.
struct ClockRig: ~Copyable {
  var meter: LegalMeter
  var memory: FaultyMemory
  var now: Instant
  let settings: ClockSettings

  init(
    _ settings: ClockSettings = ClockSettings(zone: ZoneRules(centralEuropeanFrom: 2026)),
    at now: Instant = time("2026-11-24T12:00:00Z"), memory: consuming FaultyMemory? = nil
  ) {
    self.settings = settings
    self.now = now
    self.memory = memory ?? FaultyMemory(seed: 1)
    meter = LegalMeter(parameters: LegalParameters(), settings: Load.settings, clock: settings)
    _ = meter.start(now: now, memory: &self.memory)
    settle()
  }

  /// Brings everything into the memory.
  mutating func settle() { for _ in 0..<40 where !meter.service(now: now, memory: &memory) {} }

  /// Lets time pass with supply.
  mutating func pass(_ length: Instant.Duration) {
    now += length
    meter.followClock(now: now)
    settle()
  }

  /// A cut without warning, an outage, and a start from the memory.
  mutating func restart(after outage: Instant.Duration, chip: ClockChip = .unknown) {
    now += outage
    memory.restorePower()
    meter = LegalMeter(parameters: LegalParameters(), settings: Load.settings, clock: settings)
    _ = meter.start(now: now, chip: chip, memory: &memory)
    settle()
  }

  mutating func set(_ text: String, by authority: ClockAuthority = .command) -> ClockRefusal? {
    set(time(text), by: authority)
  }

  mutating func set(_ wanted: Instant, by authority: ClockAuthority = .command) -> ClockRefusal? {
    do throws(ClockRefusal) {
      try meter.setClock(to: wanted, by: authority, now: now)
      settle()
      return nil
    } catch {
      settle()
      return error
    }
  }

  var events: [LegalEvent] {
    (0..<meter.eventCount).reversed().compactMap {
      meter.event($0, memory: memory).flatMap { LegalEvent(rawValue: $0.code) }
    }
  }
}

/// An instant as ISO 8601 says it.
func time(_ text: String) -> Instant {
  (try? ISO8601Time(text).instant(in: .utc)) ?? Instant(ticks: .min)
}

@Suite struct ClockTests {
  @Test("a new clock is valid and shows its owner's time")
  func new() {
    let rig = ClockRig()
    let (valid, shown) = (rig.meter.isClockValid, rig.meter.time(at: rig.now))
    #expect(valid && shown == rig.now)
    let local = rig.meter.localTime(at: rig.now).civil.description
    #expect(local == "2026-11-24T13:00:00")
  }

  @Test("who may move the clock how far")
  func limits() {
    func refusal(_ seconds: Int64, _ authority: ClockAuthority) -> ClockRefusal? {
      var rig = ClockRig()
      return rig.set(rig.now + .seconds(seconds), by: authority)
    }
    for sign: Int64 in [-1, 1] {
      #expect(refusal(10 * sign, .synchronisation) == nil)
      #expect(refusal(11 * sign, .synchronisation) == .tooFar)
      #expect(refusal(14_400 * sign, .command) == nil)
      #expect(refusal(14_401 * sign, .command) == .tooFar)
      #expect(refusal(86_400 * 3650 * sign, .service) == nil)
    }
    var rig = ClockRig()
    let early = rig.set(Instant(seconds: -1), by: .service)
    let late = rig.set(Instant(seconds: CivilDateTime(clampingSeconds: .max).seconds + 1))
    #expect(early == .outOfRange && late == .outOfRange)
    let events = rig.events
    #expect(events == [.powerUp, .clockRefused, .clockRefused])
  }

  @Test("one large set by command in a day; small ones and service are free")
  func often() {
    var rig = ClockRig()
    let first = rig.set(rig.now + .hours(1))
    let second = rig.set(rig.meter.time(at: rig.now) + .hours(1))
    let small = rig.set(rig.meter.time(at: rig.now) - .seconds(9))
    let service = rig.set(rig.meter.time(at: rig.now) - .hours(5), by: .service)
    #expect(first == nil && second == .tooSoon && small == nil && service == nil)
    rig.pass(.hours(24))
    let nextDay = rig.set(rig.meter.time(at: rig.now) + .hours(1))
    #expect(nextDay == nil)
  }

  @Test("a set is a step, logged with the time before and the movement")
  func setting() throws {
    var rig = ClockRig()
    let step = try rig.meter.setClock(
      to: rig.now - .milliseconds(90_500), by: .command, now: rig.now)
    #expect(step.isMarked && step.before == rig.now)
    #expect(step.after == rig.now - .milliseconds(90_500))
    rig.settle()
    // 90.5 s in a month is more than the 60 s that pass without a remark.
    let events = rig.events
    #expect(events == [.powerUp, .clockSet, .clockDriftHigh])
    let logged = rig.meter.event(1, memory: rig.memory)
    let set = try #require(logged)
    #expect(set.code == LegalEvent.clockSet.rawValue && set.instant == rig.now)
    var movement: Int64 = 0
    for k in 0..<6 { movement |= Int64(set.parameter[k]) << Int64(8 * k) }
    movement = (movement << 16) >> 16
    #expect(movement == -90_500 && set.parameter[6] == ClockAuthority.command.rawValue)
  }

  @Test("synchronising slews: time never steps, never runs back, and arrives")
  func slewing() {
    for seconds: Int64 in [-10, 10] {
      var rig = ClockRig()
      let start = rig.now
      let refusal = rig.set(rig.now + .seconds(seconds), by: .synchronisation)
      let after = rig.meter.time(at: rig.now)
      #expect(refusal == nil && after == rig.now)
      var last = after
      for _ in 0..<2_600 {
        rig.now += .seconds(1)
        let time = rig.meter.time(at: rig.now)
        if time - last < .milliseconds(995) || time - last > .milliseconds(1005) {
          Issue.record("a second of \((time - last).wholeMilliseconds) ms")
        }
        last = time
      }
      let (end, busy) = (rig.meter.time(at: rig.now), rig.meter.clock.isSlewing(at: rig.now))
      #expect(end - start == .seconds(2_600 + seconds) && !busy)
      // And the slewed offset survives a restart.
      rig.restart(after: .seconds(5))
      let later = rig.meter.time(at: rig.now)
      #expect(later - start == .seconds(2_605 + seconds))
    }
  }

  @Test("a cut in the middle of slewing changes nothing of it")
  func slewingThroughCut() {
    var rig = ClockRig()
    let start = rig.now
    _ = rig.set(rig.now + .seconds(8), by: .synchronisation)
    rig.now += .seconds(1024)
    rig.restart(after: .seconds(0))
    let half = rig.meter.time(at: rig.now)
    #expect(half - start == .seconds(1028))
    rig.now += .seconds(1024)
    let end = rig.meter.time(at: rig.now)
    #expect(end - start == .seconds(2056))
  }

  @Test("the sum of a month is signed, and starts anew with the month")
  func monthlySum() {
    var rig = ClockRig()
    for _ in 0..<3 {
      _ = rig.set(rig.meter.time(at: rig.now) + .seconds(10), by: .command)
      _ = rig.set(rig.meter.time(at: rig.now) - .seconds(10), by: .command)
    }
    let even = rig.meter.clock.sum_ms
    #expect(even == 0)
    for _ in 0..<7 { _ = rig.set(rig.meter.time(at: rig.now) + .seconds(9), by: .command) }
    let (sum, events) = (rig.meter.clock.sum_ms, rig.events)
    #expect(sum == 63_000)
    #expect(events.filter { $0 == .clockDriftHigh }.count == 1)
    rig.pass(.days(7))
    _ = rig.set(rig.meter.time(at: rig.now) + .seconds(9), by: .command)
    let fresh = rig.meter.clock.sum_ms
    #expect(fresh == 9_000)
  }

  @Test("an outage beyond the reserve: the clock goes on from a time that has passed, invalid")
  func lost() throws {
    var rig = ClockRig(
      ClockSettings(zone: ZoneRules(centralEuropeanFrom: 2026), reserve: .supercap))
    rig.pass(.hours(9))
    _ = rig.set(rig.now + .hours(2))
    rig.pass(.minutes(20))
    let before = rig.meter.time(at: rig.now)
    rig.restart(after: .days(8))
    let (valid, time) = (rig.meter.isClockValid, rig.meter.time(at: rig.now))
    #expect(!valid && time <= before && before - time <= .minutes(15))
    rig.pass(.hours(1))
    let later = rig.meter.time(at: rig.now)
    #expect(later - time == .hours(1))
    // It stays invalid over a further start, until somebody sets it, to whatever he likes.
    rig.restart(after: .minutes(1))
    let still = rig.meter.isClockValid
    #expect(!still)
    let refusal = rig.set("2031-01-01T00:00:00Z", by: .synchronisation)
    let (again, shown) = (rig.meter.isClockValid, rig.meter.time(at: rig.now))
    #expect(refusal == nil && again)
    #expect(shown.description == "2031-01-01T00:00:00.000Z")
    #expect(rig.events.contains(.clockLost))
  }

  @Test("what the owner knows of the chip goes before the model")
  func chip() {
    var rig = ClockRig()
    rig.restart(after: .minutes(1), chip: .hasStopped)
    let stopped = rig.meter.isClockValid
    var other = ClockRig(ClockSettings(reserve: .none))
    other.restart(after: .days(400), chip: .hasRun)
    let ran = other.meter.isClockValid
    var none = ClockRig(ClockSettings(reserve: .none))
    none.restart(after: .minutes(1))
    let without = none.meter.isClockValid
    #expect(!stopped && ran && !without)
  }

  @Test("without its record the clock is invalid and does not go back behind the log")
  func damagedRecord() {
    var rig = ClockRig()
    rig.pass(.days(3))
    rig.meter.breakSeal(.terminalCover, now: rig.now)
    rig.settle()
    let stamp = rig.meter.time(at: rig.now)
    for page in MemoryMap.state(1).pages { rig.memory.poke(page * 256 + 40, xor: 0xFF) }
    rig.restart(after: .minutes(1))
    let (valid, time) = (rig.meter.isClockValid, rig.meter.time(at: rig.now))
    #expect(!valid && time >= stamp)
  }

  @Test(
    "the clock crosses the ends of other people's counters",
    arguments: [
      "2038-01-19T03:14:07Z", "2099-12-31T23:59:59Z", "2100-02-28T23:59:59Z",
      "2106-02-07T06:28:15Z", "2127-12-31T23:59:59Z", "2136-02-07T06:28:15Z",
    ])
  func eras(text: String) {
    let edge = time(text)
    var rig = ClockRig(ClockSettings(zone: ZoneRules(centralEuropeanFrom: 2026)), at: edge)
    let refusal = rig.set(edge + .seconds(5))
    rig.pass(.seconds(1))
    let (at, local) = (rig.meter.time(at: rig.now), rig.meter.localTime(at: rig.now))
    #expect(refusal == nil && at - edge == .seconds(6))
    #expect(local.civil.seconds - at.seconds == (local.isDaylightSaving ? 7200 : 3600))
    rig.restart(after: .hours(20))
    let (valid, later) = (rig.meter.isClockValid, rig.meter.standardTime(at: rig.now))
    #expect(valid && later.seconds == edge.seconds + 3600 + 6 + 72_000)
    if text.hasPrefix("2100") { #expect((later.month, later.day) == (3, 1)) }
    // The table has rolled on to the summers of this century.
    let first = CivilDateTime(clamping: rig.meter.zone.daylightSaving[0].begin).year
    #expect(first <= later.year && later.year <= first + 7)
  }

  @Test("a cut in any program leaves the clock before or after a set, never between")
  func cuts() {
    for bytes in stride(from: 0, through: 300, by: 7) {
      for shape in TearShape.allCases {
        var rig = ClockRig(memory: FaultyMemory(seed: UInt64(bytes)))
        rig.memory.cut(afterBytes: bytes, shape: shape)
        _ = rig.set(rig.now + .hours(3))
        rig.restart(after: .minutes(2))
        let moved = rig.meter.time(at: rig.now) - rig.now
        let valid = rig.meter.isClockValid
        if !valid || (moved != .zero && moved != .hours(3)) {
          Issue.record("\(bytes) bytes, \(shape): \(moved.wholeSeconds) s, valid \(valid)")
        }
      }
    }
  }

  @Test("size of the state")
  func size() {
    let (clock, reserve) = (MemoryLayout<LegalClock>.size, MemoryLayout<ClockReserve>.size)
    #expect(clock <= 120 && reserve <= 40, "\(clock), \(reserve)")
    #expect(LegalClock.recordBytes + 1 <= 128)
  }
}
