/// What the first bytes of a slot say, before anything is believed.
enum SlotHead: Equatable {
  /// As delivered (0xFF).
  case blank
  /// Neither blank nor a record that belongs into this slot.
  case foreign
  /// Claims to be a record with this sequence number, and that number belongs into this slot.
  case claims(UInt64)
}

/// A ring of slots in which the record with sequence number n lies in slot n mod slotCount.
protocol SlotRing {
  /// Any number, 32...65536.
  var slotCount: UInt32 { get }
  /// Bytes read by `head`.
  var headBytes: UInt32 { get }
  /// Bytes read by `isIntact`.
  var recordBytes: UInt32 { get }
  /// Whether blank anchors, and blank slots up to the second one, make a blank ring. A ring that
  /// would rather be lost than new looks at all heads.
  var trustsBlankAnchors: Bool { get }
  func head(of slot: Int, in memory: borrowing some PageMemory & ~Copyable) -> SlotHead
  /// Whether the slot holds a whole record with this sequence number.
  func isIntact(
    slot: Int, sequence: UInt64, in memory: borrowing some PageMemory & ~Copyable
  ) -> Bool
}

extension SlotRing {
  var trustsBlankAnchors: Bool { false }

  func slot(of sequence: UInt64) -> Int {
    // A mask where it will do: 32-bit targets divide 64 bits in software.
    if slotCount & (slotCount - 1) == 0 {
      return Int(truncatingIfNeeded: sequence & UInt64(slotCount - 1))
    }
    return Int(truncatingIfNeeded: sequence % UInt64(slotCount))
  }

  /// The first sequence number behind `sequence` that lies in an anchor: every 16th slot from 0 on.
  private func anchor(after sequence: UInt64) -> UInt64 {
    let slot = UInt64(slot(of: sequence))
    let stride = RingSearch<Self>.anchorStride
    return sequence + min(stride - slot % stride, UInt64(slotCount) - slot)
  }

  /// The sequence number to try after `failed` tries in a row have failed.
  ///
  /// Two rules keep a ring recoverable however many slots are worn out: after 16 failures only
  /// anchors are tried, which `RingSearch` always looks at; and the slot of the newest intact
  /// record is never written. That one is only met among the anchors: 16 tries do not get round.
  func sequence(after tried: UInt64, failures: UInt16, sparing newest: UInt64) -> UInt64 {
    let isDesperate = failures >= UInt16(RingSearch<Self>.anchorStride)
    let next = isDesperate ? anchor(after: tried) : tried + 1
    return newest != 0 && slot(of: next) == slot(of: newest) ? anchor(after: next) : next
  }
}

/// Finds the newest intact record of a ring by reading as little as possible.
///
/// 1. Anchors: of every 16th slot the head is read; the highest number whose record is intact is
///    the anchor. 2. Chain: behind the anchor with number m, slot by slot, the number m + k is
///    expected at distance k, and gaps of up to 15 slots (worn out, skipped by the writer) are
///    allowed. The last of the chain that is intact is the newest, because the writer never
///    leaves a longer gap except to land on an anchor. 3. Whatever does not fit that picture
///    (more than one damaged or unexpected slot) is a contradiction: then the heads of all slots
///    are read, and the highest intact one is the newest whatever the history was.
///
/// In a ring of 512 pages the worst path reads 8176 bytes with the payload: two anchors 2 x
/// (256 + 256), chain 384 and one surprise 256, its end 384 + 2 x 256, all heads 4096, the five
/// highest records 5 x 256, payload 240. Only if those five all lie are more read.
struct RingSearch<Ring: SlotRing> {
  static var anchorStride: UInt64 { 16 }

  let ring: Ring
  private(set) var bytesRead: UInt32 = 0
  private(set) var damaged: UInt16 = 0
  private(set) var search: RecoveryReport.Search = .quick
  private var blankSlots: UInt32 = 0
  /// Met twice when a torn record lies in an anchor; counted and read once.
  private var knownDamaged: UInt64 = 0

  init(_ ring: Ring) { self.ring = ring }

  /// The report on the newest intact record; its sequence number is 0 if there is none.
  mutating func run(_ memory: borrowing some PageMemory & ~Copyable) -> RecoveryReport {
    var newest = quick(memory)
    if newest == nil {
      search = .heads
      damaged = 0
      knownDamaged = 0
      newest = amongHeads(memory)
    }
    let sequence: UInt64
    if let newest {
      sequence = newest
    } else {
      search = .records
      sequence = amongRecords(memory)
    }
    if sequence != 0 { checkSuccessor(of: sequence, memory) }
    var outcome = RecoveryReport.Outcome.recovered
    // The very first record may have been torn: that is a blank ring but for slot 0.
    if sequence == 0 { outcome = blankSlots + 1 >= ring.slotCount ? .blank : .lost }
    return RecoveryReport(
      outcome: outcome, search: search, damaged: damaged, bytesRead: bytesRead,
      sequence: sequence)
  }

  /// The slot behind the newest is the one that a newer record would be in. It holds the record of
  /// the lap before, whole, unless a bit has flipped in a newer one so that it claims to be that.
  private mutating func checkSuccessor(
    of sequence: UInt64, _ memory: borrowing some PageMemory & ~Copyable
  ) {
    guard sequence + 1 >= 2 * UInt64(ring.slotCount) else { return }
    let lapBefore = sequence + 1 - UInt64(ring.slotCount)
    guard case .claims(lapBefore) = head(ring.slot(of: sequence + 1), memory) else { return }
    _ = isIntact(lapBefore, memory)
  }

  private mutating func head(
    _ slot: Int, _ memory: borrowing some PageMemory & ~Copyable
  ) -> SlotHead {
    bytesRead += ring.headBytes
    return ring.head(of: slot, in: memory)
  }

  private mutating func isIntact(
    _ sequence: UInt64, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    if sequence == knownDamaged { return false }
    bytesRead += ring.recordBytes
    if ring.isIntact(slot: ring.slot(of: sequence), sequence: sequence, in: memory) { return true }
    knownDamaged = sequence
    damaged += 1
    return false
  }

  /// Nil on any contradiction.
  private mutating func quick(_ memory: borrowing some PageMemory & ~Copyable) -> UInt64? {
    guard let anchor = newestAnchor(memory) else { return nil }
    if anchor == 0 { return isBlankBehind(memory) ? 0 : nil }
    let count = UInt64(ring.slotCount)
    var last: UInt64 = 0
    var surprises = 0
    var distance: UInt64 = 1
    while distance - last <= Self.anchorStride && distance < count {
      if distance > 48 { return nil }
      let expected = anchor + distance
      switch head(ring.slot(of: expected), memory) {
      case .blank: break
      case .claims(let n) where n == expected: last = distance
      case .claims(let n) where n + count == expected: break
      case .claims(let n):
        surprises += 1
        if n < expected {
          damaged += 1
        } else if isIntact(n, memory) {
          return nil
        }
      case .foreign:
        surprises += 1
        damaged += 1
      }
      if surprises > 1 { return nil }
      distance += 1
    }
    return endOfChain(from: anchor, last: last, memory)
  }

  /// Whether the slots behind a blank first anchor are blank as well: where the first slot is worn
  /// out a ring begins in one of them.
  private mutating func isBlankBehind(_ memory: borrowing some PageMemory & ~Copyable) -> Bool {
    for slot in 1..<Int(Self.anchorStride) where head(slot, memory) != .blank { return false }
    blankSlots = ring.slotCount
    return true
  }

  /// Nil where no anchor is intact, 0 where all are blank and that is believed.
  private mutating func newestAnchor(
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt64? {
    var limit = UInt64.max
    for _ in 0..<2 {
      var best: UInt64 = 0
      var slot = 0
      var isBlank = ring.trustsBlankAnchors
      while slot < Int(ring.slotCount) {
        let head = head(slot, memory)
        if head != .blank { isBlank = false }
        if case .claims(let n) = head, n < limit, n > best { best = n }
        slot += Int(Self.anchorStride)
      }
      if best == 0 { return isBlank ? 0 : nil }
      if isIntact(best, memory) { return best }
      limit = best
    }
    return nil
  }

  /// The last intact record of the chain; nil when more than one of its end is damaged.
  private mutating func endOfChain(
    from anchor: UInt64, last: UInt64, _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt64? {
    var distance = last
    var tries = 0
    while distance > 0 {
      if case .claims(let n) = head(ring.slot(of: anchor + distance), memory),
        n == anchor + distance
      {
        if tries == 2 { return nil }
        if isIntact(n, memory) { return n }
        tries += 1
      }
      distance -= 1
    }
    return anchor
  }

  /// The highest intact number of all heads; nil if the five highest are not intact.
  private mutating func amongHeads(_ memory: borrowing some PageMemory & ~Copyable) -> UInt64? {
    var top = InlineArray<5, UInt64>(repeating: 0)
    var lowest = UInt64.max
    blankSlots = 0
    for slot in 0..<Int(ring.slotCount) {
      switch head(slot, memory) {
      case .blank: blankSlots += 1
      case .foreign: damaged += 1
      case .claims(var n):
        lowest = min(lowest, n)
        for i in top.indices where n > top[i] { swap(&n, &top[i]) }
      }
    }
    for i in top.indices where top[i] != 0 {
      if isIntact(top[i], memory) {
        // A bit that flips in a newer record may make it look many laps old.
        if lowest + UInt64(ring.slotCount) <= top[i] { damaged += 1 }
        return top[i]
      }
    }
    // Nothing further claims to be a record: reading them all would find nothing.
    if top[top.count - 1] == 0 { return 0 }
    return nil
  }

  /// The highest intact number there is; 0 for none.
  private mutating func amongRecords(_ memory: borrowing some PageMemory & ~Copyable) -> UInt64 {
    var best: UInt64 = 0
    for slot in 0..<Int(ring.slotCount) {
      if case .claims(let n) = head(slot, memory), n > best, isIntact(n, memory) { best = n }
    }
    return best
  }
}
