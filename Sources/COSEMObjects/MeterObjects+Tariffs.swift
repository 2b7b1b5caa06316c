import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Class 6: which registers count, by the tariff in force (IEC 62056-6-2, 4.3.5); and class 61: the
/// registers of all tariffs as a table (4.3.10).
///
/// There is one mask for each tariff. Setting the active one is the tariff by command, which stands
/// above inputs and calendar; an empty name withdraws it.
extension MeterObjects {
  private static let kinds: InlineArray<4, EnergyKind> = [
    .activeImport, .activeExport, .reactiveImport, .reactiveExport,
  ]

  /// Name of a tariff's register: 1-0:C.8.T.
  private static func register(_ kind: EnergyKind, _ tariff: UInt8) -> OBISCode {
    .electricity(kind.rawValue + 1, 8, tariff)
  }

  /// Kinds of energy that the meter registers by tariff.
  private static func isRegistered(_ kind: EnergyKind, _ meter: borrowing Meter) -> Bool {
    meter.configuration.variant.energyType.registers(kind)
  }

  private static func kindCount(_ meter: borrowing Meter) -> Int {
    var count = 0
    for k in kinds.indices where isRegistered(kinds[k], meter) { count += 1 }
    return count
  }

  private static func writeMask(_ tariff: UInt8, _ writer: inout COSEMWriter) {
    let name: InlineArray<2, UInt8> = [0x54, 0x30 + tariff]
    writer.octets(name.span)
  }

  static func writeActivation(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let count = kindCount(meter)
    switch attribute {
    case 2:
      writer.array(4 * count)
      for k in kinds.indices where isRegistered(kinds[k], meter) {
        for tariff in 1...4 as ClosedRange<UInt8> {
          writer.structure(2)
          writer.longUnsigned(InterfaceClass.register.rawValue)
          writer.logicalName(register(kinds[k], tariff))
        }
      }
    case 3:
      writer.array(4)
      for tariff in 1...4 as ClosedRange<UInt8> {
        writer.structure(2)
        writeMask(tariff, &writer)
        writer.array(count)
        for k in 0..<count { writer.unsigned(UInt8(4 * k) + tariff) }
      }
    default: writeMask(meter.legal.tariff.rawValue + 1, &writer)
    }
  }

  static func setMask(
    _ value: Span<UInt8>, _ meter: inout Meter, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let range = try reader.octets()
    if range.isEmpty {
      meter.legal.withdrawTariff(now: now)
      return .success
    }
    let name = reader.part(range)
    guard name.count == 2, name[0] == 0x54, name[1] >= 0x31,
      let tariff = Tariff(rawValue: name[1] - 0x31)
    else { throw .outOfRange }
    meter.legal.choose(tariff, now: now)
    return .success
  }

  static func writeTable(
    _ kind: EnergyKind, _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    switch attribute {
    case 2:
      writer.array(5)
      for tariff in 0...4 as ClosedRange<UInt8> {
        let place = tariff == 0 ? Register.total(kind) : tariffRegister(kind, tariff - 1)
        writer.long64Unsigned(meter.legal.registers.committed(place) / 1000)
      }
    case 3:
      writer.structure(4)
      writer.longUnsigned(InterfaceClass.register.rawValue)
      writer.logicalName(register(kind, 0))
      writer.array(5)
      for tariff in 0...4 as ClosedRange<UInt8> { writer.unsigned(tariff) }
      writer.integer(2)
    default: writer.scalerUnit(0, (kind.isActive ? Unit.wattHour : .varHour).rawValue)
    }
  }

  private static func tariffRegister(_ kind: EnergyKind, _ tariff: UInt8) -> Register {
    .tariff(kind, Tariff(rawValue: tariff) ?? .t1)
  }
}
