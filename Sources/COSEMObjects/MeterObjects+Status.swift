import COSEM
import LegalMeter
import Meter
import MeterTime
import Quantities

/// Class 63: the status register with the meaning of its bits (IEC 62056-6-2, 4.3.9); class 62: a
/// short message of what a system asks most often (4.3.10); alarms and their filter.
extension MeterObjects {
  static func writeStatus(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    if attribute == 2 {
      writer.bits(UInt32(meter.status.rawValue), bitCount: 8)
    } else {
      writer.structure(2)
      // Tables up to 127 are the standard's, the rest the maker's: bit k has entry k of table 128.
      writer.unsigned(128)
      writer.longUnsigned(0)
    }
  }

  /// Flags that are 0 in what is written are acknowledged; a flag cannot be raised.
  static func setAlarms(
    _ value: Span<UInt8>, _ meter: inout Meter, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let kept = UInt32(try reader.integer(in: 0...Int64(UInt32.max)))
    let standing = meter.legal.alarms.rawValue
    guard kept & ~standing == 0 else { throw .outOfRange }
    meter.legal.acknowledge(AlarmSet(rawValue: standing & ~kept), now: now)
    return .success
  }

  /// Alarms that are sent by themselves.
  static func setAlarmFilter(
    _ value: Span<UInt8>, _ meter: inout Meter, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let filter = AlarmSet(rawValue: UInt32(try reader.integer(in: 0...Int64(UInt32.max))))
    guard AlarmSet.all.isSuperset(of: filter) else { throw .outOfRange }
    var masks = meter.legal.alarmMasks
    masks.pushed = filter
    meter.legal.setAlarmMasks(masks, now: now)
    return .success
  }

  // MARK: compact data

  private static let captured: InlineArray<4, QuantityID> = [
    .activeImport, .activeExport, .reactiveImport, .reactiveExport,
  ]

  private static func capturedCount(_ meter: borrowing Meter) -> Int {
    var count = 0
    for k in captured.indices where isThere(captured[k], meter) { count += 1 }
    return count
  }

  private static func isThere(_ quantity: QuantityID, _ meter: borrowing Meter) -> Bool {
    meter.configuration.variant.refusal(of: quantity) == nil
  }

  /// What the template describes is written anew with each reading: the capture is implicit.
  static func writeCompact(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter, now: Instant
  ) {
    let count = capturedCount(meter)
    switch attribute {
    case 2: writeCompactBuffer(count, &writer, meter, now: now)
    case 3:
      writer.array(count + 3)
      writer.captureObject(AttributeDescriptor(.clock, .abstract(1, 0), 2))
      for k in captured.indices where isThere(captured[k], meter) {
        writer.captureObject(AttributeDescriptor(.register, captured[k].row.obis, 2))
      }
      writer.captureObject(AttributeDescriptor(.data, QuantityID.activeTariff.row.obis, 2))
      writer.captureObject(AttributeDescriptor(.data, QuantityID.alarmRegister.row.obis, 2))
    // One template for each set of energies that a variant has.
    case 4: writer.unsigned(UInt8(count))
    case 5:
      writer.byte(COSEMType.octetString.rawValue)
      writer.length(count + 5)
      writer.byte(COSEMType.structure.rawValue)
      writer.byte(UInt8(count + 3))
      writer.byte(COSEMType.octetString.rawValue)
      for _ in 0..<count { writer.byte(COSEMType.long64Unsigned.rawValue) }
      writer.byte(COSEMType.doubleLongUnsigned.rawValue)
      writer.byte(COSEMType.doubleLongUnsigned.rawValue)
    default: writer.enumeration(1)
    }
  }

  /// Number of the template, then the values without their tags.
  private static func writeCompactBuffer(
    _ count: Int, _ writer: inout COSEMWriter, _ meter: borrowing Meter, now: Instant
  ) {
    writer.byte(COSEMType.octetString.rawValue)
    writer.length(1 + 13 + 8 * count + 8)
    writer.byte(UInt8(count))
    writer.byte(12)
    let clock = COSEMDateTime(
      local: meter.legal.time(at: now), in: meter.legal.zone,
      status: meter.legal.isClockValid ? 0 : 1)
    writer.number(clock.words.0, byteCount: 8)
    writer.number(UInt64(clock.words.1), byteCount: 4)
    for k in captured.indices where isThere(captured[k], meter) {
      writer.number(UInt64(clamping: meter.reading(captured[k]) ?? 0) / 1000, byteCount: 8)
    }
    let tail: InlineArray<2, QuantityID> = [.activeTariff, .alarmRegister]
    for k in tail.indices {
      writer.number(UInt64(UInt32(clamping: meter.reading(tail[k]) ?? 0)), byteCount: 4)
    }
  }
}
