import Bytes

// MARK: - Reading

extension AnalysisRing {
  /// The oldest page that can be read, counted from 1.
  var oldestPage: UInt32 {
    stored.page < AnalysisLayout.pages ? 1 : stored.page - AnalysisLayout.pages + 2
  }

  /// Slots of a page that are in use; those of older pages may be empty to the end.
  func slotCount(page: UInt32) -> Int {
    page == stored.page ? Int(stored.slots) : layout.slotsPerPage
  }

  /// Reads part of a page, with what is committed but not yet programmed.
  private func read(
    _ page: UInt32, offset: Int, _ memory: borrowing some PageMemory & ~Copyable,
    into bytes: inout MutableSpan<UInt8>
  ) {
    memory.read(page: place(page), offset: offset, into: &bytes)
    guard step == .page, page == coming.page else { return }
    var whole = InlineArray<256, UInt8>(repeating: 0)
    let range = compose(into: &whole)
    for k in bytes.indices where range.contains(offset + k) { bytes[k] = whole[offset + k] }
  }

  /// Number of the first interval of a page; nil where its head is damaged.
  func firstNumber(
    page: UInt32, _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32? {
    if page == stored.page { return stored.first }
    var head = InlineArray<6, UInt8>(repeating: 0)
    var span = head.mutableSpan
    read(page, offset: 0, memory, into: &span)
    guard CRC16.check(head.span.extracting(0..<4)) == UInt16(head[4]) | UInt16(head[5]) << 8 else {
      return nil
    }
    var number: UInt32 = 0
    for k in 0..<4 { number |= UInt32(head[k]) << UInt32(8 * k) }
    return number
  }

  /// True where a slot has a record, damaged or not.
  func hasRecord(
    page: UInt32, slot: Int, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    var status = InlineArray<1, UInt8>(repeating: 0)
    var span = status.mutableSpan
    read(page, offset: offset(of: slot), memory, into: &span)
    return status[0] != AnalysisBytes.empty && status[0] != 0xFF
  }

  func recordCount(
    page: UInt32, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Int {
    var count = 0
    for slot in 0..<slotCount(page: page) where hasRecord(page: page, slot: slot, memory) {
      count += 1
    }
    return count
  }

  /// The record in a slot.
  func row(
    page: UInt32, slot: Int, first: UInt32, _ memory: borrowing some PageMemory & ~Copyable
  ) -> AnalysisRow {
    var bytes = InlineArray<65, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    let rest = 256 - offset(of: slot)
    if rest >= 65 {
      read(page, offset: offset(of: slot), memory, into: &span)
    } else {
      // The last slots of a page: byte by byte, so that no read crosses its end.
      var one = InlineArray<1, UInt8>(repeating: 0)
      for k in 0..<layout.recordBytes {
        var byte = one.mutableSpan
        read(page, offset: offset(of: slot) + k, memory, into: &byte)
        span[k] = byte[0]
      }
    }
    var row = AnalysisRow(
      number: first &+ UInt32(slot), status: bytes[0] & AnalysisBytes.ownerBits)
    if !AnalysisBytes.isRecord(bytes[0]) { row.status |= AnalysisBytes.damaged }
    for k in 0..<layout.channelCount {
      if let value = AnalysisBytes.value(word(k, bytes.span), k) {
        row.values[k] = value
      } else {
        row.status |= AnalysisBytes.damaged
      }
    }
    return row
  }

  /// A record by its index.
  /// - Parameter index: 0 is the newest, `count` - 1 the oldest.
  @inline(never)
  public func row(_ index: Int, memory: borrowing some PageMemory & ~Copyable) -> AnalysisRow? {
    guard index >= 0, index < count else { return nil }
    var left = index
    var page = stored.page
    while page >= oldestPage && page > 0 {
      if let first = firstNumber(page: page, memory) {
        var slot = slotCount(page: page) - 1
        while slot >= 0 {
          if hasRecord(page: page, slot: slot, memory) {
            if left == 0 { return row(page: page, slot: slot, first: first, memory) }
            left -= 1
          }
          slot -= 1
        }
      }
      page -= 1
    }
    return nil
  }
}

/// Walks through records of the analysis logger from the oldest on, in the order of writing.
public struct AnalysisCursor: Sendable {
  private let from: UInt32
  private let through: UInt32
  private var page: UInt32 = 0
  private var slot = 0
  private var first: UInt32?

  /// - Parameters:
  ///   - from: no interval before this number.
  ///   - through: no interval after this number.
  public init(from: UInt32 = 0, through: UInt32 = .max) {
    (self.from, self.through) = (from, through)
  }

  /// The next record; nil after the newest. What is overwritten meanwhile is left out. Where
  /// the ring was erased and is shorter now there is nothing more.
  public mutating func next(
    _ ring: borrowing AnalysisRing, memory: borrowing some PageMemory & ~Copyable
  ) -> AnalysisRow? {
    while ring.stored.page >= max(page, 1) {
      if page < ring.oldestPage || first == nil {
        page = max(page, ring.oldestPage)
        slot = 0
        first = ring.firstNumber(page: page, memory)
      }
      let slots = ring.slotCount(page: page)
      let perPage = UInt32(ring.layout.slotsPerPage)
      // A page without a slot in the range is not read.
      guard let first, slot < slots, first <= through, first &+ perPage > from else {
        if page == ring.stored.page { return nil }
        page += 1
        self.first = nil
        continue
      }
      let place = slot
      slot += 1
      let number = first &+ UInt32(place)
      guard number >= from, number <= through,
        ring.hasRecord(page: page, slot: place, memory)
      else { continue }
      return ring.row(page: page, slot: place, first: first, memory)
    }
    return nil
  }
}
