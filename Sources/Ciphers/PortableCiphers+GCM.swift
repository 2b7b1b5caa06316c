import Bytes

extension PortableCiphers {
  public static func sealGCM(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>,
    authenticating header: Span<UInt8>, _ more: Span<UInt8>, tag: inout MutableSpan<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    let first = try counter(nonce)
    guard (12...16).contains(tag.count) else { throw .tagLength }
    stream(over: &text, aes, from: first.next)
    tagGCM(aes, first, header, more, text.span).store(into: &tag, at: 0)
  }

  public static func openGCM(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>,
    authenticating header: Span<UInt8>, _ more: Span<UInt8>, tag: Span<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    let first = try counter(nonce)
    guard (12...16).contains(tag.count) else { throw .tagLength }
    let expected = tagGCM(aes, first, header, more, text.span)
    var difference: UInt8 = 0
    for i in tag.indices { difference |= tag[i] ^ expected[i] }
    guard difference == 0 else { throw .authentication }
    stream(over: &text, aes, from: first.next)
  }

  /// The first counter block of a nonce of 12 bytes (SP 800-38D, 7.1).
  private static func counter(_ nonce: Span<UInt8>) throws(CipherError) -> Block {
    guard nonce.count == 12 else { throw .nonceLength }
    var block = Block(nonce, at: 0)
    block.d = 1
    return block
  }

  private static func tagGCM(
    _ aes: AES, _ first: Block, _ header: Span<UInt8>, _ more: Span<UInt8>, _ text: Span<UInt8>
  ) -> Block {
    var hash = GaloisHash(key: aes.encrypt(Block()))
    // Both pieces are one text: a block may lie across them.
    let count = header.count + more.count
    var offset = 0
    while offset < count {
      if offset + Block.bytes <= header.count {
        hash.update(Block(header, at: offset))
      } else if offset >= header.count {
        hash.update(Block(more, at: offset - header.count))
      } else {
        hash.update(Block(header, more, at: offset))
      }
      offset += Block.bytes
    }
    hash.update(text)
    return hash.finish(authenticatedBytes: count, textBytes: text.count) ^ aes.encrypt(first)
  }
}

extension Block {
  /// Up to sixteen bytes of two pieces taken as one text.
  init(_ first: Span<UInt8>, _ second: Span<UInt8>, at offset: Int) {
    self.init()
    let count = min(Self.bytes, first.count + second.count - offset)
    for i in 0..<max(count, 0) {
      let k = offset + i
      self[i] = k < first.count ? first[k] : second[k - first.count]
    }
  }
}
