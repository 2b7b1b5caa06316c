import Meter

/// The currents of a meter type in amperes, as one standard and class define them.
public struct TypeCurrents: Equatable, Sendable {
  /// Ib; also Iref of EN 50470 and In of the 2020 editions for direct connected meters.
  public var basic_A: Double
  public var maximum_A: Double
  public var minimum_A: Double
  public var starting_A: Double
  /// Itr, a tenth of Ib.
  public var transitional_A: Double { basic_A / 10 }

  /// Currents of a variant. Imin is 0.05 Ib where the standard does not name it.
  public init(_ standard: Standard, _ meterClass: MeterClass, _ variant: MeterVariant) {
    basic_A = Double(variant.rating.basic_A)
    maximum_A = Double(variant.rating.maximum_A)
    let ofItr =
      standard.limit(.minimumCurrent, meterClass)
      ?? Standard.en50470.limit(.minimumCurrent, meterClass) ?? 0.5
    minimum_A = ofItr * basic_A / 10
    let start = standard.limit(.startingCurrent, meterClass)
    switch standard {
    case .en50470, .mid: starting_A = (start ?? 0.04) * basic_A / 10
    default: starting_A = (start ?? 0.004) * basic_A
    }
  }

  /// The amperes of a mark.
  public func amperes(_ mark: CurrentMark) -> Double {
    switch mark.base {
    case .imin: mark.multiple * minimum_A
    case .itr: mark.multiple * transitional_A
    case .ib, .iref, .iN: mark.multiple * basic_A
    case .imax: mark.multiple * maximum_A
    }
  }

  /// How many currents of a span are tested.
  public enum Density: Sendable {
    /// A whole curve.
    case curve
    /// The ends and the basic current.
    case ends
    /// The basic current, or the end that is nearest to it.
    case middle
  }

  /// The test currents in a span, rising.
  public func steps(_ span: CurrentSpan, _ density: Density) -> [Double] {
    let (low, high) = (amperes(span.from), amperes(span.to))
    let ends = [low] + (span.includesEnd && high > low ? [high] : [])
    // Marks that nearly coincide with an end, or with each other, are one.
    let inside = { (value: Double) in value > low * 1.06 && value < high * 0.94 }
    var found: [Double]
    switch density {
    case .curve:
      let marks = [0.05, 0.1, 0.2, 0.5, 1, 2, 5].map { $0 * basic_A } + [maximum_A / 2]
      found = ends + marks.filter(inside)
    case .ends: found = ends + [basic_A].filter(inside)
    case .middle: found = [min(max(basic_A, low), high)]
    }
    found.sort()
    return found.indices.filter { $0 == 0 || found[$0] > found[$0 - 1] * 1.06 }.map { found[$0] }
  }
}
