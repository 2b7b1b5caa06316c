import MeterFaults
import Testing

@testable import PermanentMemory

/// A load profile with the list of what it should hold.
struct ProfileRig: ~Copyable {
  var profile: LoadProfile
  var memory: FaultyMemory
  var rows: [ProfileRow] = []
  var random: SplitMix64
  /// The state of the owner is the number of the try. Two tries in a row may be torn so that the
  /// first of them is whole in the end: what counts is that one of them is there as a whole.
  var tries: UInt32 = 0
  private var history: [UInt32: (count: Int, row: ProfileRow)] = [:]

  init(minutes: UInt8 = 15, channels: UInt8, seed: UInt64 = 1) {
    let layout = ProfileLayout(minutes: minutes, channels: channels)!
    profile = LoadProfile(layout: layout)
    memory = FaultyMemory(seed: seed)
    random = SplitMix64(seed: seed)
    var owner = InlineArray<164, UInt8>(repeating: 0)
    _ = profile.recover(from: memory, owner: &owner)
    _ = profile.beginErased(layout, owner: owner)
    pump()
  }

  mutating func pump() {
    for _ in 0..<64 where !profile.isIdle && memory.isPowered { _ = profile.pump(&memory) }
  }

  func owner(_ count: UInt32) -> InlineArray<164, UInt8> {
    var owner = InlineArray<164, UInt8>(repeating: 0xA5)
    for i in 0..<4 { owner[i] = UInt8(truncatingIfNeeded: count >> UInt32(8 * i)) }
    return owner
  }

  mutating func row(_ number: UInt32) -> ProfileRow {
    var row = ProfileRow(number: number, status: UInt8(random.below(256)) & 0xAA)
    for k in 0..<4 where profile.layout.channels >> UInt8(k) & 1 != 0 {
      row.values[k] = UInt32(random.below(1 << 20))
    }
    return row
  }

  mutating func append(_ row: ProfileRow) {
    tries += 1
    rows.append(row)
    history[tries] = (rows.count, row)
    let isTaken = profile.begin(row, owner: owner(tries), memory: memory)
    #expect(isTaken)
    pump()
  }

  /// The next start; the list goes back to the try that the checkpoint knows.
  mutating func restart() -> RecoveryReport {
    memory.restorePower()
    profile = LoadProfile(layout: ProfileLayout(minutes: 5, channels: 1)!)
    var owner = InlineArray<164, UInt8>(repeating: 0)
    let report = profile.recover(from: memory, owner: &owner)
    var count: UInt32 = 0
    for i in 0..<4 { count |= UInt32(owner[i]) << UInt32(8 * i) }
    if let known = history[count] {
      rows.removeLast(rows.count - known.count + 1)
      rows.append(known.row)
    } else {
      rows = []
    }
    return report
  }

  func read(from place: ProfilePlace? = nil) -> [ProfileRow] {
    var reader = ProfileReader(at: place ?? profile.oldestPlace)
    var out: [ProfileRow] = []
    while let row = reader.next(of: profile, from: memory) { out.append(row) }
    return out
  }

  /// The newest rows as they read and as they should.
  func newest(_ count: Int) -> ([ProfileRow], [ProfileRow]) {
    let place = profile.place(ofRow: profile.rowCount - count, memory: memory)
    return (read(from: place), Array(expected.suffix(count)))
  }

  /// Rows that must still be there.
  var expected: ArraySlice<ProfileRow> { rows.suffix(profile.rowCount) }
}

@Suite struct LoadProfileTests {
  @Test("the twelve depths of the data sheet come out of the layout")
  func depths() {
    let told: [UInt8: [Int]] = [
      0b0001: [199, 597, 1194, 2388], 0b0011: [113, 341, 682, 1364], 0b1111: [61, 183, 367, 734],
    ]
    for (channels, days) in told {
      for (minutes, expected) in zip([5, 15, 30, 60] as [UInt8], days) {
        #expect(ProfileLayout(minutes: minutes, channels: channels)?.depthDays == expected)
      }
    }
    let capacities = [0b0001, 0b0011, 0b1111].map {
      ProfileLayout(minutes: 5, channels: $0)!.capacity
    }
    #expect(capacities == [57_328, 32_758, 17_639])
    #expect(ProfileLayout(minutes: 10, channels: 1) == nil)
    #expect(ProfileLayout(minutes: 5, channels: 0) == nil)
    #expect(ProfileLayout(minutes: 5, channels: 16) == nil)
  }

  @Test("a bit that flips in a record is noticed, and so are erased and cleared bytes")
  func flips() {
    for channel in 0..<4 {
      #expect(ProfileBytes.channel(0, channel) != 0)
      #expect(ProfileBytes.channel(0xF_FFFF, channel) != 0xFF_FFFF)
      for value in [0, 1, 0x5_5555, 0xF_FFFF] as [UInt32] {
        let word = ProfileBytes.channel(value, channel)
        for bit in 0..<24 {
          let flipped = word ^ 1 << UInt32(bit)
          #expect(ProfileBytes.check(flipped & 0xF_FFFF, channel) != flipped >> 20)
        }
      }
    }
    for status in 0...255 as ClosedRange<UInt8> {
      let stored = ProfileBytes.status(status)
      #expect(stored & 0xAF == status & 0xAF && stored & 0x10 == 0)
      #expect(stored.nonzeroBitCount & 1 == 1)
    }
  }

  @Test(
    "filling the memory and reading it back gives every record once, in order",
    arguments: [0b0001, 0b0011, 0b0101, 0b1111] as [UInt8])
  func fill(channels: UInt8) {
    var rig = ProfileRig(channels: channels)
    let capacity = rig.profile.layout.capacity
    for n in 0..<(capacity + 3) {
      let row = rig.row(70_000 + UInt32(n))
      rig.append(row)
      if n == capacity - 1 {
        let (all, rows) = (rig.read(), rig.rows)
        #expect(all.count == capacity && all == rows)
      }
    }
    let (after, rows) = (rig.read(), Array(rig.rows.suffix(capacity)))
    #expect(after.count == capacity && after == rows)
    let report = rig.restart()
    // All four copies of the checkpoint are looked at, for damage; none of the records is.
    #expect(report.outcome == .recovered && report.bytesRead <= 4 * 272 + 64)
    let again = rig.read()
    #expect(again == after)
  }

  /// Rows with gaps, jumps back and repetitions, more than fit.
  @Test("gaps and clocks set back keep every row, its number and its index", arguments: [1, 2, 3])
  func gaps(seed: UInt64) {
    var rig = ProfileRig(channels: [0b0001, 0b0011, 0b1111][Int(seed) - 1], seed: seed)
    var number: UInt32 = 900_000
    let count = rig.profile.layout.capacity / 2
    for round in 0..<2 {
      for _ in 0..<count {
        let row = rig.row(number)
        rig.append(row)
        switch rig.random.below(round == 0 ? 40 : 400) {
        case 0: number += UInt32(2 + rig.random.below(100))
        case 1: number -= UInt32(rig.random.below(100))
        default: number += 1
        }
      }
    }
    for _ in 0..<500 {
      let row = rig.row(number)
      rig.append(row)
      number += rig.random.below(3) == 0 ? 5 : 1
    }
    let (all, expected, rowCount) = (rig.read(), Array(rig.expected), rig.profile.rowCount)
    #expect(all.count == rowCount && all == expected)
    for _ in 0..<200 {
      let index = rig.random.below(all.count + 1)
      let place = rig.profile.place(ofRow: index, memory: rig.memory)
      let rest = rig.read(from: place)
      #expect(rest == Array(all[index...]))
      let wanted = 900_000 + UInt32(rig.random.below(Int(number) - 900_000 + 50))
      let first = rig.read(from: rig.profile.place(from: wanted, memory: rig.memory)).first
      #expect(first == all.first { $0.number >= wanted })
    }
  }

  @Test("a reader goes on with what is added, passes over what is overwritten, ends when erased")
  func longReads() {
    var rig = ProfileRig(channels: 0b1111)
    for n in 0..<100 {
      let row = rig.row(UInt32(n))
      rig.append(row)
    }
    var reader = ProfileReader(at: rig.profile.oldestPlace)
    for n in 0..<100 {
      let (row, wanted) = (reader.next(of: rig.profile, from: rig.memory), rig.rows[n])
      #expect(row == wanted)
    }
    let end = reader.next(of: rig.profile, from: rig.memory)
    #expect(end == nil)
    for n in 100..<(rig.profile.layout.capacity + 150) {
      let row = rig.row(UInt32(n))
      rig.append(row)
    }
    let (next, oldest) = (reader.next(of: rig.profile, from: rig.memory), rig.expected.first)
    #expect(next == oldest)
    let layout = ProfileLayout(minutes: 60, channels: 0b0011)!
    let isTaken = rig.profile.beginErased(layout, owner: rig.owner(0))
    let erased = reader.next(of: rig.profile, from: rig.memory)
    #expect(isTaken && erased == nil)
    rig.pump()
    let count = rig.profile.rowCount
    #expect(count == 0)
    rig.rows = []
    let row = rig.row(5)
    rig.append(row)
    let read = rig.read()
    #expect(read == [row])
  }
}

@Suite struct LoadProfilePowerCutTests {
  /// Cuts a memory that is nearly full, so that the ring closes meanwhile, at every byte.
  @Test(
    "a cut at any byte costs nothing that was committed, and never a neighbour",
    arguments: [0b0001, 0b0011, 0b1111] as [UInt8])
  func cuts(channels: UInt8) {
    var rig = ProfileRig(channels: channels, seed: 7)
    for n in 0..<(rig.profile.layout.capacity - 4) {
      let row = rig.row(UInt32(n + (n > 20 ? 1 : 0)))
      rig.append(row)
    }
    var number = rig.rows.last!.number
    for round in 0..<1500 {
      number = rig.rows.last!.number + (round % 3 == 0 ? 7 : 1)
      let row = rig.row(number)
      rig.memory.cut(
        afterBytes: rig.random.below(320), shape: TearShape.allCases[round % 7])
      rig.append(row)
      let report = rig.restart()
      #expect(report.outcome == .recovered)
      let (early, wanted) = rig.newest(30)
      #expect(early == wanted)
      // The second cut hits the repetition of what the first one tore.
      if round % 2 == 0 {
        rig.memory.cut(afterBytes: rig.random.below(24), shape: TearShape.allCases[round % 5])
        rig.pump()
        _ = rig.restart()
      }
      rig.pump()
      let (late, kept) = rig.newest(30)
      #expect(late == kept)
    }
    let (all, expected) = (rig.read(), Array(rig.expected))
    #expect(all == expected)
  }

  @Test("a change of layout that is cut leaves the old profile or an empty new one")
  func erasure() {
    for cut in 0..<330 {
      var rig = ProfileRig(channels: 0b0011, seed: UInt64(cut))
      for n in 0..<20 {
        let row = rig.row(UInt32(n))
        rig.append(row)
      }
      let layout = ProfileLayout(minutes: 60, channels: 0b1111)!
      rig.memory.cut(afterBytes: cut, shape: TearShape.allCases[cut % 7])
      _ = rig.profile.beginErased(layout, owner: rig.owner(rig.tries))
      rig.pump()
      let report = rig.restart()
      #expect(report.outcome == .recovered)
      rig.pump()
      let (rows, kept, present) = (rig.read(), rig.rows, rig.profile.layout)
      #expect(rows == (present == layout ? [] : kept))
    }
  }

  @Test("a worn place costs the record in it and no other")
  func wornOut() {
    var rig = ProfileRig(channels: 0b1111)
    for n in 0..<10 {
      let row = rig.row(UInt32(n))
      rig.append(row)
    }
    rig.memory.stick(
      FaultyMemory.StuckBits(address: 64 + 13 * 12 + 2, mask: 0xFF, value: 0x77))
    for n in 10..<40 {
      let row = rig.row(UInt32(n))
      rig.append(row)
    }
    let failures = rig.profile.failures
    #expect(failures == 3)
    let (read, rows) = (rig.read(), rig.rows)
    for n in 0..<40 where n != 12 { #expect(read[n] == rows[n]) }
    #expect(read[12].status & 0x05 == 0x05 && read[12].number == 12)
  }
}
