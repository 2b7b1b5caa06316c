/// Why a cipher refused to work.
public enum CipherError: Error, Equatable, Sendable {
  /// A key is not of 16, 24 or 32 bytes.
  case keyLength
  /// A nonce, an initial vector or a counter block has not the length that the mode asks for.
  case nonceLength
  /// A tag is not of 12 to 16 bytes.
  case tagLength
  /// A text has not the length that the mode asks for, or the room for the result is not right.
  case textLength
  /// The tag or the check value does not fit: the bytes or the key are not what they should be.
  case authentication
}
