/// How numbers are laid along an axis.
public enum AxisScale: Equatable, Sendable {
  case linear
  /// Decades of equal length; only positive numbers have a place.
  case logarithmic
}

/// Lays a window of the x axis onto pixel columns.
public struct ColumnMap: Equatable, Sendable {
  /// What is seen: finite, not empty, positive on a logarithmic scale.
  public let window: ClosedRange<Double>
  /// How many columns there are, 1...16,384.
  public let columns: Int
  /// Linear or logarithmic.
  public let scale: AxisScale
  private let origin: Double
  private let columnsPerUnit: Double

  /// Makes a map; a window that cannot be drawn is widened until it can.
  public init(window: ClosedRange<Double>, columns: Int, scale: AxisScale = .linear) {
    self.window = Self.drawable(window, scale: scale)
    self.columns = max(1, min(columns, 16_384))
    self.scale = scale
    switch scale {
    case .linear:
      origin = self.window.lowerBound
      columnsPerUnit = Double(self.columns) / (self.window.upperBound - origin)
    case .logarithmic:
      origin = PortableMath.log10(self.window.lowerBound)
      columnsPerUnit = Double(self.columns) / (PortableMath.log10(self.window.upperBound) - origin)
    }
  }

  /// The distance of a place from the left edge in columns, with fraction, negative to the left.
  @inline(__always)
  public func position(_ x: Double) -> Double {
    switch scale {
    case .linear: (x - origin) * columnsPerUnit
    case .logarithmic:
      x > 0 ? (PortableMath.log10(x) - origin) * columnsPerUnit : -Double(columns)
    }
  }

  /// The column of a place: -1 left of the window, `columns` right of it.
  @inline(__always)
  func column(_ x: Double) -> Int {
    if x < window.lowerBound { return -1 }
    if x > window.upperBound { return columns }
    return max(0, min(Int(position(x)), columns - 1))
  }

  /// The place where a column begins, but for rounding.
  func place(ofColumn column: Int) -> Double? {
    scale == .linear ? origin + Double(column) / columnsPerUnit : nil
  }

  /// The nearest range that has a length in binary64 and a logarithm where one is needed.
  static func drawable(_ range: ClosedRange<Double>, scale: AxisScale) -> ClosedRange<Double> {
    let limit = 1e300
    var low = range.lowerBound.isFinite ? max(-limit, min(range.lowerBound, limit)) : 0
    var high = range.upperBound.isFinite ? max(-limit, min(range.upperBound, limit)) : low + 1
    if scale == .logarithmic {
      if high <= 0 { (low, high) = (1, 10) }
      low = max(low, high * 1e-12, 1e-300)
      if high < low * 1.001 { (low, high) = (low / 2, low * 2) }
      return low...high
    }
    // Fewer than some 1000 binary64 numbers in a window would show the format, not the data.
    let least = max(abs(low), abs(high)) * 1e-12
    if !(high - low > least) {
      let half = low == 0 && high == 0 ? 0.5 : max(abs(low), abs(high)) * 0.05
      (low, high) = (low - half, high + half)
      if !(high - low > 1e-300) { (low, high) = (-0.5, 0.5) }
    }
    return low...high
  }
}
