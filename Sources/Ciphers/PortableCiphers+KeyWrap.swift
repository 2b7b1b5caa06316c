import Bytes

extension PortableCiphers {
  /// The check value of RFC 3394, 2.2.3.1, as two words.
  private static let checkWord: UInt32 = 0xA6A6_A6A6

  public static func wrap(
    _ secret: Span<UInt8>, under key: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    guard secret.count >= 16, secret.count % 8 == 0, output.count == secret.count + 8 else {
      throw .textLength
    }
    for i in secret.indices { output[8 + i] = secret[i] }
    var check = (checkWord, checkWord)
    var step: UInt32 = 1
    for _ in 0..<6 {
      for offset in stride(from: 8, to: output.count, by: 8) {
        let half = halfBlock(output.span, at: offset)
        let b = aes.encrypt(Block(check.0, check.1, half.0, half.1))
        check = (b.a, b.b ^ step)
        store((b.c, b.d), into: &output, at: offset)
        step &+= 1
      }
    }
    store(check, into: &output, at: 0)
  }

  public static func unwrap(
    _ wrapped: Span<UInt8>, under key: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CipherError) {
    let aes = try AES(key: key)
    guard wrapped.count >= 24, wrapped.count % 8 == 0, output.count == wrapped.count - 8 else {
      throw .textLength
    }
    for i in output.indices { output[i] = wrapped[8 + i] }
    var check = halfBlock(wrapped, at: 0)
    var step = UInt32(truncatingIfNeeded: 6 * (output.count / 8))
    for _ in 0..<6 {
      var offset = output.count - 8
      while offset >= 0 {
        let half = halfBlock(output.span, at: offset)
        let b = aes.decrypt(Block(check.0, check.1 ^ step, half.0, half.1))
        check = (b.a, b.b)
        store((b.c, b.d), into: &output, at: offset)
        step &-= 1
        offset -= 8
      }
    }
    guard (check.0 ^ checkWord) | (check.1 ^ checkWord) == 0 else {
      for i in output.indices { output[i] = 0 }
      throw .authentication
    }
  }

  private static func halfBlock(_ text: Span<UInt8>, at offset: Int) -> (UInt32, UInt32) {
    let block = Block(text.extracting(offset..<offset + 8), at: 0)
    return (block.a, block.b)
  }

  private static func store(
    _ half: (UInt32, UInt32), into text: inout MutableSpan<UInt8>, at offset: Int
  ) {
    let block = Block(half.0, half.1, 0, 0)
    for i in 0..<8 { text[offset + i] = block[i] }
  }
}
