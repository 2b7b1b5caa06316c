import LegalMeter
import MeterFaults
import MeterTime
import PermanentMemory
import Quantities
import Testing

@testable import Meter

/// Configurations against a memory that is slow, is cut, or holds anything at all.
@Suite struct ConfigurationMemoryTests {
  private let now = Instant(seconds: 1_000)

  /// A memory that takes a program only every few calls.
  struct SlowMemory: PageMemory, ~Copyable {
    var memory = TestMemory()
    var wait = 0
    var pageCount: Int { memory.pageCount }
    var isReady: Bool { wait == 0 }
    func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
      memory.read(page: page, offset: offset, into: &bytes)
    }
    mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
      precondition(wait == 0)
      memory.program(page: page, offset: offset, bytes)
      wait = 3
    }
    mutating func pass() { wait = max(0, wait - 1) }
  }

  private func start(_ memory: inout SlowMemory) throws -> Meter {
    var meter = Meter(try Bench.configuration(), Bench.settings)
    _ = try meter.start(now: now, memory: &memory)
    for _ in 0..<1000 where !meter.service(now: now, memory: &memory) { memory.pass() }
    return meter
  }

  @Test("with a slow memory a change is busy until it is committed, and not in force before")
  func slowMemory() throws {
    var memory = SlowMemory()
    var meter = try start(&memory)
    let change = try Sections.zone(.utc)
    var calls = 0
    while calls < 1000 {
      calls += 1
      let progress = try meter.configure(change.span, through: .module, now: now, memory: &memory)
      if progress == .committed { break }
      let zone = meter.configuration.zone
      #expect(progress == .busy && zone != .utc)
      let other = try Sections.zone(ZoneRules(centralEuropeanFrom: 2030))
      var refusal: ConfigurationRefusal?
      do throws(ConfigurationRefusal) {
        _ = try meter.configure(other.span, through: .module, now: now, memory: &memory)
      } catch { refusal = error }
      #expect(refusal == .busy)
      memory.pass()
      _ = meter.service(now: now, memory: &memory)
    }
    #expect(calls > 2 && calls < 1000)
    let zone = meter.configuration.zone
    #expect(zone == .utc)
  }

  @Test("a change that nobody pushes on is given up; what was whole in the memory is in force")
  func givenUp() throws {
    var memory = SlowMemory()
    var meter = try start(&memory)
    let change = try Sections.zone(.utc)
    let begun = try meter.configure(change.span, through: .module, now: now, memory: &memory)
    #expect(begun == .busy)
    let later = now + .seconds(11)
    for _ in 0..<20 {
      memory.pass()
      _ = meter.service(now: later, memory: &memory)
    }
    var again = Meter(try Bench.configuration(), Bench.settings)
    _ = try again.start(now: now, memory: &memory.memory)
    let (running, stored) = (meter.configuration.zone, again.configuration.zone)
    #expect(running == stored)
    let next = try Sections.zone(ZoneRules(centralEuropeanFrom: 2030))
    for _ in 0..<100 {
      memory.pass()
      let progress = try meter.configure(next.span, through: .module, now: later, memory: &memory)
      if progress == .committed { return }
    }
    Issue.record("never committed")
  }

  @Test("a cut anywhere in a change leaves the old configuration or the new one")
  func cuts() throws {
    let change = try Sections.display(Bench.configuration()) { $0.leadingZeros = false }
    var seen: Set<Bool> = []
    for cut in 0..<6 {
      var memory = TestMemory()
      var meter = Meter(try Bench.configuration(), Bench.settings)
      _ = try meter.start(now: now, memory: &memory)
      while !meter.service(now: now, memory: &memory) {}
      var cutting = CutMemory(memory: consume memory, left: cut)
      _ = try? meter.configure(change.span, through: .module, now: now, memory: &cutting)
      var again = Meter(try Bench.configuration(), Bench.settings)
      _ = try again.start(now: now, memory: &cutting.memory)
      seen.insert(again.configuration.options.leadingZeros)
      let lists = again.configuration.lists
      #expect(lists == (try Bench.configuration().lists))
    }
    #expect(seen == [true, false])
  }

  /// Takes a number of programs; the one after that is torn and the rest are lost.
  struct CutMemory: PageMemory, ~Copyable {
    var memory: TestMemory
    var left: Int
    var pageCount: Int { memory.pageCount }
    var isReady: Bool { true }
    func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
      memory.read(page: page, offset: offset, into: &bytes)
    }
    mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
      if left > 0 { memory.program(page: page, offset: offset, bytes) }
      if left == 0 { memory.program(page: page, offset: offset, bytes.extracting(0..<100)) }
      left -= 1
    }
  }

  @Test("no bytes can trap a change, and what is taken reads back")
  func anyBytes() throws {
    var random = SplitMix64(seed: 0x5EC7)
    var memory = TestMemory()
    let first = try Bench.configuration()
    var meter = Meter(first, Bench.settings)
    _ = try meter.start(now: now, memory: &memory)
    while !meter.service(now: now, memory: &memory) {}
    var seeds: [[UInt8]] = [
      try Sections.zone(.utc), try Sections.display(first),
      Sections.section(.number, [9, 0, 0, 0, 0x81, 0x96, 0x98, 0]),
    ]
    seeds.append(seeds[1] + seeds[0])
    var taken = 0
    for round in 0..<600 {
      var bytes = seeds[round % seeds.count]
      for _ in 0...random.below(3) {
        switch random.below(3) {
        case 0: bytes = Array(bytes.prefix(random.below(bytes.count + 1)))
        case 1 where !bytes.isEmpty:
          bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        default:
          bytes.insert(UInt8(random.below(256)), at: random.below(bytes.count + 1))
        }
      }
      if (try? meter.configure(bytes.span, through: .module, now: now, memory: &memory)) != nil {
        taken += 1
        let lists = meter.configuration.lists
        #expect((try? lists.check(first.displayRules)) != nil)
      }
    }
    #expect(taken > 0)
    var again = Meter(first, Bench.settings)
    _ = try again.start(now: now, memory: &memory)
    let (zone, lists) = (again.configuration.zone, again.configuration.lists)
    let (running, shown) = (meter.configuration.zone, meter.configuration.lists)
    #expect(zone == running && lists == shown)
  }

  @Test("what the store adds to a meter")
  func size() {
    #expect(MemoryLayout<ConfigurationStore>.size <= 192)
  }
}
