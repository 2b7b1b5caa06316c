import Dispatch
import Foundation
import Meter

/// One run of the bench: a plan, a batch, and what came of it.
///
/// ```swift
/// for await event in TypeTestRun(plan).events() { … }
/// ```
/// Points share measurements; measurements run side by side, each on a fresh device, so that the
/// result does not depend on their order or on how many run at once.
public struct TypeTestRun: Sendable {
  /// What is to be done.
  public struct Plan: Sendable {
    public var variant: MeterVariant
    /// For the report.
    public var standard: String
    public var accuracyClass: String
    public var points: [TestPoint]
    public var meters = 1
    public var seed: UInt64 = 1
    /// The five diagrams of the data sheet as well.
    public var hasDiagrams = true
    public var calibration = Calibration()
    /// Measurements at a time.
    public var concurrency = ProcessInfo.processInfo.activeProcessorCount

    public init(
      variant: MeterVariant, standard: String, accuracyClass: String, points: [TestPoint]
    ) {
      self.variant = variant
      self.standard = standard
      self.accuracyClass = accuracyClass
      self.points = points
    }
  }

  public let plan: Plan
  /// nil for simulated meters, which are made and calibrated first.
  private let givenBatch: (any DeviceBatch)?

  /// - Parameter batch: the meters; nil for `plan.meters` simulated ones.
  public init(_ plan: Plan, batch: (any DeviceBatch)? = nil) {
    self.plan = plan
    givenBatch = batch
  }

  /// Starts the run; it ends when it is done or when nobody listens any more.
  ///
  /// A run that cannot go on ends with a `log` that says why and without `finished`.
  public func events() -> AsyncStream<TypeTestEvent> {
    AsyncStream { continuation in
      let task = Task {
        do {
          let report = try await run { continuation.yield($0) }
          continuation.yield(.finished(report))
        } catch {
          continuation.yield(.log("the bench stopped: \(error)"))
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  /// Runs to the end.
  ///
  /// - Parameter tell: called with everything but `finished`, in order.
  /// - Throws: `DeviceError`, `SourceError` or `CancellationError`.
  public func run(
    _ tell: @escaping @Sendable (TypeTestEvent) -> Void = { _ in }
  ) async throws -> TypeTestReport {
    let begin = DispatchTime.now().uptimeNanoseconds
    let diagrams = plan.hasDiagrams ? DiagramPlan.all(plan.variant) : []
    var jobs: [BenchJob] = []
    var known = Set<BenchJob>()
    for job in plan.points.flatMap(\.jobs) + diagrams.flatMap(\.jobs)
    where known.insert(job).inserted { jobs.append(job) }
    let batch = try await preparedBatch(tell)
    tell(.planned(points: plan.points, steps: jobs.count * batch.count))
    var bench = BenchProgress(plan, jobs, batch, tell)
    try await measure(jobs, batch, &bench)
    let results = plan.points.map { bench.result($0) }
    let elapsed = Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9
    return TypeTestReport(
      subject: TestSubject(
        variant: "\(TypeString(plan.variant))", standard: plan.standard,
        accuracyClass: plan.accuracyClass, seed: plan.seed, meters: batch.count,
        device: batch.name),
      results: results, diagrams: diagrams.map { $0.diagram(bench.findings) },
      simulated_s: bench.simulated_s, elapsed_s: elapsed)
  }

  /// Simulated meters come calibrated, two at a time.
  private func preparedBatch(
    _ tell: @escaping @Sendable (TypeTestEvent) -> Void
  ) async throws -> any DeviceBatch {
    if let givenBatch { return givenBatch }
    let raw = SimulatedBatch(
      plan.variant, count: plan.meters, seed: plan.seed, concurrency: plan.concurrency)
    tell(.log("calibrating \(raw.count) meters"))
    let calibration = plan.calibration
    return try await raw.calibrated(by: calibration)
  }

  /// Runs all measurements on all meters, `batch.concurrency` at a time.
  private func measure(
    _ jobs: [BenchJob], _ batch: any DeviceBatch, _ bench: inout BenchProgress
  ) async throws {
    let runner = MeasurementRunner(batch: batch)
    let tasks = jobs.flatMap { job in (0..<batch.count).map { (job, $0) } }
    try await withThrowingTaskGroup(of: (BenchJob, Int, Finding).self) { group in
      var next = 0
      func start() {
        guard next < tasks.count else { return }
        let (job, meter) = tasks[next]
        next += 1
        bench.noteStart(job, meter)
        group.addTask {
          try Task.checkCancellation()
          return (job, meter, try runner.run(job, meter: meter))
        }
      }
      for _ in 0..<batch.concurrency { start() }
      while let (job, meter, finding) = try await group.next() {
        bench.take(job, meter, finding)
        start()
      }
    }
  }
}

extension SimulatedBatch {
  /// The same meters with their calibrations in their memories.
  public func calibrated(by calibration: Calibration) async throws -> SimulatedBatch {
    var batch = self
    try await withThrowingTaskGroup(of: (Int, Specimen).self) { group in
      var next = 0
      func start() {
        guard next < count else { return }
        let meter = next
        next += 1
        group.addTask { (meter, try calibration.run(self, meter: meter)) }
      }
      for _ in 0..<concurrency { start() }
      while let (meter, specimen) = try await group.next() {
        batch.specimens[meter] = specimen
        start()
      }
    }
    return batch
  }
}

/// Collects findings, and tells when a point has all of its own.
struct BenchProgress {
  private let plan: TypeTestRun.Plan
  private let tell: @Sendable (TypeTestEvent) -> Void
  private let steps: Int
  private let meterCount: Int
  private let begin = DispatchTime.now().uptimeNanoseconds
  private(set) var findings: [[BenchJob: Finding]]
  private(set) var simulated_s = 0.0
  private var done = 0
  /// Findings that each point still waits for.
  private var missing: [Int]
  private var users: [BenchJob: [Int]] = [:]

  init(
    _ plan: TypeTestRun.Plan, _ jobs: [BenchJob], _ batch: any DeviceBatch,
    _ tell: @escaping @Sendable (TypeTestEvent) -> Void
  ) {
    self.plan = plan
    self.tell = tell
    meterCount = batch.count
    steps = jobs.count * batch.count
    findings = [[BenchJob: Finding]](repeating: [:], count: batch.count)
    missing = []
    for (index, point) in plan.points.enumerated() {
      let own = Set(point.jobs)
      for job in own { users[job, default: []].append(index) }
      missing.append(own.count * batch.count)
      if own.isEmpty { tell(.point(result(point))) }
    }
  }

  func result(_ point: TestPoint) -> TestPointResult {
    Evaluation(point: point, meters: findings).result
  }

  func noteStart(_ job: BenchJob, _ meter: Int) {
    let point = users[job]?.first.map { plan.points[$0].id } ?? "diagram"
    let terminals = TerminalSignal(job.measurement.conditions, variant: plan.variant)
    tell(.source(terminals.state(point: point, meter: meter)))
  }

  mutating func take(_ job: BenchJob, _ meter: Int, _ finding: Finding) {
    findings[meter][job] = finding
    simulated_s += finding.simulated_s
    done += 1
    let elapsed = Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9
    let rest = elapsed / Double(done) * Double(steps - done)
    tell(.progress(done: done, steps: steps, remaining_s: done < 5 ? nil : rest))
    for index in users[job] ?? [] {
      missing[index] -= 1
      if missing[index] == 0 { tell(.point(result(plan.points[index]))) }
    }
  }
}
