import Bytes
import COSEM
import Ciphers
import MeterTime

/// One association of a server: an APDU comes in, its answer goes out.
///
/// It keeps who the client is and how far a long value has gone, nothing else: the value is written
/// anew from the meter with each block. Everything that was begun is dropped with the next request
/// that does not go on with it.
public struct DLMSServer: Sendable {
  /// Longest APDU that is taken, and longest value set in blocks.
  public static let receiveMax = 1024

  enum State: UInt8, Sendable {
    case idle
    /// The client has yet to show that it knows the key.
    case pending
    case associated
  }

  /// What a request has begun that others go on with.
  enum Task: UInt8, Sendable { case none, get, set, action, general }

  var state = State.idle
  var caller: Caller
  var task = Task.none
  /// Of a get what is read, of a set what has come.
  var kept = InlineArray<1024, UInt8>(repeating: 0)
  var keptCount = 0
  var invoke: UInt8 = 0
  var block: UInt32 = 0
  var progress = GetProgress()
  var longHead = LongHead()
  var transfer = GeneralTransfer()
  /// While a request that came in general blocks is served: blocks that its client takes at once.
  var generalWindow: UInt8?
  /// Most blocks that the link carries one after the other.
  public var windowMax = UInt8(GeneralTransfer.windowMax)
  var dedicatedKey: InlineArray<16, UInt8>?
  var dedicatedExpected: UInt32 = 0
  /// Challenges of client and server, and the title of the client.
  var clientChallenge = InlineArray<64, UInt8>(repeating: 0)
  var clientChallengeCount = 0
  var serverChallenge = InlineArray<16, UInt8>(repeating: 0)
  var clientTitle = InlineArray<8, UInt8>(repeating: 0)

  /// - Parameters:
  ///   - client: its number as the link tells it.
  ///   - logicalDevice: that is addressed.
  public init(client: UInt8, logicalDevice: UInt16) {
    caller = Caller(
      client: client, mechanism: .none, isCiphered: false, conformance: [],
      pduMax: (0, UInt16(Self.receiveMax)), logicalDevice: logicalDevice)
  }

  /// Client and state, for logs and tests.
  public var isAssociated: Bool { state == .associated }
  public var client: UInt8 { caller.client }

  /// The link has gone, or another client speaks.
  public mutating func reset(client: UInt8? = nil, logicalDevice: UInt16? = nil) {
    let most = windowMax
    self = DLMSServer(
      client: client ?? caller.client, logicalDevice: logicalDevice ?? caller.logicalDevice)
    windowMax = most
  }

  // MARK: APDUs

  /// Answers an APDU.
  ///
  /// - Parameters:
  ///   - apdu: without any header of the link; nobody has checked it.
  ///   - security: keys and counters of the meter, shared by its associations.
  ///   - entropy: sixteen bytes that nobody can foresee, for one challenge; nil where there are
  ///     none, and then no association takes one.
  ///   - out: room for the answer, at least 128 bytes.
  /// - Returns: bytes of the answer, 0 for none.
  public mutating func process<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, entropy: InlineArray<16, UInt8>?,
    now: Instant, into out: inout MutableSpan<UInt8>
  ) -> Int {
    guard apdu.count >= 1, out.count >= 128 else { return 0 }
    guard apdu.count <= Self.receiveMax else {
      drop()
      return exception(.notAllowed, .tooLong, &out)
    }
    switch apdu[0] {
    case APDUTag.aarq:
      return associate(
        apdu, &objects, security: &security, suite: suite, entropy: entropy, now: now, into: &out)
    case APDUTag.rlrq: return release(apdu, &objects, &security, suite, &out)
    case APDUTag.gloGetRequest, APDUTag.gloSetRequest, APDUTag.gloActionRequest,
      APDUTag.dedGetRequest, APDUTag.dedSetRequest, APDUTag.dedActionRequest,
      APDUTag.generalGlobal, APDUTag.generalDedicated:
      return processCiphered(
        apdu, &objects, security: &security, suite: suite, now: now, into: &out)
    default:
      // Where ciphering was agreed on nothing goes without it.
      if caller.isCiphered && state != .idle {
        drop()
        return exception(.notAllowed, .deciphering, &out)
      }
      if apdu[0] == APDUTag.generalBlockTransfer {
        return general(
          apdu, &objects, security: &security, suite: suite, now: now, into: &out)
      }
      return processPlain(
        apdu, &objects, security: &security, suite: suite, now: now, into: &out)
    }
  }

  /// Answers an APDU that was not ciphered, or has been deciphered.
  @inline(never)
  mutating func processPlain<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    let service: Conformance
    switch apdu[0] {
    case APDUTag.getRequest: service = .get
    case APDUTag.setRequest: service = .set
    case APDUTag.actionRequest: service = .action
    case APDUTag.accessRequest: service = .access
    default:
      drop()
      return exception(.unknown, .notSupported, &out)
    }
    if state == .idle {
      drop()
      return exception(.notAllowed, .notPossible, &out)
    }
    guard caller.conformance.contains(service) else {
      drop()
      return exception(.notAllowed, .notSupported, &out)
    }
    do throws(BytesError) {
      switch service {
      case .get: return try get(apdu, &objects, into: &out)
      case .set: return try set(apdu, &objects, into: &out)
      case .access:
        return try access(apdu, &objects, security: &security, suite: suite, into: &out)
      default:
        return try action(
          apdu, &objects, security: &security, suite: suite, now: now, into: &out)
      }
    } catch {
      drop()
      return exception(.notAllowed, .other, &out)
    }
  }

  /// Forgets what was begun.
  mutating func drop() {
    task = .none
    keptCount = 0
    block = 0
    progress = GetProgress()
    transfer = GeneralTransfer()
  }

  // MARK: exception

  enum StateError: UInt8 { case notAllowed = 1, unknown = 2 }
  enum ServiceError: UInt8 {
    case notPossible = 1, notSupported = 2, other = 3, tooLong = 4, deciphering = 5
  }

  /// An Exception-Response.
  func exception(
    _ state: StateError, _ service: ServiceError, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    out[0] = APDUTag.exceptionResponse
    out[1] = state.rawValue
    out[2] = service.rawValue
    return 3
  }

  /// Bytes that a plain answer may have: what the client takes, less what ciphering adds.
  func room(_ out: borrowing MutableSpan<UInt8>) -> Int {
    let most = caller.pduMax.send == 0 ? Int(UInt16.max) : Int(caller.pduMax.send)
    return min(out.count, most) - (caller.isCiphered ? Self.cipherBytes : 0)
      - (generalWindow != nil ? Self.generalHeader : 0)
  }

  /// Tag, length, security header and authentication tag around a ciphered APDU, and the title of
  /// a general one.
  static let cipherBytes = 1 + 9 + 5 + 5 + 12
}
