/// What came out at one point, over all meters of the batch.
public struct TestPointResult: Codable, Equatable, Sendable, Identifiable {
  public var point: TestPoint
  public var verdict: TestVerdict
  /// The unit of all figures below.
  public var unit: FigureUnit
  /// Of calibrated meters; nil where nothing was measured.
  public var figures: FigureSpread?
  /// Of the same meters before calibration; nil where that was not asked for.
  public var uncalibrated: FigureSpread?
  /// What else there is to say, for example the seconds to the second pulse.
  public var notes: [String]
  /// Simulated seconds spent on it, all meters.
  public var simulated_s: Double

  public var id: String { point.id }

  public init(
    point: TestPoint, verdict: TestVerdict, unit: FigureUnit = .percent,
    figures: FigureSpread? = nil, uncalibrated: FigureSpread? = nil, notes: [String] = [],
    simulated_s: Double = 0
  ) {
    self.point = point
    self.verdict = verdict
    self.unit = unit
    self.figures = figures
    self.uncalibrated = uncalibrated
    self.notes = notes
    self.simulated_s = simulated_s
  }
}

/// How a point ended.
public enum TestVerdict: Codable, Equatable, Sendable {
  case passed
  case failed
  /// Shown only, nothing to pass.
  case informative
  case notTested(reason: String)
}

/// What a figure counts.
public enum FigureUnit: String, Codable, Sendable {
  case percent = "%"
  case percentPerKelvin = "%/K"
  case seconds = "s"
  case milliseconds = "ms"
  case pulses
  case wattHours = "Wh"
  case kilowattHours = "kWh"
  case samples
  case hours = "h"
}

/// A figure over repeats and meters.
///
/// Each meter counts with the mean of its repeats in `mean`, `minimum`, `maximum` and `rms`.
public struct FigureSpread: Codable, Equatable, Sendable {
  /// Meters.
  public var count: Int
  public var mean: Double
  public var minimum: Double
  public var maximum: Double
  /// Root of the mean square, the mean included.
  public var rms: Double
  /// Standard deviation over meters; 0 for one meter.
  public var standardDeviation: Double
  /// Largest standard deviation of the repeats of one meter; 0 for one repeat.
  public var repeatDeviation: Double
  /// Mean of each meter, in the order of the batch.
  public var meters: [Double]

  /// - Parameter repeats: figures of each meter, at least one meter with one repeat.
  public init(repeats: [[Double]]) {
    meters = repeats.map { $0.reduce(0, +) / Double(max($0.count, 1)) }
    count = meters.count
    let n = Double(max(count, 1))
    mean = meters.reduce(0, +) / n
    minimum = meters.min() ?? 0
    maximum = meters.max() ?? 0
    rms = (meters.reduce(0) { $0 + $1 * $1 } / n).squareRoot()
    standardDeviation = Self.deviation(meters)
    repeatDeviation = repeats.map(Self.deviation).max() ?? 0
  }

  /// Largest magnitude of all meters.
  public var worst: Double { max(abs(minimum), abs(maximum)) }

  private static func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}
