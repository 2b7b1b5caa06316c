import LegalMeter
import MeterTime
import Quantities

extension Meter {
  @inline(never)
  func deviceReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .hourCounter: Int64(legal.operatingSeconds / 3600)
    // A clock that does not know the time shows dashes.
    case .date: legal.isClockValid ? Int64(legal.localTime(at: now).civil.date.yymmdd) : nil
    case .time: legal.isClockValid ? Int64(legal.localTime(at: now).civil.hhmmss) : nil
    case .meterNumber: Int64(configuration.meterNumber)
    case .softwareRevision: Int64(configuration.softwareRevision)
    case .legalChecksum: Int64(legal.legalChecksum)
    case .meterStatus: Int64(status)
    case .activeTariff: Int64(legal.tariff.rawValue) + 1
    case .temperature: Int64(temperature_dC)
    default: nil
    }
  }

  /// Eight flags as in the family: bit 1 memory error.
  private var status: UInt8 { legal.isMemoryFaulty ? 2 : 0 }
}
