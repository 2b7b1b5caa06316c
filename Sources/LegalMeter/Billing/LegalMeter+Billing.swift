import Bytes
import MeterTime
import PermanentMemory
import Quantities

/// Questions to billing periods and the second logger.
extension LegalMeter {
  /// Billing resets so far: closed billing periods.
  public var billingCount: UInt32 { billing.count }
  /// The meter's time of the last billing reset, nil for none.
  public var lastBillingReset: Instant? { billing.lastReset }
  /// Billing records that can be read.
  public var billingRecordCount: Int { billing.resets.count }
  /// Records of the second logger that can be read, at most 45.
  public var secondLoggerCount: Int { min(billing.second.count, 45) }
  /// When billing periods end, and when the second logger stores.
  public var billingSettings: BillingSettings { billing.settings }

  /// A closed billing period.
  /// - Parameter index: 0 is the last one, `billingRecordCount` - 1 the oldest.
  /// - Returns: nil where there is none, or it is damaged.
  @inline(never)
  public func billingRecord(
    _ index: Int, memory: borrowing some PageMemory & ~Copyable
  ) -> BillingRecord? {
    var bytes = InlineArray<224, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    guard billing.resets.read(index, from: memory, into: &span) else { return nil }
    return BillingRecord(decoding: bytes.span)
  }

  /// The index of the last billing period that was closed at or before a time; nil for none.
  public func billingIndex(
    at time: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> Int? {
    for index in 0..<billingRecordCount {
      if let record = billingRecord(index, memory: memory), record.time <= time { return index }
    }
    return nil
  }

  /// A record of the second logger.
  /// - Parameter index: 0 is the newest, `secondLoggerCount` - 1 the oldest.
  /// - Returns: nil where there is none, or it is damaged.
  @inline(never)
  public func secondLoggerRecord(
    _ index: Int, memory: borrowing some PageMemory & ~Copyable
  ) -> SecondLoggerRecord? {
    guard index < secondLoggerCount else { return nil }
    var bytes = InlineArray<107, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    guard billing.second.read(index, from: memory, into: &span) else { return nil }
    return SecondLoggerRecord(decoding: bytes.span)
  }

  /// The index of the last record of the second logger at or before a time; nil for none.
  public func secondLoggerIndex(
    at time: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> Int? {
    for index in 0..<secondLoggerCount {
      if let record = secondLoggerRecord(index, memory: memory), record.time <= time {
        return index
      }
    }
    return nil
  }
}

// MARK: - Commands and deadlines

extension LegalMeter {
  /// Closes the billing period: registers and maxima are saved as they are now.
  ///
  /// Order: snapshot; maxima to cumulative; maxima cleared; count + 1. The first is one page of
  /// the memory; the rest happens when that page has been read back, and again after a cut that
  /// came between. Until the page is safe nothing has changed.
  @inline(never)
  public mutating func resetBilling(now: Instant) throws(BillingRefusal) {
    try closeBillingPeriod(.command, now: now)
  }

  private mutating func closeBillingPeriod(
    _ cause: BillingCause, now: Instant
  ) throws(BillingRefusal) {
    var refusal: BillingRefusal?
    if isMemoryLost { refusal = .memory } else if billing.isBusy { refusal = .busy }
    if isLockedOut(now: now) { refusal = .lockedOut }
    if let refusal {
      let detail = UInt64(refusal.rawValue) | UInt64(cause.rawValue) << 8
      log(.billingRefused, now: now, detail)
      throw refusal
    }
    takeSnapshot(cause, now: now)
    billing.resetTask = .waiting
    billing.lastResetOwner = now
  }

  /// By the owner's time line, and after a restart by the meter's.
  private func isLockedOut(now: Instant) -> Bool {
    if let last = billing.lastResetOwner { return now - last < BillingControl.lockOut }
    guard let last = billing.lastReset else { return false }
    return (time(at: now) - last).magnitude < BillingControl.lockOut
  }

  private mutating func takeSnapshot(_ cause: BillingCause, now: Instant) {
    var record = BillingRecord()
    record.cause = cause
    record.time = time(at: now)
    if !isClockValid { record.status.insert(.clockInvalid) }
    if zone.daylightSaving.isDaylightSaving(at: record.time) {
      record.status.insert(.daylightSaving)
    }
    record.number = billing.count &+ 1
    record.operatingSeconds = operatingSeconds
    for k in 0..<20 {
      if let register = Register(index: k) { record.set(register, registers[register]) }
    }
    record.maxima = demandMaxima
    for kind in EnergyKind.allCases {
      record.cumulative_mW[kind.index] = cumulativeDemand(kind)
    }
    record.periodsAboveThreshold = periodsAboveThreshold
    record.pulseInputs = pulseInputs
    var writer = ByteWriter(billing.snapshot.mutableSpan)
    do throws(BytesError) {
      try record.encode(into: &writer)
    } catch { preconditionFailure("the billing record has grown") }
    // A snapshot must never be ahead of the registers after a cut: they go first.
    registers.requestCommit()
  }

  /// A reset by calendar or a record of the second logger is due.
  @inline(never)
  mutating func reachBilling(at now: Instant) {
    // The memory has not taken the last one yet: as soon as it has.
    if billing.isBusy && !isMemoryLost {
      if billing.nextReset <= now { billing.nextReset = now + .seconds(1) }
      if billing.nextSecond <= now { billing.nextSecond = now + .seconds(1) }
      return
    }
    let isReset = billing.nextReset <= now
    let isSecond = billing.nextSecond <= now
    if isReset { try? closeBillingPeriod(.calendar, now: now) }
    if isSecond && !isMemoryLost {
      if billing.resetTask == .none { takeSnapshot(.calendar, now: now) }
      billing.secondTask = .waiting
    }
    planBilling(
      reset: isReset ? time(at: now) : nil, second: isSecond ? time(at: now) : nil, now: now)
  }

  /// Finds the next deadlines.
  ///
  /// - Parameters:
  ///   - reset: a time up to which no reset is due any more; nil for the last one.
  ///   - second: the same for the second logger.
  @inline(never)
  mutating func planBilling(reset: Instant? = nil, second: Instant? = nil, now: Instant) {
    billing.nextReset = Instant(ticks: .max)
    billing.nextSecond = Instant(ticks: .max)
    // Without a valid clock there is no calendar.
    guard isClockValid else { return }
    let settings = billing.settings
    let resetFrom = baseline(reset, billing.lastReset, now: now)
    if let at = settings.reset.next(after: resetFrom, minute: settings.resetMinute, in: zone) {
      billing.nextReset = max(ownersTime(of: at, near: now), now)
    }
    let secondFrom = baseline(second, billing.lastSecond, now: now)
    if let at = settings.secondLogger.next(after: secondFrom, minute: 0, in: zone) {
      billing.nextSecond = max(ownersTime(of: at, near: now), now)
    }
  }

  /// What has been done must not be done again after a clock was set back a little; a clock that
  /// had been far ahead must not stop the calendar for years.
  @inline(__always)
  private func baseline(_ from: Instant?, _ last: Instant?, now: Instant) -> Instant {
    let present = from ?? time(at: now)
    guard let last, last > present, last - present <= .days(1) else { return present }
    return last
  }

  /// Other settings; those that are not valid change nothing.
  /// - Returns: false where they are not valid.
  @inline(never)
  @discardableResult
  public mutating func set(_ settings: BillingSettings, now: Instant) -> Bool {
    guard settings.isValid else { return false }
    guard settings != billing.settings else { return true }
    billing.settings = settings
    planBilling(now: now)
    return true
  }
}

// MARK: - Memory

extension LegalMeter {
  /// Restores billing at the start, and carries out what a cut has left of a reset.
  /// - Parameter saved: the meter's time when it was last known to be running; what the calendar
  ///   asked for since is made up for.
  @inline(never)
  mutating func restoreBilling(
    saved: Instant, now: Instant, report: inout StartReport,
    memory: borrowing some PageMemory & ~Copyable
  ) {
    var bytes = InlineArray<224, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    report.bytesRead += billing.resets.recover(from: memory, into: &room).bytesRead
    if billing.resets.newest != 0, let record = BillingRecord(decoding: bytes.span) {
      billing.count = record.number
      billing.lastReset = record.time
      if demandResets < record.number { finishReset(record) }
    }
    var rest = bytes.mutableSpan
    report.bytesRead += billing.second.recover(from: memory, into: &rest).bytesRead
    if billing.second.newest != 0, let record = SecondLoggerRecord(decoding: bytes.span) {
      billing.lastSecond = record.time
    }
    resumeCalendar(saved: saved, now: now)
  }

  /// What follows a snapshot that is safe.
  private mutating func finishReset(_ record: BillingRecord) {
    // As in the snapshot: what demand last stored may be older than that.
    periods.demand.maxima = record.maxima
    periods.demand.cumulative_mW = record.cumulative_mW
    takeMaximaForBilling(count: record.number)
    billing.count = record.number
    billing.lastReset = record.time
  }

  /// Polls what billing has on its way; true when nothing is.
  mutating func pollBilling(now: Instant, memory: borrowing some PageMemory & ~Copyable) -> Bool {
    if billing.resetTask == .programming {
      switch billing.resets.poll(memory) {
      case .busy: return false
      case .committed:
        billing.resetTask = .none
        if let record = BillingRecord(decoding: billing.snapshot.span) {
          finishReset(record)
          let detail = UInt64(record.number) | UInt64(record.cause.rawValue) << 32
          log(.billingReset, now: now, detail)
        }
      case .failed, .idle: billing.resetTask = .waiting
      }
    }
    if billing.secondTask == .programming {
      switch billing.second.poll(memory) {
      case .busy: return false
      case .committed:
        billing.secondTask = .none
        billing.lastSecond = BillingRecord(decoding: billing.snapshot.span)?.time
      case .failed, .idle: billing.secondTask = .waiting
      }
    }
    return true
  }

  /// Starts a program for billing; false when there is none to start.
  mutating func storeBilling(_ memory: inout some PageMemory & ~Copyable) -> Bool {
    if billing.resetTask == .waiting {
      guard billing.resets.append(billing.snapshot.span, to: &memory) else { return false }
      billing.resetTask = .programming
      return true
    }
    guard billing.secondTask == .waiting, billing.resetTask == .none else { return false }
    return storeSecond(&memory)
  }

  @inline(never)
  private mutating func storeSecond(_ memory: inout some PageMemory & ~Copyable) -> Bool {
    guard let snapshot = BillingRecord(decoding: billing.snapshot.span) else {
      billing.secondTask = .none
      return false
    }
    var bytes = InlineArray<107, UInt8>(repeating: 0)
    var writer = ByteWriter(bytes.mutableSpan)
    do throws(BytesError) {
      try SecondLoggerRecord(snapshot).encode(into: &writer)
    } catch { preconditionFailure("the record of the second logger has grown") }
    guard billing.second.append(bytes.span, to: &memory) else { return false }
    billing.secondTask = .programming
    return true
  }
}
