import MeterFaults
import PermanentMemory
import Testing

/// An atomic record on a faulty memory, with the oracle of what may be recovered.
final class RecordRig {
  var memory: FaultyMemory
  var record: AtomicRecord
  var committed: [UInt8]?
  var inFlight: [UInt8]?

  init(pages: UInt16, copies: UInt8 = 2, seed: UInt64) {
    memory = FaultyMemory(pageCount: Int(pages) + 4, seed: seed)
    record = AtomicRecord(
      region: PageRegion(first: 2, count: pages), copies: copies, kind: 0x43)
  }

  /// A payload of the given length that differs from every other version in most bytes.
  static func payload(_ version: Int, length: Int) -> [UInt8] {
    var random = SplitMix64(seed: UInt64(version))
    return (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @discardableResult
  func change(_ payload: [UInt8]) -> ProgramProgress {
    inFlight = payload
    guard record.begin(payload.span) else { return .idle }
    for _ in 0..<200 {
      let progress = record.pump(payload.span, to: &memory)
      if progress == .committed { committed = payload }
      if progress != .busy { return progress }
    }
    return .busy
  }

  func restart() -> (report: RecoveryReport, wrong: String?) {
    memory.restorePower()
    memory.resetReads()
    var bytes = [UInt8](repeating: 0, count: record.capacity)
    var length = -1
    var span = bytes.mutableSpan
    let report = record.recover(from: memory, into: &span, length: &length)
    // As long as nothing is committed, a torn copy is tried with other lengths.
    let bound = 2 * (record.capacity + 64) + (committed == nil ? 16 * 240 : 0)
    if Int(report.bytesRead) > bound { return (report, "reads too much") }
    switch report.outcome {
    case .lost: return (report, "lost")
    case .blank: return (report, committed == nil ? nil : "blank after a commit")
    case .recovered: break
    }
    let found = Array(bytes[0..<length])
    if found != committed && found != inFlight { return (report, "neither old nor new") }
    committed = found
    return (report, nil)
  }
}

@Suite struct AtomicRecordTests {
  @Test func capacityAndState() {
    let configuration = AtomicRecord(region: MemoryMap.configuration, kind: 1)
    #expect(configuration.capacity == 4592)
    let state = AtomicRecord(region: MemoryMap.state(0), kind: 2)
    #expect(state.capacity == 240)
    #expect(MemoryLayout<AtomicRecord>.stride <= 48)
  }

  @Test func layoutIsAsDocumented() {
    let rig = RecordRig(pages: 4, seed: 1)
    #expect(rig.restart().report.outcome == .blank)
    let payload = RecordRig.payload(1, length: 300)
    #expect(rig.change(payload) == .committed)
    let image = rig.memory.image
    #expect(Array(image[512..<520]) == [0x43, 1, 44, 1, 1, 0, 0, 0])
    #expect(Array(image[528..<828]) == payload)
    #expect(rig.change([7]) == .committed)
    #expect(Array(rig.memory.image[1024..<1032]) == [0x43, 1, 1, 0, 2, 0, 0, 0])
    #expect(rig.memory.image[1040] == 7)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 239, 240, 241, 495, 496])
  func everyLengthComesBack(length: Int) {
    let rig = RecordRig(pages: 4, seed: 1)
    _ = rig.restart()
    for version in 0..<5 {
      #expect(rig.change(RecordRig.payload(version, length: length)) == .committed)
      #expect(rig.restart().wrong == nil)
    }
  }

  @Test func beginIsRefusedBeforeRecoveryAndWhileBusy() {
    let rig = RecordRig(pages: 2, seed: 1)
    #expect(rig.change([1]) == .idle)
    _ = rig.restart()
    let payload: [UInt8] = [1]
    let first = rig.record.begin(payload.span)
    let second = rig.record.begin(payload.span)
    #expect(first && !second)
    #expect(!rig.record.isIdle)
  }

  /// Two changes in a row torn in the same copy, of which the second writes just what the first
  /// had left out.
  @Test func aSecondTearDoesNotCompleteTheFirst() {
    let first = [UInt8](repeating: 5, count: 40)
    var second = first
    second[39] = 6
    for missing in 1...16 {
      for written in 0...40 {
        let rig = RecordRig(pages: 2, seed: 5)
        _ = rig.restart()
        rig.change([1])
        rig.change([2])
        rig.memory.cut(afterBytes: 256 - missing, shape: .suffix)
        rig.change(first)
        _ = rig.restart()
        rig.memory.cut(afterBytes: written, shape: .prefix)
        rig.change(second)
        let wrong = rig.restart().wrong
        #expect(wrong == nil, "\(missing) bytes missing, \(written) written: \(wrong ?? "")")
        #expect(rig.change(second) == .committed)
      }
    }
  }

  /// A cut has left one copy erased, and then a bit of the other flips: that is not a new memory.
  @Test(arguments: [2, 4, 6])
  func aFlippedCopyBesideAnErasedOneIsLost(changes: Int) {
    let rig = RecordRig(pages: 2, seed: 5)
    _ = rig.restart()
    for version in 0..<changes { rig.change(RecordRig.payload(version, length: 40)) }
    let (newest, other) = (768, 512)
    for i in 0..<256 { rig.memory.poke(other + i, xor: ~rig.memory.image[other + i]) }
    let image = rig.memory.image
    for bit in 0..<(56 * 8) {
      rig.memory.restore(image: image)
      rig.memory.poke(newest + bit / 8, xor: 1 << UInt8(bit % 8))
      let outcome = rig.restart().report.outcome
      #expect(outcome == .lost, "bit \(bit % 8) of byte \(bit / 8): \(outcome)")
    }
  }

  /// Between the numbers 255 and 257 a torn byte can say 256, which the other copy has.
  @Test func aTornCopyThatClaimsTheNumberOfTheNewest() {
    let rig = RecordRig(pages: 2, seed: 5)
    _ = rig.restart()
    for version in 0..<256 { rig.change([UInt8(truncatingIfNeeded: version), 1]) }
    #expect(rig.record.newest == 256)
    let older = 512
    #expect(rig.memory.image[older + 4] == 255)
    rig.memory.poke(older + 4, xor: 255)
    rig.memory.poke(older + 5, xor: 1)
    let result = rig.restart()
    #expect(result.wrong == nil && result.report.sequence == 256 && result.report.damaged == 1)
  }

  /// Every byte of changes of one, two and three pages, each shape.
  @Test(arguments: TearShape.allCases)
  func everyByteOfAChange(shape: TearShape) {
    for (pages, length, step) in [(2, 200, 1), (6, 700, 11)] as [(UInt16, Int, Int)] {
      let bytes = (length + 16 + 255) / 256 * 256
      for before in [0, 1, 2, 3] {
        let rig = RecordRig(pages: pages, seed: 5)
        _ = rig.restart()
        for version in 0..<before {
          rig.change(RecordRig.payload(version, length: length - version))
        }
        let image = rig.memory.image
        let old = rig.committed
        for position in stride(from: 0, through: bytes, by: step) {
          rig.memory.restore(image: image)
          rig.committed = old
          rig.inFlight = old
          _ = rig.restart()
          rig.memory.cut(afterBytes: position, shape: shape)
          rig.change(RecordRig.payload(77, length: length))
          let result = rig.restart()
          // And the next change goes through, also with a second cut before it.
          rig.memory.cut(afterBytes: bytes - position, shape: shape)
          rig.change(RecordRig.payload(78, length: length - 3))
          let second = rig.restart()
          let last = rig.change(RecordRig.payload(79, length: 10))
          if result.wrong != nil || second.wrong != nil || last != .committed {
            Issue.record("pages \(pages) before \(before) byte \(position): \(result) \(second)")
            return
          }
        }
      }
    }
  }

  @Test func bitFlipsFallBackToTheOldCopy() {
    let rig = RecordRig(pages: 2, seed: 1)
    _ = rig.restart()
    let old = RecordRig.payload(1, length: 200)
    rig.change(old)
    rig.change(RecordRig.payload(2, length: 200))
    for bit in 0..<(216 * 8) {
      rig.memory.poke(3 * 256 + bit / 8, xor: 1 << UInt8(bit % 8))
      rig.committed = old
      rig.inFlight = old
      let result = rig.restart()
      rig.memory.poke(3 * 256 + bit / 8, xor: 1 << UInt8(bit % 8))
      #expect(result.wrong == nil, "bit \(bit): \(result)")
      #expect(result.report.damaged == 1, "bit \(bit) was believed")
    }
  }

  @Test func wornCopyFailsVisiblyAndKeepsTheOther() {
    let rig = RecordRig(pages: 2, seed: 1)
    _ = rig.restart()
    rig.change([1])
    rig.memory.silentPages = [3]
    #expect(rig.change([2]) == .failed)
    #expect(rig.change([3]) == .failed)
    #expect(rig.record.failures == 2)
    rig.inFlight = nil
    #expect(rig.restart().wrong == nil)
    #expect(rig.committed == [1])
  }

  @Test func moreThanTwoCopiesGoRoundWornOnes() {
    let rig = RecordRig(pages: 4, copies: 4, seed: 1)
    _ = rig.restart()
    rig.memory.silentPages = [3, 5]
    for version in 0..<40 as Range<UInt8> {
      if rig.change([version]) != .committed {
        rig.change([version])
      }
      #expect(rig.committed == [version])
      if version % 5 == 0 { #expect(rig.restart().wrong == nil) }
    }
  }

  @Test func damageOfBothCopiesIsLostNotBlank() {
    let rig = RecordRig(pages: 2, seed: 1)
    _ = rig.restart()
    rig.change([1])
    rig.change([2])
    rig.memory.poke(2 * 256 + 16, xor: 1)
    rig.memory.poke(3 * 256 + 16, xor: 1)
    let report = rig.restart().report
    #expect(report.outcome == .lost && report.damaged == 2)
  }

  @Test(
    "many wrong bits in the last copy of an old record are a loss; a torn first change is none",
    arguments: [
      (44, true), (70_000, true), (1, false), (15, false), (17, false), (0x2FF, false),
      (0xFF01, false), (0xFF_0001, false), (0xFF00_0001, false), (0x0100_002C, false),
    ] as [(UInt32, Bool)])
  func lastCopyWithManyWrongBits(number: UInt32, isLost: Bool) {
    #expect(outcome(number: number, check: 1) == (isLost ? .lost : .blank))
    #expect(outcome(number: number, check: .max) == .blank)
  }

  /// What a record is taken for whose only copy has a head and nothing right behind it.
  private func outcome(number: UInt32, check: UInt64) -> RecoveryReport.Outcome {
    let rig = RecordRig(pages: 2, seed: 1)
    var head: [UInt8] = [0x43, 1, 3, 0]
    head += (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) }
    head += (0..<8).map { UInt8(truncatingIfNeeded: check >> UInt64(8 * $0)) }
    for (place, byte) in (head + [7, 8, 9]).enumerated() {
      rig.memory.poke(2 * 256 + place, xor: 0xFF ^ byte)
    }
    return rig.restart().report.outcome
  }

  @Test func lengthsBeyondTheRoomAreNotRead() {
    let rig = RecordRig(pages: 2, seed: 1)
    _ = rig.restart()
    rig.change([1, 2, 3])
    var two: [UInt8] = [0, 0]
    var length = -1
    var span = two.mutableSpan
    let report = rig.record.recover(from: rig.memory, into: &span, length: &length)
    #expect(report.outcome != .recovered && length == 0 && two == [0, 0])
  }
}
