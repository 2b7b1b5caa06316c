import Ciphers

/// AES-GCM-128 around APDUs and challenges (IEC 62056-5-3, 5.3.5 and 5.3.7; security suite 0).
enum SecuritySuite0 {
  /// Security control: suite 0, authenticated; and enciphered.
  static let authenticated: UInt8 = 0x10
  static let both: UInt8 = 0x30
  static let tagBytes = 12

  /// Initial vector: the title of the sender and the counter.
  private static func nonce(
    _ title: InlineArray<8, UInt8>, _ counter: UInt32
  ) -> InlineArray<12, UInt8> {
    InlineArray { i in
      i < 8 ? title[i] : UInt8(truncatingIfNeeded: counter >> UInt32(8 * (11 - i)))
    }
  }

  /// What is authenticated in front: security control and authentication key.
  private static func header(
    _ control: UInt8, _ key: InlineArray<16, UInt8>
  ) -> InlineArray<17, UInt8> {
    InlineArray { i in i == 0 ? control : key[i - 1] }
  }

  /// Enciphers in place; the tag goes behind the text.
  /// - Parameter bytes: text and room for the tag.
  /// - Returns: false for a text that cannot be.
  static func seal<Suite: CipherSuite>(
    _ suite: Suite.Type, _ bytes: inout MutableSpan<UInt8>, _ keys: SecurityKeys,
    _ title: InlineArray<8, UInt8>, _ counter: UInt32
  ) -> Bool {
    let count = bytes.count - tagBytes
    guard count >= 0 else { return false }
    let (nonce, header) = (nonce(title, counter), header(both, keys.authentication))
    var tag = InlineArray<12, UInt8>(repeating: 0)
    do throws(CipherError) {
      var text = bytes._mutatingExtracting(0..<count)
      var room = tag.mutableSpan
      try Suite.sealGCM(
        &text, key: keys.encryption.span, nonce: nonce.span, authenticating: header.span,
        header.span.extracting(0..<0), tag: &room)
    } catch { return false }
    for i in 0..<tagBytes { bytes[count + i] = tag[i] }
    return true
  }

  /// Checks and deciphers in place.
  /// - Parameter bytes: text and tag.
  /// - Returns: false where the tag does not fit.
  static func open<Suite: CipherSuite>(
    _ suite: Suite.Type, _ bytes: inout MutableSpan<UInt8>, _ keys: SecurityKeys,
    _ title: InlineArray<8, UInt8>, _ counter: UInt32
  ) -> Bool {
    let count = bytes.count - tagBytes
    guard count >= 0 else { return false }
    let (nonce, header) = (nonce(title, counter), header(both, keys.authentication))
    let tag = InlineArray<12, UInt8> { i in bytes[count + i] }
    do throws(CipherError) {
      var text = bytes._mutatingExtracting(0..<count)
      try Suite.openGCM(
        &text, key: keys.encryption.span, nonce: nonce.span, authenticating: header.span,
        header.span.extracting(0..<0), tag: tag.span)
    } catch { return false }
    return true
  }

  /// The code over a challenge: GMAC under the encryption key over control, key and challenge.
  static func code<Suite: CipherSuite>(
    _ suite: Suite.Type, over challenge: Span<UInt8>, _ keys: SecurityKeys,
    _ title: InlineArray<8, UInt8>, _ counter: UInt32
  ) -> InlineArray<12, UInt8>? {
    let (nonce, header) = (nonce(title, counter), header(authenticated, keys.authentication))
    var tag = InlineArray<12, UInt8>(repeating: 0)
    var empty = InlineArray<1, UInt8>(repeating: 0)
    do throws(CipherError) {
      var text = empty.mutableSpan
      var nothing = text._mutatingExtracting(0..<0)
      var room = tag.mutableSpan
      try Suite.sealGCM(
        &nothing, key: keys.encryption.span, nonce: nonce.span, authenticating: header.span,
        challenge, tag: &room)
    } catch { return nil }
    return tag
  }
}
