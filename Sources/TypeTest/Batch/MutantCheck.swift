import LegalMeter
import Meter

/// Does the bench find what it must? Meters with one known fault each have to fail at the points
/// where the fault shows, and at no other; a sound meter has to pass them all.
public struct MutantCheck: Sendable {
  /// nil for the sound meter.
  public var mutant: Mutant?
  public var report: TypeTestReport
  /// Points that failed, and those of them that had to.
  public var failed: Set<String>
  public var expected: Set<String>

  /// Points that should have failed, or should not have, or were not tested; empty where the bench
  /// is right.
  public var surprises: [String] {
    let untested = report.results.filter { $0.verdict != .passed && $0.verdict != .failed }
    return (Array(failed.symmetricDifference(expected)) + untested.map(\.id)).sorted()
  }

  /// The meter of these points: above 86 A the pulses of a 5(105) A type come closer than 60 ms.
  public static let variant: MeterVariant = {
    var request = VariantRequest()
    request.rating = .a5_105
    request.hasSwitch = false
    return (try? MeterVariant(request)) ?? .standard
  }()

  /// Points that between them show every fault.
  public static let points: [TestPoint] = errors + [slow, idle, dial]

  private static let active: Set = [
    "imin", "itr", "iref", "half", "imax", "L1", "L2", "L3", "export", "mixed", "start L1",
  ]

  /// Where a fault must show.
  public static func expected(_ mutant: Mutant?) -> Set<String> {
    switch mutant {
    case nil: []
    case .gain: active
    case .phase: ["half", "reactive half"]
    case .quarterDelay: ["reactive slow"]
    case .float32: ["start L1"]
    case .creepOff: ["idle"]
    case .systemReversed:
      active.subtracting(["L1", "L3", "start L1"]).union(["reactive", "reactive half"])
    case .droppedPulses: ["imax", "dial"]
    // Stray currents below the threshold of a system pass that of the sum together.
    case .vectorSum: ["mixed", "idle"]
    }
  }

  /// Puts a meter with a fault on the bench.
  ///
  /// - Parameter only: names of the points; nil for all.
  /// - Throws: what the bench throws.
  public static func run(
    _ mutant: Mutant?, only names: Set<String>? = nil
  ) async throws -> MutantCheck {
    let chosen = points.filter { names?.contains($0.id) ?? true }
    var plan = TypeTestRun.Plan(
      variant: variant, standard: "-", accuracyClass: "-", points: chosen)
    plan.hasDiagrams = false
    let report = try await TypeTestRun(plan, batch: MutantBatch(variant, mutant)).run()
    return MutantCheck(
      mutant: mutant, report: report,
      failed: Set(report.results.filter { $0.verdict == .failed }.map(\.id)),
      expected: expected(mutant).intersection(chosen.map(\.id)))
  }

  // MARK: points

  private static func point(
    _ id: String, _ procedure: TestProcedure, _ conditions: TestConditions,
    _ criterion: TestCriterion
  ) -> TestPoint {
    TestPoint(
      id: id, title: id, procedure: procedure, clause: "bench", conditions: conditions,
      criterion: criterion)
  }

  private static let errors: [TestPoint] = {
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
    return points
  }()

  private static let slow: TestPoint = {
    var conditions = TestConditions(current_A: 5, lag_deg: 30, register: .reactiveImport)
    conditions.frequencyFactor = 0.98
    return point("reactive slow", .change, conditions, .changeLimit(percent: 2.5))
  }()

  private static let idle: TestPoint = {
    var conditions = TestConditions(current_A: 0)
    conditions.voltageFactor = 1.15
    return point("idle", .noLoad, conditions, .registerChange(kilowattHours: 0))
  }()

  private static let dial = point(
    "dial", .dial, TestConditions(current_A: 105), .registerAgreement(wattHours: 0.5))
}
