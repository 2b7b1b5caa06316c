import COSEM
import Ciphers
import DLMS
import Foundation
import Quantities

/// A meter that is read by DLMS: one connection, one association, one request at a time.
public actor DLMSMeter {
  public nonisolated let url: MeterURL
  public nonisolated let dialect: MeterDialect
  /// Told after each block: bytes of the value so far.
  public typealias Progress = @Sendable (Int) -> Void

  let counters: CounterStore?
  private let credentials: Credentials
  private var link: (any DLMSLink)?
  private(set) var client: DLMSClient
  private var room: [UInt8] = []
  /// The last thing that went well.
  public private(set) var lastGoodStep: String?
  /// APDUs that the meter sent by itself.
  public private(set) var notices: [[UInt8]] = []

  /// - Throws: `usage` where what the URL asks for needs a secret that is not there.
  public init(
    _ url: MeterURL, _ credentials: Credentials = Credentials(), counters: CounterStore? = nil
  ) throws(MeterError) {
    guard url.language == .dlms else {
      throw MeterError(
        .usage, .usage, what: "\(url) is not DLMS", expected: "dlms:// or dlms+hdlc://",
        got: url.language.rawValue, next: "another scheme")
    }
    self.url = url
    (self.credentials, self.counters) = (credentials, counters)
    dialect = try MeterDialect.named(url.dialect)
    var settings = try Self.settings(url, credentials)
    settings.counter = url.counter ?? counters?.next(for: Self.key(url, credentials)) ?? 1
    client = DLMSClient(settings)
  }

  /// How the client shows who it is, where the URL leaves it open.
  static func authentication(_ url: MeterURL, _ credentials: Credentials)
    -> MeterURL.Authentication
  {
    if let asked = url.authentication { return asked }
    if url.client == 16 { return .none }
    if credentials.hasKeys && (url.client == 1 || credentials.password.isEmpty) { return .high }
    return credentials.password.isEmpty ? .none : .low
  }

  private static func settings(
    _ url: MeterURL, _ credentials: Credentials
  ) throws(MeterError) -> DLMSClientSettings {
    let authentication = authentication(url, credentials)
    let isMissing =
      authentication == .low && credentials.password.isEmpty
      || authentication == .high && !credentials.hasKeys
    if isMissing {
      throw MeterError(
        .usage, .usage, what: "auth=\(authentication.rawValue) needs a secret",
        expected: authentication == .low ? "a password" : "two keys", got: "none",
        next: "--keys FILE with «password:» or «encryption:» and «authentication:»")
    }
    var settings = DLMSClientSettings(
      mechanism: authentication == .none ? .none : authentication == .low ? .low : .highGMAC,
      isCiphered: authentication == .high,
      title: InlineArray { $0 < credentials.title.count ? credentials.title[$0] : 0 },
      keys: credentials.securityKeys, password: credentials.password.span)
    settings.isGeneral = url.isGeneral
    // What the link can carry.
    settings.pduMax = url.pduMax ?? (url.framing == .hdlc ? 2000 : 0xFFFF)
    return settings
  }

  /// What counters are kept under.
  private static func key(_ url: MeterURL, _ credentials: Credentials) -> String {
    "\(url) client \(url.client) title \(Hexadecimal.text(credentials.title))"
  }

  // MARK: connection

  /// True while the association stands.
  public var isConnected: Bool { client.state == .associated }
  /// What was agreed on, and the title of the meter.
  public var agreed: (conformance: Conformance, pduMax: UInt16, title: [UInt8]?) {
    let title = client.serverTitle
    return (
      client.conformance, client.serverPduMax,
      title.map { title in (0..<8).map { title[$0] } }
    )
  }

  /// Opens connection and association.
  public func connect() async throws(MeterError) {
    client.reset()
    lastGoodStep = nil
    let channel = try await ByteChannel.open(
      url.place, SerialSettings(baud: url.baud ?? 9600), seconds: url.patience)
    lastGoodStep = "connection to \(url)"
    do {
      if url.framing == .hdlc {
        let hdlc = try HDLCLink(channel, url)
        link = hdlc
        try await hdlc.connect()
        lastGoodStep = "HDLC connection"
      } else {
        link = WrapperLink(channel, url)
      }
      try await associate()
    } catch {
      var failure = error
      failure.lastGoodStep = failure.lastGoodStep ?? lastGoodStep
      await dropLink()
      throw failure
    }
  }

  private func associate() async throws(MeterError) {
    room = [UInt8](repeating: 0, count: min(link?.apduMax ?? 2048, 65_535))
    counters?.reserve(from: client.counter, for: Self.key(url, credentials))
    var random = SystemRandomNumberGenerator()
    let entropy = InlineArray<16, UInt8> { _ in UInt8.random(in: 0...255, using: &random) }
    _ = try await run("association of client \(url.client)") {
      (client, out) throws(DLMSClientError) in
      try client.associate(entropy: entropy, suite: PortableCiphers.self, into: &out)
    }
  }

  /// Ends association and connection.
  public func disconnect() async {
    if client.isReady {
      _ = try? await run("release") { (client, out) throws(DLMSClientError) in
        try client.release(into: &out)
      }
    }
    await dropLink()
  }

  private func dropLink() async {
    counters?.store(client.counter, for: Self.key(url, credentials))
    client.reset()
    let open = link
    link = nil
    await open?.close()
  }

  /// Opens everything again after the connection was cut.
  func reconnect() async throws(MeterError) {
    await dropLink()
    try await connect()
  }

  // MARK: services

  /// Reads an attribute as bytes of A-XDR.
  ///
  /// - Parameters:
  ///   - selector: 1 for a range, 2 for entries, 0 for all.
  ///   - piece: told each block as it comes.
  public func getBytes(
    _ attribute: AttributeDescriptor, selector: UInt8 = 0, parameters: [UInt8] = [],
    piece: (@Sendable ([UInt8]) -> Void)? = nil
  ) async throws(MeterError) -> [UInt8] {
    try await run("get \(Self.text(attribute))", piece: piece) {
      (client, out) throws(DLMSClientError) in
      try client.get(
        attribute, Selection(selector, parameters.span), suite: PortableCiphers.self, into: &out)
    }
  }

  /// Reads an attribute.
  public func get(
    _ attribute: AttributeDescriptor, selector: UInt8 = 0, parameters: [UInt8] = []
  ) async throws(MeterError) -> COSEMValue {
    let bytes = try await getBytes(attribute, selector: selector, parameters: parameters)
    return try value(bytes, "get \(Self.text(attribute))")
  }

  func value(_ bytes: [UInt8], _ what: String) throws(MeterError) -> COSEMValue {
    do throws(COSEMError) { return try COSEMValue(parsing: bytes) } catch {
      throw MeterError(
        .data, .badData, what: "\(what): the data cannot be read", expected: "one value in A-XDR",
        got: "\(error) in \(bytes.count) bytes: \(Hexadecimal.text(bytes.prefix(24)))",
        next: "metertool decode shows how far it goes", lastGoodStep: lastGoodStep)
    }
  }

  /// Sets an attribute.
  public func set(
    _ attribute: AttributeDescriptor, to value: COSEMValue
  ) async throws(MeterError) {
    let bytes = value.encoded
    _ = try await run("set \(Self.text(attribute))", sending: bytes) {
      (client, out) throws(DLMSClientError) in
      let none: [UInt8] = []
      return try client.set(
        attribute, Selection(0, none.span), to: bytes.span, suite: PortableCiphers.self,
        into: &out)
    }
  }

  /// Invokes a method.
  /// - Returns: what it returns; nil for nothing.
  @discardableResult
  public func invoke(
    _ method: MethodDescriptor, _ parameters: COSEMValue? = .signed(.integer, 0)
  ) async throws(MeterError) -> COSEMValue? {
    let bytes = parameters?.encoded ?? []
    let name = "method \(method.method) of \(method.classID)/\(method.name)"
    let answer = try await run(name, sending: bytes) { (client, out) throws(DLMSClientError) in
      try client.act(method, bytes.span, suite: PortableCiphers.self, into: &out)
    }
    return answer.isEmpty ? nil : try value(answer, name)
  }

  /// An APDU of the caller's making, and what comes back.
  func exchangeRaw(_ apdu: [UInt8]) async throws(MeterError) -> [UInt8] {
    guard let link else { throw failure(.notNow, "raw") }
    return try await link.exchange(apdu)
  }

  /// A get request that is not sent; the association goes on as if it had been answered.
  func writeGet(_ attribute: AttributeDescriptor) throws(MeterError) -> [UInt8] {
    do throws(DLMSClientError) {
      var out = room.mutableSpan
      let none: [UInt8] = []
      let count = try client.get(
        attribute, Selection(0, none.span), suite: PortableCiphers.self, into: &out)
      client.abandon()
      return Array(room.prefix(count))
    } catch { throw failure(error, "get") }
  }

  static func text(_ attribute: AttributeDescriptor) -> String {
    "\(attribute.classID)/\(attribute.name)/\(attribute.attribute)"
  }

  /// One exchange, with all blocks of it.
  private func run(
    _ step: String, sending value: [UInt8] = [], piece: (@Sendable ([UInt8]) -> Void)? = nil,
    _ begin: (inout DLMSClient, inout MutableSpan<UInt8>) throws(DLMSClientError) -> Int
  ) async throws(MeterError) -> [UInt8] {
    guard let link else { throw failure(.notNow, step) }
    var request: [UInt8]
    do throws(DLMSClientError) {
      var out = room.mutableSpan
      let count = try begin(&client, &out)
      request = Array(room.prefix(count))
    } catch { throw failure(error, step) }
    var joined: [UInt8] = []
    while true {
      var answer: [UInt8]
      do { answer = try await link.exchange(request) } catch {
        var cut = error
        cut.what = "\(step): \(cut.what)"
        cut.lastGoodStep = lastGoodStep
        throw cut
      }
      switch receive(&answer, sending: value) {
      case .associated, .released:
        lastGoodStep = step
        return []
      case .failed(let error): throw failure(error, step)
      case .value(let range):
        lastGoodStep = step
        let last = Array(answer[range])
        if let piece, !joined.isEmpty || !last.isEmpty { piece(last) }
        return joined.isEmpty ? last : joined + last
      case .piece(let range, let count):
        joined += answer[range]
        piece?(Array(answer[range]))
        request = Array(room.prefix(count))
      case .send(let count): request = Array(room.prefix(count))
      case .notice(let range):
        // The answer is still to come.
        notices.append(Array(answer[range]))
        request = []
      }
    }
  }

  private func receive(_ apdu: inout [UInt8], sending value: [UInt8]) -> DLMSClientEvent {
    var span = apdu.mutableSpan
    var out = room.mutableSpan
    return client.receive(&span, sending: value.span, suite: PortableCiphers.self, into: &out)
  }

  private func failure(_ error: DLMSClientError, _ step: String) -> MeterError {
    error.told(step, lastGoodStep: lastGoodStep, client: url.client)
  }
}
