/// AES (FIPS 197) with the round keys of one key.
///
/// Bytes are substituted by tables of 256 entries and columns are mixed four bytes at a time. On a
/// processor with a data cache the time of a table look-up can tell something about the key to
/// whoever shares that cache; on the meter's processor there is none, and a host may bring another
/// `CipherSuite`.
struct AES {
  private var words: InlineArray<60, UInt32>
  private let rounds: Int

  /// Expands a key of 16, 24 or 32 bytes, else throws `CipherError.keyLength`.
  init(key: Span<UInt8>) throws(CipherError) {
    guard key.count == 16 || key.count == 24 || key.count == 32 else { throw .keyLength }
    let length = key.count / 4
    var w = InlineArray<60, UInt32>(repeating: 0)
    for i in 0..<length {
      w[i] =
        UInt32(key[4 * i]) << 24 | UInt32(key[4 * i + 1]) << 16 | UInt32(key[4 * i + 2]) << 8
        | UInt32(key[4 * i + 3])
    }
    rounds = length + 6
    var constant: UInt32 = 0x0100_0000
    for i in length..<(4 * rounds + 4) {
      var t = w[i - 1]
      if i % length == 0 {
        t = Self.rotated(t, 8)
        t = Self.substituted(t, t, t, t) ^ constant
        constant = Self.doubled(constant)
      } else if length == 8, i % length == 4 {
        t = Self.substituted(t, t, t, t)
      }
      w[i] = w[i - length] ^ t
    }
    words = w
  }

  /// Enciphers one block (FIPS 197, 5.1).
  func encrypt(_ text: Block) -> Block {
    var s = text ^ roundKey(0)
    for round in 1..<rounds {
      s =
        Block(
          Self.mixed(Self.substituted(s.a, s.b, s.c, s.d)),
          Self.mixed(Self.substituted(s.b, s.c, s.d, s.a)),
          Self.mixed(Self.substituted(s.c, s.d, s.a, s.b)),
          Self.mixed(Self.substituted(s.d, s.a, s.b, s.c))) ^ roundKey(round)
    }
    return Block(
      Self.substituted(s.a, s.b, s.c, s.d), Self.substituted(s.b, s.c, s.d, s.a),
      Self.substituted(s.c, s.d, s.a, s.b), Self.substituted(s.d, s.a, s.b, s.c))
      ^ roundKey(rounds)
  }

  /// Deciphers one block (FIPS 197, 5.3).
  func decrypt(_ text: Block) -> Block {
    var s = text ^ roundKey(rounds)
    var round = rounds - 1
    while round > 0 {
      s = Self.restored(s) ^ roundKey(round)
      s = Block(
        Self.unmixed(s.a), Self.unmixed(s.b), Self.unmixed(s.c), Self.unmixed(s.d))
      round -= 1
    }
    return Self.restored(s) ^ roundKey(0)
  }

  @inline(__always)
  private func roundKey(_ round: Int) -> Block {
    Block(words[4 * round], words[4 * round + 1], words[4 * round + 2], words[4 * round + 3])
  }

  @inline(__always)
  private static func rotated(_ w: UInt32, _ n: UInt32) -> UInt32 { w &<< n | w &>> (32 &- n) }

  /// Each byte times x in the field of FIPS 197, 4.2.
  @inline(__always)
  private static func doubled(_ w: UInt32) -> UInt32 {
    (w & 0x7F7F_7F7F) &<< 1 ^ (w &>> 7 & 0x0101_0101) &* 0x1B
  }

  /// One byte of each word through the table: rows are shifted by the order of the words.
  @inline(__always)
  private static func substituted(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
    UInt32(substitution[Int(truncatingIfNeeded: a &>> 24)]) &<< 24
      | UInt32(substitution[Int(truncatingIfNeeded: b &>> 16 & 0xFF)]) &<< 16
      | UInt32(substitution[Int(truncatingIfNeeded: c &>> 8 & 0xFF)]) &<< 8
      | UInt32(substitution[Int(truncatingIfNeeded: d & 0xFF)])
  }

  /// Rows shifted back and bytes substituted back.
  private static func restored(_ s: Block) -> Block {
    func word(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
      UInt32(inverseSubstitution[Int(truncatingIfNeeded: a &>> 24)]) &<< 24
        | UInt32(inverseSubstitution[Int(truncatingIfNeeded: b &>> 16 & 0xFF)]) &<< 16
        | UInt32(inverseSubstitution[Int(truncatingIfNeeded: c &>> 8 & 0xFF)]) &<< 8
        | UInt32(inverseSubstitution[Int(truncatingIfNeeded: d & 0xFF)])
    }
    return Block(
      word(s.a, s.d, s.c, s.b), word(s.b, s.a, s.d, s.c), word(s.c, s.b, s.a, s.d),
      word(s.d, s.c, s.b, s.a))
  }

  /// A column times 2, 3, 1, 1.
  @inline(__always)
  private static func mixed(_ w: UInt32) -> UInt32 {
    let d = doubled(w)
    return d ^ rotated(d, 8) ^ rotated(w, 8) ^ rotated(w, 16) ^ rotated(w, 24)
  }

  /// A column times 14, 11, 13, 9: the forward step after times 5, 0, 4, 0.
  @inline(__always)
  private static func unmixed(_ w: UInt32) -> UInt32 {
    mixed(w ^ doubled(doubled(w ^ rotated(w, 16))))
  }
}
