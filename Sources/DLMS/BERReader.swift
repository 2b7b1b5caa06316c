import Bytes

/// Takes tagged values in BER with definite lengths, as ACSE has them (ISO/IEC 8825-1).
struct BERReader: ~Escapable {
  private var reader: ByteReader

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { reader = ByteReader(bytes) }

  var isAtEnd: Bool { reader.remaining == 0 }

  /// The tag of the next value, 0 at the end.
  var tag: UInt8 { isAtEnd ? 0 : reader.bytes[reader.offset] }

  /// The contents of the next value.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func next() throws(BytesError) -> Span<UInt8> {
    try reader.skip(1)
    var length = Int(try reader.bigEndian(UInt8.self))
    if length >= 0x80 {
      // 0x80 alone would be an indefinite length.
      guard length == 0x81 || length == 0x82 else { throw .truncated }
      length = Int(try reader.bigEndian(byteCount: length & 0x0F))
    }
    return try reader.take(length)
  }

  /// The contents of a value within a value, which must fill it.
  @_lifetime(copy outer)
  static func inner(_ outer: Span<UInt8>, tag: UInt8) throws(BytesError) -> Span<UInt8> {
    var reader = BERReader(outer)
    guard reader.tag == tag else { throw .truncated }
    let contents = try reader.next()
    guard reader.isAtEnd else { throw .truncated }
    return contents
  }
}
