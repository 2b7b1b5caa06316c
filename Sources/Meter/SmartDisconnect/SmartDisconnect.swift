import MeterTime

/// Smart disconnect: three thresholds, three times.
public struct SmartDisconnect: Sendable {
  /// What one second brought.
  public enum Outcome: UInt8, Sendable {
    case normal
    /// A threshold is passed; the switch opens if that goes on.
    case warning
    case trip
  }

  /// How long each threshold has been passed without a break, 1/65536 s.
  private var above = InlineArray<3, Int64>(repeating: 0)

  public init() {}

  /// Takes the mean of one more second.
  ///
  /// - Parameters:
  ///   - value: mA of the most loaded phase, or mW over all phases.
  ///   - unit: what one unit of the limit is in `value`: 1 for mA, 1000 for W in mW.
  ///   - span: the time that the mean stands for.
  public mutating func step(
    _ value: Int64, unit: Int64, span: Instant.Duration, _ parameters: SmartDisconnectParameters
  ) -> Outcome {
    var outcome = Outcome.normal
    for n in 0..<3 {
      // Values below 10^12 and factors below 1001: no overflow.
      if value &* 100 > Int64(parameters.factor(n)) &* Int64(parameters.limit) &* unit {
        above[n] &+= span.ticks
        if outcome == .normal { outcome = .warning }
        if above[n] >= Int64(parameters.time(n)) &* Instant.ticksPerSecond { outcome = .trip }
      } else {
        above[n] = 0
      }
    }
    return outcome
  }

  /// A threshold is passed, and the switch opens if that goes on.
  var isCounting: Bool { above[0] > 0 || above[1] > 0 || above[2] > 0 }

  /// Forgets what has been passed, when the switch has opened.
  public mutating func restart() { above = InlineArray(repeating: 0) }
}
