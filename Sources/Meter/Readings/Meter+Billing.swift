import LegalMeter
import MeterTime
import Quantities

extension Meter {
  /// Billing resets, the power threshold, pulse inputs, prepaid credit.
  func billingReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .billingCount: Int64(legal.billingCount)
    case .billingRecords: Int64(legal.billingRecordCount)
    case .billingDate:
      legal.lastBillingReset.map { Int64(legal.zone.localTime(at: $0).civil.date.yymmdd) }
    case .billingTime:
      legal.lastBillingReset.map { Int64(legal.zone.localTime(at: $0).civil.hhmmss) }
    case .thresholdLimit: Int64(legal.periodSettings.threshold_mW)
    case .thresholdCount: Int64(legal.periodsAboveThreshold)
    case .credit: credit_mWh
    case .pulseInput1: Int64(pulseInputCount(0))
    case .pulseInput2: Int64(pulseInputCount(1))
    default: nil
    }
  }
}
