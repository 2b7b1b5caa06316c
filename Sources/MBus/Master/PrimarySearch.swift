import Bytes
import MeterTime

/// Finds the primary addresses that somebody answers to, 0...250, by a reset of each.
public struct PrimarySearch: Sendable {
  public enum Event: Equatable, Sendable {
    case send(Int)
    case wait(Instant)
    case found(UInt8)
    /// Several slaves answered to this address, not at the same time.
    case collision(UInt8)
    case finished
  }

  private var exchange: BusExchange
  private var address: UInt8 = 0
  private var isWaiting = false
  private var isDone = false

  public init(rate: BaudRate, latency: Instant.Duration = .zero) {
    exchange = BusExchange(rate: rate, latency: latency)
  }

  /// Takes a byte of an answer.
  public mutating func receive(_ byte: UInt8, at now: Instant) {
    exchange.receive(byte, at: now)
  }

  /// Goes on.
  ///
  /// - Parameter output: room for 32 bytes.
  public mutating func poll(at now: Instant, into output: inout MutableSpan<UInt8>) -> Event {
    if isDone { return .finished }
    if isWaiting {
      guard let outcome = exchange.outcome(at: now) else { return .wait(exchange.deadline) }
      isWaiting = false
      let asked = address
      if asked == 250 { isDone = true } else { address += 1 }
      switch outcome {
      case .acknowledged: return .found(asked)
      case .garbled, .response: return .collision(asked)
      case .silence where isDone: return .finished
      case .silence: break
      }
    }
    let count = WiredFrame.writeShort(
      control: ControlField.reset.byte, address: address, into: &output)
    exchange.begin(bytes: count, at: now)
    isWaiting = true
    return .send(count)
  }
}
