/// The few packets of MQTT 3.1.1 that a publisher needs (OASIS MQTT 3.1.1, chapter 3).
enum MQTTPacket {
  /// What a broker says to a publisher.
  enum Answer: Equatable, Sendable {
    /// 0 accepts; 1...5 say why not.
    case connected(code: UInt8)
    case ping
    /// Anything else; a publisher has no use for it.
    case other
  }

  /// Longest packet that is taken from a broker, bytes.
  static let answerMax = 4096

  /// CONNECT with a clean session and a last will, which is kept by the broker.
  ///
  /// - Parameter keepAlive: seconds.
  static func connect(
    client: String, keepAlive: UInt16, will: (topic: String, payload: String),
    user: String?, password: String?
  ) -> [UInt8] {
    // Clean session, will with retain at quality 0.
    var flags: UInt8 = 0x02 | 0x04 | 0x20
    if user != nil { flags |= 0x80 }
    if user != nil, password != nil { flags |= 0x40 }
    var body = text("MQTT") + [4, flags, UInt8(keepAlive >> 8), UInt8(keepAlive & 0xFF)]
    body += text(client) + text(will.topic) + text(will.payload)
    if let user { body += text(user) + (password.map { text($0) } ?? []) }
    return packet(0x10, body)
  }

  /// PUBLISH at quality 0.
  /// - Parameter isKept: the broker gives it to those who come later.
  static func publish(_ topic: String, _ payload: String, isKept: Bool) -> [UInt8] {
    packet(isKept ? 0x31 : 0x30, text(topic) + Array(payload.utf8))
  }

  static let ping: [UInt8] = [0xC0, 0]
  static let disconnect: [UInt8] = [0xE0, 0]

  private static func text(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8.prefix(65_535))
    return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  private static func packet(_ head: UInt8, _ body: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    var rest = body.count
    repeat {
      length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return [head] + length + body
  }

  /// The first whole packet of what has come.
  ///
  /// - Returns: the packet and its length; nil while it is not whole.
  /// - Throws: `protocolError` for what cannot be a packet, or is too long.
  static func answer(_ bytes: [UInt8]) throws(Failure) -> (answer: Answer, count: Int)? {
    var (length, shift, at) = (0, 0, 1)
    while true {
      guard at < bytes.count else { return nil }
      guard shift < 28 else { throw wrong }
      length |= Int(bytes[at] & 0x7F) << shift
      shift += 7
      at += 1
      if bytes[at - 1] & 0x80 == 0 { break }
    }
    guard length <= answerMax else { throw wrong }
    guard bytes.count >= at + length else { return nil }
    switch bytes[0] {
    case 0x20:
      guard length == 2 else { throw wrong }
      return (.connected(code: bytes[at + 1]), at + length)
    case 0xD0: return (.ping, at + length)
    default: return (.other, at + length)
    }
  }

  private static var wrong: Failure {
    Failure(
      .protocolError, what: "the broker does not speak MQTT 3.1.1", expected: "its packets",
      next: "give the address of a broker with --mqtt")
  }
}
