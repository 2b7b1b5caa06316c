/// One row of a test plan: what is set on the source, what is done, and what is allowed.
///
/// Standards produce points as data; the bench carries them out without knowing the standard.
public struct TestPoint: Codable, Equatable, Sendable, Identifiable {
  /// Stable within a plan, words joined by dots: `intrinsic.balanced.A+.0.5A.cos1`.
  public var id: String
  /// For people, one line.
  public var title: String
  public var procedure: TestProcedure
  /// Where the limit comes from, for example `EN 50470-3:2006 8.1, table 4`.
  public var clause: String
  /// How sure the limit is.
  public var confidence: LimitConfidence
  public var conditions: TestConditions
  /// For changes against a reference: the conditions of the reference; nil for `conditions` with
  /// every influence quantity at its reference value.
  public var reference: TestConditions?
  public var criterion: TestCriterion

  public init(
    id: String, title: String, procedure: TestProcedure, clause: String,
    confidence: LimitConfidence = .known, conditions: TestConditions,
    reference: TestConditions? = nil, criterion: TestCriterion
  ) {
    self.id = id
    self.title = title
    self.procedure = procedure
    self.clause = clause
    self.confidence = confidence
    self.conditions = conditions
    self.reference = reference
    self.criterion = criterion
  }

  /// The conditions against which a change is measured.
  public var referenceConditions: TestConditions { reference ?? conditions.atReference }
}

/// How sure a limit is that was not copied from a bought standard.
public enum LimitConfidence: String, Codable, CaseIterable, Sendable {
  /// Read in a named public source.
  case verified
  /// Known, not read again.
  case known
  /// To be checked before it is quoted.
  case unsure
}

/// What the bench does at a point; each has one implementation.
public enum TestProcedure: String, Codable, CaseIterable, Sendable {
  /// Settle, meter, compare with the reference energy. Criterion `errorLimit` or `errorRange`.
  case error
  /// The same, less the error at the reference conditions. Criterion `changeLimit`.
  case change
  /// Change from 23 °C to the temperature, per kelvin. Criterion `temperatureCoefficient`.
  case temperatureCoefficient
  /// √(e² + δT² + δU² + δf²), EN 50470-3 8.4; U 0.9 and 1.1, f 0.98 and 1.02, the worse of each,
  /// T of the conditions. Criterion `errorLimit`.
  case composite
  /// Largest less smallest error of repeats. Criterion `spreadLimit`.
  case repeatability
  /// The energy per pulse by pulses alone against the register. Criterion `registerAgreement`.
  case meterConstant
  /// Register advance against counted pulses over many pulses. Criterion `registerAgreement`.
  case dial
  /// Starts and keeps registering at the starting current. Criterion `startsWithin`.
  case starting
  /// Voltage without current. Criterion `pulsesAtMost`.
  case noLoad
  /// From voltage on to the first metered window. Criterion `startsWithin`.
  case startUp
  /// Change of the error from a cold meter to a warm one at the current. Criterion `changeLimit`.
  case selfHeating
  /// Dips and interruptions without current (`waveform` names them): the change of all registers.
  /// Criterion `registerChange`.
  case dips
  /// A half cycle of 30 Imax, then the change of the error. Criterion `changeLimit`.
  case shortOvercurrent
  /// Width and pause of pulses at the current. Criterion `pulseTiming`.
  case pulseTiming
  /// Samples beyond the end stops of the converter at the current: none may be lost.
  /// Criterion `clippedAtMost`.
  case overrange
  /// The register holds so many hours at full load without passing its end. Criterion `capacity`.
  case registerCapacity
  /// Only hardware can prove it. Criterion `notTested`.
  case hardware
}

/// What is allowed at a point.
public enum TestCriterion: Codable, Equatable, Sendable {
  /// |error| in percent.
  case errorLimit(percent: Double)
  /// Error in percent between both, for example −100 … +10 below 0.8 Un.
  case errorRange(lowest: Double, highest: Double)
  /// |change of the error| in percent.
  case changeLimit(percent: Double)
  /// |change of the error| in percent per kelvin.
  case temperatureCoefficient(percentPerKelvin: Double)
  /// Largest less smallest error in percent.
  case spreadLimit(percent: Double)
  /// Seconds; for `starting` of the first pulse, and again of the next.
  case startsWithin(seconds: Double)
  /// Pulses within a time.
  case pulsesAtMost(count: Int, seconds: Double)
  /// |register advance − pulses / constant| in Wh or varh.
  case registerAgreement(wattHours: Double)
  /// |change of any register| in kWh or kvarh.
  case registerChange(kilowattHours: Double)
  /// Shortest width and pause of a pulse in milliseconds.
  case pulseTiming(width_ms: Double, pause_ms: Double)
  /// Samples at the end stop of the converter.
  case clippedAtMost(count: Int)
  /// Hours at full load.
  case capacity(hours: Double)
  /// Shown without a limit.
  case informative
  /// Why it is not tested.
  case notTested(reason: String)
}
