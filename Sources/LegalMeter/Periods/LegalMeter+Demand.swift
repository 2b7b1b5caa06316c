import MeterTime
import Quantities

/// Demand: mean power over the registration periods.
///
/// A period counts if the meter was in operation for at least 90 % of it and the clock was valid.
/// Its power is its energy over its length, or over the time in operation where a clock set back
/// has made that longer. It belongs to the tariff in which it began.
extension LegalMeter {
  /// The maxima since the last billing reset.
  public var demandMaxima: DemandMaxima { periods.demand.maxima }

  /// Sum of the maxima of all closed billing periods, mW or mvar.
  public func cumulativeDemand(_ kind: EnergyKind) -> UInt64 {
    periods.demand.cumulative_mW[kind.index]
  }

  /// Energy of the open period so far over the whole length of a period, mW or mvar.
  public func runningDemand(_ kind: EnergyKind) -> UInt32 {
    guard periods.isOpen else { return 0 }
    let energy = periods.energy(kind, registers[.total(kind)])
    return UInt32(clamping: energy &* 3600 / UInt64(periods.settings.length.seconds))
  }

  /// Mean power of the last period that counted, mW or mvar.
  public func lastDemand(_ kind: EnergyKind) -> UInt32 { periods.demand.last_mW[kind.index] }

  /// Highest and lowest P+ of a period over the life of the meter.
  public var lifetimeDemand: (maximum: DemandMaximum, minimum: DemandMaximum) {
    (periods.demand.lifetimeMaximum, periods.demand.lifetimeMinimum)
  }

  /// Periods with P+ above the threshold, over the life of the meter.
  public var periodsAboveThreshold: UInt32 { periods.demand.periodsAbove }

  /// Billing resets whose maxima have been taken: the count of the last
  /// `takeMaximaForBilling(count:)`, restored at the start.
  ///
  /// Where a snapshot with a higher count is found in the memory, the supply went between the two:
  /// the maxima are taken again, with the same count.
  public var demandResets: UInt32 { periods.demand.resets }

  /// Billing reset: hands out the maxima, adds them to the cumulative ones and clears them.
  ///
  /// To be called when the snapshot of the closed billing period is safe in the memory. The
  /// period that is open goes on and belongs to the new billing period.
  /// - Parameter count: of billing resets, this one included.
  @inline(never)
  @discardableResult
  public mutating func takeMaximaForBilling(count: UInt32) -> DemandMaxima {
    let taken = periods.demand.maxima
    periods.demand.reset(count: count)
    periods.needsCommit = true
    return taken
  }
}
