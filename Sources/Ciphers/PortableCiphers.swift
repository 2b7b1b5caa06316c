import Bytes

/// The ciphers in integer Swift, without allocation: for the firmware and for tests.
public enum PortableCiphers: CipherSuite {
  public static func encryptBlock(
    _ block: inout InlineArray<16, UInt8>, key: Span<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    let result = aes.encrypt(Block(block.span, at: 0))
    for i in 0..<16 { block[i] = result[i] }
  }

  public static func decryptBlock(
    _ block: inout InlineArray<16, UInt8>, key: Span<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    let result = aes.decrypt(Block(block.span, at: 0))
    for i in 0..<16 { block[i] = result[i] }
  }

  public static func encryptCBC(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, initial: Span<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    guard initial.count == Block.bytes else { throw .nonceLength }
    guard text.count % Block.bytes == 0 else { throw .textLength }
    var chain = Block(initial, at: 0)
    var offset = 0
    while offset < text.count {
      chain = aes.encrypt(Block(text.span, at: offset) ^ chain)
      chain.store(into: &text, at: offset)
      offset += Block.bytes
    }
  }

  public static func decryptCBC(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, initial: Span<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    guard initial.count == Block.bytes else { throw .nonceLength }
    guard text.count % Block.bytes == 0 else { throw .textLength }
    var chain = Block(initial, at: 0)
    var offset = 0
    while offset < text.count {
      let block = Block(text.span, at: offset)
      (aes.decrypt(block) ^ chain).store(into: &text, at: offset)
      chain = block
      offset += Block.bytes
    }
  }

  public static func applyCTR(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, counter: Span<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    guard counter.count == Block.bytes else { throw .nonceLength }
    stream(over: &text, aes, from: Block(counter, at: 0))
  }

  /// Enciphered counters over a text, the last block as far as the text goes.
  static func stream(over text: inout MutableSpan<UInt8>, _ aes: AES, from first: Block) {
    var counter = first
    var offset = 0
    while offset < text.count {
      (Block(text.span, at: offset) ^ aes.encrypt(counter)).store(into: &text, at: offset)
      counter = counter.next
      offset += Block.bytes
    }
  }
}
