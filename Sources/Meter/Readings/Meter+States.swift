import LegalMeter
import Quantities

extension Meter {
  /// Clock, alarms, errors, switch, source of the tariff.
  func stateReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    default: nil
    }
  }
}
