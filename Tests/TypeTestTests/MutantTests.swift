import Meter
import Testing
import Waveforms

@testable import TypeTest

/// Meters with one known fault each fail exactly at the points where they should, and a sound
/// meter passes them all.
@Suite struct MutantTests {
  /// 5(105) A: above 86 A pulses come closer than 60 ms.
  static let variant: MeterVariant = {
    var request = VariantRequest()
    request.rating = .a5_105
    request.hasSwitch = false
    return (try? MeterVariant(request)) ?? .standard
  }()

  static let points: [TestPoint] = {
    var points: [TestPoint] = []
    func add(
      _ id: String, _ limit: Double, _ current: Double, _ lag: Double = 0,
      _ register: EnergyRegister = .activeImport,
      _ change: (inout TestConditions) -> Void = { _ in }
    ) {
      var conditions = TestConditions(current_A: current, lag_deg: lag, register: register)
      change(&conditions)
      points.append(point(id, .error, conditions, .errorLimit(percent: limit)))
    }
    add("imin", 1, 0.15)
    add("itr", 0.5, 0.5)
    add("iref", 0.5, 5)
    add("half", 0.6, 5, 60)
    add("imax", 0.5, 105)
    add("L1", 1, 5) { $0.loaded = .l1 }
    add("L2", 1, 5) { $0.loaded = .l2 }
    add("L3", 1, 5) { $0.loaded = .l3 }
    add("export", 0.5, 5, 180, .activeExport)
    add("mixed", 0.5, 5) { $0.reversed = .l2 }
    add("reactive", 2, 5, 90, .reactiveImport)
    add("reactive half", 2, 5, 30, .reactiveImport)
    add("start L1", 1, 0.02) { $0.loaded = .l1 }
    var slow = TestConditions(current_A: 5, lag_deg: 30, register: .reactiveImport)
    slow.frequencyFactor = 0.98
    points.append(point("reactive slow", .change, slow, .changeLimit(percent: 2.5)))
    var idle = TestConditions(current_A: 0)
    idle.voltageFactor = 1.15
    points.append(point("idle", .noLoad, idle, .registerChange(kilowattHours: 0)))
    points.append(
      point(
        "dial", .dial, TestConditions(current_A: 105), .registerAgreement(wattHours: 0.5)))
    return points
  }()

  static func point(
    _ id: String, _ procedure: TestProcedure, _ conditions: TestConditions,
    _ criterion: TestCriterion
  ) -> TestPoint {
    TestPoint(
      id: id, title: id, procedure: procedure, clause: "-", conditions: conditions,
      criterion: criterion)
  }

  static let active: Set = [
    "imin", "itr", "iref", "half", "imax", "L1", "L2", "L3", "export", "mixed", "start L1",
  ]
  static let cases: [(mutant: Mutant?, failing: Set<String>)] = [
    (nil, []),
    (.gain, active),
    (.phase, ["half", "reactive half"]),
    (.quarterDelay, ["reactive slow"]),
    (.float32, ["start L1"]),
    (.creepOff, ["idle"]),
    (
      .systemReversed,
      active.subtracting(["L1", "L3", "start L1"]).union(["reactive", "reactive half"])
    ),
    (.droppedPulses, ["imax", "dial"]),
    (.vectorSum, ["mixed"]),
  ]

  @Test("a fault is found where it must be, and nowhere else", arguments: cases)
  func isFound(fault: (mutant: Mutant?, failing: Set<String>)) async throws {
    var plan = TypeTestRun.Plan(
      variant: Self.variant, standard: "-", accuracyClass: "-", points: Self.points)
    plan.hasDiagrams = false
    let batch = MutantBatch(Self.variant, fault.mutant)
    let report = try await TypeTestRun(plan, batch: batch).run()
    let failing = Set(report.results.filter { $0.verdict == .failed }.map(\.id))
    #expect(failing == fault.failing)
    for result in report.results
    where (result.verdict == .failed) != fault.failing.contains(result.id) {
      Issue.record(
        "\(result.id): \(result.verdict), \(result.figures?.meters ?? []) \(result.notes)")
    }
    #expect(report.results.count { $0.verdict == .passed } + failing.count == Self.points.count)
  }
}
