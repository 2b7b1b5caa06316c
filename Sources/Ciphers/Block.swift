/// Sixteen bytes as four words, the first byte being the most significant of the first word.
struct Block: Equatable {
  var a: UInt32 = 0
  var b: UInt32 = 0
  var c: UInt32 = 0
  var d: UInt32 = 0

  static let bytes = 16

  /// Up to sixteen bytes from `offset` on; what the text has not is zero.
  init(_ text: Span<UInt8>, at offset: Int) {
    let count = min(Self.bytes, text.count - offset)
    if count == Self.bytes {
      a = Self.word(text, offset)
      b = Self.word(text, offset + 4)
      c = Self.word(text, offset + 8)
      d = Self.word(text, offset + 12)
    } else {
      for i in 0..<max(count, 0) { self[i] = text[offset + i] }
    }
  }

  init(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  init() {}

  @inline(__always)
  private static func word(_ text: Span<UInt8>, _ i: Int) -> UInt32 {
    UInt32(text[i]) &<< 24 | UInt32(text[i + 1]) &<< 16 | UInt32(text[i + 2]) &<< 8
      | UInt32(text[i + 3])
  }

  /// One byte, 0...15.
  subscript(index: Int) -> UInt8 {
    get {
      let shift = UInt32(truncatingIfNeeded: 24 - 8 * (index & 3))
      switch index >> 2 {
      case 0: return UInt8(truncatingIfNeeded: a &>> shift)
      case 1: return UInt8(truncatingIfNeeded: b &>> shift)
      case 2: return UInt8(truncatingIfNeeded: c &>> shift)
      default: return UInt8(truncatingIfNeeded: d &>> shift)
      }
    }
    set {
      let shift = UInt32(truncatingIfNeeded: 24 - 8 * (index & 3))
      let (keep, put) = (~(UInt32(0xFF) &<< shift), UInt32(newValue) &<< shift)
      switch index >> 2 {
      case 0: a = a & keep | put
      case 1: b = b & keep | put
      case 2: c = c & keep | put
      default: d = d & keep | put
      }
    }
  }

  /// Writes the first bytes of the block over a text, as far as the text goes.
  func store(into text: inout MutableSpan<UInt8>, at offset: Int) {
    let count = min(Self.bytes, text.count - offset)
    for i in 0..<max(count, 0) { text[offset + i] = self[i] }
  }

  @inline(__always)
  static func ^ (x: Block, y: Block) -> Block {
    Block(x.a ^ y.a, x.b ^ y.b, x.c ^ y.c, x.d ^ y.d)
  }

  /// The block one further as a number of 128 bits.
  var next: Block {
    var n = self
    n.d &+= 1
    if n.d == 0 { n.c &+= 1 } else { return n }
    if n.c == 0 { n.b &+= 1 } else { return n }
    if n.b == 0 { n.a &+= 1 }
    return n
  }
}
