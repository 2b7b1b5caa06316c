/// Length of the registration periods, which are those of demand and load profile alike.
public enum PeriodLength: UInt8, CaseIterable, Sendable {
  case minutes5 = 5
  case minutes15 = 15
  case minutes30 = 30
  case minutes60 = 60

  /// Minutes.
  public var minutes: Int { Int(rawValue) }
  /// Seconds.
  public var seconds: Int64 { Int64(rawValue) * 60 }
}

/// How demand and load profile are registered.
public struct PeriodSettings: Equatable, Sendable {
  /// Length of the periods. Another one erases the load profile.
  public var length: PeriodLength
  /// Mean power P+ of a period above which the power threshold counter counts it, mW.
  public var threshold_mW: UInt32

  /// - Parameter threshold_mW: 99 kW as the family is delivered: no household counts.
  public init(length: PeriodLength = .minutes15, threshold_mW: UInt32 = 99_000_000) {
    self.length = length
    self.threshold_mW = threshold_mW
  }
}
