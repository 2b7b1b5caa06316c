import Foundation
import Meter
import Synchronization
import TypeTest
import VirtualMeter

/// The type-test bench beside the running meter: one run at a time, in a task of its own.
///
/// The bench has meters of its own and never touches the one that the panel shows. It uses one
/// thread less than the machine has, and at least one, so that the running meter keeps its pace.
final class TypeTestBench: Sendable {
  /// What is run.
  struct Order: Equatable, Sendable {
    var standard: Standard
    var meterClass: MeterClass
    var variant: MeterVariant
    var meters: Int
    var seed: UInt64
  }

  /// Where a run stands.
  enum Phase: String, CaseIterable, Sendable {
    case idle, running, done, cancelled, broken
  }

  /// What viewers are told.
  struct Status: Sendable {
    /// Number of the run since the server started; 0 before the first.
    var run = 0
    var phase = Phase.idle
    var order: Order?
    var planned = 0
    var done = 0
    var steps = 0
    var remaining_s: Double?
    var results: [TestPointResult] = []
    var source: SourceState?
    var message: String?
    /// Of the newest run that was finished.
    var report: TypeTestReport?
  }

  private struct State {
    var status = Status()
    var task: Task<Void, Never>?
  }

  private let state = Mutex(State())
  /// Makes the events of an order; another one in tests.
  private let events: @Sendable (Order) -> AsyncStream<TypeTestEvent>

  /// Most meters of a run in the panel; larger batches belong to the command line.
  static let mostMeters = 30

  init(_ events: @escaping @Sendable (Order) -> AsyncStream<TypeTestEvent> = TypeTestBench.run) {
    self.events = events
  }

  deinit { state.withLock { $0.task }?.cancel() }

  /// The real bench.
  static func run(_ order: Order) -> AsyncStream<TypeTestEvent> {
    var plan = TypeTestRun.Plan(
      variant: order.variant, standard: order.standard.rawValue,
      accuracyClass: order.meterClass.rawValue,
      points: order.standard.points(class: order.meterClass, variant: order.variant))
    plan.meters = order.meters
    plan.seed = order.seed
    plan.concurrency = max(1, ProcessInfo.processInfo.activeProcessorCount - 1)
    return TypeTestRun(plan).events()
  }

  /// A copy of what viewers are told.
  var status: Status { state.withLock { $0.status } }

  /// Starts a run.
  ///
  /// - Throws: `too_many` while another one is under way.
  func start(_ order: Order) throws(Refusal) {
    let number: Int? = state.withLock { state in
      guard state.status.phase != .running else { return nil }
      var status = Status()
      status.run = state.status.run + 1
      status.phase = .running
      status.order = order
      status.report = state.status.report
      state.status = status
      return status.run
    }
    guard let number else {
      throw Refusal(
        .tooMany, what: "a type test is under way", expected: "one at a time",
        next: "wait for its end, or cancel it")
    }
    let events = events
    let task = Task.detached(priority: .background) { [weak self] in
      for await event in events(order) { self?.take(event, of: number) }
      self?.end(number)
    }
    state.withLock { $0.task = task }
  }

  /// Ends the run that is under way; nothing where there is none.
  func cancel() {
    let task = state.withLock { state -> Task<Void, Never>? in
      guard state.status.phase == .running else { return nil }
      state.status.phase = .cancelled
      state.status.remaining_s = nil
      defer { state.task = nil }
      return state.task
    }
    task?.cancel()
  }

  private func take(_ event: TypeTestEvent, of number: Int) {
    state.withLock { state in
      guard state.status.run == number, state.status.phase == .running else { return }
      switch event {
      case .planned(let points, let steps):
        state.status.planned = points.count
        state.status.steps = steps
      case .progress(let done, let steps, let remaining_s):
        state.status.done = done
        state.status.steps = steps
        state.status.remaining_s = remaining_s
        // What the bench said before the first step no longer tells anything.
        state.status.message = nil
      case .point(let result): state.status.results.append(result)
      case .source(let source): state.status.source = source
      case .log(let text): state.status.message = text
      case .finished(let report):
        state.status.report = report
        state.status.phase = .done
        state.status.remaining_s = nil
      }
    }
  }

  /// A run that ends without a report has said why in its last message.
  private func end(_ number: Int) {
    state.withLock { state in
      guard state.status.run == number else { return }
      if state.status.phase == .running { state.status.phase = .broken }
      state.task = nil
    }
  }
}
