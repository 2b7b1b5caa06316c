import Quantities

extension QuantityRow {
  /// The text of the unit field, which belongs to the digits shown: kWh where `unit` is Wh.
  public var displayUnit: StaticString {
    switch format {
    case .energy, .fineEnergy, .credit: unit == .varHour ? "kvarh" : "kWh"
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
    case .percent: "%"
    case .number: unit == .minute ? "min" : unit == .second ? "s" : ""
    case .date, .time, .eightDigits, .hexadecimal, .eightBits, .revision, .tariff, .state,
      .door:
      ""
    }
  }
}

extension QuantityID {
  /// The code that the identification field shows as C.D.E.
  ///
  /// The fine view of verification shows the code of the register it is a view of. The doors to
  /// load profile and billing show `P.01` and `P.02`, which are no codes.
  public var displayCode: OBISCode {
    switch meaning {
    case .fineEnergy(.activeImport): QuantityID.activeImport.row.obis
    case .fineEnergy(.activeExport): QuantityID.activeExport.row.obis
    case .fineEnergy(.reactiveImport): QuantityID.reactiveImport.row.obis
    case .fineEnergy(.reactiveExport): QuantityID.reactiveExport.row.obis
    // A stamp belongs to its value and is shown under its code.
    case .extremeDemandTime, .extremeDemandDate: extremeValue.row.obis
    case .billing(.time): QuantityID.billingDate.row.obis
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
    case .extremeDemandDate, .billing(.date): "DATE"
    case .extremeDemandTime, .billing(.time): "TIME"
    case .billing(.count): "BILL"
    case .extremeDemand(.lifetimeMaximum), .voltageMaximum: "MAX"
    case .extremeDemand(.lifetimeMinimum), .voltageMinimum: "MIN"
    case .averageVoltage, .averageCurrent: "MEAN"
    case .voltageDistortion, .currentDistortion: "THD"
    case .cumulativeMaximum: "ACC"
    case .thresholdCount, .thresholdLimit: "THR"
    case .pulseInput: "PULS"
    case .credit: "PAY"
    case .state(.clock): "CLK"
    case .state(.alarm): "ALRM"
    case .state(.error): "ERR"
    case .state(.switchState): "SW"
    case .state(.switchFeedback): "FEED"
    case .state(.tariffSource): "SRC"
    case .backupHours, .backupCharge: "BATT"
    case .configurationChanges, .configurationChecksum: "CONF"
    default: ""
    }
  }

  /// The demand value that a stamp of it belongs to.
  private var extremeValue: QuantityID {
    let first =
      rawValue >= QuantityID.maximumActiveImportDate.rawValue
      ? QuantityID.maximumActiveImportDate : .maximumActiveImportTime
    return QuantityID(
      rawValue: QuantityID.maximumActiveImport.rawValue + rawValue - first.rawValue)
      ?? .maximumActiveImport
  }
}
