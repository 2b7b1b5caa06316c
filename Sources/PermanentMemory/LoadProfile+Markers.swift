import Bytes

/// Gaps of the load profile: what stands in a slot, and which numbers the rows behind it have.
///
/// The checkpoint knows the number of the newest row and the slot of the newest marker, so the
/// rows behind that marker never depend on what can be read of it. Rows behind an older marker
/// that is damaged are delivered with `ProfileBytes.damaged` until the next marker: the period
/// that they belong to is not known.
extension LoadProfile {
  /// Set in a number that only counts on from a marker that could not be read.
  static let uncertain: UInt32 = 0x8000_0000

  /// What a slot holds.
  enum Slot: Equatable {
    /// A record; `isCertain` is false where it may as well be a marker beyond recognition.
    case row(isCertain: Bool)
    /// A marker with the number behind it and the slots back to the marker before; nil where
    /// those cannot be read.
    case marker(number: UInt32?, back: UInt32)
  }

  /// The number behind another one, 24 bits; an uncertain one stays uncertain.
  static func number(_ number: UInt32, plus count: UInt32) -> UInt32 {
    (number &+ count) & 0xFF_FFFF | number & uncertain
  }

  /// First slot of the rows that run without a gap up to the newest one.
  func newestRun(_ position: Position) -> UInt32 {
    position.marker == Self.none ? 0 : position.marker + layout.markerSlots
  }

  /// Number of a row in the newest run, counted back from the newest row.
  func numberInNewestRun(_ slot: UInt32, _ position: Position) -> UInt32 {
    (position.number &- (position.next &- 1 &- slot)) & 0xFF_FFFF
  }

  /// Tells records and markers apart. A single wrong bit is never taken for the other kind: where
  /// it is in the status byte the rest of the slot tells, and the other way round.
  @inline(never)
  func slot(
    _ slot: UInt32, _ bytes: InlineArray<13, UInt8>, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Slot {
    let status = bytes[0]
    if ProfileBytes.isStatus(status) { return .row(isCertain: true) }
    let isExact = status == ProfileBytes.marker
    // With more than one wrong bit it is shown as a record, which it may not have been.
    guard isExact || (status ^ ProfileBytes.marker).nonzeroBitCount == 1 else {
      return .row(isCertain: areChannelsRight(bytes))
    }
    let found = markerBody(at: slot, bytes, memory)
    if isExact || isFirstHalf(slot, memory) {
      return .marker(number: found?.number, back: found?.back ?? 0)
    }
    let isRecord = areChannelsRight(bytes)
    if let found, !isRecord { return .marker(number: found.number, back: found.back) }
    return .row(isCertain: isRecord && found == nil)
  }

  /// The marker in a slot, nil if there is none or it cannot be read.
  func marker(
    at slot: UInt32, _ memory: borrowing some PageMemory & ~Copyable
  ) -> (number: UInt32, back: UInt32)? {
    var bytes = InlineArray<13, UInt8>(repeating: 0)
    readSlot(slot, memory, &bytes)
    guard case .marker(let number?, let back) = self.slot(slot, bytes, memory) else { return nil }
    return (number, back)
  }

  /// Six bytes: number of the record behind (24 bit), slots back to the marker before or 0
  /// (16 bit), low byte of the CRC-64 of those five; as often as they fit.
  func putMarker(_ number: UInt32, _ bytes: inout InlineArray<26, UInt8>) {
    var body = InlineArray<6, UInt8>(repeating: 0)
    let back = stored.marker == Self.none ? 0 : stored.next - stored.marker
    for i in 0..<3 { body[i] = UInt8(truncatingIfNeeded: number &>> UInt32(8 * i)) }
    body[3] = UInt8(truncatingIfNeeded: back)
    body[4] = UInt8(truncatingIfNeeded: back &>> 8)
    body[5] = UInt8(truncatingIfNeeded: CRC64.check(body.span.extracting(0..<5)))
    bytes[0] = ProfileBytes.marker
    if layout.channelCount == 1 {
      for i in 0..<3 {
        bytes[1 + i] = body[i]
        bytes[5 + i] = body[3 + i]
      }
      bytes[4] = ProfileBytes.markerRest
    } else {
      for i in 0..<(layout.recordBytes - 1) { bytes[1 + i] = body[i % 6] }
    }
  }

  /// A slot is going to be overwritten: what only it knew is kept.
  mutating func dropSlot(_ slot: UInt32, _ memory: borrowing some PageMemory & ~Copyable) {
    // The second half of a marker.
    if slot < coming.tail {
      if coming.markers > 0 { coming.markers &-= 1 }
      return
    }
    var bytes = InlineArray<13, UInt8>(repeating: 0)
    readSlot(slot, memory, &bytes)
    var isMarker = slot == coming.marker
    var number: UInt32?
    switch self.slot(slot, bytes, memory) {
    case .marker(let found, _):
      isMarker = true
      number = found
    case .row(let isCertain):
      if !isMarker && isCertain { return }
    }
    let behind = slot + (isMarker ? layout.markerSlots : 1)
    if behind >= newestRun(coming) {
      number = numberInNewestRun(behind, coming)
    }
    coming.tailNumber =
      number ?? Self.number(coming.tailNumber, plus: slot - coming.tail) | Self.uncertain
    coming.tail = behind
    if isMarker && coming.markers > 0 { coming.markers &-= 1 }
  }

  /// Whether the slot behind is the second half of a marker, where a record has only four bytes.
  private func isFirstHalf(
    _ slot: UInt32, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    guard layout.channelCount == 1 else { return false }
    var bytes = InlineArray<13, UInt8>(repeating: 0)
    readSlot(slot + 1, memory, &bytes)
    return bytes[0] == ProfileBytes.markerRest
  }

  private func areChannelsRight(_ bytes: InlineArray<13, UInt8>) -> Bool {
    var at = 1
    for k in 0..<4 where layout.channels >> UInt8(k) & 1 != 0 {
      if ProfileBytes.value(bytes, at, k) == nil { return false }
      at += 3
    }
    return true
  }

  /// What a marker says, from the first copy that is right.
  private func markerBody(
    at slot: UInt32, _ bytes: InlineArray<13, UInt8>,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> (number: UInt32, back: UInt32)? {
    var body = InlineArray<12, UInt8>(repeating: 0)
    for i in 0..<12 { body[i] = bytes[1 + i] }
    if layout.channelCount == 1 {
      var rest = InlineArray<13, UInt8>(repeating: 0)
      readSlot(slot + 1, memory, &rest)
      for i in 0..<3 { body[3 + i] = rest[1 + i] }
    }
    var at = 0
    while at <= (layout.channelCount == 4 ? 6 : 0) {
      let check = UInt8(truncatingIfNeeded: CRC64.check(body.span.extracting(at..<(at + 5))))
      if check == body[at + 5] {
        return (
          UInt32(body[at]) | UInt32(body[at + 1]) << 8 | UInt32(body[at + 2]) << 16,
          UInt32(body[at + 3]) | UInt32(body[at + 4]) << 8
        )
      }
      at += 6
    }
    return nil
  }
}
