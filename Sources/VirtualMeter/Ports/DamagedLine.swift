import MeterFaults

/// A line that damages what passes: bits flip, octets with wrong parity are lost as a receiver
/// drops them, and at some place the line may be cut.
struct DamagedLine {
  /// How a character is protected by itself.
  enum Parity {
    /// Eight bits without parity.
    case none
    /// The eighth bit is parity, and the receiver looks at it later.
    case inOctet
    /// A ninth bit: an octet with one or three bits wrong does not arrive.
    case ninthBit
  }

  private var random: SplitMix64
  private let parity: Parity
  /// Chance of each bit, of 2^32.
  private let chance: UInt64
  /// Octets that still pass before the line is cut.
  private var left: Int
  /// Octets that were put on the line.
  private(set) var octets: UInt64 = 0

  /// - Parameters:
  ///   - errorRate: chance of each bit, 0...1.
  ///   - cut: octets after which nothing passes any more; nil for a line that holds.
  init(seed: UInt64, parity: Parity, errorRate: Double, cut: Int?) {
    random = SplitMix64(seed: seed)
    self.parity = parity
    chance = UInt64(errorRate * 4_294_967_296)
    left = cut ?? .max
  }

  /// What arrives of an octet; nil for nothing.
  mutating func pass(_ octet: UInt8) -> UInt8? {
    octets += 1
    guard left > 0 else { return nil }
    left -= 1
    guard chance > 0 else { return octet }
    var (arrived, isEven) = (octet, true)
    for bit in 0..<(parity == .ninthBit ? 9 : 8) where random.next() >> 32 < chance {
      isEven.toggle()
      if bit < 8 { arrived ^= 1 << UInt8(bit) }
    }
    return parity == .ninthBit && !isEven ? nil : arrived
  }
}
