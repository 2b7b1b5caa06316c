import Bytes

/// The load profile: a ring of records without time stamps, and the checkpoint of its owner.
///
/// A record is a status byte and three bytes per channel; its position implies its time, since
/// each period follows the one before. Where that is not so a marker stands before the record.
///
/// Records are not aligned to the four-byte groups in which the memory is programmed, so writing
/// one may hurt its neighbours. Therefore everything goes into a checkpoint first: the state of
/// the owner, the new position, and the whole groups that will be programmed. When that is
/// committed the record counts as stored; the groups are then programmed, and once more after a
/// cut. Owner's state and profile thus change together or not at all.
///
/// Usage: `recover` once; then `begin` and `pump` until it answers `.committed`.
public struct LoadProfile: Sendable {
  enum Step: UInt8 { case unrecovered, idle, checkpoint, header, records }

  /// No marker.
  static let none = UInt32.max

  struct Position: Equatable, Sendable {
    /// Slots written since the last erasure; slot n lies at place n mod capacity.
    var next: UInt32 = 0
    /// Number of the newest record.
    var number: UInt32 = 0
    /// Slot of the newest marker.
    var marker = LoadProfile.none
    /// A slot at or before the oldest record, with no marker between, and the number of the
    /// record in it; with `LoadProfile.uncertain` where the marker before it could not be read.
    var tail: UInt32 = 0
    var tailNumber: UInt32 = 0
    /// Slots among those in use that are taken by markers.
    var markers: UInt16 = 0
    /// Erasures so far.
    var generation: UInt16 = 0
  }

  /// Layout of the records.
  public internal(set) var layout: ProfileLayout
  /// What can be read, and what is being written; the same while nothing is on its way.
  var stored = Position()
  var coming = Position()
  var step = Step.unrecovered
  var tries: UInt8 = 0
  /// Bytes of the present step that have been programmed.
  var done: UInt8 = 0
  /// Programs of records that did not read back since the start; stays at 65535.
  public internal(set) var failures: UInt16 = 0
  var record = AtomicRecord(region: MemoryMap.profileCheckpoint, copies: 4, kind: 5)
  var payload = InlineArray<240, UInt8>(repeating: 0)

  /// - Parameter layout: of a new profile; a recovered one brings its own.
  public init(layout: ProfileLayout) { self.layout = layout }

  /// True when `begin` is accepted.
  public var isIdle: Bool { step == .idle }

  /// True while a change is not yet committed: what is being added cannot be read.
  public var isPending: Bool { step == .checkpoint }

  // MARK: recovery

  /// Finds the newest checkpoint; what it says was being written is written once more by `pump`.
  ///
  /// - Parameter owner: receives the owner's state where the outcome is `.recovered`.
  @inline(never)
  public mutating func recover(
    from memory: borrowing some PageMemory & ~Copyable,
    owner: inout InlineArray<164, UInt8>
  ) -> RecoveryReport {
    var span = payload.mutableSpan
    var length = 0
    var report = record.recover(from: memory, into: &span, length: &length)
    step = .idle
    guard report.outcome == .recovered else { return report }
    guard length == payload.count, takePayload() else {
      report.outcome = .lost
      return report
    }
    for i in owner.indices { owner[i] = payload[Self.ownerOffset + i] }
    stored = coming
    startProgramming()
    return report
  }

  // MARK: writing

  /// Starts to store the owner's state and, together with it, a record.
  ///
  /// - Parameters:
  ///   - row: its number is kept to 24 bits, its values to 20.
  ///   - owner: state of the owner, at most 164 bytes.
  /// - Returns: false, and nothing happens, unless `isIdle`.
  @inline(never)
  public mutating func begin(
    _ row: ProfileRow?, owner: borrowing InlineArray<164, UInt8>,
    memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    guard isIdle else { return false }
    payload = InlineArray(repeating: 0)
    if let row { append(row, memory) }
    start(owner)
    return true
  }

  /// Starts to store the owner's state with an empty profile of another layout.
  ///
  /// Nothing is erased: the old records do not count from the moment of the checkpoint on.
  /// - Returns: false, and nothing happens, unless `isIdle`.
  @inline(never)
  public mutating func beginErased(
    _ layout: ProfileLayout, owner: borrowing InlineArray<164, UInt8>
  ) -> Bool {
    guard isIdle else { return false }
    payload = InlineArray(repeating: 0)
    payload[3] = 1
    coming = Position()
    coming.generation = stored.generation &+ 1
    // Nothing of the old layout can be read any more.
    self.layout = layout
    stored = coming
    start(owner)
    return true
  }

  private mutating func start(_ owner: borrowing InlineArray<164, UInt8>) {
    putHead()
    let source = owner.span
    for i in source.indices { payload[Self.ownerOffset + i] = source[i] }
    step = .checkpoint
    _ = record.begin(payload.span)
  }

  /// Takes a change further by one program, or one page of verification.
  ///
  /// `.failed` says that something did not read back; it is tried again by itself.
  @inline(never)
  public mutating func pump(_ memory: inout some PageMemory & ~Copyable) -> ProgramProgress {
    switch step {
    case .unrecovered, .idle: return .idle
    case .checkpoint:
      switch record.pump(payload.span, to: &memory) {
      case .committed:
        stored = coming
        startProgramming()
        return step == .idle ? .committed : .busy
      case .failed:
        if failures < .max { failures += 1 }
        _ = record.begin(payload.span)
        return .failed
      case .idle, .busy: return .busy
      }
    case .header:
      guard memory.isReady else { return .busy }
      return programHeader(&memory)
    case .records:
      guard memory.isReady else { return .busy }
      if Int(done) < redoLength { return programGroups(&memory) }
      return verifyGroups(memory)
    }
  }

  private mutating func startProgramming() {
    done = 0
    tries = 0
    step = payload[3] & 1 != 0 ? .header : redoLength > 0 ? .records : .idle
  }

  /// Done, or tried often enough: a place that is worn out costs the record in it.
  private mutating func finish(_ isRight: Bool) -> ProgramProgress {
    done = 0
    if isRight {
      step = .idle
      return .committed
    }
    if failures < .max { failures += 1 }
    tries += 1
    if tries < 3 { return .failed }
    step = .idle
    return .committed
  }

  private mutating func programHeader(
    _ memory: inout some PageMemory & ~Copyable
  ) -> ProgramProgress {
    let wanted = header()
    if done == 0 {
      done = 64
      memory.program(page: Int(MemoryMap.loadProfile.first), offset: 0, wanted.span)
      return .busy
    }
    var found = InlineArray<64, UInt8>(repeating: 0)
    var span = found.mutableSpan
    memory.read(page: Int(MemoryMap.loadProfile.first), offset: 0, into: &span)
    var isRight = true
    for i in found.indices where found[i] != wanted[i] { isRight = false }
    return finish(isRight)
  }

  private func header() -> InlineArray<64, UInt8> {
    var bytes = InlineArray<64, UInt8>(repeating: 0)
    bytes[0] = 0x50
    bytes[1] = 1
    bytes[2] = layout.minutes
    bytes[3] = layout.channels
    bytes[4] = UInt8(truncatingIfNeeded: coming.generation)
    bytes[5] = UInt8(truncatingIfNeeded: coming.generation &>> 8)
    let check = CRC64.check(bytes.span.extracting(0..<56))
    for i in 0..<8 { bytes[56 + i] = UInt8(truncatingIfNeeded: check &>> UInt64(8 * i)) }
    return bytes
  }
}

// MARK: - Records

extension LoadProfile {
  /// Bytes of the ring, without what is left over behind the last record.
  var ringBytes: Int { layout.capacity * layout.recordBytes }

  /// The oldest slot that has not been overwritten.
  func oldest(_ position: Position) -> UInt32 {
    let capacity = UInt32(truncatingIfNeeded: layout.capacity)
    return position.next > capacity ? position.next - capacity : 0
  }

  /// Place of a slot, in bytes from the start of the ring.
  func offset(of slot: UInt32) -> Int {
    Int(slot % UInt32(truncatingIfNeeded: layout.capacity)) * layout.recordBytes
  }

  /// Puts a record, and a marker where it does not follow the last one, into the payload.
  private mutating func append(_ row: ProfileRow, _ memory: borrowing some PageMemory & ~Copyable) {
    coming = stored
    let number = row.number & 0xFF_FFFF
    var bytes = InlineArray<26, UInt8>(repeating: 0)
    var count = 0
    if coming.next == 0 {
      coming.tailNumber = number
    } else if number != (coming.number &+ 1) & 0xFF_FFFF {
      putMarker(number, &bytes)
      count = Int(layout.markerSlots) * layout.recordBytes
      coming.marker = coming.next
      coming.markers &+= UInt16(truncatingIfNeeded: layout.markerSlots)
    }
    bytes[count] = ProfileBytes.status(row.status)
    var at = count + 1
    for k in 0..<4 where layout.channels >> UInt8(k) & 1 != 0 {
      let channel = ProfileBytes.channel(row.values[k], k)
      for n in 0..<3 { bytes[at + n] = UInt8(truncatingIfNeeded: channel &>> UInt32(8 * n)) }
      at += 3
    }
    coming.number = number
    putGroups(bytes.span.extracting(0..<at), memory)
    let before = oldest(coming)
    coming.next += UInt32(at / layout.recordBytes)
    for slot in before..<oldest(coming) { dropSlot(slot, memory) }
    if coming.marker != Self.none && coming.marker < oldest(coming) { coming.marker = Self.none }
  }
}

// MARK: - Groups of four bytes

extension LoadProfile {
  static let ownerOffset = 72
  private static let redoOffset = 32

  private var redoAddress: Int {
    Int(payload[28]) | Int(payload[29]) << 8 | Int(payload[30]) << 16
  }
  private var redoLength: Int { Int(payload[31]) }

  /// Copies the groups around the record's place, with the record in them, into the payload.
  private mutating func putGroups(
    _ bytes: Span<UInt8>, _ memory: borrowing some PageMemory & ~Copyable
  ) {
    let start = ProfileLayout.headerBytes + offset(of: coming.next)
    var address = start & ~3
    for i in 0..<3 { payload[28 + i] = UInt8(truncatingIfNeeded: address >> (8 * i)) }
    var length = 0
    var used = 0
    var position = start
    while used < bytes.count {
      var group = InlineArray<4, UInt8>(repeating: 0)
      var span = group.mutableSpan
      memory.read(
        page: Int(MemoryMap.loadProfile.first) + address / 256, offset: address % 256, into: &span)
      for i in 0..<4 where address + i == position && used < bytes.count {
        group[i] = bytes[used]
        used += 1
        position += 1
        if position == ProfileLayout.headerBytes + ringBytes {
          position = ProfileLayout.headerBytes
          break
        }
      }
      for i in 0..<4 { payload[Self.redoOffset + length + i] = group[i] }
      length += 4
      address = groupAddress(after: address)
    }
    payload[31] = UInt8(truncatingIfNeeded: length)
  }

  private func groupAddress(after address: Int) -> Int {
    let next = address + 4
    return next >= ProfileLayout.headerBytes + ringBytes ? ProfileLayout.headerBytes : next
  }

  /// The address of the group at an offset into the groups being written.
  private func redoGroup(_ offset: Int) -> Int {
    let address = redoAddress + offset
    let end = (ProfileLayout.headerBytes + ringBytes + 3) & ~3
    return address < end ? address : address - end + ProfileLayout.headerBytes
  }

  /// Programs the groups that lie side by side in one page.
  private mutating func programGroups(
    _ memory: inout some PageMemory & ~Copyable
  ) -> ProgramProgress {
    let from = Int(done)
    let address = redoGroup(from)
    var length = 4
    while from + length < redoLength, (address + length) % 256 != 0,
      redoGroup(from + length) == address + length
    {
      length += 4
    }
    let bytes = payload.span.extracting(
      (Self.redoOffset + from)..<(Self.redoOffset + from + length))
    done += UInt8(truncatingIfNeeded: length)
    memory.program(
      page: Int(MemoryMap.loadProfile.first) + address / 256, offset: address % 256, bytes)
    return .busy
  }

  private mutating func verifyGroups(
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> ProgramProgress {
    var isRight = true
    var offset = 0
    while offset < redoLength {
      var group = InlineArray<4, UInt8>(repeating: 0)
      var span = group.mutableSpan
      let address = redoGroup(offset)
      memory.read(
        page: Int(MemoryMap.loadProfile.first) + address / 256, offset: address % 256, into: &span)
      for i in 0..<4 where group[i] != payload[Self.redoOffset + offset + i] { isRight = false }
      offset += 4
    }
    return finish(isRight)
  }

  /// Lays what is committed but not yet programmed over bytes read from the ring.
  /// - Parameter address: of the first byte, from the start of the region.
  func overlay(_ bytes: inout MutableSpan<UInt8>, at address: Int) {
    guard step == .records else { return }
    var offset = 0
    while offset < redoLength {
      let group = redoGroup(offset)
      for i in 0..<4 {
        let place = group + i - address
        if place >= 0 && place < bytes.count {
          bytes[place] = payload[Self.redoOffset + offset + i]
        }
      }
      offset += 4
    }
  }
}

// MARK: - The checkpoint

extension LoadProfile {
  private mutating func putHead() {
    payload[0] = 1
    payload[1] = layout.minutes
    payload[2] = layout.channels
    put(coming.next, at: 4)
    put(coming.number, at: 8)
    put(coming.marker, at: 12)
    put(coming.tail, at: 16)
    put(coming.tailNumber, at: 20)
    put(UInt32(coming.markers) | UInt32(coming.generation) << 16, at: 24)
  }

  private mutating func put(_ value: UInt32, at offset: Int) {
    for i in 0..<4 { payload[offset + i] = UInt8(truncatingIfNeeded: value &>> UInt32(8 * i)) }
  }

  private func word(_ offset: Int) -> UInt32 {
    var value: UInt32 = 0
    for i in 0..<4 { value |= UInt32(payload[offset + i]) &<< UInt32(8 * i) }
    return value
  }

  /// False for a layout that this version does not know.
  private mutating func takePayload() -> Bool {
    guard payload[0] == 1,
      let layout = ProfileLayout(minutes: payload[1], channels: payload[2]), redoLength <= 40,
      redoLength % 4 == 0, redoAddress % 4 == 0, redoAddress < ProfileLayout.regionBytes
    else { return false }
    self.layout = layout
    coming = Position(
      next: word(4), number: word(8), marker: word(12), tail: word(16), tailNumber: word(20),
      markers: UInt16(truncatingIfNeeded: word(24)),
      generation: UInt16(truncatingIfNeeded: word(24) &>> 16))
    return coming.tail <= coming.next
      && (coming.marker == Self.none
        || coming.marker < coming.next && coming.next - coming.marker > layout.markerSlots)
      && UInt32(coming.markers) <= min(coming.next, UInt32(layout.capacity))
  }
}
