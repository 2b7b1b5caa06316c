import MeterFaults
import PermanentMemory
import Testing

@Suite struct SnapshotRingTests {
  /// A ring with the oracle of what may be found.
  final class Rig {
    var memory: FaultyMemory
    var ring: SnapshotRing
    var committed: UInt32 = 0
    let halves: Bool

    init(halves: Bool, pages: UInt16 = 6, seed: UInt64) {
      self.halves = halves
      memory = FaultyMemory(pageCount: 8, seed: seed)
      ring = SnapshotRing(region: PageRegion(first: 1, count: pages), halves: halves, kind: 0x53)
      _ = restart()
    }

    func payload(_ value: UInt32) -> [UInt8] {
      (0..<ring.payloadBytes).map { UInt8(truncatingIfNeeded: value &* 31 &+ UInt32($0) &* value) }
    }

    func row(_ index: Int) -> [UInt8]? {
      var bytes = [UInt8](repeating: 0, count: ring.payloadBytes)
      var span = bytes.mutableSpan
      return ring.read(index, from: memory, into: &span) ? bytes : nil
    }

    @discardableResult
    func append(_ value: UInt32) -> ProgramProgress {
      guard ring.append(payload(value).span, to: &memory) else { return .busy }
      let progress = ring.poll(memory)
      if progress == .committed { committed = value }
      return progress
    }

    func restart() -> (report: RecoveryReport, payload: [UInt8]) {
      memory.restorePower()
      var bytes = [UInt8](repeating: 0, count: ring.payloadBytes)
      var span = bytes.mutableSpan
      return (ring.recover(from: memory, into: &span), bytes)
    }
  }

  @Test("records come back in order, newest first", arguments: [false, true])
  func order(halves: Bool) {
    let rig = Rig(halves: halves, seed: 1)
    #expect(rig.restart().report.outcome == .blank)
    let slots = halves ? 12 : 6
    for value in UInt32(1)...30 {
      #expect(rig.append(value) == .committed)
      #expect(rig.ring.count == min(Int(value), slots - 1))
      for k in 0..<rig.ring.count { #expect(rig.row(k) == rig.payload(value - UInt32(k))) }
      #expect(rig.row(rig.ring.count) == nil)
    }
    let found = rig.restart()
    #expect(found.report.sequence == 30 && found.payload == rig.payload(30))
    #expect(rig.row(4) == rig.payload(26))
  }

  @Test("a cut at any byte, in any shape, leaves the record before or the new one")
  func cuts() {
    for halves in [false, true] {
      for shape in TearShape.allCases {
        for bytes in 0...(halves ? 128 : 256) {
          let rig = Rig(halves: halves, seed: UInt64(bytes) + 7)
          for value in UInt32(1)...13 { rig.append(value) }
          rig.memory.cut(afterBytes: bytes, shape: shape)
          rig.append(14)
          let found = rig.restart()
          if found.payload != rig.payload(13) && found.payload != rig.payload(14) {
            Issue.record("\(shape) \(bytes): \(found.report)")
          }
          rig.append(15)
          if rig.row(0) != rig.payload(15) { Issue.record("\(shape) \(bytes): not appended") }
          // The neighbours are whole: all but what was written over.
          let intact = (0..<rig.ring.count).filter { rig.row($0) != nil }.count
          if intact < rig.ring.count - 1 { Issue.record("\(shape) \(bytes): \(intact) left") }
        }
      }
    }
  }

  @Test("a worn slot costs its records and nothing else")
  func wear() {
    let rig = Rig(halves: false, seed: 3)
    rig.memory.silentPages = [3]
    var written: [UInt32] = []
    for value in UInt32(1)...40 where rig.append(value) == .committed { written.append(value) }
    #expect(written.count >= 33 && rig.ring.failures == 40 - UInt16(written.count))
    let found = rig.restart()
    #expect(found.payload == rig.payload(written.last ?? 0))
  }

  @Test("one record at a time, and none before the memory has been looked at")
  func oneAtATime() {
    let rig = Rig(halves: false, seed: 3)
    let bytes = rig.payload(1)
    var fresh = SnapshotRing(region: PageRegion(first: 1, count: 6), kind: 0x53)
    let early = fresh.append(bytes.span, to: &rig.memory)
    #expect(!early && !fresh.isIdle && rig.ring.isIdle)
    let first = rig.ring.append(bytes.span, to: &rig.memory)
    let second = rig.ring.append(bytes.span, to: &rig.memory)
    #expect(first && !second && !rig.ring.isIdle && rig.memory.programs == 1)
    #expect(rig.ring.poll(rig.memory) == .committed && rig.ring.isIdle && rig.row(0) == bytes)
  }

  @Test("where all other slots are worn the newest record is not written over")
  func newestIsKept() {
    let rig = Rig(halves: false, seed: 3)
    for value in UInt32(1)...3 { rig.append(value) }
    rig.memory.silentPages = Set(0..<8).subtracting([4])
    for value in UInt32(4)...20 { #expect(rig.append(value) == .failed) }
    #expect(rig.row(0) == rig.payload(3) && rig.ring.failures == 17)
    #expect(rig.restart().payload == rig.payload(3))
  }

  @Test("noise is no record, and a foreign memory is lost, not blank")
  func foreign() {
    var random = SplitMix64(seed: 4)
    let rig = Rig(halves: true, seed: 4)
    rig.memory.restore(
      image: (0..<2048).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    #expect(rig.restart().report.outcome == .lost)
    for value in UInt32(1)...20 { #expect(rig.append(value) == .committed) }
    #expect(rig.restart().payload == rig.payload(20))
  }
}
