/// The radio modes in one direction, by which the chips on air are made of bytes (EN 13757-4,
/// clauses 5 to 9).
public enum RadioMode: UInt8, CaseIterable, Sendable {
  /// Manchester, 32,768 chips a second.
  case s1
  /// Three out of six, 100,000 chips a second.
  case t1
  /// Bits as they are, 100,000 chips a second; the synchronisation tells the frame format.
  case c1

  /// Chips a second.
  public var chipRate: Int { self == .s1 ? 32_768 : 100_000 }
}

/// Bytes to chips and back; eight chips a byte, the first one in the highest bit.
public enum LineCode {
  /// Nibbles as six chips, of which three are set.
  static let threeOutOfSix: InlineArray<16, UInt8> = [
    0x16, 0x0D, 0x0E, 0x0B, 0x1C, 0x19, 0x1A, 0x13,
    0x2C, 0x25, 0x26, 0x23, 0x34, 0x31, 0x32, 0x29,
  ]

  /// Synchronisation of S1 as 18 chips, of T1 as 10, of C1 as 32, with the frame format.
  static let syncS1: UInt64 = 0b00_0111_0110_1001_0110
  static let syncT1: UInt64 = 0b00_0011_1101
  static let syncC1A: UInt64 = 0x543D_54CD
  static let syncC1B: UInt64 = 0x543D_543D

  /// Bytes of chips that a frame of `WirelessFormat.bytesMax` bytes needs at most, with its
  /// preamble.
  public static let chipBytesMax = 620

  /// Chips of a frame, with preamble, synchronisation and what follows the frame.
  ///
  /// - Parameters:
  ///   - frame: from the length to the last check.
  ///   - format: of mode C1; S1 and T1 always carry format A.
  ///   - output: room for `chipBytesMax` bytes.
  /// - Returns: bytes of chips; the last one is filled up.
  public static func encode(
    _ frame: Span<UInt8>, _ mode: RadioMode, _ format: WirelessFormat,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    var count = 0
    var held: UInt32 = 0
    var bits: UInt32 = 0
    func put(_ value: UInt64, _ length: UInt32, _ output: inout MutableSpan<UInt8>) {
      var i = length
      while i > 0 {
        i -= 1
        held = held << 1 | UInt32(value >> UInt64(i) & 1)
        bits += 1
        if bits == 8 {
          output[count] = UInt8(truncatingIfNeeded: held)
          count += 1
          (held, bits) = (0, 0)
        }
      }
    }
    let preambles = mode == .s1 ? 15 : mode == .t1 ? 19 : 16
    for _ in 0..<preambles { put(0b01, 2, &output) }
    switch mode {
    case .s1: put(syncS1, 18, &output)
    case .t1: put(syncT1, 10, &output)
    case .c1: put(format == .a ? syncC1A : syncC1B, 32, &output)
    }
    for i in frame.indices {
      switch mode {
      case .s1:
        for k in 0..<8 { put(frame[i] >> UInt8(7 - k) & 1 == 1 ? 0b10 : 0b01, 2, &output) }
      case .t1:
        put(UInt64(threeOutOfSix[Int(frame[i] >> 4)]), 6, &output)
        put(UInt64(threeOutOfSix[Int(frame[i] & 15)]), 6, &output)
      case .c1: put(UInt64(frame[i]), 8, &output)
      }
    }
    // Two more chips end the frame; the rest of the last byte goes on in the same way.
    put(0b01, 2, &output)
    while bits != 0 { put(held & 1 == 1 ? 0 : 1, 1, &output) }
    return count
  }

  /// Finds the synchronisation among chips and reads the frame behind it, without checking it.
  ///
  /// - Parameters:
  ///   - chips: eight a byte, beginning anywhere before the synchronisation.
  ///   - output: gets the frame from its length on; room for `WirelessFormat.bytesMax` bytes.
  /// - Returns: bytes of the frame and its format; nil where there is no synchronisation, the chips
  ///   end too early, or a code word does not exist.
  public static func decode(
    _ chips: Span<UInt8>, _ mode: RadioMode, into output: inout MutableSpan<UInt8>
  ) -> (count: Int, format: WirelessFormat)? {
    guard let start = synchronisation(chips, mode) else { return nil }
    var position = start.position
    var count = 0
    var total = 1
    while count < total {
      guard let byte = byte(chips, &position, mode) else { return nil }
      output[count] = byte
      count += 1
      if count == 1 {
        guard let bytes = try? start.format.byteCount(lengthField: byte) else { return nil }
        total = bytes
      }
    }
    return (count, start.format)
  }

  /// The chip behind the synchronisation.
  private static func synchronisation(
    _ chips: Span<UInt8>, _ mode: RadioMode
  ) -> (position: Int, format: WirelessFormat)? {
    var window: UInt64 = 0
    for position in 0..<(8 * chips.count) {
      window = window << 1 | UInt64(chips[position >> 3] >> UInt8(7 - position & 7) & 1)
      switch mode {
      // A few chips of the preamble are part of what is looked for.
      case .s1 where position >= 21 && window & 0x3F_FFFF == 0b0101 << 18 | syncS1:
        return (position + 1, .a)
      case .t1 where position >= 15 && window & 0xFFFF == 0b01_0101 << 10 | syncT1:
        return (position + 1, .a)
      case .c1 where position >= 31 && window & 0xFFFF_FFFF == syncC1A:
        return (position + 1, .a)
      case .c1 where position >= 31 && window & 0xFFFF_FFFF == syncC1B:
        return (position + 1, .b)
      default: break
      }
    }
    return nil
  }

  private static func take(_ chips: Span<UInt8>, _ position: inout Int, _ count: Int) -> UInt8? {
    guard position + count <= 8 * chips.count else { return nil }
    var value: UInt8 = 0
    for _ in 0..<count {
      value = value << 1 | chips[position >> 3] >> UInt8(7 - position & 7) & 1
      position += 1
    }
    return value
  }

  private static func byte(
    _ chips: Span<UInt8>, _ position: inout Int, _ mode: RadioMode
  ) -> UInt8? {
    switch mode {
    case .c1: return take(chips, &position, 8)
    case .t1:
      guard let high = nibble(take(chips, &position, 6)),
        let low = nibble(take(chips, &position, 6))
      else { return nil }
      return high << 4 | low
    case .s1:
      var value: UInt8 = 0
      for _ in 0..<8 {
        guard let pair = take(chips, &position, 2), pair == 0b10 || pair == 0b01 else { return nil }
        value = value << 1 | pair >> 1
      }
      return value
    }
  }

  private static func nibble(_ code: UInt8?) -> UInt8? {
    guard let code else { return nil }
    for value in 0..<16 where threeOutOfSix[value] == code { return UInt8(value) }
    return nil
  }
}
