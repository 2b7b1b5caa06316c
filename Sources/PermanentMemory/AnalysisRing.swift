import Bytes

/// The ring of the analysis logger.
///
/// A page begins with the number of its first interval; its slots are the intervals from there on,
/// so that position implies time. Where the next record is not in the same page, or does not
/// follow the one before, a new page begins; intervals without a record within a page are marked
/// empty. Slots are not aligned to the four-byte groups of the memory: therefore a record and the
/// group that it shares with the one before go into a checkpoint first, and are programmed once
/// more after a cut.
///
/// Usage: `recover` once; then `begin` and `pump` until it answers `.committed`.
public struct AnalysisRing: Sendable {
  enum Step: UInt8 { case unrecovered, idle, waiting, checkpoint, page }

  struct Position: Equatable, Sendable {
    /// Pages begun so far; page n lies at place (n - 1) mod 256.
    var page: UInt32 = 0
    /// Number of the first interval of the newest page.
    var first: UInt32 = 0
    /// Slots of the newest page in use.
    var slots: UInt8 = 0
    /// Records that can be read.
    var records: UInt16 = 0
  }

  /// What is kept; that of a recovered ring is in the memory.
  public internal(set) var layout: AnalysisLayout
  var stored = Position()
  var coming = Position()
  var step = Step.unrecovered
  /// First slot of the newest page that is being programmed.
  var fromSlot: UInt8 = 0
  /// A page or a layout has begun; there is a record.
  private var isNewPage = false
  private var hasRecord = false
  private var isProgrammed = false
  private var tries: UInt8 = 0
  /// What lies before the first slot in its group, and the record.
  private var prefix = InlineArray<3, UInt8>(repeating: 0)
  private var record = InlineArray<65, UInt8>(repeating: 0)
  private var checkpoint = AtomicRecord(region: MemoryMap.state(11), kind: 6)
  /// Programs that did not read back since the start; stays at 65535.
  public private(set) var failures: UInt16 = 0

  public init(layout: AnalysisLayout) { self.layout = layout }

  /// True when `begin` is accepted.
  public var isIdle: Bool { step == .idle }
  /// Records that can be read.
  public var count: Int { Int(stored.records) }
  /// Number of the newest record; nil for none.
  public var newest: UInt32? {
    stored.records == 0 ? nil : stored.first &+ UInt32(stored.slots) &- 1
  }

  /// Value of a channel in the newest record; nil where there is none.
  public func newestValue(_ channel: Int) -> Int32? {
    guard hasRecord, stored.records > 0, channel < layout.channelCount else { return nil }
    guard let value = AnalysisBytes.value(word(channel, record.span), channel) else { return nil }
    return value == AnalysisRow.none ? nil : value
  }

  // MARK: writing

  /// Starts to store a record; it is kept here until `pump` has brought it into the memory.
  /// - Returns: false, and nothing happens, unless `isIdle`.
  public mutating func begin(_ row: AnalysisRow) -> Bool {
    guard isIdle else { return false }
    coming = stored
    record = InlineArray(repeating: 0)
    record[0] = AnalysisBytes.status(row.status)
    for k in 0..<layout.channelCount {
      let word = AnalysisBytes.word(row.values[k], k)
      for n in 0..<4 { record[1 + 4 * k + n] = UInt8(truncatingIfNeeded: word >> UInt32(8 * n)) }
    }
    hasRecord = true
    let end = coming.first &+ UInt32(coming.slots)
    isNewPage =
      coming.page == 0 || row.number < end
      || row.number &- coming.first >= UInt32(layout.slotsPerPage)
    if isNewPage {
      coming.page += 1
      coming.first = row.number
      coming.slots = 0
    }
    fromSlot = coming.slots
    coming.slots = UInt8(truncatingIfNeeded: row.number &- coming.first) + 1
    coming.records += 1
    step = .waiting
    return true
  }

  /// Starts with an empty ring of another layout; the old records do not count from then on.
  /// - Returns: false, and nothing happens, unless `isIdle`.
  @inline(never)
  public mutating func beginErased(_ layout: AnalysisLayout) -> Bool {
    guard isIdle else { return false }
    self.layout = layout
    stored = Position()
    coming = stored
    hasRecord = false
    isNewPage = false
    step = .waiting
    return true
  }

  /// Takes a change further by one program, or one verification.
  @inline(never)
  public mutating func pump(_ memory: inout some PageMemory & ~Copyable) -> ProgramProgress {
    switch step {
    case .unrecovered, .idle: return .idle
    case .waiting:
      prepare(memory)
      let payload = encode()
      _ = checkpoint.begin(payload.span)
      step = .checkpoint
      return .busy
    case .checkpoint:
      let payload = encode()
      switch checkpoint.pump(payload.span, to: &memory) {
      case .committed:
        stored = coming
        isProgrammed = false
        tries = 0
        step = hasRecord ? .page : .idle
        return step == .idle ? .committed : .busy
      case .failed:
        countFailure()
        step = .waiting
        return .busy
      case .idle, .busy: return .busy
      }
    case .page: return pumpPage(&memory)
    }
  }

  private mutating func countFailure() { if failures < .max { failures += 1 } }

  /// What has to be looked up in the memory before a record is written.
  private mutating func prepare(_ memory: borrowing some PageMemory & ~Copyable) {
    guard hasRecord else { return }
    if isNewPage && coming.page >= AnalysisLayout.pages {
      // The oldest page that can be read is given up with the new one.
      let lost = recordCount(page: coming.page - AnalysisLayout.pages + 1, memory)
      let kept = Int(stored.records) - lost + 1
      coming.records = UInt16(clamping: max(1, kept))
    }
    let start = offset(of: Int(fromSlot))
    prefix = InlineArray(repeating: 0)
    if isNewPage { return }
    var bytes = InlineArray<4, UInt8>(repeating: 0)
    var group = bytes.mutableSpan
    memory.read(page: place(coming.page), offset: start & ~3, into: &group)
    for k in 0..<(start & 3) { prefix[k] = bytes[k] }
  }

  /// The bytes that are programmed into the newest page, and where.
  func compose(into page: inout InlineArray<256, UInt8>) -> Range<Int> {
    if isNewPage {
      page = InlineArray(repeating: 0xFF)
      for k in 0..<4 { page[k] = UInt8(truncatingIfNeeded: coming.first >> UInt32(8 * k)) }
      let check = CRC16.check(page.span.extracting(0..<4))
      page[4] = UInt8(truncatingIfNeeded: check)
      page[5] = UInt8(truncatingIfNeeded: check >> 8)
    }
    let start = offset(of: Int(fromSlot))
    let from = isNewPage ? 0 : start & ~3
    if !isNewPage { for k in 0..<(start & 3) { page[from + k] = prefix[k] } }
    let slot = Int(coming.slots) - 1
    for k in Int(fromSlot)..<slot {
      for n in 0..<layout.recordBytes { page[offset(of: k) + n] = AnalysisBytes.empty }
    }
    let end = offset(of: slot + 1)
    for n in 0..<layout.recordBytes { page[offset(of: slot) + n] = record[n] }
    if isNewPage { return 0..<256 }
    let whole = min(256, (end + 3) & ~3)
    for k in end..<whole { page[k] = 0xFF }
    return from..<whole
  }

  private mutating func pumpPage(
    _ memory: inout some PageMemory & ~Copyable
  ) -> ProgramProgress {
    guard memory.isReady else { return .busy }
    var page = InlineArray<256, UInt8>(repeating: 0)
    let range = compose(into: &page)
    if !isProgrammed {
      isProgrammed = true
      memory.program(
        page: place(coming.page), offset: range.lowerBound, page.span.extracting(range))
      return .busy
    }
    var found = InlineArray<256, UInt8>(repeating: 0)
    var span = found.mutableSpan
    memory.read(page: place(coming.page), offset: 0, into: &span)
    for k in range where found[k] != page[k] {
      countFailure()
      isProgrammed = false
      tries += 1
      // A place that is worn out costs what lies in it.
      if tries < 3 { return .failed }
      break
    }
    step = .idle
    return .committed
  }

  // MARK: layout

  func place(_ page: UInt32) -> Int {
    Int(MemoryMap.analysisLogger.first) + Int((page &- 1) % AnalysisLayout.pages)
  }

  func offset(of slot: Int) -> Int {
    AnalysisLayout.headBytes + slot * layout.recordBytes
  }

  func word(_ channel: Int, _ bytes: Span<UInt8>) -> UInt32 {
    var word: UInt32 = 0
    for n in 0..<4 { word |= UInt32(bytes[1 + 4 * channel + n]) << UInt32(8 * n) }
    return word
  }
}

// MARK: - The checkpoint

extension AnalysisRing {
  private static let payloadBytes = 108

  private func encode() -> InlineArray<108, UInt8> {
    var bytes = InlineArray<108, UInt8>(repeating: 0)
    func put(
      _ value: UInt32, _ length: Int, at offset: Int, _ bytes: inout InlineArray<108, UInt8>
    ) {
      for k in 0..<length { bytes[offset + k] = UInt8(truncatingIfNeeded: value >> UInt32(8 * k)) }
    }
    bytes[0] = 1
    bytes[1] = UInt8(truncatingIfNeeded: layout.channelCount)
    put(UInt32(layout.minutes), 2, at: 2, &bytes)
    for k in 0..<layout.channelCount { bytes[4 + k] = layout[k] }
    put(coming.page, 4, at: 20, &bytes)
    put(coming.first, 4, at: 24, &bytes)
    bytes[28] = coming.slots
    bytes[29] = fromSlot
    put(UInt32(coming.records), 2, at: 30, &bytes)
    bytes[32] = (isNewPage ? 1 : 0) | (hasRecord ? 2 : 0)
    for k in 0..<3 { bytes[33 + k] = prefix[k] }
    for k in 0..<65 { bytes[36 + k] = record[k] }
    return bytes
  }

  /// Finds the checkpoint; what it says was being written is written once more by `pump`.
  ///
  /// A recovered ring brings its layout; another one stays empty with the layout in hand.
  @inline(never)
  public mutating func recover(
    from memory: borrowing some PageMemory & ~Copyable
  ) -> RecoveryReport {
    var bytes = InlineArray<108, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    var report = checkpoint.recover(from: memory, into: &room, length: &length)
    step = .idle
    guard report.outcome == .recovered else { return report }
    guard length == Self.payloadBytes, take(bytes.span) else {
      report.outcome = .lost
      return report
    }
    isProgrammed = false
    tries = 0
    if hasRecord { step = .page }
    return report
  }

  private mutating func take(_ bytes: Span<UInt8>) -> Bool {
    func word(_ offset: Int, _ length: Int) -> UInt32 {
      var value: UInt32 = 0
      for k in 0..<length { value |= UInt32(bytes[offset + k]) << UInt32(8 * k) }
      return value
    }
    guard bytes[0] == 1, bytes[1] <= 16,
      let layout = AnalysisLayout(
        minutes: UInt16(word(2, 2)), channels: bytes.extracting(4..<4 + Int(bytes[1])))
    else { return false }
    let position = Position(
      page: word(20, 4), first: word(24, 4), slots: bytes[28], records: UInt16(word(30, 2)))
    let hasRecord = bytes[32] & 2 != 0
    guard Int(position.slots) <= layout.slotsPerPage,
      !hasRecord || (position.page > 0 && bytes[29] < position.slots)
    else { return false }
    self.layout = layout
    (stored, coming) = (position, position)
    fromSlot = bytes[29]
    isNewPage = bytes[32] & 1 != 0
    self.hasRecord = hasRecord
    for k in 0..<3 { prefix[k] = bytes[33 + k] }
    for k in 0..<65 { record[k] = bytes[36 + k] }
    return true
  }
}
