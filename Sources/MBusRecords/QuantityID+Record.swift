import MBus
import Quantities

extension QuantityID {
  /// The record of this quantity; nil for the views that are doors to tables.
  ///
  /// Codes are those of EN 13757-3, tables 10 to 16: 3C behind a code counts what flows backward,
  /// FC 01...03 are the phases, FC 08...0B the quadrants, 73 turns kvarh into varh.
  public var recordForm: RecordForm? {
    switch self {
    case .activeImport: .energy(0x03)
    case .activeExport: .energy(0x833C)
    case .reactiveImport: .energy(0xFB8273)
    case .reactiveExport: .energy(0xFB82F33C)
    case .activeImportT1: .energy(0x03, tariff: 1)
    case .activeImportT2: .energy(0x03, tariff: 2)
    case .activeImportT3: .energy(0x03, tariff: 3)
    case .activeImportT4: .energy(0x03, tariff: 4)
    case .activeExportT1: .energy(0x833C, tariff: 1)
    case .activeExportT2: .energy(0x833C, tariff: 2)
    case .activeExportT3: .energy(0x833C, tariff: 3)
    case .activeExportT4: .energy(0x833C, tariff: 4)
    case .reactiveImportT1: .energy(0xFB8273, tariff: 1)
    case .reactiveImportT2: .energy(0xFB8273, tariff: 2)
    case .reactiveImportT3: .energy(0xFB8273, tariff: 3)
    case .reactiveImportT4: .energy(0xFB8273, tariff: 4)
    case .reactiveExportT1: .energy(0xFB82F33C, tariff: 1)
    case .reactiveExportT2: .energy(0xFB82F33C, tariff: 2)
    case .reactiveExportT3: .energy(0xFB82F33C, tariff: 3)
    case .reactiveExportT4: .energy(0xFB82F33C, tariff: 4)
    case .reactiveQ1: .energy(0xFB82F3FC08)
    case .reactiveQ2: .energy(0xFB82F3FC09)
    case .reactiveQ3: .energy(0xFB82F3FC0A)
    case .reactiveQ4: .energy(0xFB82F3FC0B)
    case .activeImportL1: .energy(0x83FC01)
    case .activeImportL2: .energy(0x83FC02)
    case .activeImportL3: .energy(0x83FC03)
    case .activeExportL1: .energy(0x83BCFC01)
    case .activeExportL2: .energy(0x83BCFC02)
    case .activeExportL3: .energy(0x83BCFC03)
    case .reactiveImportL1: .energy(0xFB82F3FC01)
    case .reactiveImportL2: .energy(0xFB82F3FC02)
    case .reactiveImportL3: .energy(0xFB82F3FC03)
    case .reactiveExportL1: .energy(0xFB82F3BCFC01)
    case .reactiveExportL2: .energy(0xFB82F3BCFC02)
    case .reactiveExportL3: .energy(0xFB82F3BCFC03)
    case .activeAbsolute: .energy(0x83FC10)
    // A unit of its own within the meter: counters that the consumer may set to zero.
    case .activeImportResettable: .energy(0x03, subunit: 1)
    case .activeExportResettable: .energy(0x833C, subunit: 1)
    case .activeImportFine: RecordForm(RecordHead(0x82FC0F), per: 100, bytes: 6)
    case .activeExportFine: RecordForm(RecordHead(0x82BCFC0F), per: 100, bytes: 6)
    case .reactiveImportFine: RecordForm(RecordHead(0xFB82F2FC0F), per: 100, bytes: 6)
    case .reactiveExportFine: RecordForm(RecordHead(0xFB82F2BCFC0F), per: 100, bytes: 6)
    default: momentaryForm
    }
  }

  private var momentaryForm: RecordForm? {
    switch self {
    case .powerActiveImport: .power(0x2B)
    case .powerActiveExport: .power(0xAB3C)
    case .powerReactiveImport: .power(0xFB14)
    case .powerReactiveExport: .power(0xFB943C)
    case .powerApparent: .power(0xFB34)
    case .powerActiveL1: .power(0xABFC01)
    case .powerActiveL2: .power(0xABFC02)
    case .powerActiveL3: .power(0xABFC03)
    case .powerReactiveL1: .power(0xFB94FC01)
    case .powerReactiveL2: .power(0xFB94FC02)
    case .powerReactiveL3: .power(0xFB94FC03)
    case .powerApparentL1: .power(0xFBB4FC01)
    case .powerApparentL2: .power(0xFBB4FC02)
    case .powerApparentL3: .power(0xFBB4FC03)
    case .powerFactor: RecordForm(RecordHead(0xFDBA72), bytes: 2)
    case .powerFactorL1: RecordForm(RecordHead(0xFDBAF2FC01), bytes: 2)
    case .powerFactorL2: RecordForm(RecordHead(0xFDBAF2FC02), bytes: 2)
    case .powerFactorL3: RecordForm(RecordHead(0xFDBAF2FC03), bytes: 2)
    case .voltageL1: Self.volt(0xFDC8FC01)
    case .voltageL2: Self.volt(0xFDC8FC02)
    case .voltageL3: Self.volt(0xFDC8FC03)
    case .currentL1: RecordForm(RecordHead(0xFDD9FC01), per: 1000)
    case .currentL2: RecordForm(RecordHead(0xFDD9FC02), per: 1000)
    case .currentL3: RecordForm(RecordHead(0xFDD9FC03), per: 1000)
    case .voltageAngleL1: RecordForm(RecordHead(0xFBAAFC01), per: 10, bytes: 2)
    case .voltageAngleL2: RecordForm(RecordHead(0xFBAAFC02), per: 10, bytes: 2)
    case .voltageAngleL3: RecordForm(RecordHead(0xFBAAFC03), per: 10, bytes: 2)
    case .phaseAngleL1: RecordForm(RecordHead(0xFBABFC01), per: 10, bytes: 2)
    case .phaseAngleL2: RecordForm(RecordHead(0xFBABFC02), per: 10, bytes: 2)
    case .phaseAngleL3: RecordForm(RecordHead(0xFBABFC03), per: 10, bytes: 2)
    case .frequency: RecordForm(RecordHead(0xFB2D), per: 10, bytes: 2)
    case .temperature: RecordForm(RecordHead(0x66), bytes: 2)
    default: demandForm
    }
  }

  private var demandForm: RecordForm? {
    switch self {
    // 12 says «average»: that of the period that has closed.
    case .lastDemandActiveImport: .power(0xAB12)
    case .lastDemandActiveExport: .power(0xAB923C)
    case .lastDemandReactiveImport: .power(0xFB9412)
    case .lastDemandReactiveExport: .power(0xFB94923C)
    case .maximumActiveImport: .power(0x2B, .maximum)
    case .maximumActiveExport: .power(0xAB3C, .maximum)
    case .maximumReactiveImport: .power(0xFB14, .maximum)
    case .maximumReactiveExport: .power(0xFB943C, .maximum)
    case .maximumActiveImportT1: .power(0x2B, .maximum, tariff: 1)
    case .maximumActiveImportT2: .power(0x2B, .maximum, tariff: 2)
    case .maximumActiveImportTime: Self.stamp(0x6D, .maximumActiveImportDate)
    case .maximumActiveExportTime: Self.stamp(0xED3C, .maximumActiveExportDate)
    case .maximumReactiveImportTime, .maximumReactiveExportTime, .lifetimeMaximumTime,
      .lifetimeMinimumTime, .maximumReactiveImportDate, .maximumReactiveExportDate,
      .lifetimeMaximumDate, .lifetimeMinimumDate:
      .own(self)
    case .maximumActiveImportT1Time: Self.stamp(0x6D, .maximumActiveImportT1Date, tariff: 1)
    case .maximumActiveImportT2Time: Self.stamp(0x6D, .maximumActiveImportT2Date, tariff: 2)
    case .maximumActiveImportDate: Self.day(0x6C)
    case .maximumActiveExportDate: Self.day(0xEC3C)
    case .maximumActiveImportT1Date: Self.day(0x6C, tariff: 1)
    case .maximumActiveImportT2Date: Self.day(0x6C, tariff: 2)
    case .cumulativeActiveImport: .power(0xFB7B)
    case .cumulativeActiveExport: .power(0xFBFB3C)
    case .thresholdLimit: .power(0xAB48)
    case .thresholdCount: RecordForm(RecordHead(0xAB49))
    case .demandActiveImport, .demandActiveExport, .demandReactiveImport, .demandReactiveExport,
      .lifetimeMaximum, .lifetimeMinimum, .cumulativeReactiveImport, .cumulativeReactiveExport:
      .own(self, per: 1000)
    default: deviceForm
    }
  }

  private var deviceForm: RecordForm? {
    switch self {
    case .hourCounter: RecordForm(RecordHead(0x22))
    case .date: RecordForm(RecordHead(0x6C), bytes: 2, .date)
    case .time: RecordForm(RecordHead(0x6D), .dateTime(.date))
    case .meterNumber: RecordForm(RecordHead(0x78), .digits)
    case .softwareRevision: RecordForm(RecordHead(0xFD0E))
    case .legalChecksum: RecordForm(RecordHead(0xFD8FFC11))
    case .configurationChecksum: RecordForm(RecordHead(0xFD8BFC11))
    case .errorRegister: RecordForm(RecordHead(0xFD17))
    case .switchState: RecordForm(RecordHead(0xFD1F), bytes: 1)
    case .switchFeedback: RecordForm(RecordHead(0xFD1A), bytes: 1)
    case .billingCount: RecordForm(RecordHead(0xFD60))
    case .billingRecords: RecordForm(RecordHead(0xFD22))
    case .billingDate: RecordForm(RecordHead(0x6C, storage: 1), bytes: 2, .date)
    case .billingTime: RecordForm(RecordHead(0x6D, storage: 1), .dateTime(.billingDate))
    // Inputs are units of their own, the first one behind that of the resettable counters.
    case .pulseInput1: RecordForm(RecordHead(0xFD3A, subunit: 2))
    case .pulseInput2: RecordForm(RecordHead(0xFD3A, subunit: 3))
    case .demandPeriod: RecordForm(RecordHead(0x71), bytes: 2)
    case .profileInterval: RecordForm(RecordHead(0xFD25), bytes: 2)
    case .backupHours: RecordForm(RecordHead(0xFD6C))
    case .profileReader, .billingReader: nil
    case .meterStatus, .activeTariff, .clockStatus, .alarmRegister, .tariffSource, .credit,
      .analysisInterval, .backupCharge, .configurationChanges:
      .own(self, bytes: self == .credit ? 6 : 4)
    default: qualityForm
    }
  }

  private var qualityForm: RecordForm? {
    switch self {
    case .voltageMinimumL1: Self.volt(0xFDC8FC01, .minimum)
    case .voltageMinimumL2: Self.volt(0xFDC8FC02, .minimum)
    case .voltageMinimumL3: Self.volt(0xFDC8FC03, .minimum)
    case .voltageMaximumL1: Self.volt(0xFDC8FC01, .maximum)
    case .voltageMaximumL2: Self.volt(0xFDC8FC02, .maximum)
    case .voltageMaximumL3: Self.volt(0xFDC8FC03, .maximum)
    case .averageVoltageL1: Self.volt(0xFDC892FC01)
    case .averageVoltageL2: Self.volt(0xFDC892FC02)
    case .averageVoltageL3: Self.volt(0xFDC892FC03)
    case .averageCurrentL1: RecordForm(RecordHead(0xFDD992FC01), per: 1000)
    case .averageCurrentL2: RecordForm(RecordHead(0xFDD992FC02), per: 1000)
    case .averageCurrentL3: RecordForm(RecordHead(0xFDD992FC03), per: 1000)
    case .neutralVoltage: Self.volt(0xFDC8FC04)
    // 41 and 49: how often the lower, the upper limit was passed.
    case .dipsL1: RecordForm(RecordHead(0xFDC8C1FC01))
    case .dipsL2: RecordForm(RecordHead(0xFDC8C1FC02))
    case .dipsL3: RecordForm(RecordHead(0xFDC8C1FC03))
    case .swellsL1: RecordForm(RecordHead(0xFDC8C9FC01))
    case .swellsL2: RecordForm(RecordHead(0xFDC8C9FC02))
    case .swellsL3: RecordForm(RecordHead(0xFDC8C9FC03))
    case .voltageDistortionL1, .voltageDistortionL2, .voltageDistortionL3, .currentDistortionL1,
      .currentDistortionL2, .currentDistortionL3, .interruptions, .interruptionsL1,
      .interruptionsL2, .interruptionsL3, .longInterruptions, .longInterruptionsL1,
      .longInterruptionsL2, .longInterruptionsL3, .lastInterruption, .lastInterruptionL1,
      .lastInterruptionL2, .lastInterruptionL3:
      .own(self)
    // A test names a quantity that stands in none of the five lists.
    default: nil
    }
  }

  private static func volt(
    _ code: UInt64, _ function: DataRecord.Function = .instantaneous
  ) -> RecordForm {
    RecordForm(RecordHead(code, function), per: 100, bytes: 2)
  }

  private static func stamp(_ code: UInt64, _ date: QuantityID, tariff: UInt32 = 0) -> RecordForm {
    RecordForm(RecordHead(code, .maximum, tariff: tariff), .dateTime(date))
  }

  private static func day(_ code: UInt64, tariff: UInt32 = 0) -> RecordForm {
    RecordForm(RecordHead(code, .maximum, tariff: tariff), bytes: 2, .date)
  }
}
