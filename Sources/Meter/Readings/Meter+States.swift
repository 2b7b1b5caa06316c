import LegalMeter
import MeterTime
import Quantities

extension Meter {
  /// Clock, alarms, errors, switch, source of the tariff.
  func stateReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .clockStatus: Int64(clockStatus)
    default: nil
    }
  }

  /// The status byte of a clock in COSEM (Blue Book, 4.1.6.1): bit 0 invalid, bit 7 daylight
  /// saving.
  private var clockStatus: UInt8 {
    (legal.isClockValid ? 0 : 1) | (legal.localTime(at: now).isDaylightSaving ? 0x80 : 0)
  }
}
