/// How the value field shows a reading.
public enum DisplayFormat: UInt8, CaseIterable, Sendable {
  /// kWh or kvarh, 7.0 or 6.1 as chosen; the digits roll over.
  case energy
  /// 3.4: 000.0000 kWh or kvarh, the high digits left out.
  case fineEnergy
  /// 2.3: kW, kvar or kVA.
  case power
  /// 3.1: V.
  case voltage
  /// 3.2: A.
  case current
  /// 1.3, without unit.
  case powerFactor
  /// 3.1: degrees.
  case angle
  /// 2.2: Hz.
  case frequency
  /// 7.0: h, rolls over.
  case hours
  /// 2.1: degrees Celsius.
  case temperature
  /// YY:MM:DD.
  case date
  /// HH:MM:SS.
  case time
  /// Eight digits with leading zeros, rolls over.
  case eightDigits
  /// Eight hexadecimal digits.
  case hexadecimal
  /// Eight noughts and ones, bit 0 at the right.
  case eightBits
  /// major.minor.patch.
  case revision
  /// One digit, 1...4.
  case tariff
  /// 6.1: kWh, with a sign where it is overdrawn.
  case credit
  /// 3.2: per cent.
  case percent
  /// A number without leading noughts.
  case number
  /// Two hexadecimal digits.
  case state
  /// No value: a view that leads to others.
  case door
}

/// What the owner may choose about the value field.
public struct DisplayOptions: Equatable, Sendable {
  /// The digits of an energy, before and after the point.
  public enum EnergyDigits: UInt8, CaseIterable, Sendable {
    /// 9,999,999 kWh, then 0.
    case sevenZero
    /// 999,999.9 kWh, then 0.
    case sixOne
  }

  public var energyDigits: EnergyDigits
  /// Whether noughts fill an energy, a power or the hours to their full width.
  public var leadingZeros: Bool

  public init(energyDigits: EnergyDigits = .sevenZero, leadingZeros: Bool = true) {
    self.energyDigits = energyDigits
    self.leadingZeros = leadingZeros
  }

  /// The kWh (or kvarh) at which the shown digits start again at nought.
  ///
  /// At least 4000 h at full load: 3 * 230 V * 105 A = 72.45 kW makes 289,800 kWh.
  public var energyCapacity_kWh: Int64 {
    energyDigits == .sevenZero ? 10_000_000 : 1_000_000
  }
}

/// A decimal number on the glass: which digits of the raw integer are shown.
struct DecimalLayout {
  /// The raw units of one step of the last digit.
  var step: UInt64
  /// Digits after the point.
  var decimals: Int
  /// Digits before the point that noughts fill; more are shown where they fit.
  var integerDigits: Int
  /// Noughts at the left, always or as chosen.
  var leadingZeros: Bool
  /// Registers roll over and are cut off; what is momentary is rounded and has no more room at
  /// some size.
  var isRegister: Bool
}

extension DisplayFormat {
  /// The layout of the formats that are decimal numbers; nil for the others.
  func decimalLayout(_ options: DisplayOptions) -> DecimalLayout? {
    let zeros = options.leadingZeros
    switch self {
    case .energy:
      switch options.energyDigits {
      case .sevenZero: return .register(step: 1_000_000, 7, 0, zeros)
      case .sixOne: return .register(step: 100_000, 6, 1, zeros)
      }
    case .fineEnergy: return .register(step: 100, 3, 4, true)
    case .hours: return .register(step: 1, 7, 0, zeros)
    case .eightDigits: return .register(step: 1, 8, 0, true)
    case .power: return .momentary(step: 1_000, 2, 3, zeros)
    case .voltage: return .momentary(step: 100, 1, 1, false)
    case .current: return .momentary(step: 10_000, 1, 2, false)
    case .powerFactor: return .momentary(step: 10, 1, 3, false)
    case .angle: return .momentary(step: 10, 1, 1, false)
    case .frequency: return .momentary(step: 10, 1, 2, false)
    case .temperature: return .momentary(step: 1, 1, 1, false)
    case .tariff, .number: return .momentary(step: 1, 1, 0, false)
    case .credit: return .momentary(step: 100_000, 1, 1, false)
    case .percent: return .momentary(step: 1, 1, 2, false)
    case .date, .time, .hexadecimal, .eightBits, .revision, .state, .door: return nil
    }
  }
}

extension DecimalLayout {
  static func register(
    step: UInt64, _ integers: Int, _ decimals: Int, _ zeros: Bool
  ) -> DecimalLayout {
    DecimalLayout(
      step: step, decimals: decimals, integerDigits: integers, leadingZeros: zeros,
      isRegister: true)
  }

  static func momentary(
    step: UInt64, _ integers: Int, _ decimals: Int, _ zeros: Bool
  ) -> DecimalLayout {
    DecimalLayout(
      step: step, decimals: decimals, integerDigits: integers, leadingZeros: zeros,
      isRegister: false)
  }
}
