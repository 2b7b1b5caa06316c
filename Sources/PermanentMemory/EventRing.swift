import Bytes
import MeterTime

/// One entry of an event log.
public struct EventRecord: Sendable {
  /// Sequence number within the log; 0 before it is stored.
  public var sequence: UInt32
  /// When it happened, standard time.
  public var instant: Instant
  /// What happened; the owner of the log defines the codes.
  public var code: UInt16
  /// What belongs to it, as the code says.
  public var parameter: InlineArray<10, UInt8>

  public init(
    sequence: UInt32 = 0, instant: Instant, code: UInt16,
    parameter: InlineArray<10, UInt8> = InlineArray(repeating: 0)
  ) {
    self.sequence = sequence
    self.instant = instant
    self.code = code
    self.parameter = parameter
  }
}

/// A log of 32-byte records, eight to a page, of which the oldest is overwritten.
///
/// | bytes | content |
/// |---|---|
/// | 0..<4 | sequence number n |
/// | 4..<12 | instant in 1/65536 s since 2000 |
/// | 12..<14 | code |
/// | 14..<24 | parameter |
/// | 24..<32 | CRC-64/XZ of slot number in the memory (page x 8 + place, 16 bit) and bytes 0..<24 |
///
/// All integers least significant byte first. Record n lies in slot n mod slotCount; the first
/// has n = slotCount. A record is programmed by itself: a cut inside it can only hurt the
/// four-byte groups that are being programmed, and records are aligned to 32.
public struct EventRing: Sendable {
  private enum State: UInt8 { case unrecovered, idle, programming }

  private let ring: RecordRing
  private var state: State = .unrecovered
  private var failuresInARow: UInt16 = 0
  /// Programs that were read back wrong since recovery; stays at 65535.
  public private(set) var failures: UInt16 = 0
  /// Sequence number of the newest committed record, 0 if none.
  public private(set) var newest: UInt32 = 0
  private var next: UInt32 = 0

  /// - Parameter region: its page count is 4...2048.
  public init(region: PageRegion) {
    precondition(region.count >= 4 && region.count <= 2048)
    ring = RecordRing(first: region.first, pages: region.count)
  }

  /// True when `append` starts a program, provided the memory is ready.
  public var isIdle: Bool { state == .idle }

  /// False until `recover` has been called; nothing can be read or appended before.
  public var isRecovered: Bool { state != .unrecovered }

  /// Records that the log can hold.
  public var capacity: Int { Int(ring.slotCount) }

  /// Number of records that can be read, the newest included. A cut may have cost the oldest.
  public var count: Int {
    newest == 0 ? 0 : min(Int(newest - ring.slotCount) + 1, capacity)
  }

  /// Finds the newest intact record.
  public mutating func recover(
    from memory: borrowing some PageMemory & ~Copyable
  ) -> RecoveryReport {
    var search = RingSearch(ring)
    let report = search.run(memory)
    newest = UInt32(truncatingIfNeeded: report.sequence)
    next = newest == 0 ? ring.slotCount : newest + 1
    failuresInARow = 0
    state = .idle
    return report
  }

  /// Starts to program a record; its sequence number is chosen here.
  ///
  /// - Returns: false, and nothing happens, when the memory is not ready, the last record has not
  ///   been polled to its end, or `recover` was never called.
  public mutating func append(
    _ record: EventRecord, to memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    guard state == .idle, memory.isReady else { return false }
    let slot = ring.slot(of: UInt64(next))
    let bytes = ring.compose(record, sequence: next, slot: slot)
    memory.program(page: ring.page(of: slot), offset: ring.offset(of: slot), bytes.span)
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
    let sequence = UInt64(next)
    if ring.isIntact(slot: ring.slot(of: sequence), sequence: sequence, in: memory) {
      newest = next
      next += 1
      failuresInARow = 0
      return .committed
    }
    if failures < .max { failures += 1 }
    if failuresInARow < .max { failuresInARow += 1 }
    next = UInt32(
      truncatingIfNeeded: ring.sequence(
        after: sequence, failures: failuresInARow, sparing: UInt64(newest)))
    return .failed
  }

  /// A committed record.
  ///
  /// - Parameter index: 0 is the newest, `count` - 1 the oldest.
  /// - Returns: nil when that slot was skipped as worn out, or is damaged.
  public func read(
    _ index: Int, from memory: borrowing some PageMemory & ~Copyable
  ) -> EventRecord? {
    guard index >= 0, index < count else { return nil }
    let sequence = newest - UInt32(index)
    return ring.load(ring.slot(of: UInt64(sequence)), sequence: sequence, from: memory)
  }
}

/// The record layout of `EventRing`.
struct RecordRing: SlotRing, Sendable {
  let first: UInt16
  let pages: UInt16

  var slotCount: UInt32 { UInt32(pages) * 8 }
  var headBytes: UInt32 { 4 }
  var trustsBlankAnchors: Bool { true }
  var recordBytes: UInt32 { 32 }

  func page(of slot: Int) -> Int { Int(first) + slot / 8 }
  func offset(of slot: Int) -> Int { slot % 8 * 32 }

  func head(of slot: Int, in memory: borrowing some PageMemory & ~Copyable) -> SlotHead {
    var bytes = InlineArray<4, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    memory.read(page: page(of: slot), offset: offset(of: slot), into: &span)
    var n: UInt32 = 0
    for i in 0..<4 { n = (n &<< 8) | UInt32(truncatingIfNeeded: bytes[3 - i]) }
    if n == .max { return .blank }
    guard n >= slotCount, self.slot(of: UInt64(n)) == slot else { return .foreign }
    return .claims(UInt64(n))
  }

  func isIntact(
    slot: Int, sequence: UInt64, in memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    load(slot, sequence: UInt32(truncatingIfNeeded: sequence), from: memory) != nil
  }

  func load(
    _ slot: Int, sequence: UInt32, from memory: borrowing some PageMemory & ~Copyable
  ) -> EventRecord? {
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    memory.read(page: page(of: slot), offset: offset(of: slot), into: &span)
    var reader = ByteReader(bytes.span)
    guard let n = try? reader.littleEndian(UInt32.self), n == sequence,
      let ticks = try? reader.littleEndian(UInt64.self),
      let code = try? reader.littleEndian(UInt16.self)
    else { return nil }
    var record = EventRecord(
      sequence: n, instant: Instant(ticks: Int64(bitPattern: ticks)), code: code)
    for i in record.parameter.indices { record.parameter[i] = bytes[14 + i] }
    guard (try? reader.skip(10)) != nil, let stored = try? reader.littleEndian(UInt64.self),
      stored == check(bytes.span, slot: slot)
    else { return nil }
    return record
  }

  func compose(
    _ record: EventRecord, sequence: UInt32, slot: Int
  ) -> InlineArray<32, UInt8> {
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    for i in 0..<4 { bytes[i] = UInt8(truncatingIfNeeded: sequence &>> UInt32(8 * i)) }
    for i in 0..<8 {
      bytes[4 + i] = UInt8(truncatingIfNeeded: record.instant.ticks &>> Int64(8 * i))
    }
    bytes[12] = UInt8(truncatingIfNeeded: record.code)
    bytes[13] = UInt8(truncatingIfNeeded: record.code &>> 8)
    for i in record.parameter.indices { bytes[14 + i] = record.parameter[i] }
    let crc = check(bytes.span, slot: slot)
    for i in 0..<8 { bytes[24 + i] = UInt8(truncatingIfNeeded: crc &>> UInt64(8 * i)) }
    return bytes
  }

  private func check(_ bytes: Span<UInt8>, slot: Int) -> UInt64 {
    let place = UInt16(truncatingIfNeeded: Int(first) * 8 + slot)
    var crc = CRC64()
    crc.update(UInt8(truncatingIfNeeded: place))
    crc.update(UInt8(truncatingIfNeeded: place &>> 8))
    crc.update(bytes.extracting(0..<24))
    return crc.value
  }
}
