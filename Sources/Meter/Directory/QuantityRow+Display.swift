import Quantities

extension QuantityRow {
  /// The text of the unit field, which belongs to the digits shown: kWh where `unit` is Wh.
  public var displayUnit: StaticString {
    switch format {
    case .energy, .fineEnergy: unit == .varHour ? "kvarh" : "kWh"
    case .power:
      switch unit {
      case .voltAmpere: "kVA"
      case .voltAmpereReactive: "kvar"
      default: "kW"
      }
    case .voltage: "V"
    case .current: "A"
    case .frequency: "Hz"
    case .hours: "h"
    case .powerFactor: "PF"
    // A static text is UTF-8, where the degree sign takes two bytes; `*` has its picture.
    case .angle: "*"
    case .temperature: "*C"
    case .date, .time, .eightDigits, .hexadecimal, .eightBits, .revision, .tariff: ""
    }
  }
}

extension QuantityID {
  /// The code that the identification field shows as C.D.E.
  ///
  /// The fine view of verification shows the code of the register it is a view of.
  public var displayCode: OBISCode {
    switch meaning {
    case .fineEnergy(.activeImport): QuantityID.activeImport.row.obis
    case .fineEnergy(.activeExport): QuantityID.activeExport.row.obis
    case .fineEnergy(.reactiveImport): QuantityID.reactiveImport.row.obis
    case .fineEnergy(.reactiveExport): QuantityID.reactiveExport.row.obis
    default: row.obis
    }
  }

  /// What the text field says beside the value, at most four characters; mostly nothing.
  public var displayText: StaticString {
    switch meaning {
    case .fineEnergy: "FINE"
    case .resettableEnergy: "TRIP"
    case .absoluteEnergy: "ABS"
    case .softwareRevision: "REV"
    case .legalChecksum: "CSUM"
    case .meterStatus: "STAT"
    case .activeTariff: "TAR"
    case .date: "DATE"
    case .time: "TIME"
    default: ""
    }
  }
}
