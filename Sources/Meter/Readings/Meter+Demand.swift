import LegalMeter
import Quantities

extension Meter {
  /// Demand of the running and the last block period, maxima with their stamps, cumulative and
  /// lifetime values; nil while nothing is known of them.
  @inline(never)
  func demandReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    default: nil
    }
  }
}
