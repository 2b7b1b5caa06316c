import MeterTime
import Metrology
import Quantities

/// The energy model: constant power instead of samples, from deadline to deadline.
///
/// Energy goes through the same gates and the same booking as that of a window, so registers,
/// tariffs, demand, profile and billing are those of the sample path. What the model has not:
/// edges of pulses, noise, half-cycle dips.
extension LegalMeter {
  /// Lets a constant load flow from where booking stands until `until` or the next deadline,
  /// whichever comes first, and lets happen what is due there.
  ///
  /// - Returns: the instant reached; `service` is due before the next step.
  @inline(never)
  public mutating func step(with load: ConstantLoad, to until: Instant) -> Instant {
    let from = bookedUntil ?? until
    var end = max(min(until, nextDeadline), from)
    if let v = verification, v.until > from { end = min(end, v.until) }
    let length = end - from
    window = MeasuredWindow(load, samples: sets(in: length))
    samples &+= Int64(window.samples)
    countOperation()
    followClock(now: end)
    followTariffs(now: end)
    book(gate(load, from: from, to: end), to: end)
    if length.ticks > 0 {
      // The rule of five seconds looks twice.
      watchBackstop(now: from)
      watchBackstop(now: min(end, from + Backstop.delay))
    }
    if let v = verification, end >= v.until { endVerification(now: end) }
    return end
  }

  /// Lets time pass without supply.
  @inline(never)
  public mutating func dropSpan(to now: Instant) {
    clock.reserve.advance(to: now, isSupplied: false)
    window = .empty
    activeQuadrants = 0
  }

  /// Sets that a source would have delivered, rounded down.
  private func sets(in length: Instant.Duration) -> UInt32 {
    let second = Int64(settings.rate.numerator) / Int64(max(settings.rate.denominator, 1))
    let whole = length.wholeSeconds &* second
    return UInt32(clamping: whole &+ ((length.ticks & 0xFFFF) &* second) >> 16)
  }

  /// What of a constant load is booked over a length of time.
  private mutating func gate(
    _ load: ConstantLoad, from: Instant, to: Instant
  ) -> BookedEnergy {
    let threshold = parameters.creepThreshold_mW
    var out = BookedEnergy()
    var active: Int64 = 0
    var reactive: Int64 = 0
    var quadrants: UInt8 = 0
    for phase in Phase.allCases where parameters.uses(phase) {
      let (p, q) = (Int64(load.active_mW[phase.index]), Int64(load.reactive_mvar[phase.index]))
      active &+= p
      reactive &+= q
      let booked = gates[phase.index].pass(
        constant: Self.energy(p, q, from, to), active_mW: p, reactive_mvar: q,
        threshold_mW: threshold)
      out.phases[phase.index] = booked
      out.total += booked
      quadrants |= Self.quadrant(gates[phase.index], p, q)
    }
    if parameters.effectiveSummation == .vector {
      out.total = totalGate.pass(
        constant: Self.energy(active, reactive, from, to), active_mW: active,
        reactive_mvar: reactive, threshold_mW: threshold)
      quadrants = Self.quadrant(totalGate, active, reactive)
    }
    activeQuadrants = quadrants
    return out
  }

  private static func energy(
    _ active_mW: Int64, _ reactive_mvar: Int64, _ from: Instant, _ to: Instant
  ) -> EnergyContribution {
    EnergyContribution(
      active: energy(active_mW, from, to), reactive: energy(reactive_mvar, from, to))
  }

  /// mW times 1/65536 s, in µWs.
  ///
  /// As the difference of what a second has brought up to both ends: however time is divided, the
  /// parts add up to the whole.
  private static func energy(_ power_mW: Int64, _ from: Instant, _ to: Instant) -> Int64 {
    let power = power_mW &* 1000
    func started(_ at: Instant) -> Int64 {
      (power &* (at.ticks & 0xFFFF)) / Instant.ticksPerSecond
    }
    return power &* (to.seconds &- from.seconds) &+ started(to) &- started(from)
  }
}
