import LegalMeter
import Quantities

/// Under which law a reading may be billed.
public enum LegalStatus: UInt8, CaseIterable, Sendable {
  /// The Measuring Instruments Directive 2014/32/EU, annex V: active energy taken from the grid.
  case mid
  /// National rules: active energy delivered and reactive energy.
  case national
  /// Never for billing.
  case notLegal
}

extension QuantityID {
  /// The energies that this quantity needs, as a legal register; nil where it is not one.
  ///
  /// Resettable counters, sums of absolutes, single phases and quadrants, the shortened view of
  /// verification, powers, means and analysis are never legal.
  private var legalKind: EnergyKind? {
    switch meaning {
    case .energy(let kind), .tariffEnergy(let kind, _): kind
    default: nil
    }
  }

  /// Whether a meter of this energy type registers the quantity at all.
  ///
  /// Only energies depend on the type; what is momentary is measured by every meter.
  public func isMeasured(by type: EnergyType) -> Bool {
    switch meaning {
    case .energy(let kind), .tariffEnergy(let kind, _), .phaseEnergy(let kind, _),
      .resettableEnergy(let kind), .fineEnergy(let kind):
      type.registers(kind)
    case .quadrantEnergy: type == .fourQuadrant
    default: true
    }
  }

  /// The legal status on a meter of this energy type; nil where the meter does not measure it.
  public func legalStatus(on type: EnergyType) -> LegalStatus? {
    guard isMeasured(by: type) else { return nil }
    guard let legalKind else { return .notLegal }
    return legalKind == .activeImport ? .mid : .national
  }
}

extension EnergyType {
  /// Whether this meter has registers of the energy kind.
  public func registers(_ kind: EnergyKind) -> Bool {
    switch self {
    case .activeImport: kind == .activeImport
    case .activeImportExport: kind.isActive
    case .fourQuadrant: true
    }
  }
}
