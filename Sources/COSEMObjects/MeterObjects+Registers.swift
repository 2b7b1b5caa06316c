import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Classes 1, 3 and 4: quantities of the directory.
extension MeterObjects {
  /// Value, scaler and unit; of an extended register its status and when it was reached.
  static func writeQuantity(
    _ quantity: QuantityID, _ interface: InterfaceClass, _ attribute: UInt8,
    _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    switch attribute {
    case 2: writeValue(quantity, interface, meter.reading(quantity), &writer)
    case 3:
      let row = quantity.row
      // Energy as it is committed, in whole watt-hours.
      writer.scalerUnit(isCoarseEnergy(quantity) ? 0 : row.scale, row.unit.rawValue)
    case 4: writer.unsigned(0)
    default: writeStamp(of: quantity, &writer, meter)
    }
  }

  /// Registers at 1 Wh; those in high resolution and credit keep their own scale.
  static func isCoarseEnergy(_ quantity: QuantityID) -> Bool {
    if case .fineEnergy = quantity.meaning { return false }
    return Register(quantity) != nil
  }

  /// A reading; null-data where the meter does not know it now.
  static func writeValue(
    _ quantity: QuantityID, _ interface: InterfaceClass, _ reading: Int64?,
    _ writer: inout COSEMWriter
  ) {
    guard let reading else {
      writer.null()
      return
    }
    if isCoarseEnergy(quantity) {
      writer.long64Unsigned(UInt64(clamping: reading) / 1000)
    } else if Register(quantity) != nil {
      writer.long64Unsigned(UInt64(clamping: reading))
    } else if interface == .data {
      writer.doubleLongUnsigned(UInt32(clamping: reading))
    } else if quantity == .credit {
      writer.long64(reading)
    } else {
      writer.doubleLong(Int32(clamping: reading))
    }
  }

  /// When a maximum was reached, in standard time; nothing where there is none yet.
  private static func writeStamp(
    of quantity: QuantityID, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    guard case .extremeDemand(let extreme) = quantity.meaning,
      let end = maximum(extreme, meter.legal).end
    else {
      writer.octets(COSEMDateTime.unspecified)
      return
    }
    writer.octets(COSEMDateTime(standard: end, in: meter.legal.zone))
  }

  private static func maximum(
    _ extreme: DemandExtreme, _ legal: borrowing LegalMeter
  ) -> DemandMaximum {
    switch extreme {
    case .maximum(.activeImport): legal.demandMaxima.activeImport
    case .maximum(.activeExport): legal.demandMaxima.activeExport
    case .maximum(.reactiveImport): legal.demandMaxima.reactiveImport
    case .maximum(.reactiveExport): legal.demandMaxima.reactiveExport
    case .tariffMaximum(let tariff):
      tariff == .t1 ? legal.demandMaxima.activeImportT1 : legal.demandMaxima.activeImportT2
    case .lifetimeMaximum: legal.lifetimeDemand.maximum
    case .lifetimeMinimum: legal.lifetimeDemand.minimum
    }
  }

  /// Energy of the running recording interval, 0.1 Wh or 0.1 varh.
  static func writePeriodEnergy(
    _ kind: EnergyKind, _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    if attribute == 3 {
      writer.scalerUnit(-1, (kind.isActive ? Unit.wattHour : .varHour).rawValue)
      return
    }
    // The demand is the energy over the length of a period, rounded down: so it comes back whole.
    let length = UInt64(meter.legal.periodSettings.length.seconds)
    let energy_mWh = (UInt64(meter.legal.runningDemand(kind)) * length + 3599) / 3600
    writer.doubleLongUnsigned(UInt32(clamping: energy_mWh / 100))
  }

  /// Status of the newest record of the load profile.
  static func writeProfileStatus(
    _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    var cursor = meter.legal.intervals(
      from: max(0, meter.legal.intervalCount - 1), memory: memory)
    let newest = meter.legal.nextInterval(&cursor, memory: memory)
    writer.unsigned(newest?.status.rawValue ?? 0)
  }

  /// Code or parameter of the newest event of a log.
  static func writeEvent(
    _ log: EventLogID, isParameter: Bool, _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    guard let record = meter.legal.event(log, 0, memory: memory) else {
      writer.null()
      return
    }
    if isParameter {
      writer.long64Unsigned(record.number)
    } else {
      writer.longUnsigned(record.code)
    }
  }
}

extension EventRecord {
  /// The parameter as its eight bytes make a number.
  var number: UInt64 {
    var value: UInt64 = 0
    for i in 0..<8 { value |= UInt64(parameter[i]) << UInt64(8 * i) }
    return value
  }
}
