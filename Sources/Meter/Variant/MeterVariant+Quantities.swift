import LegalMeter
import Quantities

/// Which quantities a variant has.
extension MeterVariant {
  /// Why this meter cannot show a quantity; nil where it can.
  public func refusal(of quantity: QuantityID) -> VariantRefusal? {
    if !quantity.isMeasured(by: energyType) { return .quantityOutsideEnergyType }
    if let phase = quantity.measuringSystem, !hasSystem(phase) {
      return .quantityOutsideConnection
    }
    return nil
  }
}

extension QuantityID {
  /// The measuring system that a quantity of one phase belongs to; nil for sums and device data.
  public var measuringSystem: Phase? {
    switch meaning {
    case .phaseEnergy(_, let phase), .activePower(let phase), .reactivePower(let phase),
      .phaseApparentPower(let phase), .phasePowerFactor(let phase), .voltage(let phase),
      .current(let phase), .voltageAngle(let phase), .phaseAngle(let phase),
      .voltageMinimum(let phase), .voltageMaximum(let phase), .averageVoltage(let phase),
      .averageCurrent(let phase), .voltageDistortion(let phase), .currentDistortion(let phase),
      .dips(let phase), .swells(let phase):
      phase
    case .interruptions(let phase), .longInterruptions(let phase), .lastInterruption(let phase):
      phase
    default: nil
    }
  }
}
