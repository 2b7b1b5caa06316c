import Bytes
import MeterTime

/// Gathers the bytes of a wired line into frames, without ever trusting a length.
///
/// What cannot become a frame is dropped silently and counted, byte by byte, so that a frame after
/// noise is found as soon as it begins. A pause within a frame ends it.
public struct FrameReceiver: Sendable {
  private var buffer = InlineArray<261, UInt8>(repeating: 0)
  private var filled: Int16 = 0
  /// Bytes that the frame has in all, as far as its first bytes tell; 0 before.
  private var expected: Int16 = 0
  private var complete = false
  private var last = Instant(ticks: 0)
  /// The longest pause within a frame.
  public var gap: Instant.Duration
  /// Frames that came whole and with their sum right.
  public private(set) var framesReceived: UInt32 = 0
  /// Bytes that became part of no frame.
  public private(set) var bytesDropped: UInt32 = 0

  /// - Parameter gap: the longest pause within a frame: 33 bit times on a line of wire (EN
  ///   13757-2, clause 5.5), more where a network may divide what was sent.
  public init(gap: Instant.Duration) { self.gap = gap }

  /// Takes one byte and says whether a frame is complete; it then stands in `frame` until the next
  /// byte.
  public mutating func take(_ byte: UInt8, at now: Instant) -> Bool {
    if complete { clear() }
    if filled > 0, now - last > gap { drop(Int(filled)) }
    last = now
    buffer[Int(filled)] = byte
    filled += 1
    if filled < expected { return false }
    while filled > 0 {
      do throws(FrameError) {
        let total = try WiredFrame.byteCount(bytes)
        expected = Int16(total)
        if filled < expected { return false }
        _ = try WiredFrame(bytes)
        complete = true
        framesReceived &+= 1
        return true
      } catch .truncated {
        expected = 0
        return false
      } catch {
        drop(1)
      }
    }
    return false
  }

  /// The bytes of the complete frame, or those gathered so far.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get { buffer.span.extracting(0..<Int(filled)) }
  }

  /// Forgets what was gathered.
  public mutating func clear() {
    (filled, expected) = (0, 0)
    complete = false
  }

  private mutating func drop(_ count: Int) {
    (complete, expected) = (false, 0)
    bytesDropped &+= UInt32(truncatingIfNeeded: count)
    let left = Int(filled) - count
    for i in 0..<max(left, 0) { buffer[i] = buffer[i + count] }
    filled = Int16(max(left, 0))
  }
}
