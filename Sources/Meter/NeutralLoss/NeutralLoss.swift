import Bytes
import MeterTime

/// Settings of the detection of a lost neutral.
public struct NeutralLossParameters: Equatable, Sendable {
  public var isEnabled = true
  /// Opens the switch, which then stays open until it is released.
  public var disconnects = true
  /// V_NTh: a phase counts as low below the nominal voltage less this, V.
  public var neutral_V: UInt16 = 40
  /// V_LHiTh: a phase counts as high above this, V.
  public var high_V: UInt16 = 253
  /// How long a criterion has to hold, s.
  public var time_s: UInt16 = 60
  /// Computed neutral voltage above which the neutral counts as lost, V; 0 leaves this criterion
  /// out.
  public var zeroSequence_V: UInt16 = 0

  public init() {}

  /// True for 5...200 V, 231...350 V, 1...3600 s, and 0 or 5...200 V.
  public var isValid: Bool {
    neutral_V >= 5 && neutral_V <= 200 && high_V >= 231 && high_V <= 350 && time_s >= 1
      && time_s <= 3600 && (zeroSequence_V == 0 || zeroSequence_V >= 5 && zeroSequence_V <= 200)
  }
}

/// Detects a neutral that is missing between the transformer and the meter.
///
/// Without neutral the star point of the loads settles where the currents add up to nothing: the
/// weakly loaded phases rise, the strongly loaded one falls. Two blind spots cannot be helped: a
/// symmetric load keeps the star point where it was, and a neutral broken behind the meter leaves
/// the voltages at the meter in order. Docs: switch-and-prepayment.md.
public struct NeutralLoss: Sendable {
  /// What one second brought.
  public enum Outcome: UInt8, Sendable {
    case nothing, began, ended
  }

  /// The computed voltage of the neutral against the star of the network, mV; 0 where it is void.
  public private(set) var voltage_mV: Int32 = 0
  /// True from the detection until the signs have been gone for as long.
  public private(set) var isLost = false
  private var held: Int64 = 0

  public init() {}

  /// Looks at one second.
  ///
  /// - Parameters:
  ///   - voltages_mV: RMS by phase.
  ///   - angles: of the voltages, 2^-32 turns.
  ///   - nominal_mV: voltage between phase and neutral.
  ///   - span: the time that the values stand for.
  public mutating func step(
    voltages_mV u: InlineArray<3, Int32>, angles: InlineArray<3, UInt32>, nominal_mV: Int32,
    span: Instant.Duration, _ parameters: NeutralLossParameters
  ) -> Outcome {
    voltage_mV = Self.displacement(u, angles)
    let low = nominal_mV - Int32(parameters.neutral_V) * 1000
    var highs = 0
    var lows = 0
    for k in 0..<3 {
      if u[k] > Int32(parameters.high_V) * 1000 { highs += 1 }
      if u[k] < low { lows += 1 }
    }
    let zero = Int32(parameters.zeroSequence_V) * 1000
    let isSeen = parameters.isEnabled && (highs == 2 && lows == 1 || zero > 0 && voltage_mV > zero)
    if isSeen == isLost {
      held = 0
      return .nothing
    }
    held += span.ticks
    if held < Int64(parameters.time_s) * Instant.ticksPerSecond { return .nothing }
    held = 0
    isLost = isSeen
    return isSeen ? .began : .ended
  }

  /// What is seen is not yet what is told.
  var isCounting: Bool { held > 0 }

  /// Signs are seen, but not yet for long enough.
  public var isSuspected: Bool { !isLost && held > 0 }

  /// A third of the sum of the three phasors. Void without three live phases: a blown fuse would
  /// look the same.
  private static func displacement(
    _ u: InlineArray<3, Int32>, _ angles: InlineArray<3, UInt32>
  ) -> Int32 {
    var x: Int64 = 0
    var y: Int64 = 0
    for k in 0..<3 {
      if u[k] < 20_000 { return 0 }
      let (c, s) = CORDIC.cosineSine(angles[k])
      x += (Int64(u[k]) * Int64(c)) >> 30
      y += (Int64(u[k]) * Int64(s)) >> 30
    }
    return Int32(clamping: squareRoot(UInt64(x * x + y * y)) / 3)
  }
}
