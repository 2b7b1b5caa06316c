import MeterTime
import Metrology
import Quantities

// MARK: - Booking

extension LegalMeter {
  /// The next instant at which the meter's time changes where energy goes: energy that is metered
  /// over it is divided there.
  var nextDeadline: Instant { min(periods.end, min(billing.deadline, tariffs.deadline)) }

  /// Lets happen what is due at a deadline; everything before it has been booked.
  ///
  /// At the same instant a period closes first, then a billing period, then a tariff changes.
  mutating func reach(_ deadline: Instant) {
    if deadline >= periods.end { closePeriod(at: deadline) }
    if deadline >= billing.deadline { reachBilling(at: deadline) }
    if deadline >= tariffs.deadline { reachTariff(at: deadline) }
  }

  /// Books what was metered since the last call, divided at the deadlines between.
  mutating func book(_ energy: BookedEnergy, to now: Instant) {
    var at = bookedUntil ?? now
    bookedUntil = now
    if nextDeadline > now {
      book(energy)
      return
    }
    divide(energy, from: &at, to: now)
  }

  @inline(never)
  private mutating func divide(_ energy: BookedEnergy, from at: inout Instant, to now: Instant) {
    var rest = energy
    // Each deadline moves the next one on; the bound is for a clock that does not.
    for _ in 0..<64 where nextDeadline <= now {
      let deadline = nextDeadline
      if deadline > at {
        book(rest.take(deadline - at, of: now - at))
        at = deadline
      }
      reach(deadline)
    }
    book(rest)
  }

  private mutating func book(_ energy: BookedEnergy) {
    for phase in Phase.allCases where parameters.uses(phase) {
      registers.book(energy.phases[phase.index], phase: phase)
    }
    registers.book(total: energy.total, tariff: state.tariff, energies: parameters.energies)
  }
}

// MARK: - Periods

extension LegalMeter {
  /// Opens the first period, or goes on with the one that the supply left open.
  ///
  /// A period that an outage has touched carries `powerDown`; one that lies wholly in it does not
  /// exist.
  @inline(never)
  mutating func resumePeriods(now: Instant) {
    bookedUntil = now
    let present = periodNumber(at: now)
    if !periods.isOpen {
      openPeriod(present, [.powerDown], now: now)
    } else if present == periods.number {
      periods.status.insert(.powerDown)
      periods.end = max(periodEnd(near: now), now)
      periods.needsCommit = true
      noteClockOfPeriod()
    } else {
      periods.status.insert(.powerDown)
      closePeriod(at: now, next: present, [.powerDown])
    }
  }

  /// The supply has gone: no period closes until it is back.
  mutating func suspendPeriods() {
    periods.status.insert(.powerDown)
    periods.end = Instant(ticks: .max)
  }

  /// The clock has been moved; to be called after that.
  ///
  /// Periods touched by a step beyond an adjustment carry `clockAdjusted`; the open one closes
  /// short where the clock has left it. Records are kept whatever the direction.
  @inline(never)
  mutating func movePeriods(isMarked: Bool, now: Instant) {
    guard periods.isOpen, periods.end.ticks != .max else { return }
    let present = periodNumber(at: now)
    if isMarked {
      periods.status.insert(.clockAdjusted)
      if present != periods.number {
        closePeriod(at: now, next: present, [.clockAdjusted])
        return
      }
      periods.needsCommit = true
    }
    // A small step back stays in its period, a small one forward may end it now.
    periods.end = max(periodEnd(near: now), now)
    noteClockOfPeriod()
  }

  /// Closes the open period and opens the next.
  /// - Parameter next: its number; by default the following one, or the one the clock is in.
  mutating func closePeriod(
    at now: Instant, next: UInt32? = nil, _ nextStatus: PeriodStatus = []
  ) {
    let length = periods.settings.length.seconds
    let following = next ?? max(periods.number &+ 1, periodNumber(at: now))
    if periods.closed != nil && !isMemoryLost {
      // The memory has not taken the last one for a whole period: this one goes on.
      periods.status.insert(.notValid)
      periods.end = now + .seconds(length)
      return
    }
    noteClockOfPeriod()
    var closed = ClosedPeriod(number: periods.number, status: periods.status)
    let lastMoment = zone.instant(standardSeconds: (Int64(periods.number) + 1) * length - 1)
    if zone.daylightSaving.isDaylightSaving(at: lastMoment) {
      closed.status.insert(.daylightSaving)
    }
    if isMemoryFaulty { closed.status.insert(.error) }
    countDemand(closed.status, now: now)
    for kind in EnergyKind.allCases {
      closed.values[kind.index] = periods.takeValue(kind, registers[.total(kind)])
    }
    periods.closed = closed
    openPeriod(following, nextStatus, now: now)
  }

  /// Opens the period of the present time without closing any.
  mutating func reopenPeriod(_ status: PeriodStatus, now: Instant) {
    openPeriod(periodNumber(at: now), status, now: now)
  }

  private mutating func openPeriod(_ number: UInt32, _ status: PeriodStatus, now: Instant) {
    if !periods.isOpen {
      for kind in EnergyKind.allCases {
        let value = registers[.total(kind)]
        periods.carry[kind.index] = UInt32(
          truncatingIfNeeded: value % PeriodEngine.unit_mWh)
      }
    }
    periods.isOpen = true
    periods.number = number
    periods.status = status
    for kind in EnergyKind.allCases { periods.start[kind.index] = registers[.total(kind)] }
    periods.operatingAtStart = operatingSeconds
    periods.tariffAtStart = state.tariff
    periods.end = max(periodEnd(near: now), now + .seconds(1))
    periods.needsCommit = true
    // What a checkpoint tells must not be ahead of the registers after a cut.
    registers.requestCommit()
    noteClockOfPeriod()
  }

  private mutating func noteClockOfPeriod() {
    if !isClockValid { periods.status.insert(.clockInvalid) }
  }

  private mutating func countDemand(_ status: PeriodStatus, now: Instant) {
    let length = UInt64(periods.settings.length.seconds)
    let measured = UInt64(operatingSeconds &- periods.operatingAtStart)
    // Time that is not known cannot be the time of a maximum.
    guard measured * 10 >= length * 9, !status.contains(.clockInvalid) else { return }
    var power = InlineArray<4, UInt32>(repeating: 0)
    for kind in EnergyKind.allCases {
      let energy = periods.energy(kind, registers[.total(kind)])
      power[kind.index] = UInt32(clamping: energy &* 3600 / max(length, measured))
    }
    let end = zone.instant(standardSeconds: (Int64(periods.number) + 1) * Int64(length))
    periods.demand.count(
      power, tariff: periods.tariffAtStart, end_s: UInt32(clamping: end.seconds),
      threshold_mW: periods.settings.threshold_mW)
  }

  /// The number of the period in which the meter's time lies.
  private func periodNumber(at now: Instant) -> UInt32 {
    UInt32(clamping: zone.standardSeconds(at: time(at: now)) / periods.settings.length.seconds)
  }

  /// The end of the open period on the owner's time line.
  private func periodEnd(near now: Instant) -> Instant {
    let length = periods.settings.length.seconds
    return ownersTime(
      of: zone.instant(standardSeconds: (Int64(periods.number) + 1) * length), near: now)
  }

  /// When the meter's clock will show a time, on the owner's time line.
  // Inlined: a copy of the whole meter would lie on the stack of a small processor.
  @inline(__always)
  public func ownersTime(of wanted: Instant, near now: Instant) -> Instant {
    clock.ownersTime(of: wanted, near: now)
  }
}
