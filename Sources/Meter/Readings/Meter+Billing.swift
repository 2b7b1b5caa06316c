import LegalMeter
import Quantities

extension Meter {
  /// Billing resets, the power threshold, pulse inputs, prepaid credit.
  func billingReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .thresholdCount: Int64(legal.periodsAboveThreshold)
    default: nil
    }
  }
}
