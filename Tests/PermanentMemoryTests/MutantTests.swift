import Bytes
import PermanentMemory
import Testing

@testable import MeterFaults

/// A torture is worth what it catches: stores with one mistake each, next to the same without.
@Suite struct MutantTests {
  private func caught<Script: TortureScript>(_ script: Script.Type) -> TortureReport {
    Torture.run(script, cuts: 100_000, seed: 1, faults: [.none], stopAfter: 1)
  }

  @Test func withoutAMistakeNothingIsFound() {
    let journal = Torture.run(MutantScript<NoMistake>.self, cuts: 5000, seed: 1, faults: [.none])
    #expect(journal.violationCount == 0, "\(journal.violations)")
    let counters = Torture.run(
      MutantCounterScript<NoMistake>.self, cuts: 5000, seed: 1, faults: [.none])
    #expect(counters.violationCount == 0, "\(counters.violations)")
  }

  @Test func skippingTheCommitMarkIsCaught() {
    let report = caught(MutantScript<SkipsTheMark>.self)
    #expect(report.violationCount > 0 && report.cuts < 100_000)
  }

  @Test func forgettingACheckIsCaught() {
    let report = caught(MutantScript<ForgetsTheCheck>.self)
    #expect(report.violationCount > 0 && report.cuts < 100_000)
  }

  @Test func notAdvancingAfterRecoveryIsCaught() {
    let report = caught(MutantScript<StaysAfterRecovery>.self)
    #expect(report.violationCount > 0 && report.cuts < 100_000)
  }

  @Test func checkpointBeforeJournalIsCaught() {
    let report = caught(CheckpointFirstScript.self)
    #expect(report.violationCount > 0 && report.cuts < 100_000)
    #expect(report.broken[.profile] != nil || report.broken[.twoCuts] != nil)
  }

  @Test func reusingACounterIsCaught() {
    let report = caught(MutantCounterScript<ReusesNumbers>.self)
    #expect(report.violationCount > 0 && report.cuts < 100_000)
  }
}

/// What a store does wrong.
protocol Mistake {
  static var name: String { get }
}
enum NoMistake: Mistake { static let name = "none" }
/// Acknowledges before the record has been read back.
enum SkipsTheMark: Mistake { static let name = "skips the mark" }
/// Takes the highest sequence number, whatever the check says.
enum ForgetsTheCheck: Mistake { static let name = "forgets the check" }
/// Writes over the newest record after a recovery.
enum StaysAfterRecovery: Mistake { static let name = "stays" }
/// Goes on where the memory says, without having reserved ahead.
enum ReusesNumbers: Mistake { static let name = "reuses" }

/// A ring of 32 whole-page records in the simplest way, with one mistake.
private struct MutantJournal<M: Mistake> {
  static var slots: UInt64 { 32 }
  private(set) var next: UInt64 = Self.slots

  private func page(_ sequence: UInt64) -> Int {
    Int(MemoryMap.registerJournal.first) + Int(sequence % Self.slots)
  }

  private func read(_ page: Int, _ memory: borrowing TortureMemory) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    var span = bytes.mutableSpan
    memory.read(page: page, offset: 0, into: &span)
    return bytes
  }

  private func sequence(_ bytes: [UInt8]) -> UInt64 {
    bytes[0..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func check(_ bytes: [UInt8]) -> [UInt8] {
    let value = CRC64.check(bytes[0..<248].span)
    return (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  /// The payload of the newest record, nil for none.
  mutating func recover(_ memory: borrowing TortureMemory) -> [UInt8]? {
    var best: UInt64 = 0
    var payload: [UInt8]?
    for slot in 0..<Self.slots {
      let bytes = read(page(slot), memory)
      let n = sequence(bytes)
      guard n != .max, n % Self.slots == slot, n > best, n < 1 << 48 else { continue }
      if M.self != ForgetsTheCheck.self && Array(bytes[248...]) != check(bytes) { continue }
      best = n
      payload = Array(bytes[8..<248])
    }
    next = best == 0 ? Self.slots : M.self == StaysAfterRecovery.self ? best : best + 1
    return payload
  }

  mutating func commit(_ payload: [UInt8], _ memory: inout TortureMemory) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 8)
    for i in 0..<8 { bytes[i] = UInt8(truncatingIfNeeded: next >> UInt64(8 * i)) }
    bytes += payload
    bytes += check(bytes)
    memory.program(page: page(next), offset: 0, bytes.span)
    if M.self == SkipsTheMark.self {
      next += 1
      return true
    }
    memory.maintain()
    guard memory.isReady, read(page(next), memory) == bytes else { return false }
    next += 1
    return true
  }
}

private struct MutantScript<M: Mistake>: TortureScript {
  static var name: String { "mutant journal that \(M.name)" }
  static var bytesPerWork: Int { 256 }
  /// Its recovery reads all 32 pages.
  static var readLimit: Int { 12_000 }
  static var regions: [PageRegion] { [MemoryMap.registerJournal] }

  private var journal = MutantJournal<M>()
  private var oracle = RegisterOracle()

  mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    let found = journal.recover(memory)
    let report = RecoveryReport(outcome: found == nil ? .blank : .recovered)
    try oracle.check(found.flatMap { Energies($0) }, report, .none)
  }

  mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    oracle.meter(&random)
    guard oracle.isDue, memory.isPowered else { return }
    memory.maintain()
    if journal.commit(oracle.metered.payload, &memory) { oracle.commit(oracle.metered) }
  }
}

/// The interval is closed in the checkpoint before its registers are in the journal.
private struct CheckpointFirstScript: TortureScript {
  static let name = "mutant that closes first"
  static let bytesPerWork = CheckpointScript.bytesPerWork
  static let regions = CheckpointScript.regions

  private var real = CheckpointScript()

  mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    try real.start(&memory)
  }

  mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    real.registers.oracle.meter(&random)
    try real.close(&memory)
    if memory.isPowered { try real.registers.commit(&memory) }
  }
}

/// A counter kept in a record; correct only if what is given has been reserved before.
private struct MutantCounterScript<M: Mistake>: TortureScript {
  static var name: String { "mutant counter that \(M.name)" }
  static var bytesPerWork: Int { 256 }
  static var regions: [PageRegion] { [MemoryMap.state(10)] }

  private var record = RecordUnderTest(MemoryMap.state(10), kind: 10, .counters)
  private var next: UInt32 = 1
  private var limit: UInt32 = 1
  private var given: UInt32 = 0

  private static func payload(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }

  mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    guard let found = try record.start(&memory) else { return }
    limit = found.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    next = limit
  }

  mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    if M.self == ReusesNumbers.self {
      for _ in 0..<4 { try give() }
      _ = try record.change(to: Self.payload(next), &memory)
      return
    }
    if limit - next < 8, try record.change(to: Self.payload(limit + 64), &memory) { limit += 64 }
    for _ in 0..<4 where next < limit { try give() }
  }

  private mutating func give() throws(Violation) {
    if next <= given { throw Violation(.counters, "\(next) after \(given)") }
    given = next
    next += 1
  }
}
