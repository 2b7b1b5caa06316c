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
    case .demand(let kind): .power(kind.powerUnit, .electricity(kind.obisGroupC, 4))
    case .lastDemand(let kind): .power(kind.powerUnit, .electricity(kind.obisGroupC, 5))
    case .extremeDemand(let extreme): .power(extreme.unit, extreme.obis)
    // D = 136 and 137 are for the maker's use: the standard has no own code for the time stamp.
    case .extremeDemandTime(let extreme): .number(extreme.stampOBIS(136), .time)
    case .extremeDemandDate(let extreme): .number(extreme.stampOBIS(137), .date)
    case .cumulativeMaximum(let kind): .power(kind.powerUnit, .electricity(kind.obisGroupC, 2))
    case .billing(let figure): figure.row
    case .thresholdCount: .number(.electricity(1, 36), .eightDigits)
    case .thresholdLimit: .power(.watt, .electricity(1, 35))
    case .pulseInput(let input): .number(.electricity(0, 128, input), .eightDigits)
    case .credit: QuantityRow(.abstract(19, 10), .wattHour, scale: -3, .credit)
    case .state(let state): state.row
    case .interval(let kind):
      QuantityRow(.electricity(0, 8, kind.obisGroupE), .minute, scale: 0, .number)
    case .backupHours: QuantityRow(.abstract(96, 6), .hour, scale: 0, .hours)
    case .backupCharge: QuantityRow(.abstract(96, 6, 1), .percent, scale: -2, .percent)
    case .configurationChanges: .number(.abstract(96, 2), .eightDigits)
    case .configurationChecksum: .number(.abstract(96, 2, 128), .hexadecimal)
    case .profileReader: .number(.electricity(99, 1), .door)
    case .billingReader: .number(.electricity(98, 1), .door)
    default: qualityRow
    }
  }

  /// Rows of what is known of the supply.
  private var qualityRow: QuantityRow {
    switch meaning {
    case .voltageMinimum(let phase): .volt(.electricity(12 + phase.obisOffset, 3))
    case .voltageMaximum(let phase): .volt(.electricity(12 + phase.obisOffset, 6))
    // D = 25: last average of the second averaging scheme, whose period is the analysis logger's.
    case .averageVoltage(let phase): .volt(.electricity(12 + phase.obisOffset, 25))
    case .averageCurrent(let phase):
      QuantityRow(.electricity(11 + phase.obisOffset, 25), .ampere, scale: -6, .current)
    // E = 124: total harmonic distortion (IEC 62056-6-1, value group E of harmonics).
    case .voltageDistortion(let phase): .percent(.electricity(12 + phase.obisOffset, 7, 124))
    case .currentDistortion(let phase): .percent(.electricity(11 + phase.obisOffset, 7, 124))
    case .neutralVoltage: .volt(.electricity(92, 7))
    case .dips(let phase): .number(.electricity(12 + phase.obisOffset, 32), .eightDigits)
    case .swells(let phase): .number(.electricity(12 + phase.obisOffset, 36), .eightDigits)
    case .interruptions(let phase): .number(.abstract(96, 7, phase.number), .eightDigits)
    case .longInterruptions(let phase): .number(.abstract(96, 7, 5 + phase.number), .eightDigits)
    case .lastInterruption(let phase):
      QuantityRow(.abstract(96, 7, 15 + phase.number), .second, scale: 0, .number)
    // A quantity without a row would share the meter number's code; a test finds it.
    default: .number(.electricity(0, 0), .number)
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

  fileprivate static func volt(_ obis: OBISCode) -> QuantityRow {
    QuantityRow(obis, .volt, scale: -3, .voltage)
  }

  fileprivate static func percent(_ obis: OBISCode) -> QuantityRow {
    QuantityRow(obis, .percent, scale: -2, .percent)
  }

  fileprivate static func number(_ obis: OBISCode, _ format: DisplayFormat) -> QuantityRow {
    QuantityRow(obis, .count, scale: 0, format)
  }
}

extension EnergyKind {
  /// C of the sum over the phases: 1 A+, 2 A-, 3 R+, 4 R-.
  fileprivate var obisGroupC: UInt8 { rawValue + 1 }
  fileprivate var energyUnit: Unit { isActive ? .wattHour : .varHour }
  fileprivate var powerUnit: Unit { isActive ? .watt : .voltAmpereReactive }
}

extension DemandExtreme {
  fileprivate var unit: Unit {
    if case .maximum(let kind) = self { return kind.powerUnit }
    return .watt
  }

  /// D = 6 is the maximum; 130 and 131 are the maker's, for the extremes of the whole life.
  fileprivate var obis: OBISCode {
    switch self {
    case .maximum(let kind): .electricity(kind.obisGroupC, 6)
    case .tariffMaximum(let tariff): .electricity(1, 6, tariff.rawValue + 1)
    case .lifetimeMaximum: .electricity(1, 130)
    case .lifetimeMinimum: .electricity(1, 131)
    }
  }

  /// The same C and E under another D; E = 130 and 131 are the extremes of the whole life.
  fileprivate func stampOBIS(_ d: UInt8) -> OBISCode {
    let code = obis
    return .electricity(code.c, d, code.d == 6 ? code.e : code.d)
  }
}

extension BillingFigure {
  fileprivate var row: QuantityRow {
    switch self {
    case .count: .number(.electricity(0, 1), .eightDigits)
    case .records: .number(.electricity(0, 1, 1), .number)
    // The time stamp of the last reset has one code; its time of day gets one of the maker's.
    case .date: .number(.electricity(0, 1, 2), .date)
    case .time: .number(.electricity(0, 1, 128), .time)
    }
  }
}

extension DeviceState {
  fileprivate var row: QuantityRow {
    switch self {
    case .clock: .number(.abstract(96, 5, 4), .eightBits)
    case .alarm: .number(.abstract(97, 98), .hexadecimal)
    case .error: .number(.abstract(97, 97), .hexadecimal)
    case .switchState: .number(.abstract(96, 3, 10), .state)
    case .switchFeedback: .number(.abstract(96, 3, 128), .eightBits)
    case .tariffSource: .number(.abstract(96, 14, 128), .number)
    }
  }
}

extension IntervalKind {
  /// 1-0:0.8.0 measurement period, .4 and .5 recording intervals of the two load profiles.
  fileprivate var obisGroupE: UInt8 {
    switch self {
    case .demand: 0
    case .profile: 4
    case .analysis: 5
    }
  }
}

extension Optional where Wrapped == Phase {
  /// 0 for all phases, 1...3 for one.
  fileprivate var number: UInt8 { map { $0.rawValue + 1 } ?? 0 }
}

extension Phase {
  /// C of a phase is C of the sum plus 20, 40 or 60 (IEC 62056-6-1, value group C).
  fileprivate var obisOffset: UInt8 { (rawValue + 1) * 20 }
}
