import MeterFaults
import Testing

@testable import PermanentMemory

/// Gap markers of the load profile that are damaged: no row behind one is believed to belong to a
/// period that it does not belong to.
@Suite struct LoadProfileMarkerTests {
  private static let numbers: [UInt32] = [10, 11, 20, 21, 22, 40, 41, 50, 51]
  private static let channelSets: [UInt8] = [0b0001, 0b0011, 0b0111, 0b1111]

  private static func rig(_ numbers: [UInt32] = numbers, channels: UInt8) -> ProfileRig {
    var rig = ProfileRig(channels: channels)
    for number in numbers {
      let row = rig.row(number)
      rig.append(row)
    }
    return rig
  }

  private static func isDamaged(_ row: ProfileRow) -> Bool { row.status & 0x05 == 0x05 }

  private static func bytes(of slots: UInt32, _ rig: borrowing ProfileRig) -> Range<Int> {
    let start = ProfileLayout.headerBytes
    return start..<(start + Int(slots) * rig.profile.layout.recordBytes)
  }

  private static func slots(of rows: Int, gaps: Int, _ rig: borrowing ProfileRig) -> UInt32 {
    UInt32(rows) + UInt32(gaps) * rig.profile.layout.markerSlots
  }

  @Test("of all single bits none makes a row that is believed and wrong", arguments: channelSets)
  func everyBit(channels: UInt8) {
    var rig = Self.rig(channels: channels)
    let rows = rig.rows
    for at in Self.bytes(of: rig.profile.stored.next, rig) {
      for bit in 0..<8 {
        rig.memory.poke(at, xor: 1 << bit)
        let read = rig.read()
        let believed = read.filter { !Self.isDamaged($0) }
        #expect(believed.allSatisfy { rows.contains($0) }, "byte \(at), bit \(bit)")
        #expect(read.map(\.number) == read.map(\.number).sorted())
        // One record, or the rows between two gaps, can be hurt; the rest is as it was.
        #expect(believed.count >= rows.count - 3 && read.count == rows.count)
        #expect(
          believed.suffix(1) == rows.suffix(1) || believed.suffix(1) == rows.suffix(2).dropLast())
        for wanted in [0, 11, 12, 20, 22, 23, 41, 42, 51] as [UInt32] {
          let place = rig.profile.place(from: wanted, memory: rig.memory)
          let first = rig.read(from: place).first
          let right = rows.first { $0.number >= wanted }
          #expect(first == right || first.map(Self.isDamaged) == true || first!.number >= wanted)
        }
        rig.memory.poke(at, xor: 1 << bit)
      }
    }
  }

  @Test(
    "rows behind the newest marker keep their numbers, whatever is left of it",
    arguments: channelSets)
  func newestMarker(channels: UInt8) {
    var rig = Self.rig(channels: channels)
    let rows = rig.rows
    let start = ProfileLayout.headerBytes
    let size = rig.profile.layout.recordBytes
    let slots = Int(rig.profile.layout.markerSlots)
    let marker = Int(rig.profile.stored.marker)
    for filling in [0x00, 0x55, 0xFF] as [UInt8] {
      for at in (start + marker * size)..<(start + (marker + slots) * size) {
        rig.memory.poke(at, xor: rig.memory.image[at] ^ filling)
      }
      let read = rig.read()
      #expect(read == rows)
      for index in 0..<rows.count {
        let place = rig.profile.place(ofRow: index, memory: rig.memory)
        let first = rig.read(from: place).first
        #expect(first == rows[index], "row \(index)")
      }
      for wanted in 0...51 as ClosedRange<UInt32> {
        let place = rig.profile.place(from: wanted, memory: rig.memory)
        let first = rig.read(from: place).first
        #expect(first == rows.first { $0.number >= wanted }, "from \(wanted)")
      }
    }
  }

  /// The second gap of three, before the rows 40 and 41; the one before it is whole.
  @Test(
    "rows behind an older marker that is lost say that they are not sure, until the next one",
    arguments: channelSets)
  func olderMarker(channels: UInt8) {
    var rig = Self.rig(channels: channels)
    let rows = rig.rows
    let first = Self.slots(of: 5, gaps: 1, rig)
    let size = rig.profile.layout.recordBytes
    let from = ProfileLayout.headerBytes + Int(first) * size
    for at in (from + 1)..<(from + size) { rig.memory.poke(at, xor: 0x3C) }
    let read = rig.read()
    let numbers = read.map(\.number)
    #expect(numbers == [10, 11, 20, 21, 22, 23, 24, 50, 51])
    #expect(read.map(Self.isDamaged) == numbers.map { $0 == 23 || $0 == 24 })
    #expect(read.map { $0.values[0] } == rows.map { $0.values[0] })
    for index in rows.indices {
      let place = rig.profile.place(ofRow: index, memory: rig.memory)
      let again = rig.read(from: ProfilePlace(words: place.words))
      #expect(again == Array(read[index...]), "row \(index)")
    }
    for (wanted, found) in [(5, 10), (12, 20), (21, 21), (24, 50), (40, 50), (51, 51)] {
      let place = rig.profile.place(from: UInt32(wanted), memory: rig.memory)
      let number = rig.read(from: place).first?.number
      #expect(number == UInt32(found), "from \(wanted)")
    }
  }

  @Test("a marker of four channels is there twice: one copy may be lost")
  func twoCopies() {
    var rig = Self.rig(channels: 0b1111)
    let rows = rig.rows
    let at = ProfileLayout.headerBytes + 2 * rig.profile.layout.recordBytes
    for byte in 1...6 { rig.memory.poke(at + byte, xor: 0xFF) }
    let read = rig.read()
    #expect(read == rows)
  }

  @Test(
    "after a record beyond recognition numbers are in doubt where it may have been a marker",
    arguments: [(0x00, true), (0x06, true), (0x02, false)])
  func recordBeyondRecognition(status: UInt8, isInDoubt: Bool) {
    var rig = Self.rig(channels: 0b0011)
    let at = ProfileLayout.headerBytes
    rig.memory.poke(at, xor: rig.memory.image[at] ^ status)
    rig.memory.poke(at + 1, xor: 0x01)
    rig.memory.poke(at + 4, xor: 0x01)
    let read = rig.read()
    let damaged = read.map(Self.isDamaged)
    #expect(damaged == [true, isInDoubt] + Array(repeating: false, count: 7))
    #expect(read[2...].map(\.number) == Self.numbers[2...].map { $0 })
  }

  /// A ring that is just full: the next records overwrite the first one and what is behind it.
  private static func fullRing(
    _ numbers: [UInt32], channels: UInt8, before change: (inout ProfileRig) -> Void
  ) -> ProfileRig {
    var rig = rig(numbers, channels: channels)
    change(&rig)
    var bytes = payload(in: MemoryMap.profileCheckpoint, copies: 4, kind: 5, of: rig.memory)
    let capacity = UInt32(rig.profile.layout.capacity)
    let more = capacity - rig.profile.stored.next
    for (value, offset) in [(capacity, 4), (rig.profile.stored.number + more, 8)] {
      for i in 0..<4 { bytes[offset + i] = UInt8(truncatingIfNeeded: value >> UInt32(8 * i)) }
    }
    store(bytes, in: MemoryMap.profileCheckpoint, copies: 4, kind: 5, of: &rig.memory)
    _ = rig.restart()
    rig.pump()
    return rig
  }

  private static func append(_ count: Int, to rig: inout ProfileRig) {
    for _ in 0..<count {
      let row = rig.row(rig.profile.stored.number + 1)
      rig.append(row)
    }
  }

  @Test(
    "a damaged marker that is overwritten leaves rows that are not sure of their period",
    arguments: channelSets)
  func overwrittenOlderMarker(channels: UInt8) {
    var rig = Self.fullRing([10, 20, 21, 40], channels: channels) { rig in
      let at = ProfileLayout.headerBytes + rig.profile.layout.recordBytes
      for byte in 1..<rig.profile.layout.recordBytes { rig.memory.poke(at + byte, xor: 0x3C) }
    }
    let count = rig.profile.rowCount
    Self.append(1 + Int(rig.profile.layout.markerSlots), to: &rig)
    let (place, rowCount) = (rig.profile.oldestPlace, rig.profile.rowCount)
    var reader = ProfileReader(at: place)
    var read: [ProfileRow] = []
    for _ in 0..<3 { read.append(reader.next(of: rig.profile, from: rig.memory)!) }
    #expect(read.map(Self.isDamaged) == [true, true, false] && read[2].number == 40)
    #expect(rowCount == count + Int(rig.profile.layout.markerSlots))
    let found = rig.profile.place(from: 12, memory: rig.memory)
    #expect(rig.read(from: found).first?.number == 40)
    // One slot more: its first row is gone, and the doubt stays with the second.
    Self.append(1, to: &rig)
    let second = rig.read(from: rig.profile.oldestPlace).first
    #expect(second.map(Self.isDamaged) == true)
  }

  @Test(
    "the newest marker may be damaged when it is overwritten: the checkpoint knows the numbers",
    arguments: channelSets)
  func overwrittenNewestMarker(channels: UInt8) {
    var rig = Self.fullRing([10, 20], channels: channels) { rig in
      let at = ProfileLayout.headerBytes + rig.profile.layout.recordBytes
      for byte in 0..<rig.profile.layout.recordBytes { rig.memory.poke(at + byte, xor: 0x3C) }
    }
    let kept = rig.rows[1]
    Self.append(1 + Int(rig.profile.layout.markerSlots), to: &rig)
    let position = rig.profile.stored
    #expect(position.marker == LoadProfile.none && position.markers == 0)
    #expect(position.tailNumber == 20 && position.tail == 1 + rig.profile.layout.markerSlots)
    let oldest = rig.read(from: rig.profile.oldestPlace).first
    #expect(oldest == kept)
  }

  @Test("a record that may have been a marker is overwritten: its successor is not sure")
  func overwrittenDoubt() {
    var rig = Self.fullRing([10, 11, 12, 20], channels: 0b0011) { rig in
      let at = ProfileLayout.headerBytes
      rig.memory.poke(at, xor: rig.memory.image[at])
      rig.memory.poke(at + 1, xor: 0x01)
    }
    Self.append(1, to: &rig)
    let read = Array(rig.read(from: rig.profile.oldestPlace).prefix(3))
    #expect(read.map(Self.isDamaged) == [true, true, false] && read[2].number == 20)
    #expect(rig.profile.stored.tailNumber & LoadProfile.uncertain != 0)
  }
}
