import COSEM
import Ciphers
import DLMS
import MeterClient
import Quantities

/// The ways of the tests to the meter: whole associations, single APDUs, single bytes.
struct ConformanceBench: Sendable {
  let url: MeterURL
  let credentials: Credentials
  /// The objects that the strongest client sees.
  let objects: [ObjectInfo]

  init(_ url: MeterURL, _ credentials: Credentials) async throws(MeterError) {
    var short = url
    short.patience = min(url.patience, 2)
    (self.url, self.credentials) = (short, credentials)
    let meter = try DLMSMeter(short, credentials, counters: .usual)
    try await meter.connect()
    objects = try await meter.objects()
    await meter.disconnect()
  }

  /// The address as another client.
  func address(client: UInt8) -> MeterURL {
    var other = url
    other.client = client
    other.authentication = nil
    return other
  }

  /// An association of the client that the address names, for the length of a closure.
  func associated<T: Sendable>(_ body: (DLMSMeter) async throws -> T) async throws -> T {
    let meter = try DLMSMeter(url, credentials, counters: .usual)
    try await meter.connect()
    do {
      let value = try await body(meter)
      await meter.disconnect()
      return value
    } catch {
      await meter.disconnect()
      throw error
    }
  }

  // MARK: single APDUs

  /// A connection of the public client, or of another, without association.
  func link(client: UInt8 = 16) async throws(MeterError) -> any DLMSLink {
    let address = address(client: client)
    let channel = try await ByteChannel.open(url.place, seconds: url.patience)
    guard url.framing == .hdlc else { return WrapperLink(channel, address) }
    let link = try HDLCLink(channel, address)
    try await link.connect()
    return link
  }

  /// Sends APDUs on a new connection; an answer of nil is silence or an end of the connection.
  func ask(_ apdus: [UInt8]..., client: UInt8 = 16) async throws(MeterError) -> [[UInt8]?] {
    let link = try await link(client: client)
    var answers: [[UInt8]?] = []
    for apdu in apdus { answers.append(try? await link.exchange(apdu)) }
    await link.close()
    return answers
  }

  /// Opens the public client's association, then sends APDUs.
  func afterOpening(
    _ apdus: [[UInt8]], pdu: UInt16 = 0xFFFF
  ) async throws(MeterError) -> [[UInt8]?] {
    let link = try await link()
    let opened = try? await link.exchange(AARQ(pdu: pdu).bytes)
    guard AARQ.isAccepted(opened) else {
      await link.close()
      throw MeterError(
        .association, .refused, what: "the public client is not let in", expected: "accepted",
        got: Self.text(opened), next: "a meter with a public client 16")
    }
    var answers: [[UInt8]?] = []
    for apdu in apdus { answers.append(try? await link.exchange(apdu)) }
    await link.close()
    return answers
  }

  /// The public client can still open an association: nothing has been left behind.
  func isAlive() async -> Bool {
    guard let answers = try? await ask(AARQ().bytes), let answer = answers.first else {
      return false
    }
    return AARQ.isAccepted(answer)
  }

  static func text(_ bytes: [UInt8]?) -> String {
    guard let bytes else { return "silence" }
    return Hexadecimal.text(bytes.prefix(24), separator: " ") + (bytes.count > 24 ? " …" : "")
  }

  /// Passed where the condition holds.
  static func verdict(
    _ condition: Bool, expected: String, got: [UInt8]?
  ) -> Verdict {
    condition ? .passed : .failed(expected: expected, got: text(got))
  }
}

/// A request for an association with everything that can be wrong in it.
struct AARQ {
  var context: [UInt8]? = [0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x01]
  var version: [UInt8]?
  var title: [UInt8]?
  var requirements: [UInt8]?
  var mechanism: [UInt8]?
  var secret: [UInt8]?
  var conformance: [UInt8] = [0x00, 0x10, 0x1D]
  var dlmsVersion: UInt8 = 6
  var pdu: UInt16 = 0xFFFF
  var dedicatedKey: [UInt8] = []
  /// In place of the initiate request.
  var information: [UInt8]?
  var hasInformation = true
  /// Fields behind all others.
  var more: [UInt8] = []

  init(pdu: UInt16 = 0xFFFF) { self.pdu = pdu }

  init(_ change: (inout AARQ) -> Void) {
    self.init()
    change(&self)
  }

  static func mechanism(_ number: UInt8) -> [UInt8] {
    [0x60, 0x85, 0x74, 0x05, 0x08, 0x02, number]
  }

  static func field(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    [tag] + (contents.count < 128 ? [] : [0x81]) + [UInt8(contents.count)] + contents
  }

  var initiate: [UInt8] {
    [0x01] + (dedicatedKey.isEmpty ? [0] : [1, UInt8(dedicatedKey.count)] + dedicatedKey)
      + [0, 0, dlmsVersion, 0x5F, 0x1F, 0x04, 0x00] + conformance
      + [UInt8(pdu >> 8), UInt8(pdu & 0xFF)]
  }

  var bytes: [UInt8] {
    var body: [UInt8] = []
    if let version { body += Self.field(0x80, version) }
    if let context { body += Self.field(0xA1, Self.field(6, context)) }
    if let title { body += Self.field(0xA6, Self.field(4, title)) }
    if let requirements { body += Self.field(0x8A, requirements) }
    if let mechanism { body += Self.field(0x8B, mechanism) }
    if let secret { body += Self.field(0xAC, Self.field(0x80, secret)) }
    if hasInformation { body += Self.field(0xBE, Self.field(4, information ?? initiate)) }
    return Self.field(0x60, body + more)
  }

  /// An AARE with the result 0.
  static func isAccepted(_ answer: [UInt8]?) -> Bool { result(answer) == 0 }

  /// The result of an AARE; nil for anything else.
  static func result(_ answer: [UInt8]?) -> UInt8? {
    guard let answer, answer.first == 0x61 else { return nil }
    // A2 03 02 01 result.
    for at in answer.indices.dropLast(4)
    where Array(answer[at..<(at + 4)]) == [0xA2, 0x03, 0x02, 0x01] { return answer[at + 4] }
    return nil
  }

  /// Refused by an AARE, or by an exception or service error.
  static func isRefused(_ answer: [UInt8]?) -> Bool {
    if let result = result(answer) { return result != 0 }
    return answer?.first == 0xD8 || answer?.first == 0x0E
  }
}
