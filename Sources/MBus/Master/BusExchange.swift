import Bytes
import MeterTime

/// One request on the wired bus and what came back, as a master sees it: told by bytes and times.
public struct BusExchange: Sendable {
  public enum Outcome: Sendable {
    /// The single character, and nothing else.
    case acknowledged
    /// A frame; it stands in `response`.
    case response
    /// Nobody answered within the window.
    case silence
    /// Something came that is no frame: noise, or several slaves at once.
    case garbled
  }

  private var receiver: FrameReceiver
  private var bytesReceived = 0
  private var isDamaged = false
  private var isComplete = false
  /// When the outcome is known at the latest.
  public private(set) var deadline = Instant(ticks: 0)
  public let rate: BaudRate
  private let latency: Instant.Duration

  /// - Parameters:
  ///   - rate: speed of the line, which decides how long is waited.
  ///   - latency: what a network between adds to both the way and the pauses within a frame.
  public init(rate: BaudRate, latency: Instant.Duration = .zero) {
    self.rate = rate
    self.latency = latency
    receiver = FrameReceiver(gap: Instant.Duration(ticks: rate.ticks(bits: 33)) + latency)
  }

  /// Begins to wait, when the first of `bytes` bytes goes out.
  public mutating func begin(bytes: Int, at now: Instant) {
    receiver.clear()
    (bytesReceived, isDamaged, isComplete) = (0, false, false)
    // The window of answers ends 330 bit times and 50 ms behind the request (EN 13757-2, 5.5).
    let sending = rate.ticks(bits: 11 * Int64(bytes))
    deadline =
      now + Instant.Duration(ticks: sending + rate.ticks(bits: 330 + 11)) + .milliseconds(50)
      + latency
  }

  /// Takes a byte of the answer.
  public mutating func receive(_ byte: UInt8, at now: Instant) {
    bytesReceived += 1
    isComplete = receiver.take(byte, at: now)
    deadline = now + Instant.Duration(ticks: rate.ticks(bits: 33 + 11)) + latency
  }

  /// Takes note of a byte with a wrong parity or stop bit.
  public mutating func receiveDamaged(at now: Instant) {
    bytesReceived += 1
    isDamaged = true
    deadline = now + Instant.Duration(ticks: rate.ticks(bits: 33 + 11)) + latency
  }

  /// What came of it; nil while it may still go on.
  public func outcome(at now: Instant) -> Outcome? {
    if isComplete, !isDamaged, receiver.bytes.count == bytesReceived {
      if bytesReceived > 1 { return .response }
      // Behind a single character another slave may still be speaking.
      return now >= deadline ? .acknowledged : nil
    }
    guard now >= deadline else { return nil }
    return bytesReceived == 0 ? .silence : .garbled
  }

  /// The bytes of the frame that came.
  public var response: Span<UInt8> {
    @_lifetime(borrow self)
    get { receiver.bytes }
  }
}
