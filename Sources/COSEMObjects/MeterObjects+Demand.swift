import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Class 5: mean power over the registration period, which is one block (IEC 62056-6-2, 4.3.4).
extension MeterObjects {
  static func writeDemand(
    _ kind: EnergyKind, _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, now: Instant
  ) {
    let zone = meter.legal.zone
    let length = meter.legal.periodSettings.length.seconds
    switch attribute {
    case 2: writer.doubleLongUnsigned(meter.legal.runningDemand(kind))
    case 3: writer.doubleLongUnsigned(meter.legal.lastDemand(kind))
    case 4:
      let unit = kind.isActive ? Unit.watt : .voltAmpereReactive
      writer.scalerUnit(-3, unit.rawValue)
    case 5: writer.unsigned(0)
    case 6:
      var cursor = meter.legal.intervals(
        from: max(0, meter.legal.intervalCount - 1), memory: memory)
      guard let newest = meter.legal.nextInterval(&cursor, memory: memory) else {
        writer.octets(COSEMDateTime.unspecified)
        return
      }
      writer.octets(COSEMDateTime(standard: newest.end, in: zone))
    case 7:
      // Periods are aligned to standard time.
      let seconds = zone.standardSeconds(at: meter.legal.time(at: now))
      let start = zone.instant(standardSeconds: seconds - seconds % length)
      writer.octets(COSEMDateTime(standard: start, in: zone))
    case 8: writer.doubleLongUnsigned(UInt32(clamping: length))
    default: writer.longUnsigned(1)
    }
  }

  /// Sets the length of the periods, which are those of demand and load profile alike: as the
  /// standard has it for a capture period, another one empties the profile.
  static func setPeriod(
    _ value: Span<UInt8>, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable,
    now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let seconds = try reader.integer(in: 60...86_400)
    guard seconds % 60 == 0, let length = PeriodLength(rawValue: UInt8(clamping: seconds / 60))
    else { throw .outOfRange }
    var wanted = meter.configuration
    wanted.periods.length = length
    return change(.periods, to: wanted, &meter, &memory, now: now)
  }
}
