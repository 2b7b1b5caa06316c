/// A seeded source of numbers: the same seed gives the same numbers on every machine.
///
/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes BigCrush, any seed is good.
/// For simulations only, never for keys or challenges.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// A number in 0..<bound. The bias is below bound / 2^32.
  /// - Parameter bound: 1...2^31.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound >= 1 && bound <= 1 << 31)
    // Shifts bind tighter than products in Swift: the parentheses are needed.
    return Int(((next() &>> 32) &* UInt64(bound)) &>> 32)
  }

  /// A number in 0..<1.
  public mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }
}
