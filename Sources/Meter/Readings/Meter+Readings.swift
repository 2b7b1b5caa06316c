import LegalMeter
import Quantities

/// The meter as the display and every language ask it.
///
/// Each topic has its own file and answers nil for what is not its own, so the first answer is
/// the reading.
extension Meter: ReadingSource {
  @inline(never)
  public func reading(_ quantity: QuantityID) -> Int64? {
    if let register = Register(quantity) { return energyReading(quantity, register) }
    // Numbers are given out once, so the ranges of the topics stay.
    switch quantity.rawValue {
    case ..<QuantityID.voltageL1.rawValue: return powerReading(quantity)
    case ..<QuantityID.hourCounter.rawValue: return instantaneousReading(quantity)
    case ..<QuantityID.demandActiveImport.rawValue: return deviceReading(quantity)
    case ..<QuantityID.billingCount.rawValue: return demandReading(quantity)
    case ..<QuantityID.voltageMinimumL1.rawValue:
      return billingReading(quantity) ?? stateReading(quantity)
    case ..<QuantityID.demandPeriod.rawValue: return qualityReading(quantity)
    default: return intervalReading(quantity)
    }
  }
}
