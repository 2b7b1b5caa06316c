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
}

extension QuantityID {
  /// What this quantity is. The compiler names a quantity that is missing here.
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

  private func phase(from first: QuantityID) -> Phase {
    switch step(from: first) {
    case 0: .l1
    case 1: .l2
    default: .l3
    }
  }
}
