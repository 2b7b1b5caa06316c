import Foundation
import LegalMeter
import Meter
import MeterTime
import Quantities
import Synchronization
import Waveforms

/// A running meter with its bench, for panels, ports and scripts.
///
/// One thread owns the meter and runs it in slices of at most 200 ms of simulated time. Everyone
/// else reads the newest snapshot, which costs a lock of nanoseconds, or sends a command or a
/// question, which the owner answers between two slices. A slow reader holds nothing that the
/// owner waits for.
public final class MeterService: Sendable {
  /// Where the samples come from.
  public enum Source: Sendable {
    /// The bench; the only source whose loads and wiring can be changed.
    case bench(Bench, preset: BenchPreset.ID?, seed: UInt64, isLively: Bool)
    /// Any other, made on the owner's thread; `name` stands in the snapshot.
    case other(name: String, @Sendable () throws(Failure) -> any SampleSource)
  }

  /// What a service is given.
  public struct Setup: Sendable {
    public var run: MeterRun.Setup
    public var source: Source
    /// Keeps memory and clock; nil for a meter that is forgotten at the end.
    public var folder: StateDirectory?
    /// Called between slices on the owner's thread, which waits for it.
    public var watch: (@Sendable (inout MeterRun) -> Void)?

    public init(run: MeterRun.Setup, source: Source, folder: StateDirectory? = nil) {
      self.run = run
      self.source = source
      self.folder = folder
    }
  }

  /// How a service ended.
  public struct Result: Sendable {
    public var ending: MeterRun.Ending
    /// For people.
    public var report: String
    /// For the last line of `--json`.
    public var json: JSONValue
  }

  let setup: Setup
  /// Takes commands from anyone: signals, control socket, panel.
  public let mailbox: Mailbox
  let state = Mutex(ServiceState())

  public init(_ setup: Setup, mailbox: Mailbox = Mailbox()) {
    self.setup = setup
    self.mailbox = mailbox
  }

  // MARK: life

  /// Powers the meter up and returns when its first snapshot is there.
  ///
  /// - Throws: `badData` for a source or a memory that cannot be used; `usage` when it has been
  ///   started before.
  public func start() throws(Failure) {
    let isFirst = state.withLock { state in
      defer { state.phase = .running }
      return state.phase == .new
    }
    guard isFirst else {
      throw Failure(
        .usage, what: "the service has been started before", expected: "one start for each service",
        next: "make a new one")
    }
    let ready = DispatchSemaphore(value: 0)
    let thread = Thread { [self] in own(ready) }
    thread.name = "meter"
    thread.stackSize = 4 << 20
    thread.start()
    ready.wait()
    if case .failure(let failure) = state.withLock({ $0.result }) { throw failure }
  }

  /// Asks for the orderly end: the open window is booked. Returns at once.
  public func stop() { mailbox.post(.stop) }

  /// Starts unless that has been done, and returns when the meter has ended. A cancelled task
  /// ends it in order.
  public func run() async throws {
    if state.withLock({ $0.phase == .new }) { try start() }
    _ = try await withTaskCancellationHandler {
      try await end()
    } onCancel: {
      stop()
    }
  }

  /// Waits for the end of the meter, blocking the thread.
  public func wait() throws(Failure) -> Result {
    let ended = DispatchSemaphore(value: 0)
    Task.detached { [self] in
      _ = try? await end()
      ended.signal()
    }
    ended.wait()
    guard let result = state.withLock({ $0.result }) else {
      throw Failure(
        .unreachable, what: "the meter has not ended", expected: "its result",
        next: "report this message")
    }
    return try result.get()
  }

  /// Waits for the end of the meter.
  public func end() async throws(Failure) -> Result {
    let result = await withCheckedContinuation { continuation in
      let known = state.withLock { state in
        if state.result == nil { state.waiting.append(continuation) }
        return state.result
      }
      if let known { continuation.resume(returning: known) }
    }
    return try result.get()
  }

  // MARK: what anyone may ask

  /// The newest snapshot; one is published at most for each slice, and 50 times a second.
  public var snapshot: MeterSnapshot { state.withLock { $0.snapshot } }

  /// Obeys a command between two slices.
  ///
  /// - Returns: `{"ok":true}` and what the command adds to it.
  /// - Throws: `refused` for what this meter does not do, `tryAgain` when too much is waiting,
  ///   `unreachable` when the meter has ended.
  @discardableResult
  public func perform(_ command: ControlCommand) async throws(Failure) -> JSONValue {
    try await ask { run in run.answer(command) }.get()
  }

  /// The table of all registers.
  public func registers() async throws(Failure) -> [RegisterRow] {
    try await ask { run in run.registerTable }
  }

  /// Switch, credit, alarms, load outputs.
  public func supply() async throws(Failure) -> SupplyPicture {
    try await ask { run in run.supplyPicture }
  }

  /// The newest two cycles; empty while the plug is out.
  public func scope() async throws(Failure) -> ScopePicture {
    try await ask { run in run.scope }
  }

  /// Harmonics of a phase over the newest ten or twelve cycles; nil while there are none.
  public func harmonics(_ phase: Phase) async throws(Failure) -> HarmonicsPicture? {
    try await ask { run in run.harmonics(phase) }
  }

  /// Records of one event log or of all, the newest first.
  /// - Parameters:
  ///   - limit: at most so many, up to 1024.
  ///   - before: only records with a lower number in their log.
  ///   - log: nil for all.
  public func events(
    limit: Int = 50, before: UInt32? = nil, log: EventLogID? = nil
  ) async throws(Failure) -> [EventRow] {
    try await ask { run in run.events(limit: limit, before: before, log: log) }
  }

  /// The running week of EN 50160, or the last one that is over; nil as long as none is.
  public func voltageQuality(last: Bool) async throws(Failure) -> VoltageQualityReport? {
    try await ask { run in run.voltageQuality(last: last) }
  }

  /// Alarms that stand.
  public func alarms() async throws(Failure) -> [Alarm] {
    try await ask { run in Alarm.allCases.filter { run.meter.legal.alarms.has($0) } }
  }

  /// Intervals of the load profile from a place on; see `MeterRun.profileBlock`.
  public func profile(
    after bookmark: ProfileBookmark? = nil, limit: Int = 4096
  ) async throws(Failure) -> ProfileBlock {
    try await ask { run in
      run.profileBlock(after: bookmark, limit: min(max(limit, 1), 8192))
    }
  }

  /// Closed billing periods, the newest first.
  public func billing() async throws(Failure) -> RecordTable {
    try await ask { run in run.billingTable }
  }

  /// The second logger, the newest first.
  public func secondLogger() async throws(Failure) -> RecordTable {
    try await ask { run in run.secondLoggerTable }
  }

  /// Demand and its maxima.
  public func maxima() async throws(Failure) -> RecordTable {
    try await ask { run in run.maximaTable }
  }

  /// Tariff plans and who decides about the tariff.
  public func tariffs() async throws(Failure) -> JSONValue {
    try await ask { run in run.tariffState }
  }

  /// What the meter is configured to.
  public func configuration() async throws(Failure) -> JSONValue {
    try await ask { run in run.meter.configuration.json }
  }

  /// What has been programmed since the service began.
  public func memory() async throws(Failure) -> MemoryStatistics {
    try await ask { run in run.memoryStatistics }
  }

  /// A stretch of a history, cut to what is kept (24 hours).
  public func series(
    _ name: SeriesName, from: Instant? = nil, to: Instant? = nil
  ) async throws(Failure) -> SeriesSlice {
    try await ask { run in
      (run.instruments?.history ?? SeriesHistory()).slice(name, from: from, to: to)
    }
  }

  private func ask<T: Sendable>(
    _ body: @escaping @Sendable (inout MeterRun) -> T
  ) async throws(Failure) -> T {
    let answer = await withCheckedContinuation {
      (continuation: CheckedContinuation<Swift.Result<T, Failure>, Never>) in
      mailbox.ask(
        Mailbox.Question(
          ask: { run in continuation.resume(returning: .success(body(&run))) },
          refuse: { continuation.resume(returning: .failure($0)) }))
    }
    return try answer.get()
  }
}

/// What a service shares between its owner thread and everyone else.
struct ServiceState: Sendable {
  var snapshot = MeterSnapshot()
  var phase = Phase.new
  var result: Swift.Result<MeterService.Result, Failure>?
  var waiting: [CheckedContinuation<Swift.Result<MeterService.Result, Failure>, Never>] = []

  enum Phase: Sendable { case new, running, ended }
}
