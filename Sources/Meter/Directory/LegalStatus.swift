import LegalMeter
import Quantities

extension QuantityID {
  /// Whether a meter of this energy type registers the quantity at all.
  ///
  /// Energies and their demands depend on the type; what is momentary is measured by every meter.
  public func isMeasured(by type: EnergyType) -> Bool {
    switch meaning {
    case .energy(let kind), .tariffEnergy(let kind, _), .phaseEnergy(let kind, _),
      .resettableEnergy(let kind), .fineEnergy(let kind):
      type.registers(kind)
    case .demand(let kind), .lastDemand(let kind), .cumulativeMaximum(let kind),
      .extremeDemand(.maximum(let kind)), .extremeDemandTime(.maximum(let kind)),
      .extremeDemandDate(.maximum(let kind)):
      type.registers(kind)
    case .quadrantEnergy: type == .fourQuadrant
    default: true
    }
  }

  /// The legal status on a meter of this energy type; nil where the meter does not measure it.
  ///
  /// High-resolution views of verification, powers, means and analysis are never legal.
  public func legalStatus(on type: EnergyType) -> LegalStatus? {
    guard isMeasured(by: type) else { return nil }
    if case .fineEnergy = meaning { return .notLegal }
    return Register(self)?.legalStatus(type) ?? .notLegal
  }
}
