import Bytes
import MeterTime

/// Finds all slaves of a line by their secondary address, digit by digit.
///
/// A selection with wildcards that several slaves take is seen by their answers together, and is
/// divided by the next digit. An answer that cannot be read is a collision, never silence: that is
/// what searches that find nothing get wrong.
public struct SecondarySearch: Sendable {
  public enum Event: Equatable, Sendable {
    /// Send the first bytes of the output.
    case send(Int)
    /// Nothing to do before this time, unless bytes come.
    case wait(Instant)
    case found(DeviceAddress)
    /// Several slaves have this same number of eight digits.
    case indistinguishable(UInt32)
    case finished
  }

  private enum Step: Sendable {
    case select, request, done
  }

  private var exchange: BusExchange
  private var step = Step.select
  private var isWaiting = false
  private var hasRepeated = false
  /// Digits fixed so far, the rest F.
  private var mask: UInt32 = 0xFFFF_FFFF
  /// How many digits are fixed, 0...8.
  private var depth = 0
  /// Selections sent so far, for progress and for the cost of a search.
  public private(set) var selections = 0
  public private(set) var found = 0

  public init(rate: BaudRate, latency: Instant.Duration = .zero) {
    exchange = BusExchange(rate: rate, latency: latency)
  }

  /// Takes a byte of an answer.
  public mutating func receive(_ byte: UInt8, at now: Instant) {
    exchange.receive(byte, at: now)
  }

  /// Takes note of a byte with a wrong parity or stop bit.
  public mutating func receiveDamaged(at now: Instant) { exchange.receiveDamaged(at: now) }

  /// How much of all numbers has been looked at, in millionths.
  public var progress: UInt32 {
    if step == .done { return 1_000_000 }
    var (part, scale) = (UInt64(0), UInt64(1_000_000))
    for place in 0..<UInt32(depth) {
      scale /= 10
      part += UInt64(mask >> (28 - 4 * place) & 15) * scale
    }
    return UInt32(truncatingIfNeeded: part)
  }

  /// Goes on.
  ///
  /// - Parameter output: room for 32 bytes.
  public mutating func poll(at now: Instant, into output: inout MutableSpan<UInt8>) -> Event {
    if step == .done { return .finished }
    guard isWaiting else { return send(at: now, into: &output) }
    guard let outcome = exchange.outcome(at: now) else { return .wait(exchange.deadline) }
    isWaiting = false
    switch (step, outcome) {
    case (.select, .silence):
      advance()
    case (.select, .acknowledged):
      step = .request
      hasRepeated = false
    case (.request, .response):
      if let address = Self.address(exchange.response), address.matches(selection) {
        found += 1
        advance()
        return .found(address)
      }
      if let event = divide() { return event }
    case (.request, .silence) where !hasRepeated:
      hasRepeated = true
    default:
      if let event = divide() { return event }
    }
    if step == .done { return .finished }
    return send(at: now, into: &output)
  }

  private var selection: DeviceAddress {
    var address = DeviceAddress.any
    address.identification = mask
    return address
  }

  private static func address(_ bytes: Span<UInt8>) -> DeviceAddress? {
    guard let frame = try? WiredFrame(bytes) else { return nil }
    return ApplicationHeader(information: frame.information, frame.data)?.address
  }

  /// Goes to the next number at the same depth, or up.
  private mutating func advance() {
    step = .select
    while depth > 0 {
      let shift = UInt32(32 - 4 * depth)
      if mask >> shift & 15 < 9 {
        mask += 1 << shift
        return
      }
      mask |= 15 << shift
      depth -= 1
    }
    step = .done
  }

  /// Goes one digit deeper; says so where there is none left.
  private mutating func divide() -> Event? {
    if depth == 8 {
      let number = mask
      advance()
      return .indistinguishable(number)
    }
    step = .select
    depth += 1
    mask &= ~(15 << UInt32(32 - 4 * depth))
    return nil
  }

  private mutating func send(at now: Instant, into output: inout MutableSpan<UInt8>) -> Event {
    let count: Int
    if step == .select {
      selections += 1
      count = BusReadout.writeSelection(selection, into: &output)
    } else {
      count = WiredFrame.writeShort(
        control: ControlField.requestClass2.counted(true).byte,
        address: SlaveLink.selectedAddress, into: &output)
    }
    exchange.begin(bytes: count, at: now)
    isWaiting = true
    return .send(count)
  }
}
