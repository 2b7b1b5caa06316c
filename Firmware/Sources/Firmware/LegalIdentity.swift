import Board
import Bytes

/// The identity of the legal code: SHA-256 over what the linker script gathered, computed by the
/// running device in slices.
struct LegalIdentity {
  private var hash = SHA256()
  private var offset = 0

  /// Bytes of one slice: one block of the hash, some four thousand instructions.
  static let sliceBytes = 64

  init() {}

  /// Takes the next slice; gives the checksum, the first four bytes of the digest, when it was
  /// the last one, and then begins anew.
  mutating func step() -> UInt32? {
    let end = min(offset + Self.sliceBytes, LegalCode.byteCount)
    while offset < end {
      hash.update(LegalCode.byte(offset))
      offset += 1
    }
    if offset < LegalCode.byteCount { return nil }
    let digest = hash.finish()
    self = LegalIdentity()
    return UInt32(digest[0]) << 24 | UInt32(digest[1]) << 16 | UInt32(digest[2]) << 8
      | UInt32(digest[3])
  }

  /// The checksum of all of it at once, for the start.
  static func checksum() -> UInt32 {
    var identity = LegalIdentity()
    while true {
      if let checksum = identity.step() { return checksum }
    }
  }
}
