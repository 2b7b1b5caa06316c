import Foundation
import LegalMeter
import Meter
import MeterTime
import Quantities
import Testing

@testable import VirtualMeter

@Suite("a meter with a past") struct MeterHistoryTests {
  private static let until = Instant(seconds: 820_454_400)
  /// Ten days after the clocks went back.
  private static let autumn = Instant(seconds: 815_529_600)

  private static func history(
    _ kind: HistoryHousehold.Kind, days: Int64 = 12, seed: UInt64 = 1,
    until: Instant = MeterHistoryTests.until
  ) throws -> MeterHistory {
    try MeterHistory(
      meter: MeterSetup(), household: kind, seed: seed, length: .time(.seconds(days * 86_400)),
      until: until)
  }

  @Test(
    "registers tell what flowed, to the register unit", arguments: HistoryHousehold.Kind.allCases)
  func registers(kind: HistoryHousehold.Kind) throws {
    let outcome = try Self.history(kind).make()
    for energy in EnergyKind.allCases {
      let told = Int64(outcome.registers[energy.index])
      #expect(abs(told - outcome.truth.energy(energy)) <= 1, "\(energy)")
    }
    #expect(outcome.registers[0] > 50_000_000)
    #expect((outcome.registers[1] > 1_000_000) == kind.hasRoof)
  }

  @Test("billing periods end with the months, and hold what the truth says")
  func billing() throws {
    let (outcome, records) = try BenchRig.withFolder { folder in
      let outcome = try Self.history(.familySolar, days: 70, until: Self.autumn).keep(in: folder)
      return (outcome, try StoredMeter(state: folder.path).billingRecords.reversed())
    }
    #expect(outcome.truth.months.count == 3)
    #expect(records.count == outcome.truth.months.count)
    for (record, month) in zip(records, outcome.truth.months) {
      #expect(record.time == month.end)
      for kind in EnergyKind.allCases {
        let told = Int64(try #require(record[.total(kind)]))
        #expect(abs(told - month.energies[kind.index] / 3600) <= 1)
      }
    }
  }

  @Test("the load profile holds every quarter-hour but those of long outages")
  func profile() throws {
    let history = try Self.history(.familySolarCar, days: 30, seed: 9)
    let (outcome, rows) = try BenchRig.withFolder { folder in
      let outcome = try history.keep(in: folder)
      let stored = try StoredMeter(state: folder.path)
      return (outcome, stored.intervals(from: nil, until: nil, withTotals: false))
    }
    #expect(outcome.truth.disturbances.contains { $0.phase == nil })
    #expect(rows.count > 29 * 96)
    let imported = rows.reduce(Int64(0)) { $0 + Int64($1[.activeImport]) }
    // Intervals are told in 0.1 Wh, and carry what they leave over to the next one.
    #expect(abs(imported * 100 - Int64(outcome.registers[0])) <= 100)
  }

  @Test("the same seed gives the same memory and the same truth, another another")
  func seeds() throws {
    let one = try Self.history(.familySolar, days: 5, seed: 7)
    let first = try one.make()
    let second = try Self.history(.familySolar, days: 5, seed: 7).make()
    #expect(first.memory == second.memory)
    #expect(first.truth.document(of: one).text == second.truth.document(of: one).text)
    #expect(try Self.history(.familySolar, days: 5, seed: 8).make().memory != first.memory)
  }

  @Test("a memory that is there is never replaced")
  func refusal() throws {
    let history = try Self.history(.family, days: 2)
    try BenchRig.withFolder { folder in
      _ = try history.keep(in: folder)
      let before = FileManager.default.contents(atPath: folder.memoryPath)
      #expect(throws: Failure.self) { _ = try history.keep(in: folder) }
      #expect(FileManager.default.contents(atPath: folder.memoryPath) == before)
      try folder.forget()
      #expect(!FileManager.default.fileExists(atPath: folder.truthPath))
      _ = try history.keep(in: folder)
    }
  }

  @Test(
    "lengths that cannot be",
    arguments: [
      MeterHistory.Length.years(0), .years(17), .years(200), .time(.seconds(3600)),
      .time(.seconds(1_000_000_000_000)),
    ])
  func lengths(length: MeterHistory.Length) {
    #expect(throws: Failure.self) {
      try MeterHistory(
        meter: MeterSetup(), household: .family, seed: 1, length: length, until: Self.until)
    }
  }

  @Test("a length as text")
  func text() {
    #expect(MeterHistory.Length("3y") == .years(3))
    #expect(MeterHistory.Length("90d") == .time(.seconds(90 * 86_400)))
    for wrong in ["", "y", "-3y", "70000y", "3 years", "3m5"] {
      #expect(MeterHistory.Length(wrong) == nil)
    }
  }

  @Test("disturbances are told apart and lie within the past")
  func disturbances() throws {
    let all = try Self.history(.family, days: 365, seed: 5).disturbances()
    #expect((3...20).contains(all.count))
    for pair in zip(all, all.dropFirst()) { #expect(pair.0.end < pair.1.begin) }
    for one in all { #expect(one.begin < one.end) }
  }
}
