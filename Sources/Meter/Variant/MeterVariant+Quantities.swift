import LegalMeter
import Quantities

/// Which quantities a variant has.
extension MeterVariant {
  /// Why this meter cannot show a quantity; nil where it can.
  public func refusal(of quantity: QuantityID) -> VariantRefusal? {
    if let kind = quantity.registeredKind, !energyType.registers(kind) {
      return .quantityOutsideEnergyType
    }
    if quantity.isSingleReactiveQuadrant, energyType != .fourQuadrant {
      return .quantityOutsideEnergyType
    }
    if let phase = quantity.measuringSystem, !hasSystem(phase) {
      return .quantityOutsideConnection
    }
    return nil
  }
}

extension QuantityID {
  /// The kind of energy whose register this is; nil for all that is not an energy register.
  var registeredKind: EnergyKind? {
    switch self {
    case .activeImport, .activeImportT1, .activeImportT2, .activeImportT3, .activeImportT4,
      .activeImportL1, .activeImportL2, .activeImportL3, .activeImportResettable,
      .activeImportFine:
      .activeImport
    case .activeExport, .activeExportT1, .activeExportT2, .activeExportT3, .activeExportT4,
      .activeExportL1, .activeExportL2, .activeExportL3, .activeExportResettable,
      .activeExportFine:
      .activeExport
    case .reactiveImport, .reactiveImportT1, .reactiveImportT2, .reactiveImportT3,
      .reactiveImportT4, .reactiveImportL1, .reactiveImportL2, .reactiveImportL3,
      .reactiveImportFine:
      .reactiveImport
    case .reactiveExport, .reactiveExportT1, .reactiveExportT2, .reactiveExportT3,
      .reactiveExportT4, .reactiveExportL1, .reactiveExportL2, .reactiveExportL3,
      .reactiveExportFine:
      .reactiveExport
    default: nil
    }
  }

  /// True for the registers R in Q1 to R in Q4.
  var isSingleReactiveQuadrant: Bool {
    switch self {
    case .reactiveQ1, .reactiveQ2, .reactiveQ3, .reactiveQ4: true
    default: false
    }
  }

  /// The measuring system that a quantity of one phase belongs to; nil for sums and device data.
  var measuringSystem: Phase? {
    switch self {
    case .activeImportL1, .activeExportL1, .reactiveImportL1, .reactiveExportL1,
      .powerActiveL1, .powerReactiveL1, .powerApparentL1, .powerFactorL1, .voltageL1,
      .currentL1, .voltageAngleL1, .phaseAngleL1:
      .l1
    case .activeImportL2, .activeExportL2, .reactiveImportL2, .reactiveExportL2,
      .powerActiveL2, .powerReactiveL2, .powerApparentL2, .powerFactorL2, .voltageL2,
      .currentL2, .voltageAngleL2, .phaseAngleL2:
      .l2
    case .activeImportL3, .activeExportL3, .reactiveImportL3, .reactiveExportL3,
      .powerActiveL3, .powerReactiveL3, .powerApparentL3, .powerFactorL3, .voltageL3,
      .currentL3, .voltageAngleL3, .phaseAngleL3:
      .l3
    default: nil
    }
  }
}
