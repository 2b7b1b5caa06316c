import Foundation

/// Who made a report, with what and when; the bench itself has no clock.
public struct ReportHead: Codable, Equatable, Sendable {
  /// ISO 8601, as the caller wants it to stand; nil leaves the date out.
  public var date: String?
  /// Program and version.
  public var software: String

  public init(date: String? = nil, software: String = "kvadrant") {
    self.date = date
    self.software = software
  }
}

/// The report as a file that other programs read: flat, with units in the names.
///
/// `docs/typetest-report.schema.json` describes it; a test holds every member against that. Figures
/// are rounded to 1e-9 of their unit. What is nil is left out.
public struct ReportDocument: Codable, Equatable, Sendable {
  /// Raised when a member changes its meaning or goes; new members do not raise it.
  public static let version = 1

  public var schemaVersion = ReportDocument.version
  public var date: String?
  public var software: String
  /// Always true: no type approval is claimed.
  public var isVirtual = true
  public var subject: Subject
  public var passed: Bool
  public var counts: Counts
  public var simulated_s: Double
  public var elapsed_s: Double
  public var secondsPerSimulatedHour: Double
  public var points: [Point]
  public var diagrams: [DiagramRecord]

  enum CodingKeys: String, CodingKey {
    case schemaVersion = "schema_version"
    case date, software
    case isVirtual = "virtual"
    case subject, passed, counts, simulated_s, elapsed_s
    case secondsPerSimulatedHour = "seconds_per_simulated_hour"
    case points, diagrams
  }

  /// What was tested.
  public struct Subject: Codable, Equatable, Sendable {
    public var variant: String
    public var standard: String
    public var standardTitle: String
    public var accuracyClass: String
    /// As text: it has up to 64 bits.
    public var seed: String
    public var meters: Int
    public var device: String

    enum CodingKeys: String, CodingKey {
      case variant, standard
      case standardTitle = "standard_title"
      case accuracyClass = "class"
      case seed, meters, device
    }
  }

  /// How many points ended how.
  public struct Counts: Codable, Equatable, Sendable {
    public var passed = 0
    public var failed = 0
    public var informative = 0
    public var notTested = 0

    enum CodingKeys: String, CodingKey {
      case passed, failed, informative
      case notTested = "not_tested"
    }
  }

  /// One point.
  public struct Point: Codable, Equatable, Sendable {
    public var id: String
    public var title: String
    public var procedure: String
    public var clause: String
    /// V, K or U.
    public var confidence: String
    public var conditions: Conditions
    public var criterion: Criterion
    public var verdict: String
    public var reason: String?
    public var unit: String
    public var figures: Spread?
    public var uncalibrated: Spread?
    public var notes: [String]
    public var simulated_s: Double
  }

  /// What stood on the terminals.
  public struct Conditions: Codable, Equatable, Sendable {
    public var voltageFactor: Double
    public var energised: [String]
    public var current_A: Double
    public var loaded: [String]
    /// Phases whose current runs the other way.
    public var reversed: [String]
    public var lag_deg: Double
    /// cos φ, or sin φ for reactive registers; signed.
    public var factor: Double
    public var register: String
    public var frequencyFactor: Double
    public var temperature_C: Double
    public var waveform: String
    public var isSequenceReversed: Bool

    enum CodingKeys: String, CodingKey {
      case voltageFactor = "voltage_factor"
      case energised, current_A, loaded, reversed, lag_deg, factor, register
      case frequencyFactor = "frequency_factor"
      case temperature_C, waveform
      case isSequenceReversed = "sequence_reversed"
    }
  }

  /// What is allowed: the range of the figure, and what else the kind needs.
  public struct Criterion: Codable, Equatable, Sendable {
    public var kind: String
    public var lower: Double?
    public var upper: Double?
    /// Seconds over which pulses are counted.
    public var duration_s: Double?
    public var width_ms: Double?
    public var pause_ms: Double?
  }

  /// A figure over repeats and meters.
  public struct Spread: Codable, Equatable, Sendable {
    public var count: Int
    public var mean: Double
    public var minimum: Double
    public var maximum: Double
    public var rms: Double
    public var deviation: Double
    public var repeatDeviation: Double
    public var meters: [Double]

    enum CodingKeys: String, CodingKey {
      case count, mean, minimum, maximum, rms, deviation
      case repeatDeviation = "repeat_deviation"
      case meters
    }
  }

  /// One of the five diagrams.
  public struct DiagramRecord: Codable, Equatable, Sendable {
    public var id: Int
    public var title: String
    public var axis: String
    public var ticks: [Double]
    public var logarithmic: Bool
    public var worst: Double
    public var curves: [CurveRecord]
  }

  /// One curve of a diagram.
  public struct CurveRecord: Codable, Equatable, Sendable {
    public var name: String
    public var places: [Place]
  }

  /// One place of a curve.
  public struct Place: Codable, Equatable, Sendable {
    public var x: Double
    public var error: Spread
    public var uncalibrated: Spread?
  }
}

extension ReportDocument {
  /// The file: UTF-8, members sorted by name, two blanks of indent.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Reads such a file.
  ///
  /// - Throws: what the decoder says of a file that is none, or of a newer version.
  public init(decoding data: Data) throws {
    self = try JSONDecoder().decode(ReportDocument.self, from: data)
    guard schemaVersion == Self.version else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: [], debugDescription: "schema version \(schemaVersion) is not known"))
    }
  }
}
