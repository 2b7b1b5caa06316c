import Meter
import Quantities

/// What a customer port makes of a quantity: the unit and the digits of its languages follow.
public enum CustomerKind: UInt8, Sendable {
  /// mWh and mvarh.
  case activeEnergy, reactiveEnergy
  /// mW and mvar.
  case activePower, reactivePower
  /// mV.
  case voltage
  /// µA.
  case current
  /// How often something has happened.
  case count
  case tariff
  /// Time, number and texts, which each language writes in its own way.
  case other
  /// Not told on a customer port.
  case none
}

extension QuantityID {
  /// The kind of this quantity on a customer port. Every meaning has its word here: the compiler
  /// asks for a new one.
  public var customerKind: CustomerKind {
    switch meaning {
    case .energy(let kind), .tariffEnergy(let kind, _):
      kind.isActive ? .activeEnergy : .reactiveEnergy
    case .power(let kind): kind.isActive ? .activePower : .reactivePower
    case .activePower: .activePower
    case .reactivePower: .reactivePower
    case .voltage: .voltage
    case .current: .current
    case .dips, .swells, .interruptions, .longInterruptions: .count
    case .activeTariff: .tariff
    case .date, .time, .meterNumber: .other
    case .quadrantEnergy, .phaseEnergy, .absoluteEnergy, .resettableEnergy, .fineEnergy,
      .apparentPower, .phaseApparentPower, .powerFactor, .phasePowerFactor, .voltageAngle,
      .phaseAngle, .frequency, .hourCounter, .softwareRevision, .legalChecksum, .meterStatus,
      .temperature, .demand, .lastDemand, .extremeDemand, .extremeDemandTime, .extremeDemandDate,
      .cumulativeMaximum, .billing, .thresholdCount, .thresholdLimit, .pulseInput, .credit, .state,
      .voltageMinimum, .voltageMaximum, .averageVoltage, .averageCurrent, .voltageDistortion,
      .currentDistortion, .neutralVoltage, .lastInterruption, .interval, .backupHours,
      .backupCharge, .configurationChanges, .configurationChecksum, .profileReader,
      .billingReader:
      .none
    }
  }
}

extension CustomerKind {
  /// A reading in units of `10 ^ exponent` of its own: energies never say more than was counted,
  /// what is momentary is rounded, halves up.
  ///
  /// - Parameter divisor: reading units in one unit of the answer, > 0.
  func scaled(_ reading: Int64, per divisor: Int64) -> Int64 {
    switch self {
    case .activeEnergy, .reactiveEnergy: reading / divisor
    case .activePower, .reactivePower, .voltage, .current:
      reading / divisor + (reading % divisor >= (divisor + 1) / 2 ? 1 : 0)
    case .count, .tariff, .other, .none: reading
    }
  }
}
