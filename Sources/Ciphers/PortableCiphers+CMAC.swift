import Bytes

extension PortableCiphers {
  public static func cmac(
    of message: Span<UInt8>, _ more: Span<UInt8>, key: Span<UInt8>
  ) throws(CipherError) -> InlineArray<16, UInt8> {
    let aes = try AES(key: key)
    let count = message.count + more.count
    // All blocks but the last, which also stands for an empty message.
    let last = count == 0 ? 0 : (count - 1) / Block.bytes * Block.bytes
    var chain = Block()
    var offset = 0
    while offset < last {
      chain = aes.encrypt(chain ^ Block(message, more, at: offset))
      offset += Block.bytes
    }
    var block = Block(message, more, at: last)
    var subkey = doubled(aes.encrypt(Block()))
    if count - last != Block.bytes {
      block[count - last] = 0x80
      subkey = doubled(subkey)
    }
    let result = aes.encrypt(chain ^ block ^ subkey)
    var out = InlineArray<16, UInt8>(repeating: 0)
    for i in 0..<16 { out[i] = result[i] }
    return out
  }

  /// A block times x (RFC 4493, 2.3).
  private static func doubled(_ k: Block) -> Block {
    Block(
      k.a &<< 1 | k.b &>> 31, k.b &<< 1 | k.c &>> 31, k.c &<< 1 | k.d &>> 31,
      k.d &<< 1 ^ (k.a &>> 31) &* 0x87)
  }
}
