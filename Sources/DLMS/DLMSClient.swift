import Bytes
import COSEM
import Ciphers

/// The client's side of one association, without input or output.
///
/// A request is written by `associate`, `get`, `set`, `act` or `release`; what the link then brings
/// goes to `receive`, until that tells a value, an end or a failure. Long values come and go in
/// blocks by themselves.
public struct DLMSClient: Sendable {
  public enum State: UInt8, Sendable {
    case idle
    /// The request for the association is out.
    case associating
    /// The answer to the server's challenge is out.
    case proving
    case associated
    case releasing
  }

  enum Task: UInt8, Sendable { case none, get, set, act }

  public let settings: DLMSClientSettings
  public internal(set) var state = State.idle
  /// Services that were agreed on.
  public internal(set) var conformance: Conformance = []
  /// Longest APDU that the server takes, 0 for any.
  public internal(set) var serverPduMax: UInt16 = 0
  /// The next invocation counter of this client; it is never used twice.
  public internal(set) var counter: UInt32
  /// The last invocation counter of the server.
  public internal(set) var serverCounter: UInt32?
  /// The server's title, once it is known.
  public internal(set) var serverTitle: InlineArray<8, UInt8>?

  var task = Task.none
  var invoke: UInt8 = 0
  var block: UInt32 = 0
  /// Bytes of a long value that have gone out.
  var sent = 0
  var challenge = InlineArray<16, UInt8>(repeating: 0)

  public init(_ settings: DLMSClientSettings) {
    self.settings = settings
    counter = settings.counter
    serverTitle = settings.serverTitle
  }

  /// True while a request may be written.
  public var isReady: Bool { state == .associated && task == .none }

  /// The link has gone. The counters stay.
  public mutating func reset() {
    state = .idle
    task = .none
  }

  /// Gives up the exchange that is under way; the association stands.
  public mutating func abandon() { task = .none }

  // MARK: receiving

  /// Takes an APDU from the server.
  ///
  /// - Parameters:
  ///   - apdu: without any header of the link; it is deciphered in place.
  ///   - value: what the last `set` or `act` was given, empty after others.
  ///   - out: takes what has to be sent.
  public mutating func receive<Suite: CipherSuite>(
    _ apdu: inout MutableSpan<UInt8>, sending value: Span<UInt8>, suite: Suite.Type,
    into out: inout MutableSpan<UInt8>
  ) -> DLMSClientEvent {
    do throws(DLMSClientError) {
      guard !apdu.isEmpty else { throw .malformed }
      switch (state, apdu[0]) {
      case (.associating, APDUTag.aare): return try associated(&apdu, suite, &out)
      case (.releasing, APDUTag.rlre):
        reset()
        return .released
      case (.idle, _): throw .unexpected(tag: apdu[0])
      default: break
      }
      let plain = try open(&apdu, suite)
      guard !plain.isEmpty else { throw .malformed }
      return try answered(apdu.span, plain, value, suite, &out)
    } catch {
      task = .none
      switch state {
      case .associating, .proving, .releasing: state = .idle
      case .idle, .associated: break
      }
      return .failed(error)
    }
  }

  private mutating func answered<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ plain: Range<Int>, _ value: Span<UInt8>, _ suite: Suite.Type,
    _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> DLMSClientEvent {
    let bytes = apdu.extracting(plain)
    switch (bytes[0], task) {
    case (APDUTag.dataNotification, _), (APDUTag.eventNotification, _): return .notice(plain)
    case (APDUTag.exceptionResponse, _): throw try Self.exception(bytes)
    case (APDUTag.confirmedServiceError, _): throw try Self.serviceError(bytes)
    case (APDUTag.getResponse, .get): return try got(bytes, plain.lowerBound, suite, &out)
    case (APDUTag.setResponse, .set): return try wasSet(bytes, value, suite, &out)
    case (APDUTag.actionResponse, .act):
      return try acted(bytes, plain.lowerBound, value, suite, &out)
    default: throw .unexpected(tag: bytes[0])
    }
  }

  private static func exception(_ bytes: Span<UInt8>) throws(DLMSClientError) -> DLMSClientError {
    var reader = APDUReader(bytes)
    try reader.skip(1)
    let (state, service) = (try reader.byte(), try reader.byte())
    // Only an error of the counter carries one.
    let counter = reader.remaining == 4 ? try reader.word() : nil
    return .exception(state: state, service: service, counter: counter)
  }

  static func serviceError(_ bytes: Span<UInt8>) throws(DLMSClientError) -> DLMSClientError {
    var reader = APDUReader(bytes)
    try reader.skip(2)
    return .initiate(errorClass: try reader.byte(), number: try reader.byte())
  }

  // MARK: ciphering

  /// Bytes that a plain request may have.
  func room(_ out: borrowing MutableSpan<UInt8>) -> Int {
    let most = serverPduMax == 0 ? out.count : min(out.count, Int(serverPduMax))
    return settings.isCiphered ? most - DLMSServer.cipherBytes : most
  }

  /// Ciphers the request at the beginning of the output, where that was agreed on.
  mutating func seal<Suite: CipherSuite>(
    _ count: Int, _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard settings.isCiphered else { return count }
    let tag = settings.isGeneral ? APDUTag.generalGlobal : out[0] &+ 8
    return try seal(count, tag: tag, suite, &out)
  }

  mutating func seal<Suite: CipherSuite>(
    _ count: Int, tag: UInt8, _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard counter < UInt32.max else { throw .cannotCipher }
    let whole = CipheredAPDU.seal(
      count, tag: tag, title: settings.title, settings.keys, counter, suite, &out)
    guard whole > 0 else { throw .cannotCipher }
    counter += 1
    return whole
  }

  /// Deciphers an APDU in place where that was agreed on.
  /// - Returns: where the plain APDU stands.
  private mutating func open<Suite: CipherSuite>(
    _ apdu: inout MutableSpan<UInt8>, _ suite: Suite.Type
  ) throws(DLMSClientError) -> Range<Int> {
    switch apdu[0] {
    case APDUTag.gloInitiateResponse, APDUTag.gloGetResponse, APDUTag.gloSetResponse,
      APDUTag.gloActionResponse, APDUTag.gloEventNotification, APDUTag.generalGlobal:
      guard settings.isCiphered else { throw .otherProtection(SecuritySuite0.both) }
      return try decipher(&apdu, 0..<apdu.count, suite)
    case APDUTag.exceptionResponse, APDUTag.confirmedServiceError: return 0..<apdu.count
    default:
      // Only an exception may come in clear.
      guard !settings.isCiphered else { throw .otherProtection(0) }
      return 0..<apdu.count
    }
  }

  mutating func decipher<Suite: CipherSuite>(
    _ apdu: inout MutableSpan<UInt8>, _ range: Range<Int>, _ suite: Suite.Type
  ) throws(DLMSClientError) -> Range<Int> {
    let part: CipheredAPDU
    do throws(BytesError) {
      part = try CipheredAPDU(parsing: apdu.span.extracting(range))
    } catch { throw .malformed }
    guard part.control == SecuritySuite0.both else { throw .otherProtection(part.control) }
    guard let title = serverTitle else { throw .otherTitle }
    if let told = part.title {
      guard told.count == 8 else { throw .otherTitle }
      for i in 0..<8 where apdu[range.lowerBound + told.lowerBound + i] != title[i] {
        throw .otherTitle
      }
    }
    let start = range.lowerBound + part.text.lowerBound
    guard part.text.count >= SecuritySuite0.tagBytes else { throw .malformed }
    var text = apdu._mutatingExtracting(start..<range.upperBound)
    guard SecuritySuite0.open(suite, &text, settings.keys, title, part.counter) else {
      throw .badTag
    }
    // A7: an answer of before is none.
    if let last = serverCounter, part.counter <= last {
      throw .replayed(counter: part.counter, last: last)
    }
    serverCounter = part.counter
    return start..<(range.upperBound - SecuritySuite0.tagBytes)
  }
}

/// Takes the parts of an APDU; whatever is missing makes it malformed.
struct APDUReader: ~Escapable {
  private var reader: ByteReader

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { reader = ByteReader(bytes) }

  var remaining: Int { reader.remaining }
  var offset: Int { reader.offset }

  @_lifetime(self: copy self)
  mutating func byte() throws(DLMSClientError) -> UInt8 {
    do throws(BytesError) { return try reader.bigEndian() } catch { throw .malformed }
  }

  @_lifetime(self: copy self)
  mutating func word() throws(DLMSClientError) -> UInt32 {
    do throws(BytesError) { return try reader.bigEndian() } catch { throw .malformed }
  }

  @_lifetime(self: copy self)
  mutating func length() throws(DLMSClientError) -> Int {
    do throws(BytesError) { return try reader.length() } catch { throw .malformed }
  }

  @_lifetime(self: copy self)
  mutating func skip(_ count: Int) throws(DLMSClientError) {
    do throws(BytesError) { try reader.skip(count) } catch { throw .malformed }
  }
}
