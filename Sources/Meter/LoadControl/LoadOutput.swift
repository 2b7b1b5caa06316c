import MeterTime

/// A load control output, with a random delay when it switches on and none when it switches off.
public struct LoadOutput: Sendable {
  /// The relay is on.
  public private(set) var isOn = false
  /// Switched on by command.
  public internal(set) var isCommanded = false
  /// When a delayed switching on is due.
  public private(set) var due: Instant?
  /// Delays drawn so far: the next one is another.
  private var draws: UInt32 = 0

  public init() {}

  /// Takes what the plan, the tariff or the command wants.
  ///
  /// - Parameters:
  ///   - longest_s: of the random delay.
  ///   - seed: differs from meter to meter and from output to output.
  /// - Returns: true when the relay has changed.
  public mutating func step(
    wanted: Bool, longest_s: UInt16, seed: UInt64, now: Instant
  ) -> Bool {
    if !wanted {
      due = nil
      defer { isOn = false }
      return isOn
    }
    if isOn { return false }
    if due == nil {
      draws &+= 1
      let delay = Self.mixed(seed &+ UInt64(draws) << 32) % (UInt64(min(longest_s, 10_800)) + 1)
      due = now + .seconds(Int64(delay))
    }
    guard let due, now >= due else { return false }
    self.due = nil
    isOn = true
    return true
  }

  /// The finalizer of SplitMix64: neighbouring seeds give unlike numbers.
  private static func mixed(_ seed: UInt64) -> UInt64 {
    var z = seed &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }
}
