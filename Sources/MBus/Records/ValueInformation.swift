/// What the bytes between a record's data information and its data say: VIF and VIFEs of
/// EN 13757-3, clause 6.4.
public struct ValueInformation: Equatable, Sendable {
  /// What is told.
  public internal(set) var quantity: MeasuredQuantity = .reserved
  /// The unit in which it is told.
  public internal(set) var unit: MeasuredUnit = .none
  /// The power of ten by which the number is to be multiplied, all corrections included.
  public internal(set) var exponent: Int16 = 0
  /// Where it was measured.
  public internal(set) var place: Place = .whole
  /// The VIFE 39...6F that turns the value into a limit, a date, a duration or a count of the
  /// quantity (table 15); 0 where there is none.
  public internal(set) var aspect: UInt8 = 0
  /// The VIFE 20...38 that divides or multiplies the unit (table 15); 0 where there is none.
  public internal(set) var rate: UInt8 = 0
  /// The VIFE 01...1C in which a slave says why a value is missing or wrong (table 17); 0 where
  /// all is well.
  public internal(set) var error: UInt8 = 0
  /// The power of ten, in the record's unit, that is to be added to the value; nil for none.
  public internal(set) var addend: Int8?
  /// All else.
  public internal(set) var traits: Traits = []

  public init() {}

  /// The phase, the pair of phases or the quadrant of a value (table 16).
  public enum Place: UInt8, CaseIterable, Sendable {
    case whole
    case L1, L2, L3, neutral, L1L2, L2L3, L3L1, Q1, Q2, Q3, Q4
  }

  /// Properties that do not exclude each other (tables 15 and 16).
  public struct Traits: OptionSet, Equatable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Only what flows forward is counted: imported energy.
    public static let forwardOnly = Traits(rawValue: 1 << 0)
    /// Only what flows backward is counted: exported energy.
    public static let backwardOnly = Traits(rawValue: 1 << 1)
    /// Both directions are counted as positive.
    public static let absolute = Traits(rawValue: 1 << 2)
    /// The difference of import and export.
    public static let delta = Traits(rawValue: 1 << 3)
    public static let average = Traits(rawValue: 1 << 4)
    public static let relativeDeviation = Traits(rawValue: 1 << 5)
    /// A value for a time to come.
    public static let future = Traits(rawValue: 1 << 6)
    /// Not corrected to standard conditions.
    public static let uncorrected = Traits(rawValue: 1 << 7)
    /// In a unit system other than the metric one.
    public static let nonMetric = Traits(rawValue: 1 << 8)
    /// At base conditions (gas).
    public static let baseConditions = Traits(rawValue: 1 << 9)
    /// The data declare an OBIS code.
    public static let obisDeclaration = Traits(rawValue: 1 << 10)
    /// The data are coded as the standard says for this quantity, not as the length suggests.
    public static let standardContent = Traits(rawValue: 1 << 11)
    /// A series of values in one record.
    public static let compactProfile = Traits(rawValue: 1 << 12)
    public static let compactProfileWithRegisters = Traits(rawValue: 1 << 13)
    public static let inverseCompactProfile = Traits(rawValue: 1 << 14)
    /// The number has no sign (type C).
    public static let unsigned = Traits(rawValue: 1 << 15)
    /// The data are single bits (type D).
    public static let bits = Traits(rawValue: 1 << 16)
    /// Measured by a second sensor of the device.
    public static let secondSensor = Traits(rawValue: 1 << 17)
    /// Another form of a register with more digits than the main one.
    public static let higherResolution = Traits(rawValue: 1 << 18)
    public static let endDate = Traits(rawValue: 1 << 19)
    public static let toMeter = Traits(rawValue: 1 << 20)
    public static let fromMeter = Traits(rawValue: 1 << 21)
    /// The last VIFEs belong to the manufacturer.
    public static let manufacturerExtension = Traits(rawValue: 1 << 22)
    /// A VIFE that the tables keep for later.
    public static let unknownExtension = Traits(rawValue: 1 << 23)
  }

  /// How the data are to be read where their length alone does not tell.
  public enum DataKind: Sendable {
    case number
    case bits
    /// A date, a date with time, or a time, by the length (types F, G, I, J).
    case pointInTime
  }

  /// How the data are to be read.
  public var dataKind: DataKind {
    switch aspect {
    case 0x39, 0x42, 0x43, 0x46, 0x47, 0x4A, 0x4B, 0x4E, 0x4F, 0x6A, 0x6B, 0x6E, 0x6F:
      return .pointInTime
    case 0: break
    default: return .number
    }
    if traits.contains(.endDate) { return .pointInTime }
    if traits.contains(.bits) { return .bits }
    switch quantity {
    case .date, .dateTime, .tariffStart, .batteryChange: return .pointInTime
    case .errorFlags, .errorMask, .digitalOutput, .digitalInput, .controlSignal: return .bits
    default: return .number
    }
  }

  /// Sets what a primary code or a table entry says.
  mutating func set(
    _ quantity: MeasuredQuantity, _ unit: MeasuredUnit = .none, _ exponent: Int16 = 0
  ) {
    (self.quantity, self.unit, self.exponent) = (quantity, unit, exponent)
  }
}

extension MeasuredUnit {
  /// Seconds, minutes, hours, days for the two bits that many codes end with.
  static func time(_ code: UInt8) -> MeasuredUnit {
    switch code & 3 {
    case 0: .second
    case 1: .minute
    case 2: .hour
    default: .day
    }
  }

  /// Hours, days, months, years for the two bits of longer times.
  static func longTime(_ code: UInt8) -> MeasuredUnit {
    switch code & 3 {
    case 0: .hour
    case 1: .day
    case 2: .month
    default: .year
    }
  }
}
