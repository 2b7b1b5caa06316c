import LegalMeter
import Quantities

extension Meter {
  /// Billing resets, the power threshold, pulse inputs, prepaid credit.
  func billingReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .thresholdCount: Int64(legal.periodsAboveThreshold)
    case .credit: credit_mWh
    case .pulseInput1: Int64(pulseInputCount(0))
    case .pulseInput2: Int64(pulseInputCount(1))
    default: nil
    }
  }
}
