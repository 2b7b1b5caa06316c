/// What a running bench tells, in order: `planned`, then the others, `finished` last.
public enum TypeTestEvent: Sendable {
  /// The points to come, and how many steps of work they are for all meters.
  case planned(points: [TestPoint], steps: Int)
  /// The source has been set.
  case source(SourceState)
  /// So many steps are done; nil where the remaining time is not known yet.
  case progress(done: Int, steps: Int, remaining_s: Double?)
  /// A point is done for all meters of the batch.
  case point(TestPointResult)
  case log(String)
  case finished(TypeTestReport)
}

/// What the source plays, for a vector diagram.
public struct SourceState: Codable, Equatable, Sendable {
  /// The point for which it was set.
  public var point: String
  /// Meter of the batch, from 0.
  public var meter: Int
  public var conditions: TestConditions
  /// Terminals U1, U2, U3 and I1, I2, I3 of the measuring systems.
  public var voltages: [Vector]
  public var currents: [Vector]

  public init(
    point: String, meter: Int, conditions: TestConditions, voltages: [Vector], currents: [Vector]
  ) {
    self.point = point
    self.meter = meter
    self.conditions = conditions
    self.voltages = voltages
    self.currents = currents
  }

  /// RMS value of the fundamental in volts or amperes, and its angle: counter-clockwise, U1 at 0.
  public struct Vector: Codable, Equatable, Sendable {
    public var rms: Double
    public var angle_deg: Double

    public init(rms: Double, angle_deg: Double) {
      self.rms = rms
      self.angle_deg = angle_deg
    }
  }
}
