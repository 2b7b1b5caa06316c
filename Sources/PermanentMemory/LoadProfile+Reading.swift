import Bytes

/// A place in the load profile from which reading goes on; it can be kept and used again.
public struct ProfilePlace: Equatable, Sendable {
  /// Slot to be read next.
  var slot: UInt32
  /// Number of the record in it, unless a marker says otherwise.
  var number: UInt32
  var generation: UInt16

  /// The place as two numbers, for whoever keeps it beside the places of other logs.
  public var words: (UInt64, UInt64) {
    (UInt64(slot), UInt64(number) << 16 | UInt64(generation))
  }

  /// A place from its numbers; wrong ones read nothing that is not there.
  public init(words: (UInt64, UInt64)) {
    slot = UInt32(truncatingIfNeeded: words.0)
    number = UInt32(truncatingIfNeeded: words.1 >> 16) & (0xFF_FFFF | LoadProfile.uncertain)
    generation = UInt16(truncatingIfNeeded: words.1)
  }

  init(slot: UInt32, number: UInt32, generation: UInt16) {
    (self.slot, self.number, self.generation) = (slot, number, generation)
  }
}

/// Reads a load profile row by row, the oldest first. Rows that are overwritten meanwhile are
/// passed over; an erased profile ends.
public struct ProfileReader: Sendable {
  /// Where reading goes on.
  public private(set) var place: ProfilePlace
  private var buffer = InlineArray<256, UInt8>(repeating: 0)
  /// Bytes of the region that the buffer holds, and how much had been written when it was filled.
  private var start = 0
  private var end = 0
  private var filledAt: UInt32 = 0
  /// `LoadProfile.uncertain` where the record just read may be a marker beyond recognition.
  private var doubt: UInt32 = 0

  public init(at place: ProfilePlace) { self.place = place }

  /// The next row, nil at the end; asked again later it goes on with what has been added.
  public mutating func next(
    of profile: borrowing LoadProfile, from memory: borrowing some PageMemory & ~Copyable
  ) -> ProfileRow? {
    let position = profile.stored
    guard place.generation == position.generation, place.slot < position.next else { return nil }
    if place.slot < profile.oldest(position) { place = profile.oldestPlace }
    if filledAt != position.next {
      filledAt = position.next
      end = 0
    }
    let size = profile.layout.recordBytes
    while place.slot < position.next {
      let at = ProfileLayout.headerBytes + profile.offset(of: place.slot)
      var bytes = InlineArray<13, UInt8>(repeating: 0)
      if at >= start && at + size <= end {
        for i in 0..<size { bytes[i] = buffer[at - start + i] }
      } else {
        for i in 0..<size { bytes[i] = byte(at + i, profile, memory) }
      }
      let run = profile.newestRun(position)
      if place.slot >= run {
        place.number = profile.numberInNewestRun(place.slot, position)
      } else if place.slot >= position.marker {
        place.slot = run
        continue
      } else if !ProfileBytes.isStatus(bytes[0]), pass(bytes, profile, memory) {
        continue
      }
      let row = Self.row(bytes, place.number, profile.layout.channels)
      place.slot += 1
      place.number = LoadProfile.number(place.number, plus: 1) | doubt
      doubt = 0
      return row
    }
    return nil
  }

  /// Passes a marker; false if it is none.
  @inline(never)
  private mutating func pass(
    _ bytes: InlineArray<13, UInt8>, _ profile: borrowing LoadProfile,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    switch profile.slot(place.slot, bytes, memory) {
    case .row(let isCertain):
      if !isCertain { doubt = LoadProfile.uncertain }
      return false
    case .marker(let number, _):
      place.number = number ?? place.number | LoadProfile.uncertain
      place.slot += profile.layout.markerSlots
      return true
    }
  }

  private mutating func byte(
    _ at: Int, _ profile: borrowing LoadProfile, _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt8 {
    if at < start || at >= end {
      start = at
      end = min((at / 256 + 1) * 256, ProfileLayout.regionBytes)
      var span = buffer.mutableSpan
      profile.readBytes(start, end - start, memory, &span)
    }
    return buffer[at - start]
  }

  @inline(__always)
  private static func row(
    _ bytes: InlineArray<13, UInt8>, _ number: UInt32, _ channels: UInt8
  ) -> ProfileRow {
    var row = ProfileRow(number: number & 0xFF_FFFF, status: bytes[0] & ProfileBytes.ownerBits)
    if number & LoadProfile.uncertain != 0 || !ProfileBytes.isStatus(bytes[0]) {
      row.status |= ProfileBytes.damaged
    }
    var at = 1
    for k in 0..<4 where channels >> UInt8(k) & 1 != 0 {
      if let value = ProfileBytes.value(bytes, at, k) {
        row.values[k] = value
      } else {
        row.status |= ProfileBytes.damaged
      }
      at += 3
    }
    return row
  }
}

/// Questions to the profile.
extension LoadProfile {
  /// Rows that can be read.
  public var rowCount: Int {
    let slots = stored.next - oldest(stored)
    return Int(slots) - min(Int(slots), Int(stored.markers))
  }

  /// Number of the newest row, nil in an empty profile.
  public var newestNumber: UInt32? { stored.next == 0 ? nil : stored.number }

  /// Times that the profile has been erased, 16 bit.
  public var generation: UInt16 { stored.generation }

  /// Before the oldest row.
  public var oldestPlace: ProfilePlace {
    // The second half of a marker may be left at the end of the ring; readers pass it.
    let slot = oldest(stored)
    let skipped = slot >= stored.tail ? slot - stored.tail : 0
    return ProfilePlace(
      slot: max(slot, stored.tail), number: Self.number(stored.tailNumber, plus: skipped),
      generation: stored.generation)
  }

  /// Before a row by its index.
  ///
  /// Costs one read for each gap between the row and the newest one; behind a marker that cannot
  /// be read, all rows from the oldest on.
  /// - Parameter index: 0 is the oldest, `rowCount` the end; others are clamped.
  @inline(never)
  public func place(
    ofRow index: Int, memory: borrowing some PageMemory & ~Copyable
  ) -> ProfilePlace {
    var fromEnd = UInt32(clamping: rowCount - index)
    if index <= 0 { return oldestPlace }
    if fromEnd == 0 {
      return ProfilePlace(
        slot: stored.next, number: (stored.number &+ 1) & 0xFF_FFFF, generation: stored.generation)
    }
    var segments = Segments(self)
    while let segment = segments.next(of: self, memory) {
      let length = segment.end - segment.first
      if fromEnd <= length {
        let slot = segment.end - fromEnd
        return ProfilePlace(
          slot: slot, number: (segment.number &+ (slot - segment.first)) & 0xFF_FFFF,
          generation: stored.generation)
      }
      fromEnd -= length
    }
    var reader = ProfileReader(at: oldestPlace)
    var left = segments.unread > 0 ? index : 0
    while left > 0, reader.next(of: self, from: memory) != nil { left -= 1 }
    return reader.place
  }

  /// Before the oldest row whose number is at least `number`; the end if there is none.
  ///
  /// After a clock that was set back numbers repeat: the earliest row in sequence is taken.
  /// Costs one read for each gap, and where a marker cannot be read all rows before it. Rows whose
  /// number is uncertain do not count.
  @inline(never)
  public func place(
    from number: UInt32, memory: borrowing some PageMemory & ~Copyable
  ) -> ProfilePlace {
    var best = ProfilePlace(
      slot: stored.next, number: (stored.number &+ 1) & 0xFF_FFFF, generation: stored.generation)
    var segments = Segments(self)
    while let segment = segments.next(of: self, memory) {
      let length = segment.end - segment.first
      if length == 0 || segment.number + length <= number { continue }
      let skip = number > segment.number ? number - segment.number : 0
      best.slot = segment.first + skip
      best.number = segment.number + skip
    }
    var reader = ProfileReader(at: oldestPlace)
    var before = reader.place
    while before.slot < segments.unread, let row = reader.next(of: self, from: memory) {
      // What follows an uncertain number, or a record that may be a marker, is passed over.
      if reader.place.number & Self.uncertain == 0 && row.number >= number { return before }
      before = reader.place
    }
    return best
  }

  /// Runs of rows without a gap, the newest first, as far back as the markers can be read.
  struct Segments {
    private var end: UInt32
    private var marker: UInt32
    private var isOver: Bool
    /// Slots from the oldest up to here are in no segment: a marker could not be read.
    private(set) var unread: UInt32 = 0

    init(_ profile: borrowing LoadProfile) {
      end = profile.stored.next
      marker = profile.stored.marker
      isOver = end == 0
    }

    mutating func next(
      of profile: borrowing LoadProfile, _ memory: borrowing some PageMemory & ~Copyable
    ) -> (first: UInt32, end: UInt32, number: UInt32)? {
      if isOver { return nil }
      let position = profile.stored
      let last = end
      guard marker != LoadProfile.none, marker >= profile.oldest(position) else {
        isOver = true
        let place = profile.oldestPlace
        if place.number & LoadProfile.uncertain != 0 { unread = last }
        let isRun = place.slot <= last && unread == 0
        return isRun ? (place.slot, last, place.number) : nil
      }
      let isNewest = marker == position.marker
      let slots = profile.layout.markerSlots
      let first = marker + slots
      var number = profile.numberInNewestRun(first, position)
      if let found = profile.marker(at: marker, memory) {
        if !isNewest { number = found.number }
        end = marker
        // Between two markers there is a record at least.
        let isChained = found.back > slots && found.back <= marker
        marker = isChained ? marker - found.back : LoadProfile.none
        return (first, last, number)
      }
      isOver = true
      unread = isNewest ? marker : last
      return isNewest ? (first, last, number) : nil
    }
  }

  func readSlot(
    _ slot: UInt32, _ memory: borrowing some PageMemory & ~Copyable,
    _ bytes: inout InlineArray<13, UInt8>
  ) {
    let at = ProfileLayout.headerBytes + offset(of: slot)
    let first = min(layout.recordBytes, 256 - at % 256)
    readPart(at, 0..<first, memory, &bytes)
    if first < layout.recordBytes { readPart(at, first..<layout.recordBytes, memory, &bytes) }
  }

  private func readPart(
    _ at: Int, _ part: Range<Int>, _ memory: borrowing some PageMemory & ~Copyable,
    _ bytes: inout InlineArray<13, UInt8>
  ) {
    var room = InlineArray<13, UInt8>(repeating: 0)
    var span = room.mutableSpan
    readBytes(at + part.lowerBound, part.count, memory, &span)
    for i in part { bytes[i] = room[i - part.lowerBound] }
  }

  /// Reads within one page, with what is committed but not yet programmed laid over it.
  func readBytes(
    _ address: Int, _ count: Int, _ memory: borrowing some PageMemory & ~Copyable,
    _ bytes: inout MutableSpan<UInt8>
  ) {
    var part = bytes._mutatingExtracting(0..<count)
    memory.read(
      page: Int(MemoryMap.loadProfile.first) + address / 256, offset: address % 256, into: &part)
    overlay(&part, at: address)
  }
}
