import Quantities

/// One row of the directory of quantities: what every language and the glass need to know about
/// a quantity besides its value.
public struct QuantityRow: Equatable, Sendable {
  /// The name in every language of the meter.
  public var obis: OBISCode
  /// The unit of `raw * 10 ^ scale`.
  public var unit: Unit
  /// Power of ten that turns the integer of a reading into `unit`.
  public var scale: Int8
  /// How the value field of the glass shows it.
  public var format: DisplayFormat

  public init(_ obis: OBISCode, _ unit: Unit, scale: Int8, _ format: DisplayFormat) {
    self.obis = obis
    self.unit = unit
    self.scale = scale
    self.format = format
  }
}

extension QuantityID {
  /// The row of this quantity in the directory.
  public var row: QuantityRow {
    switch meaning {
    case .energy(let kind):
      .energy(kind, .electricity(kind.obisGroupC, 8))
    case .tariffEnergy(let kind, let tariff):
      .energy(kind, .electricity(kind.obisGroupC, 8, tariff.rawValue + 1))
    case .quadrantEnergy(let quadrant):
      .energy(.reactiveImport, .electricity(5 + quadrant.rawValue, 8))
    case .phaseEnergy(let kind, let phase):
      .energy(kind, .electricity(kind.obisGroupC + phase.obisOffset, 8))
    case .absoluteEnergy: .energy(.activeImport, .electricity(15, 8))
    // D = 128 and 129 are for the maker's use: no standard code tells these from the register.
    case .resettableEnergy(let kind): .energy(kind, .electricity(kind.obisGroupC, 128))
    case .fineEnergy(let kind):
      QuantityRow(
        .electricity(kind.obisGroupC, 129), kind.energyUnit, scale: -3, .fineEnergy)
    case .power(let kind):
      .power(kind.isActive ? .watt : .voltAmpereReactive, .electricity(kind.obisGroupC, 7))
    case .apparentPower: .power(.voltAmpere, .electricity(9, 7))
    // C = 36, 56, 76: import less export of one phase, so the sign belongs to the quantity.
    case .activePower(let phase): .power(.watt, .electricity(16 + phase.obisOffset, 7))
    // No code for signed reactive power of a phase: that of R+ is used, negative when R-.
    case .reactivePower(let phase):
      .power(.voltAmpereReactive, .electricity(3 + phase.obisOffset, 7))
    case .phaseApparentPower(let phase): .power(.voltAmpere, .electricity(9 + phase.obisOffset, 7))
    case .powerFactor: .powerFactor(.electricity(13, 7))
    case .phasePowerFactor(let phase): .powerFactor(.electricity(13 + phase.obisOffset, 7))
    case .voltage(let phase):
      QuantityRow(.electricity(12 + phase.obisOffset, 7), .volt, scale: -3, .voltage)
    case .current(let phase):
      QuantityRow(.electricity(11 + phase.obisOffset, 7), .ampere, scale: -6, .current)
    // C = 81, E = from, to: 0, 10, 20 for U1, U2, U3 against U1; 40, 51, 62 for I against its U.
    case .voltageAngle(let phase): .angle(.electricity(81, 7, phase.rawValue * 10))
    case .phaseAngle(let phase): .angle(.electricity(81, 7, 40 + phase.rawValue * 11))
    case .frequency: QuantityRow(.electricity(14, 7), .hertz, scale: -3, .frequency)
    case .hourCounter: QuantityRow(.abstract(96, 8), .hour, scale: 0, .hours)
    case .date: .number(.electricity(0, 9, 2), .date)
    case .time: .number(.electricity(0, 9, 1), .time)
    case .meterNumber: .number(.electricity(0, 0), .eightDigits)
    case .softwareRevision: .number(.electricity(0, 2), .revision)
    case .legalChecksum: .number(.electricity(0, 2, 8), .hexadecimal)
    case .meterStatus: .number(.abstract(96, 5), .eightBits)
    case .activeTariff: .number(.abstract(96, 14), .tariff)
    case .temperature: QuantityRow(.abstract(96, 9), .degreeCelsius, scale: -1, .temperature)
    }
  }
}

extension QuantityRow {
  fileprivate static func energy(_ kind: EnergyKind, _ obis: OBISCode) -> QuantityRow {
    QuantityRow(obis, kind.energyUnit, scale: -3, .energy)
  }

  fileprivate static func power(_ unit: Unit, _ obis: OBISCode) -> QuantityRow {
    QuantityRow(obis, unit, scale: -3, .power)
  }

  fileprivate static func powerFactor(_ obis: OBISCode) -> QuantityRow {
    QuantityRow(obis, .count, scale: -4, .powerFactor)
  }

  fileprivate static func angle(_ obis: OBISCode) -> QuantityRow {
    QuantityRow(obis, .degree, scale: -2, .angle)
  }

  fileprivate static func number(_ obis: OBISCode, _ format: DisplayFormat) -> QuantityRow {
    QuantityRow(obis, .count, scale: 0, format)
  }
}

extension EnergyKind {
  /// C of the sum over the phases: 1 A+, 2 A-, 3 R+, 4 R-.
  fileprivate var obisGroupC: UInt8 { rawValue + 1 }
  fileprivate var energyUnit: Unit { isActive ? .wattHour : .varHour }
}

extension Phase {
  /// C of a phase is C of the sum plus 20, 40 or 60 (IEC 62056-6-1, value group C).
  fileprivate var obisOffset: UInt8 { (rawValue + 1) * 20 }
}
