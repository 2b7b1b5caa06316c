/// What one converter count means, as exact integers, so that scaling is the same everywhere.
public struct ChannelScale: Equatable, Sendable {
  /// Femtovolts per count of the voltage channels, 1...10^18.
  public var femtovoltsPerCount: UInt64
  /// Femtoamperes per count of the current channels, 1...10^18.
  public var femtoamperesPerCount: UInt64

  public init(femtovoltsPerCount: UInt64, femtoamperesPerCount: UInt64) {
    self.femtovoltsPerCount = femtovoltsPerCount
    self.femtoamperesPerCount = femtoamperesPerCount
  }
}

/// Rate of a sample source as an exact fraction in hertz: `numerator / denominator`.
///
/// 2,000 Hz to 32,000 Hz are supported by `Metrology`.
public struct SampleRate: Equatable, Sendable {
  public var numerator: UInt32
  public var denominator: UInt32

  public init(_ numerator: UInt32, per denominator: UInt32 = 1) {
    self.numerator = numerator
    self.denominator = denominator
  }
}
