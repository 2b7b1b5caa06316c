import COSEM
import LegalMeter
import Meter
import MeterTime
import Quantities

/// Script tables of the meter; what a script does is what its objects do.
public enum ScriptTable: UInt8, CaseIterable, Sendable {
  /// End of billing period: 1 closes it.
  case billing
  /// Tariffs: 1...4 choose one by command, 5 gives the choice back.
  case tariffs
  /// Supply control switch: 1 opens, 2 reconnects.
  case disconnector
  /// 1 sends a message.
  case push

  /// D and E of 0-0:10.D.E (IEC 62056-6-1: script table objects).
  var name: OBISCode {
    switch self {
    case .billing: .abstract(10, 0, 1)
    case .tariffs: .abstract(10, 0, 100)
    case .disconnector: .abstract(10, 0, 106)
    case .push: .abstract(10, 0, 108)
    }
  }

  var count: UInt16 {
    switch self {
    case .billing, .push: 1
    case .tariffs: 5
    case .disconnector: 2
    }
  }
}

/// Class 9 (IEC 62056-6-2, 4.5.2).
extension MeterObjects {
  static func writeScripts(
    _ table: ScriptTable, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    writer.array(Int(table.count))
    for script in 1...table.count {
      writer.structure(2)
      writer.longUnsigned(script)
      writer.array(1)
      writer.structure(5)
      // 1 writes an attribute, 2 executes a method.
      switch table {
      case .billing: writeExecute(.profileGeneric, .abstract(98, 1), 2, &writer)
      case .push: writeExecute(.pushSetup, PushCause.schedule.name, 1, &writer)
      case .disconnector:
        writeExecute(
          .disconnectControl, QuantityID.switchState.row.obis, Int8(script), &writer)
      case .tariffs:
        writer.enumeration(1)
        writer.longUnsigned(InterfaceClass.registerActivation.rawValue)
        writer.logicalName(.abstract(14, 0))
        writer.integer(4)
        let name: InlineArray<2, UInt8> = [0x54, 0x30 + UInt8(script)]
        writer.octets(name.span.extracting(0..<(script == 5 ? 0 : 2)))
      }
    }
  }

  private static func writeExecute(
    _ interface: InterfaceClass, _ name: OBISCode, _ method: Int8, _ writer: inout COSEMWriter
  ) {
    writer.enumeration(2)
    writer.longUnsigned(interface.rawValue)
    writer.logicalName(name)
    writer.integer(method)
    writer.integer(0)
  }

  static func execute(
    _ table: ScriptTable, _ parameters: Span<UInt8>, _ meter: inout Meter, now: Instant
  ) throws(COSEMError) -> ActionResult {
    var reader = COSEMReader(parameters)
    let script = try reader.integer(in: 1...Int64(table.count))
    switch table {
    case .billing: return closeBilling(&meter, now: now)
    // The owner of the port sends it.
    case .push: return .success
    case .disconnector: return operateSwitch(UInt8(script), &meter, now: now)
    case .tariffs:
      if let tariff = Tariff(rawValue: UInt8(script - 1)), script < 5 {
        meter.legal.choose(tariff, now: now)
      } else {
        meter.legal.withdrawTariff(now: now)
      }
      return .success
    }
  }

  /// Method «capture» of the billing profile, and its script.
  static func closeBilling(_ meter: inout Meter, now: Instant) -> ActionResult {
    do throws(BillingRefusal) {
      try meter.legal.resetBilling(now: now)
      return .success
    } catch {
      return error == .memory ? .hardwareFault : .temporaryFailure
    }
  }
}
