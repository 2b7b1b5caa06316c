import Bytes
import MeterTime
import PermanentMemory

// Inlinable: for a call from another room the whole legal meter would be copied.

/// Questions to the clock.
extension LegalMeter {
  /// The meter's time at an instant of its owner's time line, for everything that is recorded.
  ///
  /// The owner's time line never steps; the meter's clock may be set.
  @inlinable
  public func time(at now: Instant) -> Instant { clock.time(at: now) }

  /// False from the moment the clock has lost its time until it is set: what is recorded
  /// meanwhile says so.
  @inlinable
  public var isClockValid: Bool { clock.isValid }

  /// The meter's time in its zone, with daylight saving.
  @inlinable
  public func localTime(at now: Instant) -> LocalDateTime { zone.localTime(at: time(at: now)) }

  /// The meter's time as records are stamped: standard time.
  public func standardTime(at now: Instant) -> CivilDateTime {
    zone.standardTime(at: time(at: now))
  }
}

/// Commands to the clock.
extension LegalMeter {
  /// Sets or adjusts the clock, as `ClockLimits` allow; each try is logged.
  ///
  /// - Parameter wanted: what the meter's time should be at `now`; 2000...9999.
  /// - Returns: the step; for a slewed adjustment both times are the same.
  @inline(never)
  @discardableResult
  public mutating func setClock(
    to wanted: Instant, by authority: ClockAuthority, now: Instant
  ) throws(ClockRefusal) -> ClockStep {
    let before = time(at: now)
    if let refusal = clockRefusal(wanted, authority, before: before) {
      log(.clockRefused, now: now, UInt64(authority.rawValue) << 8 | UInt64(refusal.rawValue))
      throw refusal
    }
    let movement_ms = (wanted - before).wholeMilliseconds
    let isSmall = (wanted - before).magnitude <= .seconds(Int64(clockLimits.small_s))
    let wasValid = clock.isValid
    let isMarked = !wasValid || !isSmall
    // Stamped with the time before: with the movement that also tells the time after.
    let movement = UInt64(bitPattern: movement_ms) & 0xFFFF_FFFF_FFFF
    let detail = movement | UInt64(authority.rawValue) << 48
    log(isMarked ? .clockSet : .clockAdjusted, now: now, detail)
    if authority == .synchronisation && clock.isValid {
      clock.slew(to: wanted, now: now)
    } else {
      clock.step(to: wanted, now: now)
    }
    if isMarked { clock.noteSet(at: time(at: now)) }
    if clock.count(movement_ms, at: time(at: now), limit_s: clockLimits.monthly_s) {
      log(.clockDriftHigh, now: now, UInt64(UInt32(bitPattern: clock.sum_ms)))
    }
    saveClock(now: now)
    let step = ClockStep(before: before, after: time(at: now), isMarked: isMarked)
    clockMoved(step, wasValid: wasValid, now: now)
    return step
  }

  private func clockRefusal(
    _ wanted: Instant, _ authority: ClockAuthority, before: Instant
  ) -> ClockRefusal? {
    guard CivilDateTime(exactly: wanted) != nil else { return .outOfRange }
    guard clock.isValid else { return nil }
    let distance = (wanted - before).magnitude
    if distance <= .seconds(Int64(clockLimits.small_s)) || authority == .service { return nil }
    guard authority == .command, distance <= .seconds(Int64(clockLimits.largest_s)) else {
      return .tooFar
    }
    guard let last = clock.lastSet else { return nil }
    return (before - last).magnitude < .seconds(Int64(clockLimits.between_s)) ? .tooSoon : nil
  }

  /// Replaces the table of daylight saving time, or switches it off.
  @inline(never)
  public mutating func replace(daylightSaving table: DaylightSavingTable, now: Instant) {
    guard zone.daylightSaving != table else { return }
    zone.daylightSaving = table
    log(.daylightSavingReplaced, now: now, UInt64(table.count))
    zoneChanged(now: now)
  }

  /// Takes zone and table out of the configuration, at the start.
  public mutating func restore(_ zone: ZoneRules) { self.zone = zone }

  /// Goes by another zone, and by another table where that differs, too.
  @inline(never)
  public mutating func use(_ zone: ZoneRules, now: Instant) {
    let table = zone.daylightSaving
    if zone.zoneMinutes != self.zone.zoneMinutes {
      let old = self.zone.daylightSaving
      self.zone = zone
      self.zone.daylightSaving = old
      zoneChanged(now: now)
    }
    replace(daylightSaving: table, now: now)
  }

  /// The one place for what has to follow a clock that has moved.
  mutating func clockMoved(_ step: ClockStep, wasValid: Bool, now: Instant) {
    zone.daylightSaving.roll(to: step.after)
    if step.isMarked { clockSteps &+= 1 }
    movePeriods(isMarked: step.isMarked, now: now)
    tariffs.needsPlanning = true
    // What the clock has jumped over is made up for.
    let from = wasValid ? min(step.before, step.after) : step.after
    planBilling(reset: from, second: from, now: now)
  }

  /// The one place for what has to follow another zone or table.
  mutating func zoneChanged(now: Instant) {
    tariffs.needsPlanning = true
    planBilling(now: now)
  }
}

// MARK: - Following the time

extension LegalMeter {
  /// Lets the time pass with supply; once per window.
  mutating func followClock(now: Instant) {
    clock.reserve.advance(to: now, isSupplied: true)
    if now >= clock.lastSave + LegalClock.saveInterval { saveClock(now: now) }
  }

  /// Asks for a record of the clock as it stands now: what is stored does not depend on how
  /// long the memory makes it wait.
  @inline(never)
  mutating func saveClock(now: Instant) {
    zone.daylightSaving.roll(to: time(at: now))
    clockNeedsCommit = true
    clock.lastSave = now
  }

  /// The supply is back: says so where the clock has stood still meanwhile. Periods and plans
  /// resume after it.
  mutating func wakeClock(now: Instant, chip: ClockChip, saved: Instant) {
    clock.reserve.advance(to: now, isSupplied: false)
    var hasRun = clock.reserve.isRunning
    switch chip {
    case .unknown: break
    case .hasRun: hasRun = true
    case .hasStopped: hasRun = false
    }
    clock.reserve.advance(to: now, isSupplied: true)
    saveClock(now: now)
    if hasRun { return }
    clock.lose(resumingAt: saved, now: now)
    log(.clockLost, now: now)
  }

  /// What goes by the calendar resumes after an outage; what it has missed is made up for.
  /// - Parameter saved: the meter's time when it was last known to be running.
  mutating func resumeCalendar(saved: Instant, now: Instant) {
    tariffs.needsPlanning = true
    planBilling(
      reset: max(saved, billing.lastReset ?? saved),
      second: max(saved, billing.lastSecond ?? saved), now: now)
  }

  // MARK: memory

  /// Takes the clock out of the memory at the start.
  /// - Returns: the meter's time when it was last known to be running.
  @inline(never)
  mutating func restoreClock(
    now: Instant, chip: ClockChip, report: inout StartReport,
    memory: borrowing some PageMemory & ~Copyable
  ) -> Instant {
    var bytes = InlineArray<128, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    let found = clockRecord.recover(from: memory, into: &room, length: &length)
    report.bytesRead += found.bytesRead
    var saved = Instant(ticks: 0)
    if found.outcome != .blank && (found.outcome != .recovered || chip != .hasRun) {
      // The time of the newest event has surely passed.
      report.bytesRead += logs.recoverAll(memory)
      saved = logs.newestInstant(memory)
    }
    switch found.outcome {
    case .blank:
      clock.reserve.advance(to: now, isSupplied: true)
      saveClock(now: now)
      return time(at: now)
    case .lost: clock.lose(resumingAt: saved, now: now)
    case .recovered:
      if let time = takeClock(bytes.span.extracting(0..<length)) {
        saved = max(saved, time)
      } else {
        clock.lose(resumingAt: saved, now: now)
      }
    }
    // A time that no calendar knows comes from no clock.
    if CivilDateTime(exactly: time(at: now)) == nil { clock.lose(resumingAt: saved, now: now) }
    wakeClock(now: now, chip: chip, saved: saved)
    return saved
  }

  /// Nil for a layout that this version does not know.
  private mutating func takeClock(_ bytes: Span<UInt8>) -> Instant? {
    var reader = ByteReader(bytes)
    var taken = clock
    do throws(BytesError) {
      guard try reader.littleEndian(UInt8.self) == 1 else { return nil }
      var control = tariffs
      let saved = try taken.decode(from: &reader)
      try control.decode(from: &reader)
      guard CivilDateTime(exactly: saved) != nil else { return nil }
      (clock, tariffs) = (taken, control)
      return saved
    } catch { return nil }
  }

  private func encodeClock() -> InlineArray<128, UInt8> {
    var bytes = InlineArray<128, UInt8>(repeating: 0)
    var writer = ByteWriter(bytes.mutableSpan)
    do throws(BytesError) {
      try writer.littleEndian(UInt8(1))
      try clock.encode(into: &writer, now: clock.lastSave)
      try tariffs.encode(into: &writer)
    } catch { preconditionFailure("the record of the clock has grown") }
    return bytes
  }

  /// Takes the record of the clock a step further; false when there is nothing to do.
  mutating func storeClock(_ memory: inout some PageMemory & ~Copyable) -> Bool {
    if clockRecord.isIdle {
      guard clockNeedsCommit else { return false }
      clockNeedsCommit = false
      clockBeingStored = encodeClock()
      _ = clockRecord.begin(clockBeingStored.span)
    }
    if clockRecord.pump(clockBeingStored.span, to: &memory) == .failed { clockNeedsCommit = true }
    return true
  }
}

extension Instant.Duration {
  /// The length without its sign.
  var magnitude: Instant.Duration { ticks < 0 ? Instant.Duration(ticks: 0 &- ticks) : self }
}
