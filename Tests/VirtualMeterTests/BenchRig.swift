import Foundation
import LegalMeter
import MeterTime
import Metrology
import Quantities
import Waveforms

@testable import VirtualMeter

/// A bench with a whole meter that is stepped without real time.
enum BenchRig {
  static let start = Instant(seconds: 848_620_800)

  /// What a run ended with.
  struct Outcome {
    var ending: MeterRun.Ending
    /// kWh or kvarh, with the remainders.
    var registers: [String: Double] = [:]
    var committed: [String: Double] = [:]
    var snapshot: MeterSnapshot
    var truth: EnergyTruth?
    var consumption: EnergyTruth
    var exact: [Int128] = []
  }

  /// Runs a bench for some seconds of simulated time.
  ///
  /// - Parameter step: called between slices with the run; commands go through `answer`.
  static func run(
    _ bench: Bench, seconds: Int64, seed: UInt64 = 1, isLively: Bool = false,
    folder: StateDirectory? = nil, step: (inout MeterRun) -> Void = { _ in }
  ) throws -> Outcome {
    let source = BenchSource(bench, seed: seed, isLively: isLively)
    let setup = MeterRun.Setup(
      start: start, until: start + .seconds(seconds), speed: .infinity)
    var run = try MeterRun(
      setup: setup, source: source, mailbox: Mailbox(), folder: folder, bench: source)
    run.startInstruments(sourceName: "bench", preset: nil)
    var whole: MeterSnapshot?
    let last = start + .seconds(seconds) - .milliseconds(500)
    let ending = try run.run { run in
      step(&run)
      // The window that the end cuts short has no whole cycles.
      if run.now >= last, run.meter.legal.window.isWhole { whole = run.snapshot(sequence: 1) }
    }
    var outcome = Outcome(
      ending: ending, snapshot: whole ?? run.snapshot(sequence: 1), truth: source.truth,
      consumption: source.consumption)
    for row in run.registerTable {
      outcome.registers[row.obis] = row.value
      outcome.committed[row.obis] = row.committed
      outcome.exact.append(row.exact)
    }
    return outcome
  }

  /// Calls each step once, between two slices, when its second of simulated time has come.
  static func plan(
    _ steps: [(second: Int64, act: (inout MeterRun) -> Void)]
  ) -> (inout MeterRun) -> Void {
    var left = steps[...]
    return { run in
      while let next = left.first, run.now >= start + .seconds(next.second) {
        left.removeFirst()
        next.act(&run)
      }
    }
  }

  /// A folder that is gone when the closure returns.
  static func withFolder<T>(_ body: (StateDirectory) throws -> T) throws -> T {
    let path =
      FileManager.default.temporaryDirectory.path + "/kvadrant-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(try StateDirectory(path: path))
  }
}

/// A command that must be accepted.
extension MeterRun {
  mutating func obey(_ command: ControlCommand) {
    if case .failure(let failure) = answer(command) { fatalError("\(command): \(failure)") }
  }
}
