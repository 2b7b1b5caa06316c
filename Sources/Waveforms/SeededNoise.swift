/// Repeatable randomness: xoshiro256** (Blackman and Vigna 2018) seeded by SplitMix64.
public struct SeededNoise: Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var x = seed
    func split() -> UInt64 {
      x &+= 0x9E37_79B9_7F4A_7C15
      var z = x
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (split(), split(), split(), split())
  }

  /// 64 random bits.
  @inline(__always)
  public mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = (product << 7 | product >> 57) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 << 45 | state.3 >> 19
    return result
  }

  /// Bell-shaped noise of mean 0 and standard deviation 1: the sum of four uniform numbers of
  /// 16 bits (Irwin-Hall), bounded by ±3.46, which is enough for converter noise.
  @inline(__always)
  public mutating func normal() -> Double {
    let bits = next()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + bits >> 48
    return (Double(sum) - 131_070) * 2.642_899_792_130_301e-5
  }

  /// Uniform in 0..<1.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
