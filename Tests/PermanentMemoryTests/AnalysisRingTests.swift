import MeterFaults
import PermanentMemory
import Testing

@Suite struct AnalysisRingTests {
  static func layout(_ channels: Int, minutes: UInt16 = 60) -> AnalysisLayout {
    let list = (0..<channels).map { UInt8($0) }
    guard let layout = AnalysisLayout(minutes: minutes, channels: list.span) else {
      preconditionFailure("valid")
    }
    return layout
  }

  static func row(_ number: UInt32, _ channels: Int) -> AnalysisRow {
    var row = AnalysisRow(number: number, status: UInt8(number % 3 == 0 ? 0x80 : 0))
    for k in 0..<channels where (Int(number) + k) % 17 != 0 {
      row.values[k] = Int32(truncatingIfNeeded: Int(number) * 7919 + k * 104_729) % 0x7FF_FFFF
    }
    return row
  }

  /// A ring with the oracle of what must be readable, oldest first.
  final class Rig {
    var memory: FaultyMemory
    var ring: AnalysisRing
    let channels: Int
    var expected: [AnalysisRow] = []

    init(_ channels: Int, seed: UInt64 = 1) {
      self.channels = channels
      memory = FaultyMemory(seed: seed)
      ring = AnalysisRing(layout: AnalysisRingTests.layout(channels))
      _ = ring.recover(from: memory)
    }

    func settle() {
      for _ in 0..<30 where !ring.isIdle && memory.isPowered { _ = ring.pump(&memory) }
    }

    func append(_ number: UInt32) {
      let row = AnalysisRingTests.row(number, channels)
      guard ring.begin(row) else {
        Issue.record("busy at \(number)")
        return
      }
      expected.append(row)
      settle()
    }

    func restart() {
      memory.restorePower()
      ring = AnalysisRing(layout: AnalysisRingTests.layout(1, minutes: 1440))
      _ = ring.recover(from: memory)
    }

    var read: [AnalysisRow] {
      var cursor = AnalysisCursor()
      var rows: [AnalysisRow] = []
      while let row = cursor.next(ring, memory: memory) { rows.append(row) }
      return rows
    }
  }

  @Test("one hourly channel reaches 520 days; sixteen have room")
  func depth() {
    #expect(Self.layout(1).depthDays == 531)
    #expect(Self.layout(16, minutes: 15).depthDays == 7)
    #expect(Self.layout(7, minutes: 15).depthDays == 21)
    #expect(AnalysisLayout(minutes: 7, channels: [1].span) == nil)
    #expect(AnalysisLayout(minutes: 60, channels: [UInt8]().span) == nil)
    #expect(AnalysisLayout(minutes: 60, channels: [UInt8](repeating: 1, count: 17).span) == nil)
  }

  @Test(
    "filled one and a half times, every record that is left is read once and in order",
    arguments: [1, 16])
  func filling(channels: Int) {
    let rig = Rig(channels)
    let layout = Self.layout(channels)
    let count = layout.capacity + 3 * layout.slotsPerPage
    for number in 0..<UInt32(count) { rig.append(200_000 + number) }
    let rows = rig.read
    #expect(rows.count == rig.ring.count && rows.count >= layout.capacity)
    #expect(rows == Array(rig.expected.suffix(rows.count)))
    #expect(rig.ring.row(0, memory: rig.memory) == rows.last)
    #expect(rig.ring.row(rows.count - 1, memory: rig.memory) == rows.first)
    #expect(rig.ring.row(rows.count, memory: rig.memory) == nil)
    #expect(rig.ring.row(123, memory: rig.memory) == rows[rows.count - 124])
    rig.restart()
    #expect(rig.ring.layout == layout && rig.read == rows)
  }

  @Test("gaps, long and short, and a clock set back keep their numbers")
  func gaps() {
    for channels in [1, 4, 10, 16] {
      let rig = Rig(channels, seed: UInt64(channels))
      var random = SplitMix64(seed: UInt64(channels))
      var number: UInt32 = 220_000
      for _ in 0..<150 {
        number += 1
        switch random.below(12) {
        case 0: number += UInt32(random.below(9))
        case 1: number += UInt32(random.below(3_000))
        case 2: number -= UInt32(random.below(30))
        default: break
        }
        rig.append(number)
        if random.below(10) == 0 {
          rig.restart()
          rig.settle()
        }
      }
      #expect(rig.read == rig.expected)
      #expect(rig.ring.count == 150 && rig.ring.newest == rig.expected.last?.number)
      for k in stride(from: 0, to: 150, by: 7) {
        #expect(rig.ring.row(k, memory: rig.memory) == rig.expected[149 - k])
      }
      let range = (rig.expected[60].number, rig.expected[60].number + 40)
      var cursor = AnalysisCursor(from: range.0, through: range.1)
      var rows: [AnalysisRow] = []
      while let row = cursor.next(rig.ring, memory: rig.memory) { rows.append(row) }
      #expect(rows == rig.expected.filter { $0.number >= range.0 && $0.number <= range.1 })
    }
  }

  @Test("a cut at any byte, in any shape, costs at most the record that was on its way")
  func cuts() {
    for channels in [1, 2, 16] {
      for shape in TearShape.allCases {
        for bytes in stride(from: 0, through: 560, by: channels == 1 ? 13 : 29) {
          let rig = Rig(channels, seed: UInt64(bytes) + 1)
          for number in UInt32(0)..<8 { rig.append(number) }
          rig.memory.cut(afterBytes: bytes, shape: shape)
          rig.append(8 + UInt32(bytes % 3))
          rig.restart()
          var rows = rig.read
          if rows != rig.expected && rows != Array(rig.expected.dropLast()) {
            Issue.record("\(channels) channels, \(shape) \(bytes): \(rows.count) rows")
          }
          // And with what was being written programmed once more.
          rig.settle()
          rows = rig.read
          if rows.count == 8 { rig.expected.removeLast() }
          rig.append(30)
          if rig.read != rig.expected { Issue.record("\(shape) \(bytes): afterwards") }
        }
      }
    }
  }

  @Test("a flipped bit is noticed: the value is gone and the record says so")
  func flips() {
    let rig = Rig(4)
    for number in UInt32(1)..<6 { rig.append(number) }
    let start = Int(MemoryMap.analysisLogger.first) * 256
    for bit in 0..<(17 * 8) {
      rig.memory.poke(start + 6 + 17 * 2 + bit / 8, xor: 1 << UInt8(bit % 8))
      let row = rig.ring.row(2, memory: rig.memory)
      if let row {
        #expect(row.status & 4 != 0, "bit \(bit)")
        for k in 0..<4 where row.values[k] != AnalysisRow.none {
          #expect(row.values[k] == rig.expected[2].values[k])
        }
      }
      rig.memory.poke(start + 6 + 17 * 2 + bit / 8, xor: 1 << UInt8(bit % 8))
    }
  }

  @Test("another layout empties it, and survives a restart")
  func layouts() {
    let rig = Rig(3)
    for number in UInt32(1)..<40 { rig.append(number) }
    let accepted = rig.ring.beginErased(Self.layout(5, minutes: 15))
    rig.settle()
    #expect(accepted && rig.ring.count == 0 && rig.read.isEmpty)
    rig.restart()
    #expect(rig.ring.layout == Self.layout(5, minutes: 15) && rig.read.isEmpty)
  }

  @Test("values are clamped to 28 bits, none stays none")
  func values() {
    let rig = Rig(3)
    var row = AnalysisRow(number: 9, status: 0xFF)
    row.values[0] = Int32.max
    row.values[1] = -Int32.max
    let begun = rig.ring.begin(row)
    #expect(begun)
    rig.settle()
    let found = rig.ring.row(0, memory: rig.memory)
    #expect(found?.values[0] == AnalysisRow.valueMax && found?.values[1] == -AnalysisRow.valueMax)
    #expect(found?.values[2] == AnalysisRow.none && found?.status == 0xAF)
  }
}
