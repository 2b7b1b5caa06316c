/// A memory that verifies each program, repeats it, and replaces pages that are worn out.
///
/// It stands between the stores and the part: a page that does not take a program for the third
/// time is copied, with what was to be programmed, to one of the 60 pages of
/// `MemoryMap.replacements`, and from then on read and programmed there. Which page went where is
/// a table in `MemoryMap.replacementTable`; it is committed, twice, before the program counts as
/// done. So a store never sees a worn page while there are replacements, and none is lost by a cut:
/// before the table is committed the old page holds a torn record, after it the new page a whole
/// one. When all replacements are used the program fails as the store then sees for itself, and
/// `condition` says so.
///
/// `recover()` once at each start; `maintain()` wherever somebody waits for `isReady`.
public struct SparedMemory<Base: PageMemory & ~Copyable>: PageMemory, ~Copyable {
  private enum Phase: UInt8 {
    case idle
    /// A program has to be verified.
    case programmed
    /// A replacement has been programmed and has to be verified.
    case copied
    /// The table is being committed.
    case recording
  }

  /// Times that a program is tried before its page counts as worn.
  static var tries: UInt8 { 3 }
  /// Replacements that may fail one after the other before the fault is taken for one of the bus.
  static var copies: UInt8 { 3 }

  /// The part itself.
  public var base: Base
  public private(set) var condition = MemoryCondition()
  /// Page that each replacement stands for; `free` or `dead` for none. A later one counts.
  private var table = InlineArray<60, UInt16>(repeating: 0xFFFF)
  private var used: UInt8 = 0
  private var record = AtomicRecord(
    region: MemoryMap.replacementTable, copies: 4, kind: 0x53)
  private var phase = Phase.idle
  private var tried: UInt8 = 0
  /// Nothing is replaced any more until the next start: the part refuses whatever is tried.
  private var hasGivenUp = false
  // What is being programmed: bytes `offset` ..< `offset` + `count` of the buffer.
  private var page: UInt16 = 0
  private var offset: UInt16 = 0
  private var count: UInt16 = 0
  private var buffer = InlineArray<256, UInt8>(repeating: 0)

  private static var free: UInt16 { 0xFFFF }
  private static var dead: UInt16 { 0xFFFE }

  public init(_ base: consuming Base) { self.base = base }

  public var pageCount: Int { base.pageCount }
  public var isReady: Bool { phase == .idle && base.isReady }

  /// Reads the table; to be called at each start, before anything is read.
  /// - Returns: bytes read.
  @inline(never)
  @discardableResult
  public mutating func recover() -> UInt32 {
    var bytes = InlineArray<120, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    condition = MemoryCondition()
    used = 0
    phase = .idle
    tried = 0
    hasGivenUp = false
    let report = record.recover(from: base, into: &room, length: &length)
    condition.isTableLost = report.outcome == .lost
    for i in table.indices {
      table[i] = Self.free
      guard length == 120 else { continue }
      table[i] = UInt16(bytes[2 * i]) | UInt16(bytes[2 * i + 1]) << 8
      if table[i] != Self.free { used = UInt8(i) + 1 }
    }
    // What an unknown table has put into the replacements must not be written over.
    if condition.isTableLost || (report.outcome == .recovered && length != 120) {
      condition.isTableLost = true
      hasGivenUp = true
    }
    tell()
    return report.bytesRead
  }

  public func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
    base.read(page: place(of: page), offset: offset, into: &bytes)
  }

  public mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
    precondition(offset >= 0 && offset + bytes.count <= 256)
    self.page = UInt16(truncatingIfNeeded: page)
    self.offset = UInt16(truncatingIfNeeded: offset)
    count = UInt16(truncatingIfNeeded: bytes.count)
    for i in bytes.indices { buffer[offset + i] = bytes[i] }
    tried = 0
    programBuffer(at: place(of: page))
    phase = .programmed
  }

  @inline(never)
  public mutating func maintain() {
    base.maintain()
    // A part that is ready at once takes all of it in one call; the bound is for the others.
    var left: UInt8 = 64
    while left > 0 && phase != .idle && base.isReady {
      left -= 1
      switch phase {
      case .programmed: verifyProgram()
      case .copied: verifyCopy()
      case .recording, .idle: commitTable()
      }
    }
  }

  // MARK: steps

  private mutating func verifyProgram() {
    let place = place(of: Int(page))
    if holdsBuffer(place) {
      phase = .idle
      return
    }
    tried += 1
    let isLast = hasGivenUp || used == UInt8(MemoryMap.replacements.count)
    // With nothing left to replace it with, the store had better try another page at once.
    if tried < (isLast ? 1 : Self.tries) {
      programBuffer(at: place)
      return
    }
    tried = 0
    if isLast {
      fail()
      return
    }
    // What stands beside the program in its page has to move with it.
    fill(from: place, 0, Int(offset))
    fill(from: place, Int(offset) + Int(count), 256)
    offset = 0
    count = 256
    copy()
  }

  private mutating func copy() {
    programBuffer(at: Int(MemoryMap.replacements.first) + Int(used))
    phase = .copied
  }

  private mutating func verifyCopy() {
    if holdsBuffer(Int(MemoryMap.replacements.first) + Int(used)) {
      table[Int(used)] = page
      used += 1
      tried = 0
      record(again: true)
      return
    }
    table[Int(used)] = Self.dead
    used += 1
    tried += 1
    if tried == Self.copies {
      // Nothing holds anything: rather a fault of the bus than of so many pages. The replacements
      // are as good as they were; the table has not been committed.
      for i in Int(used - tried)..<Int(used) { table[i] = Self.free }
      used -= tried
      giveUp()
    } else if used == UInt8(MemoryMap.replacements.count) {
      giveUp()
    } else {
      copy()
    }
  }

  /// The table is written to two copies, so that a bit that flips in one takes nothing away.
  private mutating func record(again: Bool) {
    phase = .recording
    offset = again ? 1 : 0
    _ = record.begin(encodedTable.span)
  }

  private mutating func commitTable() {
    switch record.pump(encodedTable.span, to: &base) {
    case .idle, .busy: return
    case .committed:
      tried = 0
      if offset == 1 {
        record(again: false)
      } else {
        condition.lastReplaced = page
        tell()
        phase = .idle
      }
    case .failed:
      tried += 1
      if tried < 4 {
        _ = record.begin(encodedTable.span)
      } else if offset == 1 {
        // Not remembered: the program must not count as done.
        table[Int(used) - 1] = Self.dead
        giveUp()
      } else {
        // Remembered once is remembered.
        condition.lastReplaced = page
        tell()
        phase = .idle
      }
    }
  }

  private mutating func giveUp() {
    hasGivenUp = true
    fail()
  }

  private mutating func fail() {
    if condition.failures < .max { condition.failures += 1 }
    tell()
    phase = .idle
  }

  // MARK: places

  /// The page of the part that stands for a page.
  private func place(of page: Int) -> Int {
    var i = Int(used)
    while i > 0 {
      i -= 1
      if Int(table[i]) == page { return Int(MemoryMap.replacements.first) + i }
    }
    return page
  }

  private mutating func tell() {
    condition.replaced = 0
    for i in 0..<Int(used) where table[i] != Self.dead { condition.replaced += 1 }
    condition.spares = hasGivenUp ? 0 : UInt8(MemoryMap.replacements.count) - used
  }

  private var encodedTable: InlineArray<120, UInt8> {
    var bytes = InlineArray<120, UInt8>(repeating: 0)
    for i in table.indices {
      bytes[2 * i] = UInt8(truncatingIfNeeded: table[i])
      bytes[2 * i + 1] = UInt8(truncatingIfNeeded: table[i] &>> 8)
    }
    return bytes
  }

  private mutating func programBuffer(at place: Int) {
    let bytes = buffer
    base.program(
      page: place, offset: Int(offset),
      bytes.span.extracting(Int(offset)..<(Int(offset) + Int(count))))
  }

  private mutating func fill(from place: Int, _ start: Int, _ end: Int) {
    var at = start & ~31
    while at < end {
      let chunk = chunk(of: place, at)
      for i in 0..<32 where at + i >= start && at + i < end { buffer[at + i] = chunk[i] }
      at += 32
    }
  }

  private func holdsBuffer(_ place: Int) -> Bool {
    let start = Int(offset)
    let end = start + Int(count)
    var at = start & ~31
    while at < end {
      let chunk = chunk(of: place, at)
      for i in 0..<32 where at + i >= start && at + i < end {
        if chunk[i] != buffer[at + i] { return false }
      }
      at += 32
    }
    return true
  }

  private func chunk(of place: Int, _ at: Int) -> InlineArray<32, UInt8> {
    var chunk = InlineArray<32, UInt8>(repeating: 0)
    var span = chunk.mutableSpan
    base.read(page: place, offset: at, into: &span)
    return chunk
  }
}
