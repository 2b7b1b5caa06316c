import HDLC
import MeterTime

/// APDUs over HDLC (IEC 62056-46), on a serial line or over TCP.
public actor HDLCLink: DLMSLink {
  public nonisolated let apduMax = 2048

  private let channel: ByteChannel
  private let name: String
  private var station: HDLCClient
  private var notices: [[UInt8]] = []

  public init(_ channel: ByteChannel, _ url: MeterURL) throws(MeterError) {
    self.channel = channel
    name = url.description
    let address =
      url.physical == nil && (url.addressBytes ?? 1) == 1
      ? HDLCAddress(UInt8(clamping: min(url.server, 0x7F)))
      : HDLCAddress(upper: url.server, lower: url.physical ?? 0x10, byteCount: url.addressBytes)
    guard let address else {
      throw MeterError(
        .usage, .usage, what: "no HDLC address has these parts",
        expected: "halves of 7 or 14 bits", got: "server=\(url.server)", next: "address=4")
    }
    station = HDLCClient(
      client: url.client, server: address,
      parameters: HDLCParameters(
        transmitBytes: url.frameBytes, receiveBytes: url.frameBytes, transmitWindow: url.window,
        receiveWindow: url.window))
    station.patience = .seconds(Int64(max(1, url.patience / 2)))
    station.tries = 2
  }

  /// What both stations agreed on.
  public var agreed: HDLCParameters { station.agreed }

  /// SNRM and UA.
  public func connect() async throws(MeterError) {
    station.connect(at: LineClock.now)
    switch try await run() {
    case .connected: return
    case .refused:
      throw MeterError(
        .link, .refused, what: "\(name) refuses a connection", expected: "UA after SNRM",
        got: "DM or FRMR", next: "another client or server address")
    default:
      throw MeterError(
        .link, .tryAgain, what: "\(name) does not answer SNRM", expected: "UA", got: "nothing",
        next: "does the port have the wrapper? then dlms://; else server=, physical=, address=4")
    }
  }

  public func exchange(_ apdu: [UInt8]) async throws(MeterError) -> [UInt8] {
    guard station.send(apdu.span, at: LineClock.now) else {
      throw MeterError(
        .link, .protocolError, what: "the APDU cannot be sent", expected: "an open connection",
        got: station.isConnected ? "\(apdu.count) bytes" : "none", next: "again")
    }
    switch try await run() {
    case .response: return station.response.withUnsafeBufferPointer { Array($0) }
    case .timedOut:
      throw MeterError(
        .link, .tryAgain, what: "no answer on \(name)", expected: "an I frame", got: "nothing",
        next: "again; frame=128&window=1 for lines that lose bytes")
    default:
      throw MeterError(
        .link, .protocolError, what: "\(name) has ended the connection", expected: "an I frame",
        got: "DM or FRMR", next: "again")
    }
  }

  private func run() async throws(MeterError) -> HDLCClient.Event {
    while true {
      try await flush()
      let more = try await channel.receive(milliseconds: 50)
      let now = LineClock.now
      for byte in more ?? [] {
        switch station.receive(byte, at: now) {
        case .none: break
        case .notice: notices.append(station.response.withUnsafeBufferPointer { Array($0) })
        case let event: return event
        }
      }
      let event = station.advance(to: now)
      if event != .none { return event }
    }
  }

  private func flush() async throws(MeterError) {
    var out: [UInt8] = []
    var frame = [UInt8](repeating: 0, count: HDLCFrame.wireBytesMax)
    while true {
      var span = frame.mutableSpan
      let count = station.nextFrame(into: &span)
      if count == 0 { break }
      out += frame.prefix(count)
    }
    if !out.isEmpty { try await channel.send(out) }
  }

  public func listen(milliseconds: Int64) async throws(MeterError) -> [UInt8]? {
    let end = LineClock.now + .milliseconds(milliseconds)
    while notices.isEmpty {
      let now = LineClock.now
      guard now < end else { return nil }
      for byte in try await channel.receive(milliseconds: 50) ?? [] {
        if station.receive(byte, at: now) == .notice {
          notices.append(station.response.withUnsafeBufferPointer { Array($0) })
        }
      }
    }
    return notices.removeFirst()
  }

  public func close() async {
    if station.isConnected {
      station.disconnect(at: LineClock.now)
      _ = try? await run()
    }
    await channel.close()
  }
}
