import Metrology

/// One frame of a live sample feed: 34 bytes, all numbers little-endian.
///
/// | offset | bytes | content |
/// |---|---|---|
/// | 0 | 2 | sync 0x4B 0x56 (`KV`) |
/// | 2 | 4 | sequence, UInt32, one more than in the frame before, 0 after 2^32 − 1 |
/// | 6 | 24 | u1 i1 u2 i2 u3 i3, Int32 counts within ±2^23 |
/// | 30 | 4 | CRC-32 over bytes 2 to 29 |
///
/// The CRC is that of IEEE 802.3: polynomial 0x04C11DB7 reflected, start and final exclusive-or
/// 0xFFFFFFFF; `123456789` gives 0xCBF43926. Rate and scales are agreed outside the feed. The same
/// frame feeds the firmware's sample UART.
public struct SampleFrame: Equatable, Sendable {
  /// Bytes of a frame.
  public static let byteCount = 34
  static let sync: (UInt8, UInt8) = (0x4B, 0x56)

  public var sequence: UInt32
  public var samples: SampleSet

  public init(sequence: UInt32, samples: SampleSet) {
    self.sequence = sequence
    self.samples = samples
  }

  /// The 34 bytes.
  public var encoded: InlineArray<34, UInt8> {
    var bytes = InlineArray<34, UInt8>(repeating: 0)
    bytes[0] = Self.sync.0
    bytes[1] = Self.sync.1
    func put(_ value: UInt32, at offset: Int) {
      for index in 0..<4 {
        bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index))
      }
    }
    put(sequence, at: 2)
    put(UInt32(bitPattern: samples.u1), at: 6)
    put(UInt32(bitPattern: samples.i1), at: 10)
    put(UInt32(bitPattern: samples.u2), at: 14)
    put(UInt32(bitPattern: samples.i2), at: 18)
    put(UInt32(bitPattern: samples.u3), at: 22)
    put(UInt32(bitPattern: samples.i3), at: 26)
    put(Self.checksum(bytes), at: 30)
    return bytes
  }

  /// Reads 34 bytes; nil where sync or CRC is wrong.
  public init?(_ bytes: InlineArray<34, UInt8>) {
    func get(_ offset: Int) -> UInt32 {
      var value: UInt32 = 0
      for index in 0..<4 { value |= UInt32(bytes[offset + index]) << UInt32(8 * index) }
      return value
    }
    guard bytes[0] == Self.sync.0, bytes[1] == Self.sync.1, get(30) == Self.checksum(bytes) else {
      return nil
    }
    sequence = get(2)
    samples = SampleSet(
      u1: Int32(bitPattern: get(6)), i1: Int32(bitPattern: get(10)),
      u2: Int32(bitPattern: get(14)), i2: Int32(bitPattern: get(18)),
      u3: Int32(bitPattern: get(22)), i3: Int32(bitPattern: get(26)))
  }

  /// CRC-32 of bytes 2 to 29, four bits at a time: a table of 16 words is enough here.
  private static func checksum(_ bytes: InlineArray<34, UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for index in 2..<30 {
      crc ^= UInt32(bytes[index])
      crc = crc >> 4 ^ nibbles[Int(crc & 15)]
      crc = crc >> 4 ^ nibbles[Int(crc & 15)]
    }
    return ~crc
  }

  private static let nibbles: InlineArray<16, UInt32> = [
    0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC, 0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158,
    0x5005_713C, 0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C, 0x9B64_C2B0, 0x86D3_D2D4,
    0xA00A_E278, 0xBDBD_F21C,
  ]
}

/// Finds frames in a stream of bytes and counts what was lost.
///
/// After damage it looks for the next sync among the bytes that it holds already, so one bad
/// frame costs one frame.
public struct SampleFrameDecoder: Sendable {
  private var bytes = InlineArray<34, UInt8>(repeating: 0)
  private var held = 0
  private var expected: UInt32?
  /// Whole frames whose CRC was wrong, and stretches of bytes without sync.
  public private(set) var damagedCount: UInt64 = 0
  /// Frames missing by the sequence numbers.
  public private(set) var lostCount: UInt64 = 0
  private var isAligned = true

  public init() {}

  /// Bytes of an unfinished frame.
  public var pendingCount: Int { held }

  /// Takes a byte; a frame where it completed one.
  public mutating func receive(_ byte: UInt8) -> SampleFrame? {
    bytes[held] = byte
    held += 1
    if held < SampleFrame.byteCount {
      if held <= 2 { realign(from: 0) }
      return nil
    }
    guard let frame = SampleFrame(bytes) else {
      noteDamage()
      realign(from: 1)
      return nil
    }
    held = 0
    isAligned = true
    if let expected { lostCount += UInt64(frame.sequence &- expected) }
    expected = frame.sequence &+ 1
    return frame
  }

  private mutating func noteDamage() {
    if isAligned { damagedCount += 1 }
    isAligned = false
  }

  /// Drops bytes until what is held can be the beginning of a frame.
  private mutating func realign(from first: Int) {
    var start = first
    while start < held {
      if bytes[start] == SampleFrame.sync.0,
        start + 1 == held || bytes[start + 1] == SampleFrame.sync.1
      {
        break
      }
      start += 1
    }
    guard start > 0 else { return }
    noteDamage()
    for index in start..<max(start, held) { bytes[index - start] = bytes[index] }
    held -= start
  }
}
