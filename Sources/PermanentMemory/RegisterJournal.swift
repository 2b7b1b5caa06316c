import Bytes

/// A ring of whole-page records, each of which holds everything; the newest intact one wins.
///
/// One record is one page, so there is no moment at which two pages must agree:
///
/// | bytes | content |
/// |---|---|
/// | 0 | kind of ring |
/// | 1 | format version, 1 |
/// | 2..<8 | sequence number n, 48 bit, least significant byte first |
/// | 8..<248 | payload, the caller's |
/// | 248..<256 | CRC-64/XZ of page number (16 bit) and bytes 0..<248, least significant first |
///
/// Record n lies in slot n mod slotCount. The first record has n = slotCount; at five records a
/// second 48 bits last 1.7 million years. See docs/memory-format.md.
///
/// Usage: `recover` once, then per record `append`, and `poll` until `.committed`. After recovery
/// append what was recovered before showing it, since a record that a cut left only weakly
/// programmed may read well once and not again.
public struct RegisterJournal: Sendable {
  /// Bytes of payload in one record.
  public static var payloadBytes: Int { 240 }
  /// Kind byte of the register journal.
  public static var registers: UInt8 { 0x4A }
  /// Kind byte of billing snapshots.
  public static var billing: UInt8 { 0x42 }

  private enum State: UInt8 { case unrecovered, idle, programming }

  private let ring: PageRing
  private var state: State = .unrecovered
  private var failuresInARow: UInt16 = 0
  /// Programs that were read back wrong since recovery; stays at 65535.
  public private(set) var failures: UInt16 = 0
  /// Sequence number of the newest committed record, 0 if none.
  public private(set) var newest: UInt64 = 0
  private var next: UInt64 = 0

  /// - Parameters:
  ///   - region: its page count is 32...4096.
  ///   - kind: distinguishes rings, so that a page of one is never taken for one of another. Not
  ///     0xFF, which is the blank page.
  public init(
    region: PageRegion = MemoryMap.registerJournal, kind: UInt8 = RegisterJournal.registers
  ) {
    precondition(region.count >= 32 && region.count <= 4096)
    precondition(kind != 0xFF)
    ring = PageRing(first: region.first, pages: region.count, kind: kind)
  }

  /// True when `append` starts a program, provided the memory is ready.
  public var isIdle: Bool { state == .idle }

  /// Number of records that can be read, the newest included. A cut may have cost the oldest.
  public var depth: Int {
    guard newest != 0 else { return 0 }
    let count = UInt64(ring.slotCount)
    return Int(truncatingIfNeeded: min(newest - count + 1, count))
  }

  /// Finds the newest intact record and copies its payload.
  ///
  /// - Parameter payload: receives up to 240 bytes; untouched unless the outcome is `.recovered`.
  public mutating func recover(
    from memory: borrowing some PageMemory & ~Copyable, into payload: inout MutableSpan<UInt8>
  ) -> RecoveryReport {
    var search = RingSearch(ring)
    var report = search.run(memory)
    newest = report.sequence
    next = newest == 0 ? UInt64(ring.slotCount) : newest + 1
    failuresInARow = 0
    state = .idle
    if newest != 0 {
      ring.copyPayload(of: ring.slot(of: newest), from: memory, into: &payload)
      report.bytesRead += UInt32(Self.payloadBytes)
    }
    return report
  }

  /// Starts to program a record.
  ///
  /// - Parameter payload: at most 240 bytes; the rest is filled with zeros.
  /// - Returns: false, and nothing happens, when the memory is not ready, the last record has not
  ///   been polled to its end, or `recover` was never called.
  public mutating func append(
    _ payload: Span<UInt8>, to memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    precondition(payload.count <= Self.payloadBytes)
    guard state == .idle, memory.isReady else { return false }
    var page = InlineArray<256, UInt8>(repeating: 0)
    let slot = ring.slot(of: next)
    ring.compose(payload, sequence: next, slot: slot, into: &page)
    memory.program(page: ring.page(of: slot), offset: 0, page.span)
    state = .programming
    return true
  }

  /// Reads back what was programmed, once the memory is ready again.
  public mutating func poll(
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> ProgramProgress {
    guard state == .programming else { return .idle }
    guard memory.isReady else { return .busy }
    state = .idle
    if ring.isIntact(slot: ring.slot(of: next), sequence: next, in: memory) {
      newest = next
      next += 1
      failuresInARow = 0
      return .committed
    }
    if failures < .max { failures += 1 }
    if failuresInARow < .max { failuresInARow += 1 }
    next = ring.sequence(after: next, failures: failuresInARow, sparing: newest)
    return .failed
  }

  /// Copies the payload of a committed record.
  ///
  /// - Parameters:
  ///   - index: 0 is the newest, `depth` - 1 the oldest.
  ///   - payload: receives up to 240 bytes.
  /// - Returns: false when that slot was skipped as worn out, or is damaged.
  public func read(
    _ index: Int, from memory: borrowing some PageMemory & ~Copyable,
    into payload: inout MutableSpan<UInt8>
  ) -> Bool {
    guard index >= 0, index < depth else { return false }
    let sequence = newest - UInt64(index)
    let slot = ring.slot(of: sequence)
    guard ring.isIntact(slot: slot, sequence: sequence, in: memory) else { return false }
    ring.copyPayload(of: slot, from: memory, into: &payload)
    return true
  }
}

/// The page layout of `RegisterJournal`.
struct PageRing: SlotRing, Sendable {
  static var version: UInt8 { 1 }

  let first: UInt16
  let pages: UInt16
  let kind: UInt8

  var slotCount: UInt32 { UInt32(pages) }
  var headBytes: UInt32 { 8 }
  var recordBytes: UInt32 { 256 }

  func page(of slot: Int) -> Int { Int(first) + slot }

  func head(of slot: Int, in memory: borrowing some PageMemory & ~Copyable) -> SlotHead {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    memory.read(page: page(of: slot), offset: 0, into: &span)
    return head(bytes.span, slot: slot)
  }

  private func head(_ bytes: Span<UInt8>, slot: Int) -> SlotHead {
    if bytes[0] == 0xFF {
      for i in 1..<8 where bytes[i] != 0xFF { return .foreign }
      return .blank
    }
    guard bytes[0] == kind, bytes[1] == Self.version else { return .foreign }
    var n: UInt64 = 0
    for i in 0..<6 { n = (n &<< 8) | UInt64(truncatingIfNeeded: bytes[7 - i]) }
    guard n >= UInt64(slotCount), self.slot(of: n) == slot else { return .foreign }
    return .claims(n)
  }

  func isIntact(
    slot: Int, sequence: UInt64, in memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    var page = InlineArray<256, UInt8>(repeating: 0)
    var span = page.mutableSpan
    memory.read(page: self.page(of: slot), offset: 0, into: &span)
    guard head(page.span, slot: slot) == .claims(sequence) else { return false }
    var stored: UInt64 = 0
    for i in 0..<8 { stored = (stored &<< 8) | UInt64(truncatingIfNeeded: page[255 - i]) }
    return stored == check(page.span, slot: slot)
  }

  private func check(_ page: Span<UInt8>, slot: Int) -> UInt64 {
    let number = UInt16(truncatingIfNeeded: self.page(of: slot))
    var crc = CRC64()
    crc.update(UInt8(truncatingIfNeeded: number))
    crc.update(UInt8(truncatingIfNeeded: number &>> 8))
    crc.update(page.extracting(0..<248))
    return crc.value
  }

  func compose(
    _ payload: Span<UInt8>, sequence: UInt64, slot: Int, into page: inout InlineArray<256, UInt8>
  ) {
    page[0] = kind
    page[1] = Self.version
    for i in 0..<6 {
      page[2 + i] = UInt8(truncatingIfNeeded: sequence &>> UInt64(8 * i))
    }
    for i in payload.indices { page[8 + i] = payload[i] }
    let crc = check(page.span, slot: slot)
    for i in 0..<8 { page[248 + i] = UInt8(truncatingIfNeeded: crc &>> UInt64(8 * i)) }
  }

  func copyPayload(
    of slot: Int, from memory: borrowing some PageMemory & ~Copyable,
    into payload: inout MutableSpan<UInt8>
  ) {
    var page = InlineArray<240, UInt8>(repeating: 0)
    var span = page.mutableSpan
    memory.read(page: self.page(of: slot), offset: 8, into: &span)
    for i in 0..<min(payload.count, page.count) { payload[i] = page[i] }
  }
}
