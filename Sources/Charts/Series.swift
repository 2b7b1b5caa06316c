/// Why numbers do not make a series.
public enum SeriesError: Error, Equatable {
  /// The abscissa and the values differ in number, or there are more than 2^31 - 1 of them.
  case count
  /// The abscissa has a number that is not finite, or falls, or the step is not positive.
  case abscissa
}

/// Where the samples of a series lie on the x axis: never falling, always finite.
public enum Abscissa: Equatable, Sendable {
  /// Sample n lies at `start + n * step`, and holds until the next one.
  case regular(start: Double, step: Double)
  /// Each sample has its own place.
  case irregular([Double])

  /// The place of a sample.
  @inlinable
  public func x(at index: Int) -> Double {
    switch self {
    case .regular(let start, let step): start + Double(index) * step
    case .irregular(let places): places[index]
    }
  }

  /// The first index below `count` whose place fulfils a condition that, once true, stays true.
  ///
  /// O(log count); for a regular abscissa `near`, a place close to the border, makes it O(1).
  func firstIndex(
    from start: Int = 0, below count: Int, near place: Double?, where isBehind: (Double) -> Bool
  ) -> Int {
    var low = start
    var high = count
    if case .regular(let origin, let step) = self, let place {
      let guess = ((place - origin) / step).rounded(.down)
      // Two on either side cover the rounding; the condition itself decides.
      let lower = Int(max(Double(start), min(guess - 2, Double(count))))
      let upper = Int(max(Double(start), min(guess + 3, Double(count))))
      if lower > low, !isBehind(x(at: lower - 1)) { low = lower }
      if upper < high, upper >= low, isBehind(x(at: upper)) { high = upper }
    }
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(x(at: middle)) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The samples inside a window, and one neighbour on either side so that lines reach the edge.
  func indices(in window: ClosedRange<Double>, count: Int) -> Range<Int> {
    let first = firstIndex(below: count, near: window.lowerBound) { $0 >= window.lowerBound }
    let last = firstIndex(from: first, below: count, near: window.upperBound) {
      $0 > window.upperBound
    }
    return max(0, first - 1)..<min(count, last + 1)
  }
}

/// A curve's numbers: places on the x axis and a value at each; a value that is not finite
/// (`nan`) is a gap.
public struct Series: Equatable, Sendable {
  /// Where the samples lie.
  public let abscissa: Abscissa
  /// The values in the base unit of the axis (W, V, %), `nan` where there is none.
  public internal(set) var values: [Double]

  /// A series with a fixed step, such as a load profile; each value holds for one step.
  public init(start: Double, step: Double, values: [Double]) throws(SeriesError) {
    guard values.count < Int(Int32.max) else { throw .count }
    guard start.isFinite, step.isFinite, step > 0, (start + Double(values.count) * step).isFinite
    else { throw .abscissa }
    abscissa = .regular(start: start, step: step)
    self.values = values
  }

  /// A series of places that never fall.
  ///
  /// - Parameter interval: how long a value holds at most. Where the next sample is more than
  ///   1.5 intervals away, a gap begins one interval after the value; so missing records of a
  ///   profile are seen as missing.
  public init(x: [Double], values: [Double], interval: Double? = nil) throws(SeriesError) {
    guard x.count == values.count, x.count < Int(Int32.max) / 2 else { throw .count }
    var previous = -Double.infinity
    for place in x {
      guard place.isFinite, place >= previous else { throw .abscissa }
      previous = place
    }
    guard let interval else {
      abscissa = .irregular(x)
      self.values = values
      return
    }
    guard interval.isFinite, interval > 0 else { throw .abscissa }
    var places: [Double] = []
    var kept: [Double] = []
    for index in x.indices {
      places.append(x[index])
      kept.append(values[index])
      if index + 1 == x.count || x[index + 1] - x[index] > 1.5 * interval {
        places.append(x[index] + interval)
        kept.append(.nan)
      }
    }
    abscissa = .irregular(places)
    self.values = kept
  }

  /// How many samples there are, gaps included.
  public var count: Int { values.count }

  /// From the first place to the end of the last value; `nil` without samples.
  public var extent: ClosedRange<Double>? {
    guard count > 0 else { return nil }
    return abscissa.x(at: 0)...end(ofValueAt: count - 1)
  }

  /// Where the value of a sample ceases to hold: at the next sample, or after one step.
  func end(ofValueAt index: Int) -> Double {
    switch abscissa {
    case .regular: abscissa.x(at: index + 1)
    case .irregular(let places): places[min(index + 1, places.count - 1)]
    }
  }
}
