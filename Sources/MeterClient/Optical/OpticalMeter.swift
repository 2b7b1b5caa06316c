import Foundation
import IEC62056_21
import Quantities

/// What a meter tells by IEC 62056-21: who it is, and its data sets.
public struct OpticalReadout: Equatable, Sendable {
  /// Three letters of the maker, and the text behind them.
  public var maker = ""
  public var text = ""
  public var sets: [Item] = []

  /// One data set: address(value*unit).
  public struct Item: Equatable, Sendable {
    public var address: String
    public var value: String
    public var unit: String

    public init(address: String, value: String, unit: String) {
      (self.address, self.value, self.unit) = (address, value, unit)
    }

    /// The OBIS code of the address, where it is one.
    public var name: OBISCode? {
      let bytes = Array(address.utf8)
      return DataSetAddress(parsing: bytes.span)?.code
    }
  }
}

/// A meter behind an optical head, read by IEC 62056-21.
public actor OpticalMeter {
  public nonisolated let url: MeterURL
  private let credentials: Credentials
  private var lastGoodStep: String?
  /// Told the lines so far.
  public typealias Progress = @Sendable (Int) -> Void

  public init(_ url: MeterURL, _ credentials: Credentials = Credentials()) {
    (self.url, self.credentials) = (url, credentials)
  }

  /// Reads the meter out.
  public func readout(progress: Progress? = nil) async throws(MeterError) -> OpticalReadout {
    let channel = try await open()
    do {
      let readout = try await readout(channel, progress)
      await channel.close()
      return readout
    } catch {
      await channel.close()
      throw error
    }
  }

  private func open() async throws(MeterError) -> ByteChannel {
    let channel = try await ByteChannel.open(
      url.place, SerialSettings(baud: opening.baud, isSevenEven: true), seconds: url.patience)
    lastGoodStep = "connection to \(url)"
    return channel
  }

  private var opening: LineSpeed { LineSpeed(baud: url.baud ?? 300) ?? .baud300 }

  private func readout(
    _ channel: ByteChannel, _ progress: Progress?
  ) async throws(MeterError) -> OpticalReadout {
    let address = Array(url.device.utf8)
    var settings = ClientSettings(opening: opening, address: address.span)
    settings.patience = .seconds(Int64(url.patience))
    var client = IEC62056Client(settings)
    client.start(now: LineClock.now)
    var readout = OpticalReadout()
    var pending: [String] = []
    var line = client.line
    while true {
      try await send(&client, channel)
      if client.line != line {
        line = client.line
        channel.set(SerialSettings(baud: line.speed.baud, isSevenEven: line.isSevenBit))
      }
      let bytes = try await channel.receive(milliseconds: 20) ?? []
      var events: [ClientEvent] = []
      for byte in bytes {
        let event = client.receive(byte & 0x7F, now: LineClock.now)
        if event == .line { pending.append(Self.text(client.text)) }
        if event == .identified { identify(client, &readout) }
        if event != .none { events.append(event) }
      }
      events.append(client.advance(to: LineClock.now))
      for event in events {
        switch event {
        case .block: take(&pending, &readout)
        case .complete:
          take(&pending, &readout)
          progress?(readout.sets.count)
          return readout
        case .dropped: pending = []
        case .failed(let error): throw failure(error, readout.sets.count + pending.count)
        case .line: progress?(readout.sets.count + pending.count)
        default: break
        }
      }
    }
  }

  private func send(
    _ client: inout IEC62056Client, _ channel: ByteChannel
  ) async throws(MeterError) {
    var out = [UInt8](repeating: 0, count: 256)
    var span = out.mutableSpan
    let count = client.next(into: &span, now: LineClock.now)
    if count > 0 { try await channel.send(Array(out.prefix(count))) }
  }

  private static func text(_ span: Span<UInt8>) -> String {
    span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  private func identify(_ client: IEC62056Client, _ readout: inout OpticalReadout) {
    guard let found = client.identification else { return }
    let maker = found.maker
    readout.maker = String(decoding: (0..<3).map { maker[$0] }, as: UTF8.self)
    let text = Self.text(client.text)
    readout.text = String(text.dropFirst(found.text.lowerBound).prefix(found.text.count))
    lastGoodStep = "identification /\(readout.maker)"
  }

  private func take(_ lines: inout [String], _ readout: inout OpticalReadout) {
    for line in lines {
      let bytes = Array(line.utf8)
      var cursor = DataSetCursor()
      while let set = try? cursor.next(in: bytes.span) {
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        readout.sets.append(
          .init(
            address: part(set.address), value: part(set.value),
            unit: set.unit.map(part) ?? ""))
      }
    }
    lines = []
  }

  private func failure(_ error: ClientError, _ lines: Int) -> MeterError {
    switch error {
    case .silence:
      MeterError(
        .link, .tryAgain, what: "\(url) is silent after \(lines) lines",
        expected: "an answer of IEC 62056-21", got: "nothing",
        next: "the head on the meter, baud=300 or 9600, device= where several share a line",
        lastGoodStep: lastGoodStep)
    case .damaged:
      MeterError(
        .link, .tryAgain, what: "\(url): a block stays damaged", expected: "its check character",
        got: "another", next: "the head on the meter, a lower baud=",
        lastGoodStep: lastGoodStep)
    default:
      MeterError(
        .link, .protocolError, what: "\(url) cannot be read out", expected: "mode A, B or C",
        got: "\(error)", next: "metertool doctor URL", lastGoodStep: lastGoodStep)
    }
  }
}
