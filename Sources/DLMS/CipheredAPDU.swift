import Bytes
import Ciphers

/// The frame around a ciphered APDU of suite 0: tag, title in a general one, length, security
/// control, counter, then text and authentication tag (IEC 62056-5-3, 7.2.4 and 5.7).
struct CipheredAPDU: Equatable {
  /// Bits of the security control byte that say what is done.
  static let authenticates: UInt8 = 0x10
  static let enciphers: UInt8 = 0x20

  var control: UInt8
  var counter: UInt32
  /// Text and authentication tag.
  var text: Range<Int>
  /// The sender's title in a general APDU.
  var title: Range<Int>?

  /// Throws `truncated` where the lengths do not fit.
  init(parsing apdu: Span<UInt8>) throws(BytesError) {
    var reader = ByteReader(apdu)
    let tag = try reader.bigEndian(UInt8.self)
    if tag == APDUTag.generalGlobal {
      let length = Int(try reader.bigEndian(UInt8.self))
      if length > 0 { title = reader.offset..<(reader.offset + length) }
      try reader.skip(length)
    }
    guard try reader.length() == reader.remaining else { throw .truncated }
    control = try reader.bigEndian()
    counter = try reader.bigEndian()
    text = reader.offset..<apdu.count
  }

  /// Bytes before the text of so many bytes.
  static func headBytes(_ count: Int, isGeneral: Bool) -> Int {
    let inner = count + 5 + SecuritySuite0.tagBytes
    return (isGeneral ? 10 : 1) + (inner < 0x80 ? 1 : inner < 0x100 ? 2 : 3) + 5
  }

  /// Authenticates and enciphers the plain text at the beginning of `out`, where the frame then
  /// stands.
  ///
  /// - Parameters:
  ///   - count: bytes of the plain text.
  ///   - tag: of the frame.
  /// - Returns: bytes of the frame; 0 where they do not fit.
  static func seal<Suite: CipherSuite>(
    _ count: Int, tag: UInt8, title: InlineArray<8, UInt8>, _ keys: SecurityKeys, _ counter: UInt32,
    _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    let isGeneral = tag == APDUTag.generalGlobal
    let head = headBytes(count, isGeneral: isGeneral)
    let end = head + count + SecuritySuite0.tagBytes
    guard end <= out.count else { return 0 }
    var i = count
    while i > 0 {
      i -= 1
      out[head + i] = out[i]
    }
    let inner = count + 5 + SecuritySuite0.tagBytes
    do throws(BytesError) {
      var writer = ByteWriter(out._mutatingExtracting(0..<head))
      try writer.bigEndian(tag)
      if isGeneral {
        try writer.bigEndian(UInt8(8))
        for k in 0..<8 { try writer.bigEndian(title[k]) }
      }
      if inner >= 0x100 {
        try writer.bigEndian(UInt8(0x82))
        try writer.bigEndian(UInt16(truncatingIfNeeded: inner))
      } else {
        if inner >= 0x80 { try writer.bigEndian(UInt8(0x81)) }
        try writer.bigEndian(UInt8(truncatingIfNeeded: inner))
      }
      try writer.bigEndian(SecuritySuite0.both)
      try writer.bigEndian(counter)
    } catch { return 0 }
    var text = out._mutatingExtracting(head..<end)
    return SecuritySuite0.seal(suite, &text, keys, title, counter) ? end : 0
  }
}
