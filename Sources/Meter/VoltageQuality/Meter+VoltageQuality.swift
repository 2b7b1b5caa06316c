import Bytes
import LegalMeter
import MeterTime
import Metrology
import Quantities

extension Meter {
  private var nominal_mV: Int32 { legal.parameters.nominalVoltage_mV }

  @inline(__always)
  private func ticks(ofSamples samples: UInt32) -> Int64 {
    let rate = legal.rate
    return Int64(samples) * Instant.ticksPerSecond * Int64(rate.denominator)
      / Int64(max(rate.numerator, 1))
  }

  /// Takes the window just closed into the quality of the supply.
  @inline(never)
  mutating func watchVoltages(now: Instant) {
    let from = Instant(ticks: now.ticks &- ticks(ofSamples: legal.window.samples))
    watchSlowly(from: from, now: now)
    takeDisturbances(now: now)
    addToInterval(from: from, now: now)
  }

  // MARK: what lasts

  mutating func watchSlowly(from: Instant, now: Instant) {
    let step = VoltageLimits.hysteresis(nominal_mV: nominal_mV)
    let limits = voltageQuality.life.limits
    let low = Int32(limits.low_V) * 1000, high = Int32(limits.high_V) * 1000
    let patience = Instant.Duration.seconds(Int64(limits.duration_10s) * 10)
    let dead = VoltageLimits.interruption(nominal_mV: nominal_mV)
    var best: Int32 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      let k = phase.index
      let u = legal.window[k].voltage_mV
      best = max(best, u)
      func margin(_ kind: SlowVoltageWatch.Kind) -> Int32 {
        voltageQuality.slow.isOutside(kind, k) ? step : 0
      }
      let missing = u < phaseLimit_mV + margin(.dropout)
      let isUnder = !missing && u < low + margin(.under)
      let isOver = u > high - margin(.over)
      follow(.dropout, k, missing, u, from, now, .seconds(1))
      follow(.under, k, isUnder, u, from, now, patience)
      follow(.over, k, isOver, u, from, now, patience)
      let isDead = u < dead + margin(.interruption)
      follow(.interruption, k, isDead, u, from, now, .zero)
      if !isDead { voltageQuality.life.note(u, phase: k, at: legal.time(at: now)) }
    }
    let margin = voltageQuality.slow.isOutside(.interruption, 3) ? step : 0
    follow(.interruption, 3, best < dead + margin, best, from, now, .zero)
  }

  private mutating func follow(
    _ kind: SlowVoltageWatch.Kind, _ phase: Int, _ isOutside: Bool, _ voltage_mV: Int32,
    _ from: Instant, _ now: Instant, _ patience: Instant.Duration
  ) {
    let change = voltageQuality.slow.take(
      kind, phase, isOutside: isOutside, voltage_mV: voltage_mV, from: from, to: now,
      patience: patience)
    switch change {
    case .none: break
    case .began:
      let start = voltageQuality.slow.start(kind, phase)
      if kind == .interruption {
        voltageQuality.interval.isFlagged = true
        if phase == 3 { voltageQuality.sawInterruption = true }
      }
      guard let event = kind.began else { return }
      legal.log(
        event, now: start,
        VoltageEvent.parameter(
          phases: 1 << UInt8(phase),
          extreme_mV: voltageQuality.slow.extreme_mV(kind, phase), length: now - start))
    case .ended(let since, let extreme_mV):
      if kind == .interruption {
        countInterruption(phase: phase, from: since, to: from)
      } else if let event = kind.ended {
        legal.log(
          event, now: from,
          VoltageEvent.parameter(
            phases: 1 << UInt8(phase), extreme_mV: extreme_mV, length: from - since))
      }
    }
  }

  /// - Parameter phase: 3 for all phases at once, which also goes to week and log.
  private mutating func countInterruption(phase: Int, from: Instant, to: Instant) {
    let length = to - from
    let seconds = UInt32(clamping: length.wholeSeconds)
    let isLong = length > .minutes(3)
    voltageQuality.life.countInterruption(phase: phase, seconds: seconds, isLong: isLong)
    voltageQuality.lifeNeedsCommit = true
    voltageQuality.interval.isFlagged = true
    guard phase == 3 else { return }
    voltageQuality.week.countInterruption(seconds, isLong: isLong)
    voltageQuality.weekNeedsCommit = true
    var phases: UInt8 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      phases |= 1 << UInt8(phase.index)
    }
    legal.log(
      isLong ? .longInterruption : .shortInterruption, now: from,
      VoltageEvent.parameter(phases: phases, extreme_mV: 0, length: length))
  }

  // MARK: dips and swells

  private mutating func takeDisturbances(now: Instant) {
    while let found = legal.nextDisturbance() {
      let phase = Int(found.system)
      guard let named = Phase(rawValue: UInt8(phase)), legal.parameters.uses(named) else {
        continue
      }
      let end = now.ticks &- ticks(ofSamples: found.ago)
      let start = end &- ticks(ofSamples: found.length)
      let isDip = found.kind == .dip
      voltageQuality.interval.isFlagged = true
      voltageQuality.life.count(isDip, phase: phase)
      voltageQuality.lifeNeedsCommit = true
      legal.log(
        isDip ? .voltageDip : .voltageSwell, now: Instant(ticks: start),
        VoltageEvent.parameter(
          phases: 1 << found.system, extreme_mV: found.extreme_mV,
          length: Instant.Duration(ticks: end - start)))
      let share = Int32(clamping: Int64(found.extreme_mV) * 1000 / Int64(max(nominal_mV, 1)))
      if isDip {
        Self.merge(&voltageQuality.dip, start, end, min: share, system: found.system)
      } else {
        Self.merge(&voltageQuality.swell, start, end, max: share)
      }
    }
    if legal.openDisturbances == 0 { closePolyphase() }
  }

  private static func merge(
    _ event: inout VoltageQuality.Polyphase, _ start: Int64, _ end: Int64, min share: Int32,
    system: UInt8
  ) {
    event.extreme = event.isOpen ? min(event.extreme, share) : share
    event.start = min(event.start, start)
    event.end = max(event.end, end)
    if share < 50 { event.dead |= 1 << system }
  }

  private static func merge(
    _ event: inout VoltageQuality.Polyphase, _ start: Int64, _ end: Int64, max share: Int32
  ) {
    event.extreme = event.isOpen ? max(event.extreme, share) : share
    event.start = min(event.start, start)
    event.end = max(event.end, end)
  }

  /// All phases are inside again: counts the event in its table.
  private mutating func closePolyphase() {
    if voltageQuality.dip.isOpen {
      let event = voltageQuality.dip
      voltageQuality.dip = VoltageQuality.Polyphase()
      var used: UInt8 = 0
      for phase in Phase.allCases where legal.parameters.uses(phase) {
        used |= 1 << UInt8(phase.index)
      }
      if event.dead == used {
        // Too short for any window to see it; a longer one has been counted by the windows.
        if !voltageQuality.sawInterruption {
          countInterruption(
            phase: 3, from: Instant(ticks: event.start), to: Instant(ticks: event.end))
        }
      } else {
        let length = Instant.Duration(ticks: event.end - event.start)
        voltageQuality.week.countDip(
          residual: event.extreme, duration_ms: length.wholeMilliseconds)
        voltageQuality.weekNeedsCommit = true
      }
      if !voltageQuality.slow.isOutside(.interruption, 3) { voltageQuality.sawInterruption = false }
    }
    if voltageQuality.swell.isOpen {
      let event = voltageQuality.swell
      voltageQuality.swell = VoltageQuality.Polyphase()
      let length = Instant.Duration(ticks: event.end - event.start)
      voltageQuality.week.countSwell(extreme: event.extreme, duration_ms: length.wholeMilliseconds)
      voltageQuality.weekNeedsCommit = true
    }
  }

  // MARK: means

  private mutating func addToInterval(from: Instant, now: Instant) {
    let seconds = legal.zone.standardSeconds(at: legal.time(at: now))
    let number = UInt32(clamping: seconds / 600)
    if voltageQuality.intervalNumber != number { closeInterval(next: number) }
    for k in 0..<3 {
      let u = UInt64(max(legal.window[k].voltage_mV, 0))
      voltageQuality.interval.squares[k] &+= u &* u
    }
    if voltageQuality.interval.windows < .max { voltageQuality.interval.windows += 1 }
    voltageQuality.interval.covered_ms &+= UInt32(clamping: (now - from).wholeMilliseconds)
    addFrequency(slot: UInt8(truncatingIfNeeded: seconds / 10))
    // Once a second is enough for a mean over ten minutes.
    if voltageQuality.interval.windows % 5 == 0, legal.parameters.connection == .fourWire,
      let ratio = VoltageUnbalance.ratio(legal.window)
    {
      voltageQuality.interval.unbalance &+= UInt32(ratio)
      voltageQuality.interval.unbalances += 1
    }
  }

  private mutating func addFrequency(slot: UInt8) {
    if slot != voltageQuality.frequencySlot { openFrequencySlot(slot) }
    guard legal.window.isWhole, voltageQuality.frequencyWindows < .max else { return }
    voltageQuality.frequencySum_mHz &+= legal.window.frequency_mHz
    voltageQuality.frequencyWindows += 1
  }

  /// Counts the ten seconds that are over and begins the next.
  mutating func openFrequencySlot(_ slot: UInt8) {
    // A whole ten seconds has 50 windows; a slot that a clock set cut short does not count.
    if voltageQuality.frequencyWindows >= 45 {
      voltageQuality.week.count(
        frequency_mHz: voltageQuality.frequencySum_mHz / UInt32(voltageQuality.frequencyWindows),
        nominal_Hz: UInt32(legal.nominalHertz))
    }
    voltageQuality.frequencySlot = slot
    voltageQuality.frequencySum_mHz = 0
    voltageQuality.frequencyWindows = 0
  }

  /// Folds the running ten minutes into the week and opens the next.
  @inline(never)
  mutating func closeInterval(next: UInt32) {
    // The record of the week before is still on its way: the interval waits for it.
    if voltageQuality.isClosing { return }
    let interval = voltageQuality.interval
    if voltageQuality.intervalNumber != nil {
      if interval.isFlagged || interval.covered_ms < 595_000 {
        VoltageWeek.bump(&voltageQuality.week.flagged)
      } else {
        count(interval)
      }
      voltageQuality.weekNeedsCommit = true
      voltageQuality.lifeNeedsCommit = true
    }
    voltageQuality.interval = VoltageQuality.Interval()
    voltageQuality.intervalNumber = next
    // 2000-01-01 was a Saturday.
    let day = next / 144
    let week = UInt16(truncatingIfNeeded: day < 2 ? 0 : (day - 2) / 7)
    if voltageQuality.week.number != week {
      if voltageQuality.week.intervals == 0 && voltageQuality.week.flagged == 0 {
        voltageQuality.week.number = week
      } else {
        voltageQuality.isClosing = true
        voltageQuality.lastNeedsCommit = true
      }
    }
  }

  private mutating func count(_ interval: VoltageQuality.Interval) {
    VoltageWeek.bump(&voltageQuality.week.intervals)
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      let k = phase.index
      let square = interval.squares[k] / UInt64(max(interval.windows, 1))
      let mean = Int32(clamping: squareRoot(square))
      voltageQuality.means[k] = VoltageEvent.deci(mean)
      voltageQuality.week.count(mean_mV: mean, phase: k, nominal_mV: nominal_mV)
    }
    if interval.unbalances > 0 {
      voltageQuality.week.count(
        unbalance: UInt16(clamping: interval.unbalance / UInt32(interval.unbalances)))
    }
  }

  // MARK: supply

  /// The meter stops for want of supply.
  mutating func noteSupplyLost(since: Instant) {
    let slow = voltageQuality.slow
    let began = slow.isLasting(.interruption, 3) ? slow.start(.interruption, 3) : since
    voltageQuality.supplyLostAt = began
    voltageQuality.slow = SlowVoltageWatch()
    voltageQuality.dip = VoltageQuality.Polyphase()
    voltageQuality.swell = VoltageQuality.Polyphase()
    voltageQuality.sawInterruption = false
    voltageQuality.interval.isFlagged = true
  }

  /// The supply is back: what it was away for was an interruption of all phases.
  mutating func noteSupplyReturned(now: Instant) {
    guard let from = voltageQuality.supplyLostAt else { return }
    voltageQuality.supplyLostAt = nil
    countOutage(from: from, to: now)
  }

  mutating func countOutage(from: Instant, to: Instant) {
    // A clock that stood still cannot say how long.
    guard legal.isClockValid, to > from else { return }
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      countInterruption(phase: phase.index, from: from, to: to)
    }
    countInterruption(phase: 3, from: from, to: to)
  }
}
