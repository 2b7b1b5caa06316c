import Bytes
import MeterTime
import PermanentMemory
import Quantities

/// Which tariff is in force: command before inputs before calendar before T1. An invalid clock
/// keeps what the calendar last asked for.
extension LegalMeter {
  /// Who decides about the tariff now.
  public var tariffSource: TariffSource { tariffs.source }

  /// When the command in force ends, on the owner's time line; nil without one, or without end.
  public var tariffCommandEnd: Instant? {
    tariffs.command == nil || tariffs.commandEnd.ticks == .max ? nil : tariffs.commandEnd
  }

  /// Chooses the tariff by command, for a time or until `withdrawTariff`.
  /// - Parameter length: nil for no end.
  @inline(never)
  public mutating func choose(_ tariff: Tariff, for length: Instant.Duration? = nil, now: Instant) {
    let end = length.map { now + $0 } ?? Instant(ticks: .max)
    guard tariffs.command != tariff || tariffs.commandEnd != end else { return }
    tariffs.command = tariff
    tariffs.commandEnd = end
    saveClock(now: now)
    decideTariff(isCommanded: true, now: now)
  }

  /// Ends the command: inputs, calendar or T1 decide again.
  @inline(never)
  public mutating func withdrawTariff(now: Instant) {
    guard tariffs.command != nil else { return }
    tariffs.command = nil
    tariffs.commandEnd = Instant(ticks: .max)
    saveClock(now: now)
    decideTariff(isCommanded: true, now: now)
  }

  /// What is at the tariff inputs from now on: bit 0 port 1, bit 1 port 2.
  public mutating func setTariffInputs(_ live: UInt8, now: Instant) {
    tariffs.inputs.see(live, now: now)
    decideTariff(now: now)
  }

  /// What the tariff inputs mean.
  public var tariffInputSettings: TariffInputSettings { tariffs.inputs.settings }

  /// Gives the tariff inputs another meaning.
  @inline(never)
  public mutating func set(_ settings: TariffInputSettings, now: Instant) {
    guard settings != tariffs.inputs.settings else { return }
    tariffs.inputs.set(settings)
    decideTariff(now: now)
  }

  // MARK: following

  /// Lets time pass for the inputs; once per window.
  mutating func followTariffs(now: Instant) {
    guard tariffs.inputs.settings.mode != .off else { return }
    tariffs.inputs.settle(now: now)
    if tariffs.inputs.tariff != state.tariff { decideTariff(now: now) }
  }

  /// The next change of the plan, or the end of the command, has come.
  @inline(never)
  mutating func reachTariff(at now: Instant) {
    if tariffs.nextChange <= now {
      if isClockValid { tariffs.calendar = tariffs.nextTariff }
      tariffs.nextChange = Instant(ticks: .max)
      tariffs.needsPlanning = true
    }
    guard tariffs.commandEnd <= now else { return decideTariff(now: now) }
    tariffs.command = nil
    tariffs.commandEnd = Instant(ticks: .max)
    saveClock(now: now)
    decideTariff(isCommanded: true, now: now)
  }

  /// - Parameter isCommanded: by a command or its end, which is logged.
  mutating func decideTariff(isCommanded: Bool = false, now: Instant) {
    guard let tariff = tariffs.wanted, tariff != state.tariff else { return }
    state.tariff = tariff
    stateNeedsCommit = true
    guard isCommanded else { return }
    log(.tariffChanged, now: now, UInt64(tariff.rawValue) | UInt64(tariffs.source.rawValue) << 8)
  }

  // MARK: plans

  /// Looks at the stored plans: what holds now, and when that changes.
  @inline(never)
  mutating func planTariffs(now: Instant, memory: borrowing some PageMemory & ~Copyable) {
    tariffs.needsPlanning = false
    tariffs.nextChange = Instant(ticks: .max)
    guard isClockValid else { return }
    let time = time(at: now)
    let (active, passive) = Self.plans(at: time, memory: memory)
    if let active { follow(active, time, now: now) } else { tariffs.calendar = nil }
    if let passive { expect(passive, now: now) }
    if (active?.serial ?? 0) != tariffs.activeSerial {
      tariffs.activeSerial = active?.serial ?? 0
      log(.tariffPlanInForce, now: now, UInt64(active?.plan.number ?? 0))
      saveClock(now: now)
    }
    decideTariff(now: now)
  }

  private mutating func follow(_ active: StoredPlan, _ time: Instant, now: Instant) {
    let calendar = active.plan.tariff(at: zone.localTime(at: time).civil)
    let next = active.plan.nextChange(after: time, in: zone)
    tariffs.calendar = calendar
    tariffs.nextTariff = next.tariff
    tariffs.nextChange = max(ownersTime(of: next.at, near: now), now + .milliseconds(1))
  }

  /// Lets the passive plan come into force in time.
  private mutating func expect(_ passive: StoredPlan, now: Instant) {
    let at = ownersTime(of: passive.activation, near: now)
    guard at < tariffs.nextChange else { return }
    // What it asks for is found when it is in force, at the same instant.
    tariffs.nextTariff = passive.plan.tariff(at: zone.localTime(at: passive.activation).civil)
    tariffs.nextChange = max(at, now + .milliseconds(1))
  }

  /// The plan in force at a time, and the one that waits for its activation.
  private static func plans(
    at time: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> (active: StoredPlan?, passive: StoredPlan?) {
    let first = StoredPlan(place: 0, from: memory)
    let second = StoredPlan(place: 1, from: memory)
    let firstIsDue = first.map { $0.activation <= time } ?? false
    let secondIsDue = second.map { $0.activation <= time } ?? false
    switch (firstIsDue, secondIsDue) {
    case (true, true):
      let secondIsNewer = (second?.serial ?? 0) > (first?.serial ?? 0)
      return (secondIsNewer ? second : first, nil)
    case (true, false): return (first, second)
    case (false, true): return (second, first)
    case (false, false): return (nil, first ?? second)
    }
  }

  /// The plan in force; nil for none.
  @inline(never)
  public func tariffPlan(
    now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> TariffPlan? {
    Self.plans(at: time(at: now), memory: memory).active?.plan
  }

  /// Changes with the plan in force; 0 for none.
  public var tariffPlanSerial: UInt32 { tariffs.activeSerial }

  /// Whether a local date is an exception day of the plan in force.
  @inline(never)
  public func isExceptionDay(
    _ date: CivilDate, now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    tariffPlan(now: now, memory: memory)?.kind(of: date) == .exception
  }

  /// The plan that waits for its activation, in the meter's time; nil for none.
  @inline(never)
  public func passiveTariffPlan(
    now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> (plan: TariffPlan, activation: Instant)? {
    let passive = Self.plans(at: time(at: now), memory: memory).passive
    guard let passive, passive.activation > time(at: now) else { return nil }
    return (passive.plan, passive.activation)
  }

  /// Stores a plan; to be called again with the same arguments while it answers `.busy`.
  ///
  /// It replaces the passive plan. The plan in force stays whole until this one's time has come,
  /// whatever happens on the way.
  /// - Parameter activation: when it comes into force, in the meter's time; any time that has
  ///   passed (2000-01-01 or later) puts it in force at once.
  /// - Returns: `.committed` when it is safe; `.failed` when the memory did not take it.
  @inline(never)
  public mutating func store(
    _ plan: TariffPlan, from activation: Instant, now: Instant,
    memory: inout some PageMemory & ~Copyable
  ) -> ProgramProgress {
    if isMemoryLost { return .failed }
    var bytes = InlineArray<424, UInt8>(repeating: 0)
    var tail = bytes.mutableSpan
    let length = Self.encode(plan, from: activation, into: &tail)
    // Without the serial number, which is chosen below.
    let check = CRC32.check(bytes.span.extracting(0..<length))
    if tariffs.writing?.check != check { beginPlan(check, now: now, memory: memory) }
    guard var writing = tariffs.writing else { return .failed }
    for k in 0..<4 {
      bytes[8 + k] = UInt8(truncatingIfNeeded: writing.serial >> UInt32(8 * k))
    }
    let payload = bytes.span.extracting(0..<length)
    if writing.record.isIdle { _ = writing.record.begin(payload) }
    let progress = writing.record.pump(payload, to: &memory)
    tariffs.writing = progress == .busy ? writing : nil
    if progress == .committed {
      log(.tariffPlanStored, now: now, UInt64(plan.number))
      tariffs.needsPlanning = true
    }
    return progress
  }

  private static func encode(
    _ plan: TariffPlan, from activation: Instant, into bytes: inout MutableSpan<UInt8>
  ) -> Int {
    let seconds = UInt64(max(0, activation.seconds))
    for k in 0..<8 { bytes[k] = UInt8(truncatingIfNeeded: seconds >> UInt64(8 * k)) }
    var rest = bytes.extracting(StoredPlan.headBytes...)
    return StoredPlan.headBytes + plan.encode(into: &rest)
  }

  /// Chooses place and serial number of a new plan.
  private mutating func beginPlan(
    _ check: UInt32, now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) {
    let (first, second) = (
      StoredPlan(place: 0, from: memory)?.serial ?? 0,
      StoredPlan(place: 1, from: memory)?.serial ?? 0
    )
    let active = Self.plans(at: time(at: now), memory: memory).active?.serial ?? 0
    // With no plan in force the passive one is replaced, too.
    let place = active != 0 ? (active == first ? 1 : 0) : first != 0 ? 0 : second != 0 ? 1 : 0
    var record = StoredPlan.record(place)
    var bytes = InlineArray<424, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    _ = record.recover(from: memory, into: &room, length: &length)
    tariffs.writing = PlanWriting(
      record: record, serial: max(first, second) &+ 1, check: check)
  }
}
