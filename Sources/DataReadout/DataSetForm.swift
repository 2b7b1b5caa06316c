import IEC62056_21
import Meter
import Quantities

/// How a value is written between the brackets of a data set.
public enum DataSetForm: UInt8, CaseIterable, Sendable {
  /// kWh or kvarh with all its digits, 7.0 or 6.1 as the display has it; they roll over.
  case energy
  /// kWh or kvarh with four decimals.
  case fineEnergy
  /// kW, kvar or kVA with three decimals.
  case power
  /// V with one decimal.
  case voltage
  /// A with two decimals.
  case current
  /// Three decimals, no unit.
  case powerFactor
  /// Degrees with one decimal.
  case angle
  /// Hz with two decimals.
  case frequency
  /// Hours, seven digits.
  case hours
  /// Degrees Celsius with one decimal.
  case temperature
  /// The meter's number, eight digits.
  case identifier
  /// Pulses, seven digits; they roll over.
  case pulses
  /// A number without noughts in front.
  case count
  /// yymmdd.
  case date
  /// hhmmss.
  case time
  /// Eight hexadecimal digits.
  case hexadecimal
  /// Two hexadecimal digits.
  case state
  /// Eight noughts and ones.
  case bits
  /// major.minor.patch.
  case revision
  /// kWh with one decimal and a sign where it is overdrawn.
  case credit
  /// Per cent with two decimals.
  case percent
  case minutes
  case seconds
  /// A view that leads to others, and no value.
  case none
}

extension QuantityID {
  /// The form of this quantity in a readout. Every quantity has its word here: the compiler asks
  /// for a new one.
  public var dataSetForm: DataSetForm {
    switch self {
    case .activeImport, .activeExport, .reactiveImport, .reactiveExport, .activeImportT1,
      .activeImportT2, .activeImportT3, .activeImportT4, .activeExportT1, .activeExportT2,
      .activeExportT3, .activeExportT4, .reactiveImportT1, .reactiveImportT2, .reactiveImportT3,
      .reactiveImportT4, .reactiveExportT1, .reactiveExportT2, .reactiveExportT3,
      .reactiveExportT4, .reactiveQ1, .reactiveQ2, .reactiveQ3, .reactiveQ4, .activeImportL1,
      .activeImportL2, .activeImportL3, .activeExportL1, .activeExportL2, .activeExportL3,
      .reactiveImportL1, .reactiveImportL2, .reactiveImportL3, .reactiveExportL1,
      .reactiveExportL2, .reactiveExportL3, .activeAbsolute, .activeImportResettable,
      .activeExportResettable:
      .energy
    case .activeImportFine, .activeExportFine, .reactiveImportFine, .reactiveExportFine: .fineEnergy
    case .powerActiveImport, .powerActiveExport, .powerReactiveImport, .powerReactiveExport,
      .powerApparent, .powerActiveL1, .powerActiveL2, .powerActiveL3, .powerReactiveL1,
      .powerReactiveL2, .powerReactiveL3, .powerApparentL1, .powerApparentL2, .powerApparentL3,
      .demandActiveImport, .demandActiveExport, .demandReactiveImport, .demandReactiveExport,
      .lastDemandActiveImport, .lastDemandActiveExport, .lastDemandReactiveImport,
      .lastDemandReactiveExport, .maximumActiveImport, .maximumActiveExport,
      .maximumReactiveImport, .maximumReactiveExport, .maximumActiveImportT1,
      .maximumActiveImportT2, .lifetimeMaximum, .lifetimeMinimum, .cumulativeActiveImport,
      .cumulativeActiveExport, .cumulativeReactiveImport, .cumulativeReactiveExport,
      .thresholdLimit:
      .power
    case .powerFactor, .powerFactorL1, .powerFactorL2, .powerFactorL3: .powerFactor
    case .voltageL1, .voltageL2, .voltageL3, .voltageMinimumL1, .voltageMinimumL2,
      .voltageMinimumL3, .voltageMaximumL1, .voltageMaximumL2, .voltageMaximumL3,
      .averageVoltageL1, .averageVoltageL2, .averageVoltageL3, .neutralVoltage:
      .voltage
    case .currentL1, .currentL2, .currentL3, .averageCurrentL1, .averageCurrentL2,
      .averageCurrentL3:
      .current
    case .voltageAngleL1, .voltageAngleL2, .voltageAngleL3, .phaseAngleL1, .phaseAngleL2,
      .phaseAngleL3:
      .angle
    case .frequency: .frequency
    case .hourCounter, .backupHours: .hours
    case .date, .maximumActiveImportDate, .maximumActiveExportDate, .maximumReactiveImportDate,
      .maximumReactiveExportDate, .maximumActiveImportT1Date, .maximumActiveImportT2Date,
      .lifetimeMaximumDate, .lifetimeMinimumDate, .billingDate:
      .date
    case .time, .maximumActiveImportTime, .maximumActiveExportTime, .maximumReactiveImportTime,
      .maximumReactiveExportTime, .maximumActiveImportT1Time, .maximumActiveImportT2Time,
      .lifetimeMaximumTime, .lifetimeMinimumTime, .billingTime:
      .time
    case .meterNumber: .identifier
    case .softwareRevision: .revision
    case .legalChecksum, .alarmRegister, .errorRegister, .configurationChecksum: .hexadecimal
    case .meterStatus, .clockStatus, .switchFeedback: .bits
    case .switchState: .state
    case .temperature: .temperature
    case .pulseInput1, .pulseInput2: .pulses
    case .credit: .credit
    case .voltageDistortionL1, .voltageDistortionL2, .voltageDistortionL3, .currentDistortionL1,
      .currentDistortionL2, .currentDistortionL3, .backupCharge:
      .percent
    case .activeTariff, .tariffSource, .billingCount, .billingRecords, .thresholdCount, .dipsL1,
      .dipsL2, .dipsL3, .swellsL1, .swellsL2, .swellsL3, .interruptions, .interruptionsL1,
      .interruptionsL2, .interruptionsL3, .longInterruptions, .longInterruptionsL1,
      .longInterruptionsL2, .longInterruptionsL3, .configurationChanges:
      .count
    case .lastInterruption, .lastInterruptionL1, .lastInterruptionL2, .lastInterruptionL3: .seconds
    case .demandPeriod, .profileInterval, .analysisInterval: .minutes
    case .profileReader, .billingReader: .none
    }
  }
}
