import Bytes
import Metrology

/// One frame of the sample feed: a sample set of the three measuring systems and its number.
///
/// On the wire, 34 bytes, all numbers little-endian:
/// `4B 56` | sequence UInt32 | u1 i1 u2 i2 u3 i3 as Int32 | CRC-32 over sequence and samples.
public struct FeedFrame: Equatable, Sendable {
  /// Number of the sample set; the next frame carries the next number, wrapping at 2^32. Number
  /// 0 starts the feed anew.
  public var sequence: UInt32
  /// Counts of the converter.
  public var samples: SampleSet

  public init(sequence: UInt32, samples: SampleSet) {
    self.sequence = sequence
    self.samples = samples
  }

  /// Bytes of a frame on the wire.
  public static let wireBytes = 34
  /// The two bytes every frame begins with: "KV".
  public static let sync: (first: UInt8, second: UInt8) = (0x4B, 0x56)
  /// Offset of the checked part.
  static let bodyOffset = 2
  /// Offset of the check value.
  static let checkOffset = 30

  /// The frame as it is sent.
  public func encoded() -> InlineArray<34, UInt8> {
    var bytes = InlineArray<34, UInt8>(repeating: 0)
    bytes[0] = Self.sync.first
    bytes[1] = Self.sync.second
    Self.put(sequence, at: 2, into: &bytes)
    Self.put(UInt32(bitPattern: samples.u1), at: 6, into: &bytes)
    Self.put(UInt32(bitPattern: samples.i1), at: 10, into: &bytes)
    Self.put(UInt32(bitPattern: samples.u2), at: 14, into: &bytes)
    Self.put(UInt32(bitPattern: samples.i2), at: 18, into: &bytes)
    Self.put(UInt32(bitPattern: samples.u3), at: 22, into: &bytes)
    Self.put(UInt32(bitPattern: samples.i3), at: 26, into: &bytes)
    var check = CRC32()
    for n in Self.bodyOffset..<Self.checkOffset { check.update(bytes[n]) }
    Self.put(check.value, at: Self.checkOffset, into: &bytes)
    return bytes
  }

  /// The frame in 34 received bytes, or nil where sync or check is wrong.
  public init?(checking bytes: Span<UInt8>) {
    guard bytes.count == Self.wireBytes, bytes[0] == Self.sync.first, bytes[1] == Self.sync.second
    else { return nil }
    var check = CRC32()
    for n in Self.bodyOffset..<Self.checkOffset { check.update(bytes[n]) }
    guard check.value == Self.word(at: Self.checkOffset, of: bytes) else { return nil }
    sequence = Self.word(at: 2, of: bytes)
    samples = SampleSet(
      u1: Int32(bitPattern: Self.word(at: 6, of: bytes)),
      i1: Int32(bitPattern: Self.word(at: 10, of: bytes)),
      u2: Int32(bitPattern: Self.word(at: 14, of: bytes)),
      i2: Int32(bitPattern: Self.word(at: 18, of: bytes)),
      u3: Int32(bitPattern: Self.word(at: 22, of: bytes)),
      i3: Int32(bitPattern: Self.word(at: 26, of: bytes)))
  }

  private static func word(at offset: Int, of bytes: Span<UInt8>) -> UInt32 {
    UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
      | UInt32(bytes[offset + 3]) << 24
  }

  private static func put(
    _ word: UInt32, at offset: Int, into bytes: inout InlineArray<34, UInt8>
  ) {
    for n in 0..<4 {
      bytes[offset + n] = UInt8(truncatingIfNeeded: word &>> UInt32(8 * n))
    }
  }
}
