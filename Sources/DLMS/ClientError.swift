/// Why an exchange of a client failed, by the layer that says so.
public enum DLMSClientError: Error, Equatable, Sendable {
  // MARK: this side
  /// Not now: another exchange is under way, or there is no association.
  case notNow
  /// The request does not fit, and the server takes no blocks of it.
  case tooLong
  /// The cipher refuses: a counter that has run out, or a key that is none.
  case cannotCipher

  // MARK: ACSE
  /// The association is refused.
  case refused(result: UInt8, AssociationDiagnostic)
  /// The association is refused by xDLMS: class of the error and its number.
  case initiate(errorClass: UInt8, number: UInt8)
  /// The server takes another application context or mechanism than was asked for.
  case otherContext
  /// The answer to the client's challenge is wrong: the server does not know the key.
  case serverNotAuthentic
  /// The server refuses the answer to its challenge: the number of the action result.
  case challengeRefused(UInt8)

  // MARK: xDLMS
  /// An Exception-Response: state, service and, of a counter error, the counter that it expects.
  case exception(state: UInt8, service: UInt8, counter: UInt32?)
  /// The result of reading or writing, no success.
  case access(UInt8)
  /// The result of a method, no success.
  case action(UInt8)
  /// The number of a block is not the one that follows.
  case block(expected: UInt32, got: UInt32)
  /// The answer belongs to another request.
  case otherInvocation(expected: UInt8, got: UInt8)
  /// An APDU that does not belong here; its tag.
  case unexpected(tag: UInt8)
  /// Bytes that are no APDU.
  case malformed

  // MARK: ciphering
  /// The authentication tag does not fit.
  case badTag
  /// The counter was used before.
  case replayed(counter: UInt32, last: UInt32)
  /// Protected otherwise than was agreed on: the security control byte, 0 for none.
  case otherProtection(UInt8)
  /// The title is not the server's.
  case otherTitle
}

/// What an APDU has brought about.
public enum DLMSClientEvent: Equatable, Sendable {
  /// So many bytes stand in the output and go out next.
  case send(Int)
  /// The association stands.
  case associated
  case released
  /// A piece of the value stands in the APDU; so many bytes of the output ask for the next one.
  case piece(Range<Int>, send: Int)
  /// The value, or its last piece; empty for what brings no data.
  case value(Range<Int>)
  /// The server tells something by itself; the exchange goes on.
  case notice(Range<Int>)
  case failed(DLMSClientError)
}
