/// Everything that a run of the bench found.
public struct TypeTestReport: Codable, Equatable, Sendable {
  /// Raised when a field changes its meaning.
  public static let schemaVersion = 1

  public var schema = TypeTestReport.schemaVersion
  public var subject: TestSubject
  /// In the order of the plan.
  public var results: [TestPointResult]
  /// The five diagrams of the data sheet, in its order; empty where they were not asked for.
  public var diagrams: [Diagram]
  /// Simulated seconds, all meters and points.
  public var simulated_s: Double
  /// Wall-clock seconds of the run.
  public var elapsed_s: Double

  public init(
    subject: TestSubject, results: [TestPointResult], diagrams: [Diagram] = [],
    simulated_s: Double, elapsed_s: Double
  ) {
    self.subject = subject
    self.results = results
    self.diagrams = diagrams
    self.simulated_s = simulated_s
    self.elapsed_s = elapsed_s
  }

  /// True where no point failed.
  public var hasPassed: Bool { !results.contains { $0.verdict == .failed } }
  /// Wall-clock seconds for one simulated hour; 0 where nothing was simulated.
  public var secondsPerSimulatedHour: Double {
    simulated_s > 0 ? elapsed_s / simulated_s * 3600 : 0
  }
}

/// What was tested, by which plan.
public struct TestSubject: Codable, Equatable, Sendable {
  /// Type string of the variant.
  public var variant: String
  /// Name of the standard and its class, as chosen.
  public var standard: String
  public var accuracyClass: String
  /// Seed of batch and noise.
  public var seed: UInt64
  /// Meters in the batch.
  public var meters: Int
  /// `simulated` or the address of a device.
  public var device: String

  public init(
    variant: String, standard: String, accuracyClass: String, seed: UInt64, meters: Int,
    device: String
  ) {
    self.variant = variant
    self.standard = standard
    self.accuracyClass = accuracyClass
    self.seed = seed
    self.meters = meters
    self.device = device
  }
}

/// One of the five diagrams of the data sheet: error in percent over a quantity.
public struct Diagram: Codable, Equatable, Sendable, Identifiable {
  /// 1 load, 2 voltage, 3 frequency, 4 temperature, 5 composite error over temperature.
  public var id: Int
  public var title: String
  /// With unit, for example `% of Ib`.
  public var axis: String
  /// The data sheet's ticks.
  public var ticks: [Double]
  public var isLogarithmic: Bool
  public var curves: [Curve]

  public init(
    id: Int, title: String, axis: String, ticks: [Double], isLogarithmic: Bool, curves: [Curve]
  ) {
    self.id = id
    self.title = title
    self.axis = axis
    self.ticks = ticks
    self.isLogarithmic = isLogarithmic
    self.curves = curves
  }

  /// One curve of a diagram.
  public struct Curve: Codable, Equatable, Sendable {
    public var name: String
    public var places: [Place]

    public init(name: String, places: [Place]) {
      self.name = name
      self.places = places
    }
  }

  /// Errors of the batch at one place of the axis.
  public struct Place: Codable, Equatable, Sendable {
    public var x: Double
    /// Percent.
    public var error: FigureSpread
    /// The same before calibration, where it was measured.
    public var uncalibrated: FigureSpread?

    public init(x: Double, error: FigureSpread, uncalibrated: FigureSpread? = nil) {
      self.x = x
      self.error = error
      self.uncalibrated = uncalibrated
    }
  }

  /// Largest magnitude of all curves.
  public var worst: Double { curves.flatMap(\.places).map(\.error.worst).max() ?? 0 }
}
