import Meter
import Testing
import Waveforms

@testable import TypeTest

/// Meters with one known fault each fail where they should: here two points of each, all of them in
/// `kvadrant typetest --mutants`.
@Suite struct MutantTests {
  /// A point that finds the fault, and one that must not.
  static let cases: [(mutant: Mutant?, points: Set<String>)] = [
    (nil, ["iref", "mixed"]),
    (.gain, ["iref", "reactive"]),
    (.phase, ["half", "iref"]),
    (.quarterDelay, ["reactive slow", "reactive"]),
    (.float32, ["start L1", "L1"]),
    (.creepOff, ["idle", "iref"]),
    (.systemReversed, ["L2", "L1"]),
    (.droppedPulses, ["imax", "iref"]),
    (.vectorSum, ["mixed", "L2"]),
  ]

  static func point(
    _ id: String, _ procedure: TestProcedure, _ conditions: TestConditions,
    _ criterion: TestCriterion
  ) -> TestPoint {
    TestPoint(
      id: id, title: id, procedure: procedure, clause: "-", conditions: conditions,
      criterion: criterion)
  }

  @Test("a fault is found where it must be, and not beside it", arguments: cases)
  func isFound(fault: (mutant: Mutant?, points: Set<String>)) async throws {
    let check = try await MutantCheck.run(fault.mutant, only: fault.points)
    #expect(check.report.results.count == fault.points.count)
    #expect(check.expected.count == (fault.mutant == nil ? 0 : 1))
    for name in check.surprises {
      let result = check.report.results.first { $0.id == name }
      Issue.record("\(name): \(result?.figures?.meters ?? []) \(result?.notes ?? [])")
    }
  }

  @Test("every fault has points that exist, and no two faults show in the same way")
  func table() {
    let names = Set(MutantCheck.points.map(\.id))
    #expect(names.count == MutantCheck.points.count)
    #expect(MutantCheck.expected(nil).isEmpty)
    var seen: [Set<String>] = []
    for mutant in Mutant.allCases {
      let expected = MutantCheck.expected(mutant)
      #expect(!expected.isEmpty && expected.isSubset(of: names), "\(mutant)")
      #expect(!seen.contains(expected), "\(mutant)")
      seen.append(expected)
      #expect(Self.cases.contains { $0.mutant == mutant })
    }
  }
}
