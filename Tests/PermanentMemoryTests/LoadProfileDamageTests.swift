import MeterFaults
import Testing

@testable import PermanentMemory

/// The load profile where the memory is slow, worn or damaged, and at its ends.
@Suite struct LoadProfileDamageTests {
  private static let region = MemoryMap.profileCheckpoint

  /// Changes what the checkpoint says, with the check that belongs to it, and starts again.
  private func restart(
    _ rig: inout ProfileRig, _ change: (inout [UInt8]) -> Void
  ) -> RecoveryReport {
    var bytes = payload(in: Self.region, copies: 4, kind: 5, of: rig.memory)
    change(&bytes)
    store(bytes, in: Self.region, copies: 4, kind: 5, of: &rig.memory)
    let report = rig.restart()
    rig.pump()
    return report
  }

  private func put(_ value: UInt32, _ offset: Int, _ bytes: inout [UInt8]) {
    for i in 0..<4 { bytes[offset + i] = UInt8(truncatingIfNeeded: value >> UInt32(8 * i)) }
  }

  private func rig(_ numbers: [UInt32], channels: UInt8 = 0b1111) -> ProfileRig {
    var rig = ProfileRig(channels: channels)
    for number in numbers {
      let row = rig.row(number)
      rig.append(row)
    }
    return rig
  }

  @Test("an empty profile, its first rows and its end")
  func ends() {
    let empty = rig([])
    let (none, generation, count) = (
      empty.profile.newestNumber, empty.profile.generation, empty.profile.rowCount
    )
    #expect(none == nil && generation == 1 && count == 0)
    var rig = rig([10, 11, 20])
    let (newest, all) = (rig.profile.newestNumber, rig.rows)
    #expect(newest == 20)
    for index in [-1, 0] {
      let rows = rig.read(from: rig.profile.place(ofRow: index, memory: rig.memory))
      #expect(rows == all)
    }
    for index in [3, 4] {
      let end = rig.profile.place(ofRow: index, memory: rig.memory)
      let before = rig.read(from: end)
      #expect(before.isEmpty)
    }
    let end = rig.profile.place(ofRow: 3, memory: rig.memory)
    let row = rig.row(21)
    rig.append(row)
    let after = rig.read(from: end)
    #expect(after == [row])
  }

  @Test("one change at a time, none before recovery, and none is pumped on")
  func oneAtATime() {
    var rig = rig([10])
    var fresh = LoadProfile(layout: rig.profile.layout)
    let early = fresh.begin(nil, owner: rig.owner(7), memory: rig.memory)
    let nothing = fresh.pump(&rig.memory)
    #expect(!early && nothing == .idle)
    let idle = rig.profile.pump(&rig.memory)
    #expect(idle == .idle)
    let row = rig.row(11)
    let first = rig.profile.begin(row, owner: rig.owner(7), memory: rig.memory)
    let second = rig.profile.begin(row, owner: rig.owner(8), memory: rig.memory)
    let erased = rig.profile.beginErased(rig.profile.layout, owner: rig.owner(9))
    let isPending = rig.profile.isPending
    #expect(first && !second && !erased && isPending)
    rig.pump()
    let (read, rows, stays) = (rig.read(), rig.rows + [row], rig.profile.isPending)
    #expect(read == rows && !stays)
  }

  @Test("the state of the owner is kept without a record, too")
  func ownerAlone() {
    var rig = rig([10, 11])
    let programs = rig.memory.programs
    let isBegun = rig.profile.begin(nil, owner: rig.owner(0x1234), memory: rig.memory)
    var progress = ProgramProgress.busy
    for _ in 0..<10 where progress == .busy { progress = rig.profile.pump(&rig.memory) }
    let (used, read, rows) = (rig.memory.programs - programs, rig.read(), rig.rows)
    #expect(isBegun && progress == .committed && used == 1 && read == rows)
    var again = LoadProfile(layout: rig.profile.layout)
    var owner = InlineArray<164, UInt8>(repeating: 0)
    let report = again.recover(from: rig.memory, owner: &owner)
    #expect(report.outcome == .recovered && owner[0] == 0x34 && owner[1] == 0x12)
    #expect(again.isIdle && again.rowCount == 2)
  }

  @Test("a slow memory is waited for")
  func slow() {
    var rig = rig([10])
    rig.memory.programSteps = 3
    let layout = ProfileLayout(minutes: 60, channels: 0b0011)!
    let erased = rig.profile.beginErased(layout, owner: rig.owner(0))
    for _ in 0..<40 where !rig.profile.isIdle {
      _ = rig.profile.pump(&rig.memory)
      rig.memory.advance()
    }
    let row = rig.row(30)
    let begun = rig.profile.begin(row, owner: rig.owner(1), memory: rig.memory)
    for _ in 0..<40 where !rig.profile.isIdle {
      _ = rig.profile.pump(&rig.memory)
      rig.memory.advance()
    }
    let (isIdle, read, head) = (rig.profile.isIdle, rig.read(), rig.memory.image[0..<6])
    #expect(erased && begun && isIdle && read == [row])
    #expect(Array(head) == [0x50, 1, 60, 3, 2, 0])
  }

  @Test("a checkpoint that does not read back is tried until it does")
  func wornCheckpoint() {
    var rig = rig([10])
    rig.memory.silentPages = Set(Self.region.pages)
    let row = rig.row(11)
    rig.append(row)
    let (isIdle, failures, count) = (
      rig.profile.isIdle, rig.profile.failures, rig.profile.rowCount
    )
    #expect(!isIdle && failures > 3 && count == 1)
    rig.memory.silentPages = []
    rig.pump()
    let (settled, read, rows) = (rig.profile.isIdle, rig.read(), rig.rows)
    #expect(settled && read == rows)
  }

  /// A ring that is just full: the next records overwrite the first one and the marker behind it.
  @Test("a marker that is overwritten leaves its number to the record behind it")
  func markerIsOverwritten() {
    var rig = rig([10, 20])
    let capacity = UInt32(rig.profile.layout.capacity)
    // Slot s holds number 20 + s - 2: a record, the marker, and what has been read as 20 above.
    let report = restart(&rig) { bytes in
      put(capacity, 4, &bytes)
      put(capacity + 17, 8, &bytes)
    }
    #expect(report.outcome == .recovered)
    let kept = rig.rows[1]
    var added: [ProfileRow] = []
    for number in [capacity + 18, capacity + 19] {
      let row = rig.row(number)
      rig.append(row)
      added.append(row)
    }
    let (position, count) = (rig.profile.stored, rig.profile.rowCount)
    #expect(position.marker == LoadProfile.none && position.markers == 0)
    #expect(position.tail == 2 && position.tailNumber == 20 && count == Int(capacity))
    var reader = ProfileReader(at: rig.profile.oldestPlace)
    let oldest = reader.next(of: rig.profile, from: rig.memory)
    #expect(oldest == kept)
    let newest = rig.read(from: rig.profile.place(ofRow: count - 2, memory: rig.memory))
    #expect(newest == added)
  }

  @Test("a checkpoint whose oldest record lies behind all of them has none to show")
  func tailAtTheEnd() {
    var rig = rig([10, 11, 12])
    let report = restart(&rig) { put(3, 16, &$0) }
    let (place, oldest) = (
      rig.profile.place(ofRow: 1, memory: rig.memory), rig.profile.oldestPlace
    )
    #expect(report.outcome == .recovered && place == oldest)
    let read = rig.read(from: place)
    #expect(read.isEmpty)
  }

  @Test("a place that has been overwritten leads nowhere where nothing is left")
  func overwrittenPlace() {
    var rig = rig([10, 11, 12])
    let place = rig.profile.oldestPlace
    let next = UInt32(rig.profile.layout.capacity) + 1
    let report = restart(&rig) { bytes in
      put(next, 4, &bytes)
      put(next, 16, &bytes)
    }
    let read = rig.read(from: place)
    #expect(report.outcome == .recovered && read.isEmpty)
  }

  @Test("a checkpoint whose oldest record lies behind a marker shows what is behind the marker")
  func tailBehindAMarker() {
    var rig = rig([10, 20])
    let rows = rig.rows
    let report = restart(&rig) { put(3, 16, &$0) }
    #expect(report.outcome == .recovered)
    let read = rig.read(from: rig.profile.place(from: 5, memory: rig.memory))
    let newest = rig.read(from: rig.profile.place(ofRow: 1, memory: rig.memory))
    #expect(read == [rows[1]] && newest == [rows[1]])
  }

  @Test("a place survives as two numbers; wrong ones read nothing that is not there")
  func placesAsNumbers() {
    let rig = rig([10, 11, 20])
    for index in 0...3 {
      let place = rig.profile.place(ofRow: index, memory: rig.memory)
      #expect(ProfilePlace(words: place.words) == place)
    }
    let place = rig.profile.place(ofRow: 2, memory: rig.memory)
    let (found, row) = (rig.read(from: ProfilePlace(words: place.words)), rig.rows[2])
    #expect(found == [row])
    let (slot, rest) = place.words
    for wrong in [(slot + 1, rest), (.max, rest), (slot, rest ^ 1), (.max, .max)]
      as [(UInt64, UInt64)]
    {
      let read = rig.read(from: ProfilePlace(words: wrong))
      #expect(read.isEmpty)
    }
  }

  @Test("a checkpoint that says what cannot be is lost")
  func impossible() {
    let changes: [(String, (inout [UInt8]) -> Void)] = [
      ("length", { $0.removeLast() }),
      ("version", { $0[0] = 2 }),
      ("length of period", { $0[1] = 7 }),
      ("channels", { $0[2] = 16 }),
      ("bytes to program", { $0[31] = 44 }),
      ("part of a group", { $0[31] = 5 }),
      ("place between groups", { $0[28] = 65 }),
      ("place behind the ring", { $0[30] = 0x40 }),
      ("oldest behind the newest", { self.put(4, 16, &$0) }),
      ("marker behind the newest", { self.put(3, 12, &$0) }),
      ("a marker without a record", { self.put(2, 12, &$0) }),
      ("more markers than slots", { $0[24] = 4 }),
    ]
    for (what, change) in changes {
      var rig = rig([10, 11, 12])
      let (sound, before) = (restart(&rig) { _ in }, rig.profile.rowCount)
      #expect(sound.outcome == .recovered && before == 3)
      let report = restart(&rig, change)
      let (count, read) = (rig.profile.rowCount, rig.read())
      #expect(report.outcome == .lost && count == 0 && read.isEmpty, "\(what)")
    }
  }
}
