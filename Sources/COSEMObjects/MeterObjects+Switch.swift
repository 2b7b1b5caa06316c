import COSEM
import Meter
import MeterTime
import PermanentMemory

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

  /// Sets the control mode: 1 lets the button open, 3 does not.
  static func setSwitchMode(
    _ value: Span<UInt8>, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable,
    now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let mode = try reader.integer(in: 0...6)
    guard mode == 1 || mode == 3 else { throw .outOfRange }
    var wanted = meter.configuration
    wanted.supply.supplySwitch.buttonOpens = mode == 1
    return change(.supply, to: wanted, &meter, &memory, now: now)
  }

  // MARK: load outputs

  /// A load output: it goes on and off by command alone, which is mode 4, or follows its plan or a
  /// tariff, which is told as mode 0.
  static func writeLoadOutput(
    _ output: UInt8, _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let isOn = meter.isLoadOn(Int(output))
    switch attribute {
    case 2: writer.boolean(isOn)
    case 3: writer.enumeration(isOn ? 1 : 0)
    default: writer.enumeration(loadMode(output, meter) == .command ? 4 : 0)
    }
  }

  private static func loadMode(
    _ output: UInt8, _ meter: borrowing Meter
  ) -> LoadOutputParameters.Mode {
    output == 0 ? meter.configuration.loads.output1.mode : meter.configuration.loads.output2.mode
  }

  /// Method 1 switches off, method 2 on, as far as the output follows commands.
  static func operateLoad(
    _ output: UInt8, _ method: UInt8, _ meter: inout Meter, now: Instant
  ) -> ActionResult {
    meter.commandLoad(Int(output), isOn: method == 2, now: now) ? .success : .otherReason
  }

  // MARK: operating

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
