/// A mark of an axis.
public struct Tick: Equatable, Sendable {
  /// Where it is, in the base unit of the axis.
  public var value: Double
  /// What is written there; empty for a line without text.
  public var label: String
  /// What the label belongs to (the day of an hour, the year of a month); written where it changes.
  public var context: String

  /// A mark with its label.
  public init(_ value: Double, _ label: String, context: String = "") {
    self.value = value
    self.label = label
    self.context = context
  }
}

/// The unit of an axis.
public struct Unit: Equatable, Sendable {
  /// The symbol of the unit without prefix: `W`, `varh`, `%`.
  public var symbol: String
  /// True if large and small values take an SI prefix: 58,000 W are marked as 58 kW.
  public var takesPrefix: Bool

  /// A unit.
  public init(_ symbol: String, takesPrefix: Bool = true) {
    self.symbol = symbol
    self.takesPrefix = takesPrefix
  }

  public static let none = Unit("", takesPrefix: false)
  public static let percent = Unit("%", takesPrefix: false)
  public static let degrees = Unit("°", takesPrefix: false)
  public static let celsius = Unit("°C", takesPrefix: false)
  public static let watts = Unit("W")
  public static let vars = Unit("var")
  public static let voltAmperes = Unit("VA")
  public static let wattHours = Unit("Wh")
  public static let varHours = Unit("varh")
  public static let volts = Unit("V")
  public static let amperes = Unit("A")
  public static let hertz = Unit("Hz")
  public static let seconds = Unit("s")
}

/// One axis of a plot: what it measures, how it is divided, what of it is seen.
public struct Axis: Sendable {
  /// What the numbers along the axis are.
  public enum Kind: Sendable {
    /// Numbers with a unit.
    case value(Unit)
    /// Seconds since 2000-01-01T00:00:00Z, marked in civil time.
    case time(CivilLabels)
  }

  /// What is measured, such as "Active power"; the unit is added.
  public var title: String
  /// Numbers or time.
  public var kind: Kind
  /// Linear or logarithmic; time is always linear.
  public var scale: AxisScale
  /// The window; `nil` takes in all data.
  public var range: ClosedRange<Double>?
  /// Marks to be used instead of those found by the axis itself.
  public var ticks: [Tick]?
  /// A number that is always on a value axis without a window, such as 0 below powers.
  public var anchor: Double?
  /// What stands between whole number and fraction.
  public var decimalSeparator: String

  /// An axis of numbers.
  public init(
    _ title: String = "", unit: Unit = .none, scale: AxisScale = .linear,
    range: ClosedRange<Double>? = nil, ticks: [Tick]? = nil, anchor: Double? = nil,
    decimalSeparator: String = "."
  ) {
    self.title = title
    self.kind = .value(unit)
    self.scale = scale
    self.range = range
    self.ticks = ticks
    self.anchor = anchor
    self.decimalSeparator = decimalSeparator
  }

  /// An axis of time in seconds since 2000-01-01T00:00:00Z.
  public static func time(
    _ title: String = "", range: ClosedRange<Double>? = nil, labels: CivilLabels = .english()
  ) -> Axis {
    var axis = Axis(title, range: range)
    axis.kind = .time(labels)
    return axis
  }

  /// The marks of a drawn window, and the title with the unit they are written in.
  struct Marking: Sendable {
    var ticks: [Tick] = []
    /// Places of fine lines between the marks.
    var minor: [Double] = []
    var title = ""
  }

  /// Finds the marks of a window, at most about `count`.
  func marking(of window: ClosedRange<Double>, count: Int) -> Marking {
    var marking: Marking
    switch kind {
    case .time(let labels):
      marking = Marking(ticks: CivilTicks.ticks(window, atMost: count, labels), title: title)
    case .value(let unit):
      let prefix = SIPrefix.fitting(window, unit: unit)
      marking =
        scale == .linear
        ? ValueTicks.linear(window, atMost: count, prefix: prefix.exponent)
        : ValueTicks.logarithmic(window, atMost: count, prefix: prefix.exponent)
      marking.title = Self.title(title, unit: prefix.symbol + unit.symbol)
      if decimalSeparator != "." {
        for index in marking.ticks.indices {
          marking.ticks[index].label = marking.ticks[index].label.split(
            separator: ".", omittingEmptySubsequences: false
          ).joined(separator: decimalSeparator)
        }
      }
      if ticks != nil { marking.title = Self.title(title, unit: unit.symbol) }
    }
    if let ticks {
      marking.ticks = Array(
        ticks.lazy.filter { window.contains($0.value) }.prefix(4 * max(count, 8)))
      marking.minor = []
    }
    return marking
  }

  private static func title(_ title: String, unit: String) -> String {
    unit.isEmpty ? title : title.isEmpty ? unit : "\(title) (\(unit))"
  }
}

/// The SI prefix of the numbers along an axis.
struct SIPrefix: Equatable {
  var exponent: Int
  var symbol: String

  private static let symbols = ["n", "µ", "m", "", "k", "M", "G", "T"]

  /// The prefix that leaves one to three digits before the point of the largest number.
  static func fitting(_ window: ClosedRange<Double>, unit: Unit) -> SIPrefix {
    let largest = max(abs(window.lowerBound), abs(window.upperBound))
    guard unit.takesPrefix, largest > 0 else { return SIPrefix(exponent: 0, symbol: "") }
    // 999.99 is not yet 1 k; the small addend takes a largest number of exactly 1000 up.
    let decade = (PortableMath.log10(largest) + 1e-9).rounded(.down)
    let index = Int((decade / 3).rounded(.down)) + 3
    let clamped = max(0, min(index, symbols.count - 1))
    return SIPrefix(exponent: (clamped - 3) * 3, symbol: symbols[clamped])
  }
}
