import COSEM
import Meter
import MeterTime

/// Class 70: the supply control switch, with the mapping of states of `SupplyState`.
extension MeterObjects {
  static func writeSwitch(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    switch attribute {
    case 2: writer.boolean(meter.supplyState.isClosed)
    case 3: writer.enumeration(meter.supplyControlState)
    // Remote reconnection makes ready, a person closes: 1 with, 3 without disconnection by hand.
    default:
      writer.enumeration(meter.configuration.supply.supplySwitch.buttonOpens ? 1 : 3)
    }
  }

  /// Method 1 opens. Method 2 releases; once released it closes, which takes a second command.
  static func operateSwitch(
    _ method: UInt8, _ meter: inout Meter, now: Instant
  ) -> ActionResult {
    let command: SwitchCommand =
      switch (method, meter.supplyState) {
      case (1, _): .open
      case (_, .released): .close
      default: .release
      }
    do throws(SwitchRefusal) {
      try meter.command(command, now: now)
      return .success
    } catch {
      switch error {
      case .noSwitch: return .objectUndefined
      case .busy, .waiting, .tooOften, .currentTooHigh, .notRemembered: return .temporaryFailure
      default: return .otherReason
      }
    }
  }
}
