/// The frame of KMP: start, stuffed body with check, stop.
///
/// | byte | meaning |
/// |---|---|
/// | 80 or 40 | start, from the client or from the meter |
/// | … | address, command, data and check; 06 0D 1B 40 80 are sent as 1B and the complement |
/// | 0D | stop |
///
/// A meter that has nothing to tell answers with a bare 06.
public enum KMPFrame {
  public static let startOfRequest: UInt8 = 0x80
  public static let startOfAnswer: UInt8 = 0x40
  public static let stop: UInt8 = 0x0D
  public static let stuffing: UInt8 = 0x1B
  public static let acknowledge: UInt8 = 0x06

  /// The longest body with its check that is taken, bytes.
  public static var longestBody: Int { 264 }

  /// True for bytes that cannot stand between start and stop.
  public static func isReserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x06, 0x0D, 0x1B, 0x40, 0x80: true
    default: false
    }
  }

  /// The most bytes that a body takes as a frame.
  public static func longestFrame(body: Int) -> Int { 2 + 2 * (body + 2) }

  /// Writes a frame around a body.
  ///
  /// - Parameters:
  ///   - start: `startOfRequest` or `startOfAnswer`.
  ///   - output: at least `longestFrame` bytes.
  /// - Returns: the bytes written.
  public static func write(
    _ body: Span<UInt8>, start: UInt8, into output: inout MutableSpan<UInt8>
  ) -> Int {
    precondition(output.count >= longestFrame(body: body.count), "room for a KMP frame")
    let check = KMPCheck.check(body)
    output[0] = start
    var count = 1
    for k in 0..<(body.count + 2) {
      let byte =
        k < body.count
        ? body[k] : UInt8(truncatingIfNeeded: k == body.count ? check >> 8 : check)
      if isReserved(byte) {
        output[count] = stuffing
        output[count + 1] = ~byte
        count += 2
      } else {
        output[count] = byte
        count += 1
      }
    }
    output[count] = stop
    return count + 1
  }
}

/// Finds frames in received bytes; what is none is dropped and counted.
public struct KMPDeframer: Sendable {
  /// What a byte has completed.
  public enum Event: Equatable, Sendable {
    case none
    /// A bare acknowledge outside of a frame.
    case acknowledge
    /// A whole frame with the right check; `body` holds address, command and data.
    case frame
    /// A frame that was damaged or too long.
    case damaged
  }

  private let start: UInt8
  private var bytes = InlineArray<264, UInt8>(repeating: 0)
  private var count = 0
  private var isInside = false
  private var isStuffed = false
  private var isBroken = false
  private var check = KMPCheck()

  /// - Parameter start: `KMPFrame.startOfRequest` for a meter, `startOfAnswer` for a client.
  public init(start: UInt8) { self.start = start }

  /// Address, command and data of the last frame.
  public var body: Span<UInt8> {
    @_lifetime(borrow self)
    get { bytes.span.extracting(0..<max(0, isInside ? 0 : count - 2)) }
  }

  /// A frame has begun and has not ended.
  public var isOpen: Bool { isInside }

  /// Forgets a frame that was begun.
  public mutating func reset() {
    (isInside, isStuffed, isBroken, count) = (false, false, false, 0)
  }

  /// Takes one byte.
  public mutating func receive(_ byte: UInt8) -> Event {
    if byte == start {
      let wasOpen = isInside && count > 0
      reset()
      (isInside, check) = (true, KMPCheck())
      return wasOpen ? .damaged : .none
    }
    guard isInside else { return byte == KMPFrame.acknowledge ? .acknowledge : .none }
    if byte == KMPFrame.stop { return end() }
    if isStuffed {
      isStuffed = false
      // Only what has to be stuffed is stuffed: one body has one frame.
      if !KMPFrame.isReserved(~byte) { isBroken = true }
      append(~byte)
    } else if byte == KMPFrame.stuffing {
      isStuffed = true
    } else {
      if KMPFrame.isReserved(byte) { isBroken = true }
      append(byte)
    }
    return .none
  }

  private mutating func append(_ byte: UInt8) {
    guard count < KMPFrame.longestBody else {
      isBroken = true
      return
    }
    bytes[count] = byte
    count += 1
    check.update(byte)
  }

  private mutating func end() -> Event {
    let isRight = !isBroken && !isStuffed && count >= 4 && check.value == 0
    isInside = false
    if isRight { return .frame }
    reset()
    return .damaged
  }
}
