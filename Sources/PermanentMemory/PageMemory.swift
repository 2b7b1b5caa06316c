/// A serial memory programmed by whole or partial pages of 256 bytes.
///
/// Reads are immediate and see what is programmed or being programmed. A program takes time
/// (5 ms on the real part) during which no other program is accepted; a cut inside it may leave
/// any mixture of old and new bytes in that page, and nowhere else.
///
/// Memory is passed to the calls that need it and never stored inside the meter.
public protocol PageMemory: ~Copyable {
  /// Number of pages; 2048 in the 512 KiB of the meter.
  var pageCount: Int { get }

  /// True when a program can be accepted now.
  var isReady: Bool { get }

  /// Copies bytes of one page.
  /// - Parameters:
  ///   - page: 0..<pageCount.
  ///   - offset: first byte within the page, 0...255.
  ///   - bytes: receives `bytes.count` bytes; offset + count <= 256.
  func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>)

  /// Starts to program part of one page.
  /// - Precondition: `isReady`; offset + count <= 256.
  mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>)
}

extension PageMemory where Self: ~Copyable {
  /// Bytes in one page.
  public static var pageBytes: Int { 256 }
}
