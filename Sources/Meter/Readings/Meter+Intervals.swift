import LegalMeter
import PermanentMemory
import Quantities

extension Meter {
  /// Intervals of demand and loggers, backup of the clock, changes of the configuration.
  func intervalReading(_ quantity: QuantityID) -> Int64? {
    switch quantity {
    case .demandPeriod, .profileInterval: Int64(legal.periodSettings.length.minutes)
    case .analysisInterval: Int64(analysisLayout.minutes)
    case .backupHours: Int64(legal.clock.reserve.left_s / 3600)
    case .backupCharge: legal.clock.reserve.charge.map { Int64($0) }
    case .configurationChanges: Int64(store.changes)
    case .configurationChecksum: Int64(store.checksum)
    default: nil
    }
  }
}
