import Dispatch
import MeterTime
import Quantities
import Waveforms

extension MeterService {
  /// Real time between two snapshots, nanoseconds: a panel shows ten a second.
  private static let publishInterval: UInt64 = 20_000_000

  /// Owns the meter from start to end; the body of the owner's thread.
  ///
  /// - Parameter ready: signalled once, when the first snapshot or the failure is there.
  func own(_ ready: DispatchSemaphore) {
    var isReady = false
    func tell() {
      if !isReady { ready.signal() }
      isReady = true
    }
    do throws(Failure) {
      finish(.success(try live(tell)))
    } catch {
      finish(.failure(error))
    }
    tell()
  }

  private func live(_ tell: () -> Void) throws(Failure) -> Result {
    let (source, bench, name, preset) = try makeSource()
    var run = try MeterRun(
      setup: setup.run, source: source, mailbox: mailbox, folder: setup.folder, bench: bench)
    run.startInstruments(sourceName: name, preset: preset)
    var sequence: UInt64 = 0
    var due: UInt64 = 0
    var pacing = MeterSnapshot.Pacing()
    func publish(_ run: inout MeterRun) {
      sequence += 1
      var snapshot = run.snapshot(sequence: sequence)
      snapshot.pacing = pacing
      state.withLock { $0.snapshot = snapshot }
    }
    publish(&run)
    tell()
    var commands = mailbox.served
    let ending = try run.run { run in
      setup.watch?(&run)
      pacing.note(turns: run.turns, lag_s: run.lag_s)
      let now = DispatchTime.now().uptimeNanoseconds
      // What somebody has just changed shows without waiting for the next turn.
      let served = mailbox.served
      guard now >= due || served != commands else { return }
      commands = served
      due = now + Self.publishInterval
      publish(&run)
    }
    setup.folder?.keep(clock: run.now)
    sequence += 1
    var last = run.snapshot(sequence: sequence)
    last.pacing = pacing
    last.running = false
    last.ended = ending.rawValue
    let snapshot = last
    state.withLock { $0.snapshot = snapshot }
    return Result(
      ending: ending, report: run.report(ending: ending), json: run.result(ending: ending))
  }

  private func makeSource() throws(Failure) -> (
    any SampleSource, BenchSource?, String, BenchPreset.ID?
  ) {
    switch setup.source {
    case .bench(let bench, let preset, let seed, let isLively):
      let source = BenchSource(bench, seed: seed, isLively: isLively)
      return (source, source, "bench", preset)
    case .other(let name, let make): return (try make(), nil, name, nil)
    }
  }

  private func finish(_ result: Swift.Result<Result, Failure>) {
    mailbox.close()
    let waiting = state.withLock { state in
      state.phase = .ended
      state.result = result
      if case .failure(let failure) = result {
        state.snapshot.running = false
        state.snapshot.ended = failure.what
      }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: result) }
  }
}
