import Bytes

/// A record of variable length that changes as a whole or not at all.
///
/// It has two or more copies in turn, of one or more pages each; the newest intact copy wins.
/// A change never touches the newest copy. Layout of one copy:
///
/// | bytes | content |
/// |---|---|
/// | 0 | kind of record |
/// | 1 | format version, 1 |
/// | 2..<4 | length of the payload, least significant byte first |
/// | 4..<8 | sequence number, from 1, least significant byte first |
/// | 8..<16 | CRC-64/XZ of number of the first page (16 bit), bytes 0..<8 and payload |
/// | 16... | payload, running on through the following pages |
///
/// The first page is programmed last, so that a copy that claims to be the newest is as a rule
/// complete. The first change after a start clears the heads of copies that were found torn: if it
/// were torn as well, it might else complete what was given up. Wear: one program per page and
/// change, shared by the copies. 32 bits of sequence number outlast the cells by a thousand times.
///
/// Usage: `recover` once; then `begin` with the new payload and `pump` with the same payload until
/// it answers `.committed` or `.failed`.
public struct AtomicRecord: Sendable {
  private enum State: UInt8 { case unrecovered, idle, clearing, programming, verifying }

  let first: UInt16
  let pagesPerCopy: UInt16
  private let copies: UInt8
  private let kind: UInt8
  private var state: State = .unrecovered
  private var copy: UInt8 = 0
  private var length: UInt16 = 0
  /// Page within the copy that is programmed or verified next, counted down; 0 is the first page.
  private var step: UInt16 = 0
  /// Pages of the copy that the present payload uses.
  private var pagesInUse: UInt16 = 0
  /// Programs that were read back wrong since recovery; stays at 65535.
  public private(set) var failures: UInt16 = 0
  /// Sequence number of the newest committed copy, 0 if none.
  public private(set) var newest: UInt32 = 0
  private var next: UInt32 = 1
  var newestCopy: UInt8 = 0
  /// Copies, as bits, that were found damaged and have not been cleared since.
  private var torn: UInt16 = 0
  private var check: UInt64 = 0

  /// - Parameters:
  ///   - region: its page count is a multiple of `copies`.
  ///   - copies: 2...16; more than two spread the wear.
  ///   - kind: distinguishes records, 0...254.
  public init(region: PageRegion, copies: UInt8 = 2, kind: UInt8) {
    precondition(copies >= 2 && copies <= 16 && region.count % UInt16(copies) == 0)
    precondition(region.count >= UInt16(copies) && kind != 0xFF)
    precondition(region.count / UInt16(copies) <= 255)
    first = region.first
    pagesPerCopy = region.count / UInt16(copies)
    self.copies = copies
    self.kind = kind
  }

  /// Bytes of payload that fit.
  public var capacity: Int { Int(pagesPerCopy) * 256 - Self.headBytes }

  /// True when `begin` is accepted.
  public var isIdle: Bool { state == .idle }

  /// Finds the newest intact copy.
  ///
  /// - Parameters:
  ///   - payload: room for the payload; it may be overwritten even when nothing is recovered.
  ///     A copy longer than this counts as damaged.
  ///   - length: bytes of payload, 0 unless the outcome is `.recovered`.
  @inline(never)
  public mutating func recover(
    from memory: borrowing some PageMemory & ~Copyable, into payload: inout MutableSpan<UInt8>,
    length: inout Int
  ) -> RecoveryReport {
    var report = RecoveryReport(outcome: .blank)
    var dirty = 0
    /// Copies, as bits, whose state is known.
    var seen: UInt32 = 0
    length = 0
    newest = 0
    next = 1
    torn = 0
    newestCopy = copies - 1
    copy = newestCopy
    state = .idle
    for round in 0..<Int(copies) {
      var best = Head(length: 0, sequence: 0, check: 0)
      var bestCopy: UInt8 = 0
      for c in 0..<copies {
        report.bytesRead += UInt32(Self.headBytes)
        let head = head(of: c, in: memory)
        if round == 0 && !head.isBlank { dirty += 1 }
        // A torn copy may claim the number of the newest: each is looked at for itself.
        if head.sequence > best.sequence, seen >> c & 1 == 0 {
          best = head
          bestCopy = c
        }
      }
      if best.sequence == 0 { break }
      if load(
        best, copy: bestCopy, from: memory, into: &payload, keep: true,
        counting: &report.bytesRead) == 0
      {
        length = Int(best.length)
        newest = best.sequence
        next = newest + 1
        newestCopy = bestCopy
        copy = bestCopy
        report.outcome = .recovered
        report.sequence = UInt64(newest)
        countDamaged(memory, &payload, seen: seen | 1 << bestCopy, in: &report)
        return report
      }
      report.damaged += 1
      torn |= 1 << UInt16(bestCopy)
      seen |= 1 << bestCopy
    }
    countDamaged(memory, &payload, seen: seen, in: &report)
    // A single dirty copy is a first change that was cut; nothing was ever committed.
    if dirty > 1 || (dirty == 1 && wasCommitted(memory, &report)) { report.outcome = .lost }
    return report
  }

  /// Whether the only copy that is not blank was whole before one bit of it flipped: then a cut has
  /// left the other one erased, and this is no first change that was torn. The first change may be
  /// torn in one bit, so that its number says nothing.
  private func wasCommitted(
    _ memory: borrowing some PageMemory & ~Copyable, _ report: inout RecoveryReport
  ) -> Bool {
    for c in 0..<copies where !head(of: c, in: memory).isBlank {
      var bytes = InlineArray<16, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      memory.read(page: page(0, of: c), offset: 0, into: &span)
      let wrong = (bytes[0] ^ kind).nonzeroBitCount + (bytes[1] ^ Self.version).nonzeroBitCount
      var head = Self.fields(bytes)
      let length = head.length
      if wrong > 1 || head.sequence == 1 { return false }
      if wrong == 0 && Self.isOfLaterChange(head) { return true }
      let found = syndrome(head, copy: c, in: memory, counting: &report.bytesRead)
      if wrong == 1 { return found == 0 }
      if CRC64.isOfOneBit(found, bytes: Int(length) + 10) { return true }
      // Another length covers other bytes. Too much to try where a record has several pages.
      for bit in 0..<16 as Range<UInt16> where pagesPerCopy == 1 {
        head.length = length ^ 1 << bit
        if syndrome(head, copy: c, in: memory, counting: &report.bytesRead) == 0 { return true }
      }
      return false
    }
    return false
  }

  /// Whether no torn first change leaves such a head, however many bits of its payload are wrong:
  /// each byte of its number would be erased or that of 1, and behind a group of noise all is
  /// erased. The first numbers may be those of attempts that failed.
  private static func isOfLaterChange(_ head: Head) -> Bool {
    let n = head.sequence
    return n >= 16 && n < 1 << 24 && (n ^ 1).nonzeroBitCount > 1 && n & 0xFF != 0xFF
      && n >> 8 & 0xFF != 0xFF && n >> 16 != 0xFF && head.check != .max
  }

  /// The check of one copy against the one in its head: 0 where it is intact; all ones where its
  /// length is too large.
  private func syndrome(
    _ head: Head, copy: UInt8, in memory: borrowing some PageMemory & ~Copyable,
    counting bytesRead: inout UInt32
  ) -> UInt64 {
    var nothing = MutableSpan<UInt8>()
    if Int(head.length) > capacity { return .max }
    return load(
      head, copy: copy, from: memory, into: &nothing, keep: false, counting: &bytesRead)
  }

  /// Looks at the copies that were not taken, too: a bit that flips in the newest may make it look
  /// older than it is, and then the copy before it would be taken without a word.
  private mutating func countDamaged(
    _ memory: borrowing some PageMemory & ~Copyable, _ payload: inout MutableSpan<UInt8>,
    seen: UInt32, in report: inout RecoveryReport
  ) {
    for c in 0..<copies where seen >> c & 1 == 0 {
      let head = head(of: c, in: memory)
      report.bytesRead += UInt32(Self.headBytes)
      if head.isBlank { continue }
      let isIntact =
        head.sequence > 0
        && load(
          head, copy: c, from: memory, into: &payload, keep: false,
          counting: &report.bytesRead) == 0
      if isIntact { continue }
      report.damaged += 1
      torn |= 1 << UInt16(c)
    }
  }

  /// Starts to change the record.
  ///
  /// - Parameter payload: at most `capacity` bytes.
  /// - Returns: false, and nothing happens, unless `isIdle`.
  @inline(never)
  public mutating func begin(_ payload: Span<UInt8>) -> Bool {
    precondition(payload.count <= capacity)
    guard state == .idle else { return false }
    // A copy that failed is tried again only after all others but the newest.
    repeat { copy = (copy + 1) % copies } while copy == newestCopy && newest != 0
    length = UInt16(payload.count)
    pagesInUse = UInt16((payload.count + Self.headBytes + 255) / 256)
    step = pagesInUse
    var crc = startOfCheck(length: length, sequence: next, copy: copy)
    crc.update(payload)
    check = crc.value
    state = torn == 0 ? .programming : .clearing
    return true
  }

  /// Takes the change further: one page, or one page of verification, per call.
  ///
  /// - Parameter payload: the bytes given to `begin`, unchanged.
  @inline(never)
  public mutating func pump(
    _ payload: Span<UInt8>, to memory: inout some PageMemory & ~Copyable
  ) -> ProgramProgress {
    switch state {
    case .unrecovered, .idle: return .idle
    case .clearing:
      guard memory.isReady else { return .busy }
      // Not 0xFF: a record of which one copy is damaged and one blank passes for a new one.
      let nothing = InlineArray<16, UInt8>(repeating: 0)
      memory.program(
        page: page(0, of: UInt8(truncatingIfNeeded: torn.trailingZeroBitCount)), offset: 0,
        nothing.span)
      torn &= torn &- 1
      if torn == 0 { state = .programming }
      return .busy
    case .programming:
      precondition(payload.count == Int(length))
      guard memory.isReady else { return .busy }
      step -= 1
      programPage(Int(step), payload, to: &memory)
      if step == 0 { state = .verifying }
      return .busy
    case .verifying:
      guard memory.isReady else { return .busy }
      let wanted = pageContent(Int(step), payload)
      if !matches(wanted.span, page: Int(step), in: memory) {
        if failures < .max { failures += 1 }
        // Its number is used up: what reads wrong now might read well later.
        next += 1
        state = .idle
        return .failed
      }
      step += 1
      if step < pagesInUse { return .busy }
      newest = next
      next += 1
      newestCopy = copy
      state = .idle
      return .committed
    }
  }
}

// MARK: - Layout

extension AtomicRecord {
  static var headBytes: Int { 16 }
  private static var version: UInt8 { 1 }

  struct Head {
    var length: UInt16
    var sequence: UInt32
    var check: UInt64
    var isBlank = false
  }

  func page(_ index: Int, of copy: UInt8) -> Int {
    Int(first) + Int(copy) * Int(pagesPerCopy) + index
  }

  /// Sequence 0 if it is no head of this record.
  func head(
    of copy: UInt8, in memory: borrowing some PageMemory & ~Copyable
  ) -> Head {
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    memory.read(page: page(0, of: copy), offset: 0, into: &span)
    var head = Head(length: 0, sequence: 0, check: 0, isBlank: true)
    for i in bytes.indices where bytes[i] != 0xFF { head.isBlank = false }
    guard bytes[0] == kind, bytes[1] == Self.version else { return head }
    let fields = Self.fields(bytes)
    return Int(fields.length) <= capacity ? fields : head
  }

  /// Bytes 2..<16 of a head, whatever they are worth.
  private static func fields(_ bytes: borrowing InlineArray<16, UInt8>) -> Head {
    var head = Head(length: UInt16(bytes[2]) | UInt16(bytes[3]) << 8, sequence: 0, check: 0)
    for i in 0..<4 { head.sequence |= UInt32(bytes[4 + i]) &<< UInt32(8 * i) }
    for i in 0..<8 { head.check |= UInt64(bytes[8 + i]) &<< UInt64(8 * i) }
    return head
  }

  func startOfCheck(length: UInt16, sequence: UInt32, copy: UInt8) -> CRC64 {
    var head = InlineArray<10, UInt8>(repeating: 0)
    let page = UInt16(truncatingIfNeeded: page(0, of: copy))
    head[0] = UInt8(truncatingIfNeeded: page)
    head[1] = UInt8(truncatingIfNeeded: page &>> 8)
    head[2] = kind
    head[3] = Self.version
    head[4] = UInt8(truncatingIfNeeded: length)
    head[5] = UInt8(truncatingIfNeeded: length &>> 8)
    for i in 0..<4 { head[6 + i] = UInt8(truncatingIfNeeded: sequence &>> UInt32(8 * i)) }
    var crc = CRC64()
    crc.update(head.span)
    return crc
  }

  /// The check of one copy against the one in its head, 0 where it is intact; copies its payload
  /// where it is to be kept.
  private func load(
    _ head: Head, copy: UInt8, from memory: borrowing some PageMemory & ~Copyable,
    into payload: inout MutableSpan<UInt8>, keep: Bool, counting bytesRead: inout UInt32
  ) -> UInt64 {
    if keep && Int(head.length) > payload.count { return .max }
    var crc = startOfCheck(length: head.length, sequence: head.sequence, copy: copy)
    var chunk = InlineArray<16, UInt8>(repeating: 0)
    var done = 0
    // 256 is a multiple of the chunk, so that none crosses a page.
    while done < Int(head.length) {
      let position = done + Self.headBytes
      var span = chunk.mutableSpan
      memory.read(page: page(position / 256, of: copy), offset: position % 256, into: &span)
      bytesRead += 16
      for i in 0..<min(16, Int(head.length) - done) {
        if keep { payload[done + i] = chunk[i] }
        crc.update(chunk[i])
      }
      done += 16
    }
    return crc.value ^ head.check
  }

  /// What page `index` of the copy holds for this payload; unused bytes are 0.
  private func pageContent(_ index: Int, _ payload: Span<UInt8>) -> InlineArray<256, UInt8> {
    var content = InlineArray<256, UInt8>(repeating: 0)
    let sequence = next
    if index == 0 {
      content[0] = kind
      content[1] = Self.version
      content[2] = UInt8(truncatingIfNeeded: length)
      content[3] = UInt8(truncatingIfNeeded: length &>> 8)
      for i in 0..<4 { content[4 + i] = UInt8(truncatingIfNeeded: sequence &>> UInt32(8 * i)) }
      for i in 0..<8 { content[8 + i] = UInt8(truncatingIfNeeded: check &>> UInt64(8 * i)) }
    }
    let start = index * 256 - Self.headBytes
    var i = max(0, -start)
    let end = min(256, payload.count - start)
    while i < end {
      content[i] = payload[start + i]
      i += 1
    }
    return content
  }

  private func programPage(
    _ index: Int, _ payload: Span<UInt8>, to memory: inout some PageMemory & ~Copyable
  ) {
    let content = pageContent(index, payload)
    memory.program(page: page(index, of: copy), offset: 0, content.span)
  }

  private func matches(
    _ wanted: Span<UInt8>, page index: Int,
    in memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    var found = InlineArray<256, UInt8>(repeating: 0)
    var span = found.mutableSpan
    memory.read(page: page(index, of: copy), offset: 0, into: &span)
    var difference: UInt8 = 0
    for i in found.indices { difference |= found[i] ^ wanted[i] }
    return difference == 0
  }
}
