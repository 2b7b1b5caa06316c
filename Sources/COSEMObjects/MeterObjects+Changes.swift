import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory

/// Changes by set and action go through the meter's own typed commands, through the door of a
/// module: what that door may not change, the meter refuses.
extension MeterObjects {
  /// Puts one section of a configuration in force.
  static func change(
    _ section: ConfigurationSection, to wanted: MeterConfiguration, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> DataAccessResult {
    // The change goes on with each call while the memory is busy.
    for _ in 0..<64 {
      do throws(ConfigurationRefusal) {
        let progress = try meter.change(
          section, to: wanted, through: .module, now: now, memory: &memory)
        if progress != .busy { return .success }
      } catch {
        switch error {
        case .busy: return .temporaryFailure
        case .memory, .full: return .hardwareFault
        case .sealed, .wrongDoor, .fixed: return .readWriteDenied
        default: return .otherReason
        }
      }
      memory.maintain()
    }
    return .temporaryFailure
  }

  /// Stores a tariff plan; one whose time has come is in force at once.
  static func store(
    _ plan: TariffPlan, from activation: Instant, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> DataAccessResult {
    for _ in 0..<99 {
      memory.maintain()
      switch meter.legal.store(plan, from: activation, now: now, memory: &memory) {
      case .committed: return .success
      case .busy, .idle: continue
      case .failed: return .hardwareFault
      }
    }
    return .temporaryFailure
  }
}

extension DataAccessResult {
  /// Why data were not taken: of another type, or nonsense.
  init(_ error: COSEMError) {
    self = error == .outOfRange ? .otherReason : .typeUnmatched
  }

  /// The same of a method.
  var ofAction: ActionResult { ActionResult(rawValue: rawValue) ?? .otherReason }
}
