import MeterTime
import PermanentMemory

extension LegalMeter {
  /// Notes that the supply has gone.
  @inline(never)
  public mutating func notePowerDown(now: Instant) {
    suspendPeriods()
    log(.powerDown, now: now)
  }

  /// Notes that the supply is back.
  @inline(never)
  public mutating func notePowerUp(now: Instant) {
    let saved = time(at: clock.lastSave)
    wakeClock(now: now, chip: .unknown, saved: saved)
    resumePeriods(now: now)
    resumeCalendar(saved: saved, now: now)
    log(.powerUp, now: now, UInt64(state.starts))
  }

  /// Restores everything from the memory; to be called once, before the first sample.
  ///
  /// A blank memory is a new meter. A memory that holds something but nothing intact is never
  /// written to: the registers are unknown then, and say so (`isMemoryLost`).
  /// - Parameter chip: what the owner knows of the clock's chip.
  @inline(never)
  public mutating func start(
    now: Instant, chip: ClockChip = .unknown, memory: inout some PageMemory & ~Copyable
  ) -> StartReport {
    var report = StartReport()
    var payload = InlineArray<240, UInt8>(repeating: 0)
    var span = payload.mutableSpan
    let found = journal.recover(from: memory, into: &span)
    report.bytesRead = found.bytesRead
    report.damaged = found.damaged
    // Pages replaced in earlier lives have been logged then.
    memoryCondition.replaced = memory.condition.replaced
    switch found.outcome {
    case .recovered:
      restore(payload)
      report.isRestored = true
    case .lost: isMemoryLost = true
    case .blank: break
    }
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    let slow = stateRecord.recover(from: memory, into: &room, length: &length)
    report.bytesRead += slow.bytesRead
    if slow.outcome == .recovered, length == LegalState.recordBytes, let s = LegalState(bytes) {
      state = s
    }
    restoreAlarms(report: &report, memory: memory)
    let saved = restoreClock(now: now, chip: chip, report: &report, memory: memory)
    state.starts &+= 1
    report.starts = state.starts
    stateNeedsCommit = true
    report.isLost = isMemoryLost
    if isMemoryLost {
      log(.memoryLost, now: now)
    } else if found.damaged > 1 {
      log(.memoryRepaired, now: now, UInt64(found.damaged))
    }
    log(.powerUp, now: now, UInt64(state.starts))
    // A record that a cut left weakly programmed may read well once: write it anew.
    if report.isRestored { registers.requestCommit() }
    restorePeriods(now: now, report: &report, memory: memory)
    restoreBilling(saved: saved, now: now, report: &report, memory: memory)
    resumePeriods(now: now)
    if tariffs.commandEnd <= now { reachTariff(at: now) }
    planTariffs(now: now, memory: memory)
    return report
  }

  private mutating func restore(_ payload: InlineArray<240, UInt8>) {
    registers.decode(payload.span.extracting(0..<RegisterBank.recordBytes))
    var seconds: UInt32 = 0
    for k in 0..<4 {
      seconds |= UInt32(payload[RegisterBank.recordBytes + k]) << UInt32(8 * k)
    }
    operatingSeconds = seconds
    lastAlive = UInt16(payload[238]) | UInt16(payload[239]) << 8
  }

  private func record(now: Instant) -> InlineArray<240, UInt8> {
    var payload = InlineArray<240, UInt8>(repeating: 0)
    var span = payload.mutableSpan
    registers.encode(into: &span)
    for k in 0..<4 {
      payload[RegisterBank.recordBytes + k] = UInt8(
        truncatingIfNeeded: operatingSeconds >> UInt32(8 * k))
    }
    // Behind registers and operating time: when it was, as far as two bytes can say.
    payload[238] = UInt8(truncatingIfNeeded: now.seconds)
    payload[239] = UInt8(truncatingIfNeeded: now.seconds >> 8)
    return payload
  }

  /// Brings what moved into the memory; to be called after each window and while it is busy.
  ///
  /// - Returns: true when nothing is left to do.
  @inline(never)
  public mutating func service(now: Instant, memory: inout some PageMemory & ~Copyable) -> Bool {
    if isMemoryLost { return true }
    if tariffs.needsPlanning { planTariffs(now: now, memory: memory) }
    // A memory that is ready at once takes all of it in one call; the bound is for the others.
    for _ in 0..<(16 + 4 * PendingEvents.capacity) {
      memory.maintain()
      note(memory.condition, now: now)
      let lost = pending.takeLost()
      if lost > 0 { log(.eventsLost, now: now, UInt64(lost)) }
      let idle = finishPrograms(now: now, memory: memory)
      if !idle { return false }
      if !memory.isReady { return false }
      if !startProgram(now: now, &memory) { return true }
    }
    return false
  }

  /// Logs what the memory has learnt of its wear since it was looked at last.
  private mutating func note(_ condition: MemoryCondition, now: Instant) {
    if condition == memoryCondition { return }
    let before = memoryCondition
    memoryCondition = condition
    if condition.replaced > before.replaced {
      log(
        .memoryPageReplaced, now: now,
        UInt64(condition.lastReplaced) | UInt64(condition.spares) << 16)
    }
    if condition.isTableLost && !before.isTableLost { log(.memoryTableLost, now: now) }
    // At powers of two: a worn memory must not fill its own log.
    if condition.failures > before.failures, condition.failures & (condition.failures - 1) == 0 {
      log(.memoryWornOut, now: now, UInt64(condition.failures))
    }
  }

  /// True while something is wrong with the memory that does not go away: shown by the error symbol
  /// and in digit 2 of the status.
  public var isMemoryFaulty: Bool {
    isMemoryLost || memoryCondition.isFaulty || journal.failures > 0
  }

  /// The supply is about to go: what is below the last watt-hour goes into the memory first.
  @inline(never)
  public mutating func notePowerWarning() { registers.requestCommit() }

  /// Polls what is on its way; true when nothing is.
  private mutating func finishPrograms(
    now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    switch journal.poll(memory) {
    case .busy: return false
    case .committed: commit(from: memory)
    case .failed:
      registers.requestCommit()
      // Logged at powers of two: a worn memory must not fill its own log.
      if journal.failures & (journal.failures - 1) == 0 {
        log(.memoryFailed, now: now, UInt64(journal.failures))
      }
    case .idle: break
    }
    if !pollBilling(now: now, memory: memory) { return false }
    switch logs.poll(memory) {
    case .busy: return false
    case .committed: pending.removeFirst()
    case .failed:
      pending.removeFirst()
      pending.countLost()
    case .idle: break
    }
    return true
  }

  /// What was programmed is read again: only that may be shown.
  private mutating func commit(from memory: borrowing some PageMemory & ~Copyable) {
    var payload = InlineArray<240, UInt8>(repeating: 0)
    var span = payload.mutableSpan
    if journal.read(0, from: memory, into: &span) {
      registers.commit(payload.span.extracting(0..<RegisterBank.recordBytes))
    }
  }

  /// Starts the most urgent program; false when there is none.
  private mutating func startProgram(
    now: Instant, _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    if registers.needsCommit {
      let payload = record(now: now)
      guard journal.append(payload.span, to: &memory) else { return false }
      registers.noteEncoded()
      lastBeat = now.seconds
      return true
    }
    if !stateRecord.isIdle || stateNeedsCommit {
      var bytes = InlineArray<16, UInt8>(repeating: 0)
      if stateRecord.isIdle {
        state.encode(into: &bytes)
        stateNeedsCommit = false
        stateBeingStored = bytes
        _ = stateRecord.begin(bytes.span)
      }
      if stateRecord.pump(stateBeingStored.span, to: &memory) == .failed { stateNeedsCommit = true }
      return true
    }
    if storePeriods(now: now, &memory) { return true }
    if storeBilling(&memory) { return true }
    if storeClock(&memory) { return true }
    if storeAlarms(&memory) { return true }
    return startEvent(&memory)
  }

  /// Starts to program the oldest event. Logs are recovered one by one after measuring has begun.
  private mutating func startEvent(_ memory: inout some PageMemory & ~Copyable) -> Bool {
    if logs.recoverOne(memory) { return true }
    guard let (record, log) = pending.first else { return false }
    return logs.append(record, to: log, &memory)
  }

  /// Programs that did not read back since the start.
  public var memoryFailures: UInt16 { journal.failures }
}
