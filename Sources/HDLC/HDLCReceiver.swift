import MeterTime

/// Finds frames in a stream of bytes.
///
/// The length in the header says where a frame ends, since a flag may also stand inside of it
/// (format type 3 does not stuff). What does not fit is dropped up to the next flag. Never more
/// than one frame is kept.
public struct HDLCReceiver: Sendable {
  private var buffer = InlineArray<527, UInt8>(repeating: 0)
  private var count = 0
  /// A flag was the last thing seen, or the frame behind it is being taken.
  private var isOpen = false
  private var last = Instant(ticks: 0)
  /// A pause within a frame after which it is given up.
  public var pause: Instant.Duration
  /// Beginnings of frames that were dropped.
  public private(set) var dropped: UInt32 = 0

  /// - Parameter pause: within a frame, after which it is given up.
  public init(pause: Instant.Duration = .seconds(2)) { self.pause = pause }

  /// Takes one byte.
  /// - Returns: true when it was the closing flag of a frame: `bytes` is to be parsed before the
  ///   next byte comes.
  public mutating func receive(_ byte: UInt8, at now: Instant) -> Bool {
    if count > 0 && now - last > pause { drop() }
    last = now
    guard isOpen else {
      if byte == HDLCFrame.flag {
        isOpen = true
        count = 0
      }
      return false
    }
    if isComplete {
      // A frame that has been read, or one of the right length with its flag.
      guard byte == HDLCFrame.flag else {
        drop()
        return false
      }
      return true
    }
    return take(byte)
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    if count == 0 && byte == HDLCFrame.flag { return false }
    buffer[count] = byte
    count += 1
    switch count {
    case 1: if byte >> 4 != 0x0A { drop() }
    case 2: if length < 7 || length > HDLCFrame.bytesMax { drop() }
    default: break
    }
    return false
  }

  private var length: Int { Int(buffer[0] & 7) << 8 | Int(buffer[1]) }
  private var isComplete: Bool { count >= 2 && count == length }

  private mutating func drop() {
    dropped &+= 1
    count = 0
    isOpen = false
  }

  /// The bytes of the frame that is complete.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get { buffer.span.extracting(0..<count) }
  }

  /// The frame has been dealt with; its closing flag may open the next.
  public mutating func release() { count = 0 }
}
