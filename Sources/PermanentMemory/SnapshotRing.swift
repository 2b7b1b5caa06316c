import Bytes

/// A small ring of snapshots of half a page or a whole one, of which the oldest is overwritten.
///
/// Unlike `RegisterJournal` it may have any number of slots up to 64, and recovery simply reads all
/// heads. Layout of one record:
///
/// | bytes | content |
/// |---|---|
/// | 0 | kind of ring; never 0xFF |
/// | 1 | format version, 1 |
/// | 2..<6 | sequence number n, from 1, low byte first |
/// | 6..<length - 8 | payload, the caller's, filled up with 0 |
/// | length - 8... | CRC-64/XZ of slot (16 bit), number of the first page (16 bit) and all before |
///
/// Record n lies in slot n mod slots. A record is one program; it is read back, and a number whose
/// record reads wrong is used up. The newest intact record is never overwritten.
public struct SnapshotRing: Sendable {
  private enum State: UInt8 { case unrecovered, idle, programming }

  private let first: UInt16
  private let slots: UInt8
  private let isHalf: Bool
  private let kind: UInt8
  private var state: State = .unrecovered
  /// Programs that were read back wrong since recovery; stays at 65535.
  public private(set) var failures: UInt16 = 0
  /// Sequence number of the newest committed record, 0 if none.
  public private(set) var newest: UInt32 = 0
  private var next: UInt32 = 1

  /// - Parameters:
  ///   - region: at most 64 records.
  ///   - halves: two records to a page.
  ///   - kind: distinguishes rings, 0...254.
  public init(region: PageRegion, halves: Bool = false, kind: UInt8) {
    let count = Int(region.count) * (halves ? 2 : 1)
    precondition(count >= 2 && count <= 64 && kind != 0xFF)
    first = region.first
    slots = UInt8(count)
    isHalf = halves
    self.kind = kind
  }

  /// Bytes of payload in one record: 114 or 242.
  public var payloadBytes: Int { recordBytes - 14 }
  /// True when `append` starts a program, provided the memory is ready.
  public var isIdle: Bool { state == .idle }

  /// Records that can be read, the newest included. One slot is left for the record to come;
  /// each failed program and each cut may cost one more.
  public var count: Int { min(Int(newest), Int(slots) - 1) }

  /// Finds the newest intact record.
  ///
  /// - Parameter payload: receives it, up to `payloadBytes`; untouched unless one is recovered.
  public mutating func recover(
    from memory: borrowing some PageMemory & ~Copyable, into payload: inout MutableSpan<UInt8>
  ) -> RecoveryReport {
    var report = RecoveryReport(outcome: .blank)
    newest = 0
    next = 1
    state = .idle
    var limit: UInt32 = .max
    var dirty = 0
    var highest: UInt32 = 0
    for round in 0..<Int(slots) {
      var best: UInt32 = 0
      for slot in 0..<Int(slots) {
        report.bytesRead += 6
        let (sequence, isBlank) = head(slot, memory)
        if round == 0 && !isBlank { dirty += 1 }
        // Torn, or a bit has flipped in what may have been the newest.
        if round == 0 && !isBlank && sequence == 0 { report.damaged += 1 }
        if sequence > best && sequence < limit { best = sequence }
      }
      if best == 0 { break }
      if round == 0 { highest = best }
      limit = best
      report.bytesRead += UInt32(recordBytes)
      if load(best, memory, into: &payload) {
        newest = best
        // A number just above it that reads wrong now may read well later: it is not used again.
        next = (highest - best <= UInt32(slots) ? highest : best) + 1
        report.outcome = .recovered
        report.sequence = UInt64(best)
        return report
      }
      report.damaged += 1
    }
    // A single dirty slot is a first record that was cut.
    if dirty > 1 { report.outcome = .lost }
    return report
  }

  /// Starts to program a record.
  ///
  /// - Parameter payload: at most `payloadBytes`.
  /// - Returns: false, and nothing happens, unless the ring is idle and the memory ready.
  public mutating func append(
    _ payload: Span<UInt8>, to memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    precondition(payload.count <= payloadBytes)
    guard state == .idle, memory.isReady else { return false }
    if newest != 0, slot(of: next) == slot(of: newest) { next += 1 }
    var bytes = InlineArray<256, UInt8>(repeating: 0)
    bytes[0] = kind
    bytes[1] = 1
    for k in 0..<4 { bytes[2 + k] = UInt8(truncatingIfNeeded: next >> UInt32(8 * k)) }
    for i in payload.indices { bytes[6 + i] = payload[i] }
    let crc = check(bytes.span, slot: slot(of: next))
    for k in 0..<8 {
      bytes[recordBytes - 8 + k] = UInt8(truncatingIfNeeded: crc >> UInt64(8 * k))
    }
    memory.program(
      page: page(slot(of: next)), offset: offset(slot(of: next)),
      bytes.span.extracting(0..<recordBytes))
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
    var nothing = InlineArray<1, UInt8>(repeating: 0)
    var span = nothing.mutableSpan
    let isIntact = load(next, memory, into: &span)
    if isIntact { newest = next } else if failures < .max { failures += 1 }
    next += 1
    return isIntact ? .committed : .failed
  }

  /// Copies the payload of a record.
  ///
  /// - Parameter index: 0 is the newest, `count` - 1 the oldest.
  /// - Returns: false where there is none: its number was used up, or it is damaged.
  public func read(
    _ index: Int, from memory: borrowing some PageMemory & ~Copyable,
    into payload: inout MutableSpan<UInt8>
  ) -> Bool {
    guard index >= 0, index < count else { return false }
    return load(newest - UInt32(index), memory, into: &payload)
  }

  // MARK: layout

  private var recordBytes: Int { isHalf ? 128 : 256 }
  private func slot(of sequence: UInt32) -> Int {
    Int(truncatingIfNeeded: sequence % UInt32(slots))
  }
  private func page(_ slot: Int) -> Int { Int(first) + (isHalf ? slot / 2 : slot) }
  private func offset(_ slot: Int) -> Int { isHalf ? slot % 2 * 128 : 0 }

  private func check(_ bytes: Span<UInt8>, slot: Int) -> UInt64 {
    var crc = CRC64()
    crc.update(UInt8(truncatingIfNeeded: slot))
    crc.update(0)
    crc.update(UInt8(truncatingIfNeeded: first))
    crc.update(UInt8(truncatingIfNeeded: first >> 8))
    crc.update(bytes.extracting(0..<recordBytes - 8))
    return crc.value
  }

  /// The number that a slot claims, 0 for none.
  private func head(
    _ slot: Int, _ memory: borrowing some PageMemory & ~Copyable
  ) -> (sequence: UInt32, isBlank: Bool) {
    var bytes = InlineArray<6, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    memory.read(page: page(slot), offset: offset(slot), into: &span)
    var isBlank = true
    for i in bytes.indices where bytes[i] != 0xFF { isBlank = false }
    var sequence: UInt32 = 0
    for k in 0..<4 { sequence |= UInt32(bytes[2 + k]) << UInt32(8 * k) }
    // Numbers near the end are no records: 4 billion outlast the cells a thousand times.
    guard bytes[0] == kind, bytes[1] == 1, self.slot(of: sequence) == slot,
      sequence < 0xFFFF_FF00
    else { return (0, isBlank) }
    return (sequence, isBlank)
  }

  private func load(
    _ sequence: UInt32, _ memory: borrowing some PageMemory & ~Copyable,
    into payload: inout MutableSpan<UInt8>
  ) -> Bool {
    let slot = slot(of: sequence)
    guard head(slot, memory).sequence == sequence else { return false }
    var bytes = InlineArray<256, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    if isHalf {
      var half = InlineArray<128, UInt8>(repeating: 0)
      var part = half.mutableSpan
      memory.read(page: page(slot), offset: offset(slot), into: &part)
      for i in half.indices { span[i] = half[i] }
    } else {
      memory.read(page: page(slot), offset: 0, into: &span)
    }
    var stored: UInt64 = 0
    for k in 0..<8 { stored |= UInt64(bytes[recordBytes - 8 + k]) << UInt64(8 * k) }
    guard stored == check(bytes.span, slot: slot) else { return false }
    for i in 0..<min(payload.count, payloadBytes) { payload[i] = bytes[6 + i] }
    return true
  }
}
