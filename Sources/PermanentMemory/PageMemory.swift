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

  /// Does what the memory has to do for itself: verifies, repeats, replaces worn pages. To be
  /// called wherever `isReady` is waited for; a memory that does so is not ready before.
  mutating func maintain()

  /// What the memory has learnt of its own wear.
  var condition: MemoryCondition { get }
}

/// What a memory knows of its wear; all zero for one that does not look after itself.
public struct MemoryCondition: Equatable, Sendable {
  /// Worn pages that have been replaced, over the whole life.
  public var replaced: UInt8 = 0
  /// Pages left to replace others with.
  public var spares: UInt8 = 0
  /// The page replaced last.
  public var lastReplaced: UInt16 = 0
  /// Programs since the start that neither repeating nor replacing could save; stays at 65535.
  public var failures: UInt16 = 0
  /// The table of replaced pages is damaged: content of replaced pages is missing.
  public var isTableLost = false

  public init() {}

  /// True when something is wrong that does not go away.
  public var isFaulty: Bool { failures > 0 || isTableLost }
}

extension PageMemory where Self: ~Copyable {
  /// Bytes in one page.
  public static var pageBytes: Int { 256 }

  /// Nothing to do.
  public mutating func maintain() {}
  public var condition: MemoryCondition { MemoryCondition() }
}
