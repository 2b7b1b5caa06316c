import IEC62056_21
import Meter
import Quantities

/// Writes the data sets of one meter.
extension DataSetForm {
  /// Whether the register rolls over as on the glass, or the value is momentary and rounded.
  private var layout: (step: Int64, decimals: Int, width: Int, wraps: Bool)? {
    switch self {
    case .energy: (1_000_000, 0, 7, true)
    case .fineEnergy: (100, 4, 7, true)
    case .power: (1_000, 3, 1, false)
    case .voltage: (100, 1, 1, false)
    case .current: (10_000, 2, 1, false)
    case .powerFactor: (10, 3, 1, false)
    case .angle: (10, 1, 1, false)
    case .frequency: (10, 2, 1, false)
    case .hours: (1, 0, 7, true)
    case .pulses: (1, 0, 7, true)
    case .identifier: (1, 0, 8, true)
    case .temperature: (1, 1, 1, false)
    case .credit: (100_000, 1, 1, false)
    case .percent: (1, 2, 1, false)
    case .count, .minutes, .seconds: (1, 0, 1, false)
    case .date, .time: (1, 0, 6, false)
    case .hexadecimal, .state, .bits, .revision, .none: nil
    }
  }

  /// Writes a reading without brackets and unit.
  ///
  /// - Parameters:
  ///   - raw: as `ReadingSource` tells it.
  ///   - digits: the digits of energies.
  public func write(
    _ raw: Int64, _ digits: DisplayOptions.EnergyDigits, into writer: inout TextWriter
  ) {
    switch self {
    case .hexadecimal: writer.hexadecimal(UInt64(bitPattern: raw), digits: 8)
    case .state: writer.hexadecimal(UInt64(bitPattern: raw), digits: 2)
    case .bits:
      for k in 0..<8 { writer.put(raw >> Int64(7 - k) & 1 == 0 ? 0x30 : 0x31) }
    case .revision:
      writer.decimal(UInt64(bitPattern: raw) >> 16 & 0xFF)
      writer.put(UInt8(ascii: "."))
      writer.decimal(UInt64(bitPattern: raw) >> 8 & 0xFF)
      writer.put(UInt8(ascii: "."))
      writer.decimal(UInt64(bitPattern: raw) & 0xFF)
    case .none: break
    default:
      guard var layout else { return }
      if self == .energy, digits == .sixOne { layout = (100_000, 1, 6, true) }
      var value = raw
      if layout.wraps {
        var limit: Int64 = 1
        for _ in 0..<(layout.width + layout.decimals) { limit *= 10 }
        value = raw / layout.step % limit
      } else if layout.step > 1 {
        // Momentary values are rounded, half away from nought.
        let half = raw < 0 ? -layout.step / 2 : layout.step / 2
        value = raw.addingReportingOverflow(half).partialValue / layout.step
      }
      writer.fixed(value, decimals: layout.decimals, width: layout.width)
    }
  }

  /// The unit, empty where there is none.
  public func unit(of quantity: QuantityID) -> StaticString {
    switch self {
    case .energy, .fineEnergy, .power: quantity.row.displayUnit
    case .voltage: "V"
    case .current: "A"
    case .angle: "deg"
    case .frequency: "Hz"
    case .hours: "h"
    case .temperature: "C"
    case .credit: "kWh"
    case .percent: "%"
    case .minutes: "min"
    case .seconds: "s"
    case .powerFactor, .identifier, .pulses, .count, .date, .time, .hexadecimal, .state, .bits,
      .revision, .none:
      ""
    }
  }
}

extension QuantityID {
  /// Writes the address of this quantity: C.D.E, and F.F for the errors.
  public func writeAddress(into writer: inout TextWriter, stored: UInt8 = 255) {
    if self == .errorRegister && stored == 255 { return writer.put("F.F") }
    var code = row.obis
    code.f = stored
    writer.address(code)
  }

  /// Writes address(value*unit).
  ///
  /// - Parameter stored: group F, 255 for the present value.
  public func writeDataSet(
    _ raw: Int64, _ digits: DisplayOptions.EnergyDigits, stored: UInt8 = 255,
    into writer: inout TextWriter
  ) {
    writeAddress(into: &writer, stored: stored)
    writer.put(UInt8(ascii: "("))
    dataSetForm.write(raw, digits, into: &writer)
    let unit = dataSetForm.unit(of: self)
    if unit.utf8CodeUnitCount > 0 {
      writer.put(UInt8(ascii: "*"))
      writer.put(unit)
    }
    writer.put(UInt8(ascii: ")"))
  }

  /// The quantity that an address names; nil where there is none.
  ///
  /// Without a medium A and B say nothing; several quantities have one code, and the first of
  /// them answers.
  public static func named(_ address: DataSetAddress) -> QuantityID? {
    // C.1.0 names the meter's number as 0.0.0 does.
    if address.code.c == 96, address.code.d == 1, address.code.e == 0 { return .meterNumber }
    for number in UInt8(0)...QuantityID.billingReader.rawValue {
      guard let quantity = QuantityID(rawValue: number), quantity.dataSetForm != .none else {
        continue
      }
      let code = quantity.row.obis
      guard code.c == address.code.c, code.d == address.code.d, code.e == address.code.e else {
        continue
      }
      if address.hasMedium && (code.a != address.code.a || code.b != address.code.b) { continue }
      return quantity
    }
    return nil
  }
}
