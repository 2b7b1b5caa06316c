import Bytes

/// The ciphers that the languages of a meter need, as functions without state.
///
/// A language is generic over its suite: `PortableCiphers` is integer Swift that runs everywhere,
/// a process on a host may bring one that stands on the ciphers of the system. All lengths are in
/// bytes. Texts are changed in place, so nothing is allocated. Keys are of 16, 24 or 32 bytes and
/// anything else throws `CipherError.keyLength`.
public protocol CipherSuite {
  /// Enciphers and authenticates by AES-GCM (NIST SP 800-38D).
  ///
  /// - Parameters:
  ///   - text: plaintext of any length; ciphertext afterwards.
  ///   - key: the key.
  ///   - nonce: 12 bytes that are never used twice with one key, else throws `.nonceLength`.
  ///   - header: first piece of what is authenticated but not enciphered.
  ///   - more: second piece of the same.
  ///   - tag: room of 12 to 16 bytes for the tag, else throws `.tagLength`.
  static func sealGCM(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>,
    authenticating header: Span<UInt8>, _ more: Span<UInt8>, tag: inout MutableSpan<UInt8>
  ) throws(CipherError)

  /// Checks and deciphers by AES-GCM; throws `.authentication` and leaves the text as it came
  /// where the tag does not fit.
  static func openGCM(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>,
    authenticating header: Span<UInt8>, _ more: Span<UInt8>, tag: Span<UInt8>
  ) throws(CipherError)

  /// Enciphers by AES-CBC without padding (NIST SP 800-38A, 6.2).
  ///
  /// - Parameters:
  ///   - text: whole blocks of 16 bytes, else throws `.textLength`.
  ///   - initial: the initial vector, 16 bytes, else throws `.nonceLength`.
  static func encryptCBC(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, initial: Span<UInt8>
  ) throws(CipherError)

  /// Deciphers by AES-CBC without padding.
  static func decryptCBC(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, initial: Span<UInt8>
  ) throws(CipherError)

  /// Enciphers or deciphers by AES-CTR (NIST SP 800-38A, 6.5).
  ///
  /// - Parameter counter: the first counter block, 16 bytes counted up as one number with the most
  ///   significant byte first, else throws `.nonceLength`.
  static func applyCTR(
    _ text: inout MutableSpan<UInt8>, key: Span<UInt8>, counter: Span<UInt8>
  ) throws(CipherError)

  /// The AES-CMAC of two pieces taken as one message (NIST SP 800-38B, RFC 4493).
  static func cmac(
    of message: Span<UInt8>, _ more: Span<UInt8>, key: Span<UInt8>
  ) throws(CipherError) -> InlineArray<16, UInt8>

  /// Wraps a key of 16 or more bytes, a multiple of 8, under another one (RFC 3394).
  ///
  /// - Parameter output: room for 8 bytes more than the key has, else throws `.textLength`.
  static func wrap(
    _ secret: Span<UInt8>, under key: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CipherError)

  /// Unwraps a key; where the check value does not fit, `output` is all zero and `.authentication`
  /// is thrown.
  ///
  /// - Parameter output: room for 8 bytes less than came, else throws `.textLength`.
  static func unwrap(
    _ wrapped: Span<UInt8>, under key: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CipherError)

  /// Enciphers one block of 16 bytes in place (FIPS 197).
  static func encryptBlock(
    _ block: inout InlineArray<16, UInt8>, key: Span<UInt8>
  ) throws(CipherError)

  /// Deciphers one block of 16 bytes in place (FIPS 197).
  static func decryptBlock(
    _ block: inout InlineArray<16, UInt8>, key: Span<UInt8>
  ) throws(CipherError)
}

extension CipherSuite {
  /// The AES-CMAC of a message in one piece.
  public static func cmac(
    of message: Span<UInt8>, key: Span<UInt8>
  ) throws(CipherError) -> InlineArray<16, UInt8> {
    try cmac(of: message, message.extracting(0..<0), key: key)
  }
}
