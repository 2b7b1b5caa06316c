import Bytes
import MeterTime

/// Reads all telegrams of one slave, by primary or secondary address: call `poll`, do what it
/// says, pass on what comes.
public struct BusReadout: Sendable {
  public enum Event: Equatable, Sendable {
    /// Send the first bytes of the output.
    case send(Int)
    /// Nothing to do before this time, unless bytes come.
    case wait(Instant)
    /// A telegram came; it stands in `response`.
    case telegram(index: Int)
    case finished
    case failed(Failure)
  }

  public enum Failure: Error, Equatable, Sendable {
    /// Nobody has this secondary address.
    case notSelected
    /// No answer, or none that could be read, after all repetitions.
    case noAnswer
    /// The slave answers with telegrams without end.
    case tooManyTelegrams
  }

  private enum Step: Sendable {
    case reset, select, request, done
  }

  private var exchange: BusExchange
  private let address: UInt8
  private let secondary: DeviceAddress?
  private var step = Step.reset
  private var isWaiting = false
  private var attempts = 0
  private var bit = true
  private var index = 0

  /// Requests that got no good answer are sent this often in all (EN 13757-2, 5.7.5).
  public static let attemptsMax = 3
  static let telegramsMax = 64

  /// - Parameter address: 1...250, or 254 for the only slave on a line.
  public init(primary address: UInt8, rate: BaudRate, latency: Instant.Duration = .zero) {
    self.address = address
    secondary = nil
    exchange = BusExchange(rate: rate, latency: latency)
  }

  public init(
    secondary address: DeviceAddress, rate: BaudRate, latency: Instant.Duration = .zero
  ) {
    self.address = SlaveLink.selectedAddress
    secondary = address
    exchange = BusExchange(rate: rate, latency: latency)
  }

  /// Takes a byte of an answer.
  public mutating func receive(_ byte: UInt8, at now: Instant) {
    exchange.receive(byte, at: now)
  }

  /// Takes note of a byte with a wrong parity or stop bit.
  public mutating func receiveDamaged(at now: Instant) { exchange.receiveDamaged(at: now) }

  /// The bytes of the telegram that came last.
  public var response: Span<UInt8> {
    @_lifetime(borrow self)
    get { exchange.response }
  }

  /// Goes on.
  ///
  /// - Parameter output: room for 32 bytes.
  public mutating func poll(at now: Instant, into output: inout MutableSpan<UInt8>) -> Event {
    if step == .done { return .finished }
    guard isWaiting else { return send(at: now, into: &output) }
    guard let outcome = exchange.outcome(at: now) else { return .wait(exchange.deadline) }
    isWaiting = false
    attempts += 1
    switch (step, outcome) {
    case (.reset, .acknowledged):
      advance(to: secondary == nil ? .request : .select)
    case (.reset, .silence) where attempts > 1:
      // Some slaves do not answer a reset; the request will show whether they are there.
      advance(to: secondary == nil ? .request : .select)
    case (.select, .acknowledged): advance(to: .request)
    case (.request, .response): return telegram()
    default:
      guard attempts >= Self.attemptsMax else { break }
      if step == .reset {
        advance(to: secondary == nil ? .request : .select)
        break
      }
      let failure: Failure = step == .select && outcome == .silence ? .notSelected : .noAnswer
      step = .done
      return .failed(failure)
    }
    return send(at: now, into: &output)
  }

  private mutating func advance(to step: Step) {
    self.step = step
    attempts = 0
  }

  private mutating func telegram() -> Event {
    let current = index
    guard current < Self.telegramsMax else {
      step = .done
      return .failed(.tooManyTelegrams)
    }
    index += 1
    bit.toggle()
    attempts = 0
    if !Self.moreFollow(exchange.response) { step = .done }
    return .telegram(index: current)
  }

  /// Whether the records of a response say that another telegram follows.
  private static func moreFollow(_ bytes: Span<UInt8>) -> Bool {
    guard let frame = try? WiredFrame(bytes),
      let header = ApplicationHeader(information: frame.information, frame.data),
      header.securityMode == 0
    else { return false }
    var reader = RecordReader(frame.data.extracting(header.headBytes...))
    while (try? reader.next()) != nil {}
    return reader.moreFollow
  }

  private mutating func send(at now: Instant, into output: inout MutableSpan<UInt8>) -> Event {
    let count: Int
    switch step {
    case .reset:
      count = WiredFrame.writeShort(
        control: ControlField.reset.byte, address: address, into: &output)
    case .select:
      count = Self.writeSelection(secondary ?? .any, into: &output)
    default:
      count = WiredFrame.writeShort(
        control: ControlField.requestClass2.counted(bit).byte, address: address, into: &output)
    }
    exchange.begin(bytes: count, at: now)
    isWaiting = true
    return .send(count)
  }

  /// A selection by secondary address, 17 bytes.
  public static func writeSelection(
    _ address: DeviceAddress, into output: inout MutableSpan<UInt8>
  ) -> Int {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var writer = ByteWriter(bytes.mutableSpan)
    try? address.write(into: &writer)
    return WiredFrame.writeLong(
      control: ControlField.sendData.byte, address: SlaveLink.selectedAddress, information: 0x52,
      data: bytes.span, into: &output)
  }
}
