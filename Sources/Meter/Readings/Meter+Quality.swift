import LegalMeter
import Quantities

extension Meter {
  /// Extremes and means of the voltages, distortion, dips, swells, interruptions.
  func qualityReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .neutralVoltage:
      legal.parameters.connection == .fourWire ? Int64(neutralVoltage_mV) : nil
    default: nil
    }
  }
}
