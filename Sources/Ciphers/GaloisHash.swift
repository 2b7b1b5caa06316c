/// GHASH (NIST SP 800-38D, 6.4), four bits a step by a table of the sixteen multiples of H.
struct GaloisHash {
  private var high = InlineArray<16, UInt64>(repeating: 0)
  private var low = InlineArray<16, UInt64>(repeating: 0)
  private var state = Block()

  /// - Parameter key: the enciphered block of zeros.
  init(key: Block) {
    var h = UInt64(key.a) << 32 | UInt64(key.b)
    var l = UInt64(key.c) << 32 | UInt64(key.d)
    high[8] = h
    low[8] = l
    var i = 4
    while i > 0 {
      let carry = l & 1
      l = h << 63 | l >> 1
      h = h >> 1 ^ carry &* 0xE100_0000_0000_0000
      high[i] = h
      low[i] = l
      i >>= 1
    }
    i = 2
    while i < 16 {
      for j in 1..<i {
        high[i + j] = high[i] ^ high[j]
        low[i + j] = low[i] ^ low[j]
      }
      i *= 2
    }
  }

  /// Takes a text in; its last block is filled up with zeros.
  mutating func update(_ text: Span<UInt8>) {
    var offset = 0
    while offset < text.count {
      update(Block(text, at: offset))
      offset += Block.bytes
    }
  }

  /// Takes the lengths of both texts in and gives the hash.
  mutating func finish(authenticatedBytes: Int, textBytes: Int) -> Block {
    let (a, c) = (UInt64(authenticatedBytes) &* 8, UInt64(textBytes) &* 8)
    update(
      Block(
        UInt32(truncatingIfNeeded: a >> 32), UInt32(truncatingIfNeeded: a),
        UInt32(truncatingIfNeeded: c >> 32), UInt32(truncatingIfNeeded: c)))
    return state
  }

  /// Takes one block in.
  mutating func update(_ block: Block) {
    let x = state ^ block
    var (h, l) = (UInt64(0), UInt64(0))
    step(x.d, &h, &l)
    step(x.c, &h, &l)
    step(x.b, &h, &l)
    step(x.a, &h, &l)
    state = Block(
      UInt32(truncatingIfNeeded: h >> 32), UInt32(truncatingIfNeeded: h),
      UInt32(truncatingIfNeeded: l >> 32), UInt32(truncatingIfNeeded: l))
  }

  /// Eight nibbles of a word, the last one first.
  @inline(__always)
  private func step(_ word: UInt32, _ h: inout UInt64, _ l: inout UInt64) {
    var w = word
    for _ in 0..<8 {
      let nibble = Int(truncatingIfNeeded: w & 15)
      w &>>= 4
      let over = Int(truncatingIfNeeded: l & 15)
      l = h &<< 60 | l &>> 4
      h = h &>> 4 ^ UInt64(reductions[over]) &<< 48
      h ^= high[nibble]
      l ^= low[nibble]
    }
  }
}

/// What four bits that fall out at the end put back in at the top, 16 bits.
private let reductions: InlineArray<16, UInt16> = [
  0x0000, 0x1C20, 0x3840, 0x2460, 0x7080, 0x6CA0, 0x48C0, 0x54E0,
  0xE100, 0xFD20, 0xD940, 0xC560, 0x9180, 0x8DA0, 0xA9C0, 0xB5E0,
]
