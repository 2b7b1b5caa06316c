import DLMS

/// APDUs behind the wrapper over TCP (IEC 62056-47).
public actor WrapperLink: DLMSLink {
  public nonisolated let apduMax = 65_535

  private let channel: ByteChannel
  private let client: UInt16
  private let server: UInt16
  private let patience: Int64
  private var bytes: [UInt8] = []

  public init(_ channel: ByteChannel, _ url: MeterURL) {
    self.channel = channel
    (client, server) = (UInt16(url.client), url.server)
    patience = Int64(url.patience) * 1000
  }

  public func exchange(_ apdu: [UInt8]) async throws(MeterError) -> [UInt8] {
    let header = WrapperHeader(
      source: client, destination: server, length: UInt16(clamping: apdu.count))
    let head = header.bytes
    try await channel.send((0..<8).map { head[$0] } + apdu)
    guard let answer = try await listen(milliseconds: patience) else {
      throw MeterError(
        .link, .tryAgain, what: "no answer within \(patience / 1000) s",
        expected: "an APDU behind a header of the wrapper",
        got: bytes.isEmpty ? "nothing" : "\(bytes.count) bytes, no whole header and APDU",
        next: "does the port speak HDLC? then dlms+hdlc://; is client \(client) known?")
    }
    return answer
  }

  public func listen(milliseconds: Int64) async throws(MeterError) -> [UInt8]? {
    while true {
      if bytes.count >= 8 {
        let head = Array(bytes.prefix(8))
        guard let header = WrapperHeader(parsing: head.span, longest: apduMax) else {
          throw MeterError(
            .link, .protocolError, what: "the answer has no header of the wrapper",
            expected: "version 1, ports, length",
            got: Hexadecimal.text(bytes.prefix(16), separator: " "),
            next: bytes[0] == 0x7E ? "dlms+hdlc://, this is HDLC" : "another port")
        }
        let end = 8 + Int(header.length)
        if bytes.count >= end {
          defer { bytes.removeFirst(end) }
          return Array(bytes[8..<end])
        }
      }
      guard let more = try await channel.receive(milliseconds: milliseconds) else { return nil }
      bytes += more
    }
  }

  public func close() async { await channel.close() }
}
