import Bytes
import MeterTime

/// A slave on the wired bus (EN 13757-2 and EN 13757-3): bytes and the time in, answers out.
///
/// It keeps quiet about everything that is not for it or not right, repeats its last answer where
/// the frame count bit says that it was lost, and goes on with the next telegram where the bit
/// has changed. Who owns it sends what it answers, not before `answerEarliest`.
public struct BusSlave: Sendable {
  /// Gathers bytes into frames, counts what was not one.
  public private(set) var receiver: FrameReceiver
  /// Everything above the frame.
  public private(set) var link: SlaveLink

  /// - Parameters:
  ///   - primaryAddress: 0 for not configured, 1...250.
  ///   - rate: the speed to begin with and to return to.
  ///   - gap: the longest pause within a frame; nil for 33 bit times.
  public init(primaryAddress: UInt8, rate: BaudRate = .b2400, gap: Instant.Duration? = nil) {
    receiver = FrameReceiver(gap: gap ?? Instant.Duration(ticks: rate.ticks(bits: 33)))
    link = SlaveLink(primaryAddress: primaryAddress, rate: rate)
    networkGap = gap
  }

  private let networkGap: Instant.Duration?

  /// Takes one byte.
  ///
  /// - Parameters:
  ///   - output: room for `WiredFrame.bytesMax` bytes.
  /// - Returns: bytes to send, 0 for silence.
  public mutating func receive(
    _ byte: UInt8, at now: Instant, application: inout some BusApplication,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    guard take(byte, at: now) else { return 0 }
    return answer(at: now, application: &application, into: &output)
  }

  /// Takes one byte and says whether a frame has come whole that this slave listens to; `answer`
  /// is then called before the next byte.
  public mutating func take(_ byte: UInt8, at now: Instant) -> Bool {
    if poll(at: now) { receiver.clear() }
    guard receiver.take(byte, at: now) else { return false }
    return Self.hears(receiver, link)
  }

  private static func hears(
    _ receiver: borrowing FrameReceiver, _ link: borrowing SlaveLink
  ) -> Bool {
    guard let frame = try? WiredFrame(receiver.bytes) else { return false }
    return link.hears(frame)
  }

  /// Answers the frame that `take` has announced.
  ///
  /// - Returns: bytes to send, 0 for silence.
  public mutating func answer(
    at now: Instant, application: inout some BusApplication,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    let count = Self.answer(
      receiver, &link, at: now, application: &application, into: &output)
    setGap()
    return count
  }

  /// Something that was acknowledged could not be done: the next answer says so.
  public mutating func refuse(_ error: ApplicationError) { link.refuse(error) }

  private static func answer(
    _ receiver: borrowing FrameReceiver, _ link: inout SlaveLink, at now: Instant,
    application: inout some BusApplication, into output: inout MutableSpan<UInt8>
  ) -> Int {
    guard let frame = try? WiredFrame(receiver.bytes) else { return 0 }
    return link.answer(frame, at: now, application: &application, into: &output)
  }

  /// Falls back to the old speed where the new one was never used; true where that happened.
  @discardableResult
  public mutating func poll(at now: Instant) -> Bool {
    guard link.poll(at: now) else { return false }
    setGap()
    return true
  }

  /// The speed to receive and to send at; it changes behind the answer that was given last.
  public var rate: BaudRate { link.rate }
  /// When `poll` is to be called at the latest.
  public var deadline: Instant? { link.fallBackAt }
  /// Ticks from the end of a frame to the earliest answer: 11 bit times.
  public var answerEarliest: Instant.Duration { Instant.Duration(ticks: rate.ticks(bits: 11)) }

  private mutating func setGap() {
    receiver.gap = networkGap ?? Instant.Duration(ticks: link.rate.ticks(bits: 33))
  }
}
