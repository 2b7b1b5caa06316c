/// How a client opens an association.
public struct DLMSClientSettings: Sendable {
  /// How it shows who it is.
  public var mechanism: Mechanism
  /// APDUs are authenticated and enciphered under the global key.
  public var isCiphered: Bool
  /// Ciphered APDUs carry the title of their sender.
  public var isGeneral = false
  /// The client's own title: three letters, five bytes of a number.
  public var title: InlineArray<8, UInt8>
  public var keys: SecurityKeys
  /// Services that it would like.
  public var conformance: Conformance = [
    .blockTransferWithGet, .blockTransferWithSet, .blockTransferWithAction, .get, .set,
    .selectiveAccess, .action,
  ]
  /// Longest APDU that it takes, 0 for any.
  public var pduMax: UInt16 = 0xFFFF
  /// The next invocation counter.
  public var counter: UInt32 = 1
  /// The server's title where the answer to the request does not tell it.
  public var serverTitle: InlineArray<8, UInt8>?

  private var secret = InlineArray<64, UInt8>(repeating: 0)
  private var secretCount = 0

  /// - Parameter password: of low-level security, at most 64 bytes; what is more is cut.
  public init(
    mechanism: Mechanism = .none, isCiphered: Bool = false,
    title: InlineArray<8, UInt8> = [0x4B, 0x56, 0x44, 0, 0, 0, 0, 1], keys: SecurityKeys,
    password: Span<UInt8>
  ) {
    (self.mechanism, self.isCiphered, self.title) = (mechanism, isCiphered, title)
    self.keys = keys
    secretCount = min(64, password.count)
    for i in 0..<secretCount { secret[i] = password[i] }
  }

  /// The password.
  var password: Span<UInt8> {
    @_lifetime(borrow self)
    get { secret.span.extracting(0..<secretCount) }
  }
}
