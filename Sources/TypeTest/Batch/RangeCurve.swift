import LegalMeter
import Meter
import Waveforms

/// Accuracy over a range of 10,000 to 1: the spread over seeds of the noise at each current,
/// against what statistics allow for a converter of that noise.
public struct RangeCurve: Codable, Equatable, Sendable {
  /// One current.
  public struct Place: Codable, Equatable, Sendable {
    public var current_A: Double
    /// Seconds metered for each seed.
    public var seconds: Double
    public var seeds: Int
    /// Root of the mean square error, percent.
    public var rms: Double
    /// Largest error, percent.
    public var largest: Double
    /// σ that the noise of the converter leaves at best, percent.
    public var bound: Double
    /// `rms` by `bound`.
    public var ratio: Double { bound > 0 ? rms / bound : 0 }
  }

  /// Descending currents.
  public var places: [Place]
  public var simulated_s: Double

  /// 105 A to 10.5 mA in steps of about half a decade.
  public static let currents = [105.0, 35, 10.5, 3.5, 1.05, 0.35, 0.105, 0.035, 0.0105]
  /// Percent that no error may pass.
  public static let limit = 0.1
  /// Allowed ratio of the spread to the bound, at each current.
  public static let allowedRatio = 1.1
  /// Seeds that a judgement needs: the spread of n seeds is itself known to 1/√(2n), here 3.5 %.
  public static let usualSeeds = 400

  /// Largest ratio of the spread to its bound.
  public var ratio: Double { places.map(\.ratio).max() ?? 0 }

  /// No error beyond the limit, and the spread within its bound at each current.
  public var hasPassed: Bool {
    !places.isEmpty && ratio <= Self.allowedRatio
      && places.allSatisfy { $0.largest <= Self.limit }
  }

  /// Measures the curve on meters with ideal parts and the modelled noise.
  ///
  /// - Parameters:
  ///   - seeds: meters, each with noise of its own; `usualSeeds` for a figure that means something.
  ///   - firstSeed: of the noise.
  public static func measure(
    _ variant: MeterVariant, currents: [Double] = currents, seeds: Int, firstSeed: UInt64,
    concurrency: Int = 2
  ) async throws -> RangeCurve {
    let specimens = (0..<seeds).map { index in
      var parts = FrontEndParameters.ideal
      for system in 0..<3 {
        parts.systems[system].voltageNoise_dB = 90
        parts.systems[system].currentNoise_dB = 95
      }
      parts.seed = (firstSeed &+ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
      return Specimen(parts: parts)
    }
    let batch = SimulatedBatch(variant, specimens: specimens, concurrency: concurrency)
    var curve = RangeCurve(places: [], simulated_s: 0)
    for current in currents {
      let errors = try await errors(batch, TestConditions(current_A: current))
      let square = errors.reduce(0) { $0 + $1.percent * $1.percent } / Double(max(seeds, 1))
      let bound = NoiseBound(
        TerminalSignal(TestConditions(current_A: current), variant: variant))
      let seconds = seconds(bound)
      curve.places.append(
        Place(
          current_A: current, seconds: seconds, seeds: seeds, rms: square.squareRoot(),
          largest: errors.map { abs($0.percent) }.max() ?? 0,
          bound: bound.relative(seconds: seconds) * 100))
      curve.simulated_s += errors.reduce(0) { $0 + $1.simulated_s }
    }
    return curve
  }

  /// Long enough that 5 σ stay within the limit.
  private static func seconds(_ bound: NoiseBound) -> Double {
    let wanted = bound.relative(seconds: 1) * 100 / (limit / 5)
    return (min(max(wanted * wanted, 4), 120) * 5).rounded(.up) / 5
  }

  private typealias Outcome = (percent: Double, simulated_s: Double)

  private static func errors(
    _ batch: SimulatedBatch, _ conditions: TestConditions
  ) async throws -> [Outcome] {
    let bound = NoiseBound(TerminalSignal(conditions, variant: batch.variant))
    return try await withThrowingTaskGroup(of: Outcome.self) { group in
      var next = 0
      var outcomes: [Outcome] = []
      func start() {
        guard next < batch.count else { return }
        let meter = next
        next += 1
        group.addTask {
          let rig = try Rig(batch, meter: meter, isCalibrated: false, conditions)
          let procedure = ErrorProcedure(rig, isRegisterOnly: true)
          try rig.settle(5)
          try rig.run(seconds(bound))
          return (procedure.measured().error, rig.elapsed_s)
        }
      }
      for _ in 0..<batch.concurrency { start() }
      while let outcome = try await group.next() {
        outcomes.append(outcome)
        start()
      }
      return outcomes
    }
  }
}
