import Quantities

/// What is fixed behind the verification seal, beside scale and calibration.
public struct LegalParameters: Equatable, Sendable {
  public var connection: Connection
  public var summation: Summation
  public var energies: EnergyType
  /// Nominal voltage of one measuring system, mV: 230,000, or 400,000 in a 3 x 400 V Aron set.
  public var nominalVoltage_mV: Int32
  /// Starting current, mA: 20 for Ib = 5 A, 40 for 10 A (EN 50470-3, class B).
  public var startingCurrent_mA: Int32
  /// Maximum current, mA.
  public var maximumCurrent_mA: Int32
  /// Meter constant, impulses per kWh or kvarh.
  public var impulsesPerKilowattHour: Int32

  public init(
    connection: Connection = .fourWire, summation: Summation = .individual,
    energies: EnergyType = .fourQuadrant, nominalVoltage_mV: Int32 = 230_000,
    startingCurrent_mA: Int32 = 20, maximumCurrent_mA: Int32 = 85_000,
    impulsesPerKilowattHour: Int32 = 1000
  ) {
    self.connection = connection
    self.summation = summation
    self.energies = energies
    self.nominalVoltage_mV = nominalVoltage_mV
    self.startingCurrent_mA = startingCurrent_mA
    self.maximumCurrent_mA = maximumCurrent_mA
    self.impulsesPerKilowattHour = impulsesPerKilowattHour
  }

  /// Aron always adds as vectors: with two wattmeters one phase alone has no meaning.
  public var effectiveSummation: Summation { connection == .aron ? .vector : summation }

  /// Creep threshold: 0.5 * Un * Ist, mW; 2.3 W for the 5 A types.
  public var creepThreshold_mW: Int32 {
    // mV * mA = µW.
    Int32(clamping: Int64(nominalVoltage_mV) * Int64(startingCurrent_mA) / 2000)
  }

  /// True for the systems that this connection uses; the others are not evaluated.
  public func uses(_ phase: Phase) -> Bool {
    switch connection {
    case .fourWire: true
    case .twoPhase: phase != .l3
    case .onePhase: phase == .l1
    case .aron: phase != .l2
    }
  }
}
