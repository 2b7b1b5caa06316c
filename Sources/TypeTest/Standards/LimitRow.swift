extension LimitConfidence {
  /// The letter that tables print: V, K or U.
  public var mark: String {
    switch self {
    case .verified: "V"
    case .known: "K"
    case .unsure: "U"
    }
  }

  /// What the letter means, in words.
  public var meaning: String {
    switch self {
    case .verified: "seen in a public source"
    case .known: "known figure of the standard, not read again"
    case .unsure: "unsure; of several candidates the strictest is used"
    }
  }
}

/// An accuracy class as a standard names it.
public enum MeterClass: String, CaseIterable, Sendable {
  case a = "A"
  case b = "B"
  case c = "C"
  case d = "D"
  case half = "0.5"
  case one = "1"
  case two = "2"
  case three = "3"
  case s02 = "0.2S"
  case s05 = "0.5S"
  /// Where a standard knows no classes.
  case general = "-"
}

/// Power factor (active) or sine of the angle (reactive) of a row.
public enum LoadFactor: String, CaseIterable, Sendable {
  case unity = "1"
  case halfInductive = "0.5 ind"
  case capacitive08 = "0.8 cap"
  case quarterInductive = "0.25 ind"
  case halfCapacitive = "0.5 cap"
  case sineUnity = "sin 1"
  case sineHalfInductive = "sin 0.5 ind"
  case sineHalfCapacitive = "sin 0.5 cap"
  case sineQuarterInductive = "sin 0.25 ind"
  case sineQuarterCapacitive = "sin 0.25 cap"

  /// True where the row is of reactive energy.
  public var isReactive: Bool { rawValue.hasPrefix("sin") }

  /// The angle by which the current lags its voltage, degrees.
  public var lag_deg: Double {
    switch self {
    case .unity: 0
    case .halfInductive: 60
    case .halfCapacitive: -60
    case .capacitive08: -36.869_897_645_844_02
    case .quarterInductive: 75.522_487_814_070_08
    case .sineUnity: 90
    case .sineHalfInductive: 30
    case .sineHalfCapacitive: -30
    case .sineQuarterInductive: 14.477_512_185_929_92
    case .sineQuarterCapacitive: -14.477_512_185_929_92
    }
  }
}

/// A current as the standards write it: a multiple of a current of the type.
public struct CurrentMark: Equatable, Sendable {
  /// What a multiple is of.
  public enum Base: String, CaseIterable, Sendable {
    /// Minimum current.
    case imin = "Imin"
    /// Transitional current, a tenth of the reference current of a direct connected meter.
    case itr = "Itr"
    /// Basic current of IEC 62053-21 and -23 (2003).
    case ib = "Ib"
    /// Reference current of EN 50470.
    case iref = "Iref"
    /// Nominal current of the 2020 editions, the basic current of before.
    case iN = "In"
    /// Maximum current.
    case imax = "Imax"
  }

  public var multiple: Double
  public var base: Base

  public init(_ multiple: Double, _ base: Base) {
    self.multiple = multiple
    self.base = base
  }

  public static let imin = CurrentMark(1, .imin)
  public static let itr = CurrentMark(1, .itr)
  public static let ib = CurrentMark(1, .ib)
  public static let iref = CurrentMark(1, .iref)
  public static let imax = CurrentMark(1, .imax)
  /// Half of the maximum current.
  public static let halfImax = CurrentMark(0.5, .imax)
  /// The current of the half-wave test, Imax/√2.
  public static let imaxBySquareRoot2 = CurrentMark(0.707_106_781_186_547_6, .imax)

  static func ib(_ multiple: Double) -> CurrentMark { CurrentMark(multiple, .ib) }
  static func iN(_ multiple: Double) -> CurrentMark { CurrentMark(multiple, .iN) }

  /// As it is printed: `0.05 Ib`, `Imax`, `Imax/√2`.
  public var text: String {
    if self == .imaxBySquareRoot2 { return "Imax/√2" }
    if self == CurrentMark(0.5, .itr) { return "Itr/2" }
    if self == CurrentMark(0.5, .iref) { return "Iref/2" }
    return multiple == 1 ? base.rawValue : "\(Self.short(multiple)) \(base.rawValue)"
  }

  private static func short(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// The currents to which a row applies.
public struct CurrentSpan: Equatable, Sendable {
  public var from: CurrentMark
  public var to: CurrentMark
  /// False where the upper end belongs to the next row.
  public var includesEnd: Bool

  /// From a current up to another one, this included.
  static func through(_ from: CurrentMark, _ to: CurrentMark) -> CurrentSpan {
    CurrentSpan(from: from, to: to, includesEnd: true)
  }

  /// From a current up to below another one.
  static func below(_ from: CurrentMark, _ to: CurrentMark) -> CurrentSpan {
    CurrentSpan(from: from, to: to, includesEnd: false)
  }

  /// At one current.
  static func at(_ current: CurrentMark) -> CurrentSpan {
    CurrentSpan(from: current, to: current, includesEnd: true)
  }

  /// As it is printed: `Imin..<Itr`, `Itr..Imax`, `Iref`.
  public var text: String {
    from == to ? from.text : "\(from.text)\(includesEnd ? ".." : "..<")\(to.text)"
  }
}

/// Which phases carry the load of a row.
public enum LoadPattern: String, CaseIterable, Sendable {
  /// All systems of the meter alike; a single-phase meter likewise.
  case balanced
  /// One system of several, all voltages on.
  case onePhase = "one phase"
  /// The load does not matter, or there is none.
  case none = "-"
}

/// One line of a standard: what is limited, where, for which classes.
public struct LimitRow: Equatable, Sendable {
  /// Clause, and table where that is known.
  public var clause: String
  public var subject: LimitSubject
  public var load: LoadPattern
  /// Power factors to which it applies; empty where there is no load.
  public var factors: [LoadFactor]
  /// Currents to which it applies; nil where there is no load.
  public var currents: CurrentSpan?
  /// Limit by class, in the unit of the subject.
  public var limits: [MeterClass: Double]
  public var confidence: LimitConfidence

  /// The lower end of what is permitted: the same as the upper one but for low voltage, where the
  /// meter may stop (EN 50470-3, table 7; IEC 62053-21, 8.2).
  public func lower(_ upper: Double) -> Double {
    subject == .voltageLow ? -100 : -upper
  }
}

/// Limits of the classes A, B and C in their order.
func abc(_ a: Double, _ b: Double, _ c: Double) -> [MeterClass: Double] { [.a: a, .b: b, .c: c] }
/// Limits of the classes 1 and 2.
func oneTwo(_ one: Double, _ two: Double) -> [MeterClass: Double] { [.one: one, .two: two] }
/// Limits of the reactive classes 2 and 3.
func twoThree(_ two: Double, _ three: Double) -> [MeterClass: Double] {
  [.two: two, .three: three]
}
/// Limits of the classes 0.2S and 0.5S.
func sClasses(_ s02: Double, _ s05: Double) -> [MeterClass: Double] { [.s02: s02, .s05: s05] }

/// Builds one row; the tables read like those of the standards.
func row(
  _ clause: String, _ subject: LimitSubject, _ load: LoadPattern, _ factors: [LoadFactor],
  _ currents: CurrentSpan?, _ limits: [MeterClass: Double], _ confidence: LimitConfidence = .known
) -> LimitRow {
  LimitRow(
    clause: clause, subject: subject, load: load, factors: factors, currents: currents,
    limits: limits, confidence: confidence)
}
