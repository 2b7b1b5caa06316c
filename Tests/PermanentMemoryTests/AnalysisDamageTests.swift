import MeterFaults
import PermanentMemory
import Testing

/// The ring of the analysis logger where the memory is slow, worn or damaged.
@Suite struct AnalysisDamageTests {
  private typealias Rig = AnalysisRingTests.Rig
  private static let region = MemoryMap.state(11)

  /// Changes what the checkpoint says, with the check that belongs to it, and starts again.
  private func restart(_ rig: Rig, _ change: (inout [UInt8]) -> Void) -> RecoveryReport {
    var bytes = payload(in: Self.region, kind: 6, of: rig.memory)
    change(&bytes)
    store(bytes, in: Self.region, kind: 6, of: &rig.memory)
    rig.ring = AnalysisRing(layout: AnalysisRingTests.layout(2))
    return rig.ring.recover(from: rig.memory)
  }

  @Test("layouts are the same with the same interval and channels only")
  func layouts() {
    let layout = AnalysisRingTests.layout(2)
    #expect(layout == AnalysisRingTests.layout(2))
    #expect(layout != AnalysisRingTests.layout(2, minutes: 30))
    #expect(layout != AnalysisRingTests.layout(3))
    #expect(layout != AnalysisLayout(minutes: 60, channels: [0, 2].span))
  }

  @Test("the newest record is told by number and value")
  func newest() {
    let rig = Rig(3)
    #expect(rig.ring.newest == nil && rig.ring.newestValue(0) == nil)
    var row = AnalysisRow(number: 70, status: 0)
    row.values[0] = -5
    row.values[2] = 9
    let begun = rig.ring.begin(row)
    rig.settle()
    #expect(begun && rig.ring.newest == 70)
    #expect(rig.ring.newestValue(0) == -5 && rig.ring.newestValue(2) == 9)
    #expect(rig.ring.newestValue(1) == nil && rig.ring.newestValue(3) == nil)
    rig.restart()
    #expect(rig.ring.newestValue(0) == -5 && rig.ring.newestValue(1) == nil)
  }

  @Test("a value in the checkpoint whose own check fails is none")
  func damagedNewestValue() {
    let rig = Rig(2)
    rig.append(10)
    let value = rig.ring.newestValue(1)
    let report = restart(rig) { $0[36 + 1] ^= 4 }
    #expect(report.outcome == .recovered && rig.ring.newest == 10)
    #expect(rig.ring.newestValue(0) == nil && rig.ring.newestValue(1) == value && value != nil)
  }

  @Test("one change at a time, none before recovery, and none is pumped on")
  func oneAtATime() {
    let rig = Rig(2)
    var fresh = AnalysisRing(layout: AnalysisRingTests.layout(2))
    let early = fresh.begin(AnalysisRingTests.row(1, 2))
    #expect(!early && fresh.pump(&rig.memory) == .idle)
    #expect(rig.ring.pump(&rig.memory) == .idle && rig.memory.programs == 0)
    let first = rig.ring.begin(AnalysisRingTests.row(1, 2))
    let second = rig.ring.begin(AnalysisRingTests.row(2, 2))
    let erased = rig.ring.beginErased(AnalysisRingTests.layout(5))
    #expect(first && !second && !erased)
    rig.settle()
    #expect(rig.read == [AnalysisRingTests.row(1, 2)])
  }

  @Test("a page whose head is damaged is passed over, and no other")
  func damagedHead() {
    let rig = Rig(16)
    for number in UInt32(100)..<109 { rig.append(number) }
    rig.memory.poke((Int(MemoryMap.analysisLogger.first) + 1) * 256 + 2, xor: 0x20)
    let kept = Array(rig.expected[0..<3] + rig.expected[6..<9])
    #expect(rig.read == kept && rig.ring.count == 9)
    for k in 0..<6 { #expect(rig.ring.row(k, memory: rig.memory) == kept[5 - k]) }
    #expect(rig.ring.row(6, memory: rig.memory) == nil)
  }

  @Test("a cursor reads nothing of what an erased ring held")
  func erasedMeanwhile() {
    let rig = Rig(16)
    for number in UInt32(100)..<109 { rig.append(number) }
    var cursor = AnalysisCursor()
    for k in 0..<5 { #expect(cursor.next(rig.ring, memory: rig.memory) == rig.expected[k]) }
    let erased = rig.ring.beginErased(AnalysisRingTests.layout(16, minutes: 15))
    rig.settle()
    #expect(erased && cursor.next(rig.ring, memory: rig.memory) == nil)
    rig.expected = []
    rig.append(500)
    #expect(cursor.next(rig.ring, memory: rig.memory) == nil)
    #expect(rig.read == rig.expected)
  }

  @Test("a slow memory is waited for")
  func slow() {
    let rig = Rig(2)
    rig.memory.programSteps = 3
    let row = AnalysisRingTests.row(5, 2)
    let begun = rig.ring.begin(row)
    for _ in 0..<40 where !rig.ring.isIdle {
      _ = rig.ring.pump(&rig.memory)
      rig.memory.advance()
    }
    #expect(begun && rig.ring.isIdle && rig.memory.programs == 2 && rig.read == [row])
  }

  @Test("a checkpoint that does not read back is tried until it does")
  func wornCheckpoint() {
    let rig = Rig(2)
    rig.memory.silentPages = Set(Self.region.pages)
    rig.append(5)
    #expect(!rig.ring.isIdle && rig.ring.failures > 3 && rig.ring.count == 0)
    rig.memory.silentPages = []
    rig.settle()
    #expect(rig.ring.isIdle && rig.read == rig.expected)
  }

  @Test("a worn page costs what lies in it, after three tries")
  func wornPage() {
    let rig = Rig(16)
    rig.memory.silentPages = [Int(MemoryMap.analysisLogger.first)]
    let begun = rig.ring.begin(AnalysisRingTests.row(5, 16))
    var failed = 0
    for _ in 0..<30 where !rig.ring.isIdle {
      if rig.ring.pump(&rig.memory) == .failed { failed += 1 }
    }
    #expect(begun && rig.ring.isIdle && failed == 2 && rig.ring.failures == 3)
    #expect(rig.read.isEmpty && rig.ring.newest == 5)
    for number in UInt32(100)..<103 { rig.append(number) }
    #expect(rig.read == rig.expected)
  }

  @Test("a checkpoint that says what cannot be is lost")
  func impossible() {
    let changes: [(String, (inout [UInt8]) -> Void)] = [
      ("length", { $0.removeLast() }),
      ("version", { $0[0] = 2 }),
      ("too many channels", { $0[1] = 17 }),
      ("no channel", { $0[1] = 0 }),
      ("an interval of no day", { $0[2] = 7 }),
      ("more slots than a page has", { $0[28] = 4 }),
      ("a record without a page", { $0.replaceSubrange(20..<24, with: [0, 0, 0, 0]) }),
      ("a record without a slot", { $0[29] = $0[28] }),
    ]
    for (what, change) in changes {
      let rig = Rig(16)
      rig.append(10)
      rig.append(11)
      #expect(restart(rig) { _ in }.outcome == .recovered)
      #expect(rig.read == rig.expected)
      let report = restart(rig, change)
      #expect(report.outcome == .lost && rig.ring.count == 0, "\(what)")
      #expect(rig.ring.layout == AnalysisRingTests.layout(2) && rig.read.isEmpty, "\(what)")
      // It goes on as an empty one.
      let row = AnalysisRingTests.row(20, 2)
      let begun = rig.ring.begin(row)
      rig.settle()
      #expect(begun && rig.read == [row], "\(what)")
    }
  }
}
