import Bytes
import Meter
import MeterTime
import Quantities

/// The SMS commands of the GSM module 68 50 053, as its manuals tell them: a text in, a text out,
/// without a modem.
///
/// A command is `=NAME#`, all in capitals or all in small letters. It is answered only to a sender
/// on the list; everybody else, every error and every flood gets silence, which is what the family
/// does, and costs nothing. No command changes anything, so that a text that was recorded and sent
/// again does no more than be read again.
public struct ShortMessages: Sendable {
  /// A telephone number: up to fifteen digits with the country's (ITU-T E.164).
  public struct Number: Equatable, Sendable {
    /// One digit a nibble, behind a 1 that keeps noughts in front.
    private let digits: UInt64

    /// From digits, with `+` or `00` before the country's; nil for anything else.
    public init?(_ text: Span<UInt8>) {
      var start = 0
      if text.count > 0, text[0] == UInt8(ascii: "+") {
        start = 1
      } else if text.count > 1, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "0") {
        start = 2
      }
      guard (3...15).contains(text.count - start) else { return nil }
      var value: UInt64 = 1
      for i in start..<text.count {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[i]) else { return nil }
        value = value << 4 | UInt64(text[i] - UInt8(ascii: "0"))
      }
      digits = value
    }
  }

  /// The longest text of an answer, characters.
  public static let longestAnswer = 160
  /// Answers that may be given at once; then one a minute.
  public static let burst: UInt8 = 10

  private var allowed = InlineArray<8, Number?>(repeating: nil)
  private var tokens = ShortMessages.burst
  private var refilled: Instant?
  /// Texts of senders who are not on the list; stays at 65535.
  public private(set) var unknownSenders: UInt16 = 0
  /// Texts of senders on the list that got no answer for their number; stays at 65535.
  public private(set) var flooded: UInt16 = 0

  /// Nobody is on the list.
  public init() {}

  /// Puts a number on the list.
  /// - Returns: false where eight are on it.
  public mutating func allow(_ number: Number) -> Bool {
    for i in allowed.indices where allowed[i] == nil || allowed[i] == number {
      allowed[i] = number
      return true
    }
    return false
  }

  private func isAllowed(_ sender: Span<UInt8>) -> Bool {
    guard let number = Number(sender) else { return false }
    for i in allowed.indices where allowed[i] == number { return true }
    return false
  }

  /// Answers a text.
  ///
  /// - Parameter output: room for `longestAnswer` characters.
  /// - Returns: characters of the answer; 0 for silence.
  public mutating func answer(
    _ text: Span<UInt8>, from sender: Span<UInt8>, _ meter: borrowing Meter, now: Instant,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    guard isAllowed(sender) else {
      if unknownSenders < .max { unknownSenders += 1 }
      return 0
    }
    guard Self.isReading(text) else { return 0 }
    refill(now)
    guard tokens > 0 else {
      if flooded < .max { flooded += 1 }
      return 0
    }
    tokens -= 1
    return Self.write(meter, into: &output)
  }

  private mutating func refill(_ now: Instant) {
    let last = refilled ?? now
    let minutes = max(0, (now - last).ticks / (60 * Instant.ticksPerSecond))
    tokens = UInt8(min(Int64(Self.burst), Int64(tokens) + min(minutes, 255)))
    // What has begun of a minute counts on; a clock that goes back gives nothing.
    refilled = minutes > 0 || now < last ? now : last
  }

  /// `=READ_METER#`, not mixed.
  private static func isReading(_ text: Span<UInt8>) -> Bool {
    let capitals: InlineArray<12, UInt8> = [
      0x3D, 0x52, 0x45, 0x41, 0x44, 0x5F, 0x4D, 0x45, 0x54, 0x45, 0x52, 0x23,
    ]
    guard text.count == 12 else { return false }
    var (isCapital, isSmall) = (true, true)
    for i in 0..<12 {
      let isLetter = (0x41...0x5A).contains(capitals[i])
      if text[i] != capitals[i] { isCapital = false }
      if text[i] != (isLetter ? capitals[i] | 0x20 : capitals[i]) { isSmall = false }
    }
    return isCapital || isSmall
  }

  /// Four lines: kWh, W, hours, number.
  private static func write(_ meter: borrowing Meter, into output: inout MutableSpan<UInt8>) -> Int
  {
    var writer = ByteWriter(output._mutatingExtracting(0..<output.count))
    do throws(BytesError) {
      try put((meter.reading(.activeImport) ?? 0) / 1_000_000, &writer)
      try put(" kWh,\n", &writer)
      try put((meter.reading(.powerActiveImport) ?? 0) / 1000, &writer)
      try put(" W,\n", &writer)
      try put(meter.reading(.hourCounter) ?? 0, &writer)
      try put(" Hours,\nMeter No.: ", &writer)
      try put(Int64(meter.configuration.meterNumber), digits: 8, &writer)
    } catch {
      return 0
    }
    return writer.count
  }

  @_lifetime(writer: copy writer)
  private static func put(_ text: StaticString, _ writer: inout ByteWriter) throws(BytesError) {
    for i in 0..<text.utf8CodeUnitCount { try writer.littleEndian(text.utf8Start[i]) }
  }

  @_lifetime(writer: copy writer)
  private static func put(
    _ value: Int64, digits: Int = 1, _ writer: inout ByteWriter
  ) throws(BytesError) {
    var (rest, count) = (max(0, value), 0)
    var reversed = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    while rest > 0 || count < digits {
      reversed[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      count += 1
    }
    while count > 0 {
      count -= 1
      try writer.littleEndian(reversed[count])
    }
  }
}
