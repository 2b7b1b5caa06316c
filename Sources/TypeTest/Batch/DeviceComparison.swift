import LegalMeter
import Meter
import Waveforms

/// The same points on a device behind a port and on the meter in this process: both take the same
/// samples, so they must agree within the resolution of their pulses.
public struct DeviceComparison: Sendable {
  /// Six points that every meter of the standard variant has.
  public static let points: [TestPoint] = [
    point("A+.5A.cos1", TestConditions(current_A: 5)),
    point("A+.85A.cos1", TestConditions(current_A: 85)),
    point("A+.20A.cos0.5ind", TestConditions(current_A: 20, lag_deg: 60)),
    point("A+.L2.40A.cos1", TestConditions(current_A: 40, loaded: .l2)),
    point("A-.20A.cos1", TestConditions(current_A: 20, lag_deg: 180, register: .activeExport)),
    point(
      "R+.20A.sin0.5ind", TestConditions(current_A: 20, lag_deg: 30, register: .reactiveImport)),
  ]

  private static func point(_ id: String, _ conditions: TestConditions) -> TestPoint {
    TestPoint(
      id: "device.\(id)", title: "device against the meter in process, \(id)", procedure: .error,
      clause: "bench", conditions: conditions, criterion: .changeLimit(percent: resolution))
  }

  /// Percent by which both may differ: an edge at either end is known to one set of 250 µs, and
  /// the shortest measurement takes 6 s.
  public static let resolution = 2 * 0.000_25 / 6 * 100

  /// Runs all points on both.
  ///
  /// - Parameter batch: of one device that takes ideal samples.
  /// - Throws: `DeviceError` where the device falls silent.
  public static func run(
    _ batch: any DeviceBatch, tell: @Sendable (TypeTestEvent) -> Void = { _ in }
  ) throws -> [TestPointResult] {
    let twin = MeasurementRunner(batch: IdealBatch(variant: batch.variant))
    let device = MeasurementRunner(batch: batch)
    tell(.planned(points: points, steps: points.count))
    return try points.enumerated().map { number, point in
      let job = BenchJob(measurement: .error(point.conditions, repeats: 1))
      let (theirs, ours) = (try device.run(job, meter: 0), try twin.run(job, meter: 0))
      guard let a = theirs.values.first, let b = ours.values.first else {
        return TestPointResult(
          point: point, verdict: .notTested(reason: theirs.refusal ?? "nothing measured"))
      }
      let result = TestPointResult(
        point: point, verdict: abs(a - b) <= resolution ? .passed : .failed,
        figures: FigureSpread(repeats: [[a - b]]),
        notes: ["device \(text(a)) %, in process \(text(b)) %"] + theirs.notes,
        simulated_s: theirs.simulated_s)
      tell(.point(result))
      tell(.progress(done: number + 1, steps: points.count, remaining_s: nil))
      return result
    }
  }

  private static func text(_ value: Double) -> String {
    "\((value * 1e6).rounded() / 1e6)"
  }
}

/// The meter in process with ideal parts, fed like a device behind a port.
struct IdealBatch: DeviceBatch {
  let variant: MeterVariant
  var count: Int { 1 }
  var concurrency: Int { 2 }
  var name: String { "ideal" }
  func parts(meter: Int) -> FrontEndParameters? { nil }

  func device(
    meter: Int, isCalibrated: Bool, temperature_C: Double
  ) throws -> any DeviceUnderTest {
    try SimulatedMeter(variant, settings: .bench)
  }
}
