import Quantities

/// What a quantity is, as a value that can be taken apart: the rows of the directory follow
/// from it.
public enum QuantityMeaning: Equatable, Sendable {
  case energy(EnergyKind)
  case tariffEnergy(EnergyKind, Tariff)
  case quadrantEnergy(Quadrant)
  case phaseEnergy(EnergyKind, Phase)
  case absoluteEnergy
  /// Active energy since the consumer's last reset.
  case resettableEnergy(EnergyKind)
  /// The same register as `energy` in 0.1 Wh, without its high digits, for verification.
  case fineEnergy(EnergyKind)
  case power(EnergyKind)
  case apparentPower
  case activePower(Phase)
  case reactivePower(Phase)
  case phaseApparentPower(Phase)
  case powerFactor
  case phasePowerFactor(Phase)
  case voltage(Phase)
  case current(Phase)
  case voltageAngle(Phase)
  case phaseAngle(Phase)
  case frequency
  case hourCounter
  case date
  case time
  case meterNumber
  case softwareRevision
  case legalChecksum
  case meterStatus
  case activeTariff
  case temperature
  /// Mean power of the running block period.
  case demand(EnergyKind)
  /// Mean power of the block period closed last.
  case lastDemand(EnergyKind)
  case extremeDemand(DemandExtreme)
  case extremeDemandTime(DemandExtreme)
  case extremeDemandDate(DemandExtreme)
  case cumulativeMaximum(EnergyKind)
  case billing(BillingFigure)
  case thresholdCount
  case thresholdLimit
  /// Input 1 or 2.
  case pulseInput(UInt8)
  case credit
  case state(DeviceState)
  case voltageMinimum(Phase)
  case voltageMaximum(Phase)
  case averageVoltage(Phase)
  case averageCurrent(Phase)
  case voltageDistortion(Phase)
  case currentDistortion(Phase)
  case neutralVoltage
  case dips(Phase)
  case swells(Phase)
  /// Nil: of all phases at once.
  case interruptions(Phase?)
  case longInterruptions(Phase?)
  case lastInterruption(Phase?)
  case interval(IntervalKind)
  case backupHours
  case backupCharge
  case configurationChanges
  case configurationChecksum
  case profileReader
  case billingReader
}

/// Which extreme of the demand: since the billing reset, or of the whole life.
public enum DemandExtreme: Equatable, Sendable {
  case maximum(EnergyKind)
  /// Of P+, in one tariff.
  case tariffMaximum(Tariff)
  /// Of P+, over the whole life.
  case lifetimeMaximum
  case lifetimeMinimum
}

/// What is told of the billing logger.
public enum BillingFigure: UInt8, Sendable {
  case count, records, date, time
}

/// A state of the device as a number of flags, or as one number.
public enum DeviceState: UInt8, Sendable {
  case clock, alarm, error, switchState, switchFeedback, tariffSource
}

/// Whose interval.
public enum IntervalKind: UInt8, Sendable {
  case demand, profile, analysis
}

extension QuantityID {
  /// What this quantity is. A test names a quantity that is missing here.
  public var meaning: QuantityMeaning {
    switch self {
    case .activeImport: .energy(.activeImport)
    case .activeExport: .energy(.activeExport)
    case .reactiveImport: .energy(.reactiveImport)
    case .reactiveExport: .energy(.reactiveExport)
    case .activeImportT1, .activeImportT2, .activeImportT3, .activeImportT4:
      .tariffEnergy(.activeImport, tariff(from: .activeImportT1))
    case .activeExportT1, .activeExportT2, .activeExportT3, .activeExportT4:
      .tariffEnergy(.activeExport, tariff(from: .activeExportT1))
    case .reactiveImportT1, .reactiveImportT2, .reactiveImportT3, .reactiveImportT4:
      .tariffEnergy(.reactiveImport, tariff(from: .reactiveImportT1))
    case .reactiveExportT1, .reactiveExportT2, .reactiveExportT3, .reactiveExportT4:
      .tariffEnergy(.reactiveExport, tariff(from: .reactiveExportT1))
    case .reactiveQ1: .quadrantEnergy(.q1)
    case .reactiveQ2: .quadrantEnergy(.q2)
    case .reactiveQ3: .quadrantEnergy(.q3)
    case .reactiveQ4: .quadrantEnergy(.q4)
    case .activeImportL1, .activeImportL2, .activeImportL3:
      .phaseEnergy(.activeImport, phase(from: .activeImportL1))
    case .activeExportL1, .activeExportL2, .activeExportL3:
      .phaseEnergy(.activeExport, phase(from: .activeExportL1))
    case .reactiveImportL1, .reactiveImportL2, .reactiveImportL3:
      .phaseEnergy(.reactiveImport, phase(from: .reactiveImportL1))
    case .reactiveExportL1, .reactiveExportL2, .reactiveExportL3:
      .phaseEnergy(.reactiveExport, phase(from: .reactiveExportL1))
    case .activeAbsolute: .absoluteEnergy
    case .activeImportResettable: .resettableEnergy(.activeImport)
    case .activeExportResettable: .resettableEnergy(.activeExport)
    case .activeImportFine: .fineEnergy(.activeImport)
    case .activeExportFine: .fineEnergy(.activeExport)
    case .reactiveImportFine: .fineEnergy(.reactiveImport)
    case .reactiveExportFine: .fineEnergy(.reactiveExport)
    case .powerActiveImport: .power(.activeImport)
    case .powerActiveExport: .power(.activeExport)
    case .powerReactiveImport: .power(.reactiveImport)
    case .powerReactiveExport: .power(.reactiveExport)
    case .powerApparent: .apparentPower
    case .powerActiveL1, .powerActiveL2, .powerActiveL3: .activePower(phase(from: .powerActiveL1))
    case .powerReactiveL1, .powerReactiveL2, .powerReactiveL3:
      .reactivePower(phase(from: .powerReactiveL1))
    case .powerApparentL1, .powerApparentL2, .powerApparentL3:
      .phaseApparentPower(phase(from: .powerApparentL1))
    case .powerFactor: .powerFactor
    case .powerFactorL1, .powerFactorL2, .powerFactorL3:
      .phasePowerFactor(phase(from: .powerFactorL1))
    case .voltageL1, .voltageL2, .voltageL3: .voltage(phase(from: .voltageL1))
    case .currentL1, .currentL2, .currentL3: .current(phase(from: .currentL1))
    case .voltageAngleL1, .voltageAngleL2, .voltageAngleL3:
      .voltageAngle(phase(from: .voltageAngleL1))
    case .phaseAngleL1, .phaseAngleL2, .phaseAngleL3: .phaseAngle(phase(from: .phaseAngleL1))
    case .frequency: .frequency
    case .hourCounter: .hourCounter
    case .date: .date
    case .time: .time
    case .meterNumber: .meterNumber
    case .softwareRevision: .softwareRevision
    case .legalChecksum: .legalChecksum
    case .meterStatus: .meterStatus
    case .activeTariff: .activeTariff
    case .temperature: .temperature
    default: recordMeaning
    }
  }

  /// The meanings of what the meter keeps: demand, billing, states.
  private var recordMeaning: QuantityMeaning {
    switch self {
    case .demandActiveImport, .demandActiveExport, .demandReactiveImport, .demandReactiveExport:
      .demand(kind(from: .demandActiveImport))
    case .lastDemandActiveImport, .lastDemandActiveExport, .lastDemandReactiveImport,
      .lastDemandReactiveExport:
      .lastDemand(kind(from: .lastDemandActiveImport))
    case .maximumActiveImport, .maximumActiveExport, .maximumReactiveImport,
      .maximumReactiveExport, .maximumActiveImportT1, .maximumActiveImportT2, .lifetimeMaximum,
      .lifetimeMinimum:
      .extremeDemand(extreme(from: .maximumActiveImport))
    case .maximumActiveImportTime, .maximumActiveExportTime, .maximumReactiveImportTime,
      .maximumReactiveExportTime, .maximumActiveImportT1Time, .maximumActiveImportT2Time,
      .lifetimeMaximumTime, .lifetimeMinimumTime:
      .extremeDemandTime(extreme(from: .maximumActiveImportTime))
    case .maximumActiveImportDate, .maximumActiveExportDate, .maximumReactiveImportDate,
      .maximumReactiveExportDate, .maximumActiveImportT1Date, .maximumActiveImportT2Date,
      .lifetimeMaximumDate, .lifetimeMinimumDate:
      .extremeDemandDate(extreme(from: .maximumActiveImportDate))
    case .cumulativeActiveImport, .cumulativeActiveExport, .cumulativeReactiveImport,
      .cumulativeReactiveExport:
      .cumulativeMaximum(kind(from: .cumulativeActiveImport))
    case .billingCount: .billing(.count)
    case .billingRecords: .billing(.records)
    case .billingDate: .billing(.date)
    case .billingTime: .billing(.time)
    case .thresholdCount: .thresholdCount
    case .thresholdLimit: .thresholdLimit
    case .pulseInput1: .pulseInput(1)
    case .pulseInput2: .pulseInput(2)
    case .credit: .credit
    case .clockStatus: .state(.clock)
    case .alarmRegister: .state(.alarm)
    case .errorRegister: .state(.error)
    case .switchState: .state(.switchState)
    case .switchFeedback: .state(.switchFeedback)
    case .tariffSource: .state(.tariffSource)
    case .demandPeriod: .interval(.demand)
    case .profileInterval: .interval(.profile)
    case .analysisInterval: .interval(.analysis)
    case .backupHours: .backupHours
    case .backupCharge: .backupCharge
    case .configurationChanges: .configurationChanges
    case .configurationChecksum: .configurationChecksum
    case .profileReader: .profileReader
    default: qualityMeaning
    }
  }

  /// The meanings of what is known of the supply.
  private var qualityMeaning: QuantityMeaning {
    switch self {
    case .voltageMinimumL1, .voltageMinimumL2, .voltageMinimumL3:
      .voltageMinimum(phase(from: .voltageMinimumL1))
    case .voltageMaximumL1, .voltageMaximumL2, .voltageMaximumL3:
      .voltageMaximum(phase(from: .voltageMaximumL1))
    case .averageVoltageL1, .averageVoltageL2, .averageVoltageL3:
      .averageVoltage(phase(from: .averageVoltageL1))
    case .averageCurrentL1, .averageCurrentL2, .averageCurrentL3:
      .averageCurrent(phase(from: .averageCurrentL1))
    case .voltageDistortionL1, .voltageDistortionL2, .voltageDistortionL3:
      .voltageDistortion(phase(from: .voltageDistortionL1))
    case .currentDistortionL1, .currentDistortionL2, .currentDistortionL3:
      .currentDistortion(phase(from: .currentDistortionL1))
    case .neutralVoltage: .neutralVoltage
    case .dipsL1, .dipsL2, .dipsL3: .dips(phase(from: .dipsL1))
    case .swellsL1, .swellsL2, .swellsL3: .swells(phase(from: .swellsL1))
    case .interruptions, .interruptionsL1, .interruptionsL2, .interruptionsL3:
      .interruptions(phaseAfter(.interruptions))
    case .longInterruptions, .longInterruptionsL1, .longInterruptionsL2, .longInterruptionsL3:
      .longInterruptions(phaseAfter(.longInterruptions))
    case .lastInterruption, .lastInterruptionL1, .lastInterruptionL2, .lastInterruptionL3:
      .lastInterruption(phaseAfter(.lastInterruption))
    // A quantity that stands in no list above would read as this door; a test finds it.
    default: .billingReader
    }
  }

  /// The place in a run of three or four cases that stand one after the other.
  private func step(from first: QuantityID) -> UInt8 { rawValue - first.rawValue }

  private func tariff(from first: QuantityID) -> Tariff {
    switch step(from: first) {
    case 0: .t1
    case 1: .t2
    case 2: .t3
    default: .t4
    }
  }

  private func kind(from first: QuantityID) -> EnergyKind {
    EnergyKind(rawValue: step(from: first)) ?? .activeImport
  }

  private func extreme(from first: QuantityID) -> DemandExtreme {
    switch step(from: first) {
    case 4: .tariffMaximum(.t1)
    case 5: .tariffMaximum(.t2)
    case 6: .lifetimeMaximum
    case 7: .lifetimeMinimum
    case let kind: .maximum(EnergyKind(rawValue: kind) ?? .activeImport)
    }
  }

  /// The phase in a run that begins with the value of all phases.
  private func phaseAfter(_ first: QuantityID) -> Phase? {
    Phase(rawValue: step(from: first) &- 1)
  }

  private func phase(from first: QuantityID) -> Phase {
    switch step(from: first) {
    case 0: .l1
    case 1: .l2
    default: .l3
    }
  }
}
