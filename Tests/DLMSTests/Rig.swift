import COSEM
import Ciphers
import MeterTime
import Quantities

@testable import DLMS

func octets(_ hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] * 16 + digits[$0 + 1])
  }
}

func array(_ span: Span<UInt8>) -> [UInt8] { span.withUnsafeBufferPointer { Array($0) } }

/// A logical device with three objects: something to read and set, a table, something to do.
struct Objects: ServerObjects {
  static let data = AttributeDescriptor(.data, .abstract(96, 1), 2)
  static let table = AttributeDescriptor(.profileGeneric, .electricity(99, 1), 2)
  static let switching = OBISCode.abstract(96, 3, 10)

  var value = octets("0903010203")
  var rows: UInt32 = 5
  /// The table vanishes when this row is reached.
  var vanishing = UInt32.max
  var invoked: [(MethodDescriptor, [UInt8])] = []
  var counter: UInt32 = 0x0123_4567
  var counters = UInt32.max
  var callers: [Caller] = []
  var kept: [SecurityKeys] = []
  var keepsKeys = true

  mutating func prepare(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace
  ) -> DataAccessResult {
    callers.append(caller)
    guard attribute == Self.data || attribute == Self.table else { return .objectUndefined }
    if selection.selector > 2 { return .scopeOfAccessViolated }
    place.rows = selection.selector == 2 ? 1 : rows
    return .success
  }

  mutating func write(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace, into writer: inout COSEMWriter
  ) -> Bool {
    if attribute == Self.data {
      writer.raw(value.span)
      return true
    }
    for row in place.row...place.rows {
      if row >= vanishing { return false }
      writer.begin(row: row)
      place.words.0 = UInt64(row)
      if row == 0 {
        writer.array(Int(place.rows))
      } else {
        writer.structure(2)
        writer.doubleLongUnsigned(row)
        writer.octets([UInt8](repeating: UInt8(row & 0xFF), count: Int(row % 7)).span)
      }
      if writer.isFull { break }
    }
    return true
  }

  /// The table as it is in one piece.
  func wholeTable() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 100_000)
    var writer = COSEMWriter(bytes.mutableSpan)
    var place = StreamPlace()
    place.rows = rows
    var copy = self
    let nothing: [UInt8] = []
    _ = copy.write(
      Self.table, Selection(0, nothing.span),
      for: Caller(
        client: 0, mechanism: .none, isCiphered: false, conformance: [], pduMax: (0, 0),
        logicalDevice: 1), place: &place, into: &writer)
    let count = writer.count
    return Array(bytes.prefix(count))
  }

  mutating func set(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, to value: Span<UInt8>,
    for caller: Caller
  ) -> DataAccessResult {
    guard attribute == Self.data else { return .readWriteDenied }
    self.value = array(value)
    return .success
  }

  mutating func invoke(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, for caller: Caller,
    into writer: inout COSEMWriter
  ) -> ActionResult {
    guard method.name == Self.switching else { return .objectUndefined }
    invoked.append((method, array(parameters)))
    if method.method == 2 { writer.unsigned(7) }
    return .success
  }

  mutating func keep(_ keys: SecurityKeys) -> Bool {
    if keepsKeys { kept.append(keys) }
    return keepsKeys
  }

  mutating func nextInvocationCounter() -> UInt32? {
    guard counters > 0 else { return nil }
    counters -= 1
    counter += 1
    return counter - 1
  }
}

/// A server with its objects and everything that a link gives it.
struct Rig {
  static let title: InlineArray<8, UInt8> = [0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E]
  static let clientTitle: InlineArray<8, UInt8> = [0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1]
  static let initiate = "01000000065F1F0400FFFFFF"

  var server: DLMSServer
  var objects = Objects()
  var security = SecurityContext(keys: .TEST, title: Rig.title)
  var now = Instant(seconds: 0)
  var entropy: InlineArray<16, UInt8>? = InlineArray { UInt8($0 + 1) }
  var room = 4096
  var counter: UInt32 = 1

  init(client: UInt8) { server = DLMSServer(client: client, logicalDevice: 1) }

  mutating func ask(_ apdu: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: room)
    var span = out.mutableSpan
    let count = server.process(
      apdu.span, &objects, security: &security, suite: PortableCiphers.self, entropy: entropy,
      now: now, into: &span)
    return Array(out.prefix(count))
  }

  mutating func ask(_ hex: String) -> [UInt8] { ask(octets(hex)) }

  /// One TLV.
  static func field(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    [tag, UInt8(contents.count)] + contents
  }

  /// An AARQ.
  static func aarq(
    context: UInt8 = 1, mechanism: UInt8? = nil, title: [UInt8]? = nil, secret: [UInt8]? = nil,
    pdu: UInt16 = 0xFFFF, information: [UInt8]? = nil
  ) -> [UInt8] {
    var body = field(0xA1, field(6, octets("608574050801") + [context]))
    if let title { body += field(0xA6, field(4, title)) }
    if let mechanism {
      body += field(0x8A, [7, 0x80]) + field(0x8B, octets("608574050802") + [mechanism])
    }
    if let secret { body += field(0xAC, field(0x80, secret)) }
    let plain = octets(initiate) + [UInt8(pdu >> 8), UInt8(pdu & 0xFF)]
    body += field(0xBE, field(4, information ?? plain))
    return field(0x60, body)
  }

  static let password = Array("TEST-LLS".utf8)

  /// Opens an association of the reading client by its password.
  static func reading(pdu: UInt16 = 0xFFFF) -> Rig {
    var rig = Rig(client: 2)
    _ = rig.ask(aarq(mechanism: 1, secret: password, pdu: pdu))
    return rig
  }

  // MARK: ciphering, the client's side

  /// Tag, length, control, counter, text, code.
  mutating func ciphered(_ plain: [UInt8], tag: UInt8? = nil, counter given: UInt32? = nil)
    -> [UInt8]
  {
    let number = given ?? counter
    if given == nil { counter += 1 }
    var bytes = plain + [UInt8](repeating: 0, count: 12)
    var span = bytes.mutableSpan
    _ = SecuritySuite0.seal(
      PortableCiphers.self, &span, security.keys, Self.clientTitle, number)
    let inner =
      [0x30] + (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
      + bytes
    let length: [UInt8] =
      inner.count < 128
      ? [UInt8(inner.count)] : [0x82, UInt8(inner.count >> 8), UInt8(inner.count & 0xFF)]
    return [tag ?? plain[0] + 8] + length + inner
  }

  /// The plain text of what the server has ciphered.
  func opened(_ apdu: [UInt8]) -> [UInt8]? {
    guard let found = try? DLMSServer.cipheredPart(apdu.span) else { return nil }
    var bytes = Array(apdu[found.text])
    var span = bytes.mutableSpan
    guard
      SecuritySuite0.open(
        PortableCiphers.self, &span, security.keys, Self.title, found.counter)
    else { return nil }
    return Array(bytes.dropLast(12))
  }

  static let clientChallenge = octets("4B35366956616759")

  /// An AARQ by high-level security, its services ciphered.
  mutating func highRequest(
    challenge: [UInt8] = Rig.clientChallenge, title: [UInt8] = octets("4D4D4D0000000001")
  ) -> [UInt8] {
    let plain = octets(Self.initiate) + [0xFF, 0xFF]
    let information = ciphered(plain, tag: 0x21)
    return Self.aarq(
      context: 3, mechanism: 5, title: title, secret: challenge, information: information)
  }

  /// Pass 3: the code over the server's challenge.
  mutating func reply(_ challenge: [UInt8]? = nil) -> [UInt8] {
    let over = challenge ?? array(server.serverChallenge.span)
    let number = counter
    counter += 1
    guard
      let code = SecuritySuite0.code(
        PortableCiphers.self, over: over.span, security.keys, Self.clientTitle, number)
    else { return [] }
    return octets("C301C1 000F 0000280000FF 01 01 0911 10")
      + (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) } + array(code.span)
  }

  /// Opens an association of the management client.
  static func management() -> Rig {
    var rig = Rig(client: 1)
    _ = rig.ask(rig.highRequest())
    let pass3 = rig.reply()
    _ = rig.ask(rig.ciphered(pass3))
    return rig
  }

  /// Ciphers, asks and opens.
  mutating func askCiphered(_ hex: String) -> [UInt8]? {
    let answer = ask(ciphered(octets(hex)))
    return answer.first == 0xD8 ? answer : opened(answer)
  }
}

/// Requests that tests use.
enum Ask {
  static let data = "C001C1 0001 0000600100FF 02 00"
  static let table = "C001C1 0007 0100630100FF 02 00"
  static let clock = "C001C1 0008 0000010000FF 02 00"
  static func next(_ block: UInt32) -> [UInt8] {
    octets("C002C1") + (0..<4).map { UInt8(truncatingIfNeeded: block >> UInt32(24 - 8 * $0)) }
  }
}
