import MeterFaults
import MeterTime
import PermanentMemory
import Testing

/// An event log on a faulty memory: what was acknowledged must stay, in order.
final class LogRig {
  var memory: FaultyMemory
  var log: EventRing
  /// Codes of all acknowledged records, and their sequence numbers.
  var committed: [UInt16] = []
  var sequences: [UInt32] = []
  /// The highest sequence number whose slot was ever written to.
  var highestTried: UInt32 = 0
  private var failuresInARow: UInt32 = 0
  var inFlight: UInt16?

  init(seed: UInt64, pages: UInt16 = 4) {
    memory = FaultyMemory(pageCount: 16, seed: seed)
    log = EventRing(region: PageRegion(first: 3, count: pages))
  }

  static func event(_ code: UInt16) -> EventRecord {
    var event = EventRecord(instant: Instant(seconds: Int64(code) * 61, fraction: code), code: code)
    for i in event.parameter.indices {
      event.parameter[i] = UInt8(truncatingIfNeeded: Int(code) * 37 + i)
    }
    return event
  }

  @discardableResult
  func append(_ code: UInt16) -> ProgramProgress {
    inFlight = code
    let next = max(log.newest, UInt32(log.capacity) - 1) + 1 + failuresInARow
    guard log.append(Self.event(code), to: &memory) else { return .idle }
    highestTried = max(highestTried, next)
    let progress = log.poll(memory)
    if progress == .failed { failuresInARow += 1 }
    if progress == .committed { commit(code) }
    return progress
  }

  private func commit(_ code: UInt16) {
    committed.append(code)
    sequences.append(log.newest)
    failuresInARow = 0
  }

  func code(_ index: Int) -> UInt16? {
    guard let event = log.read(index, from: memory) else { return nil }
    let wanted = Self.event(event.code)
    var same = event.instant == wanted.instant
    for i in event.parameter.indices { same = same && event.parameter[i] == wanted.parameter[i] }
    return same ? event.code : .max
  }

  func restart() -> (report: RecoveryReport, wrong: String?) {
    memory.restorePower()
    memory.resetReads()
    let report = log.recover(from: memory)
    if report.bytesRead > 1024 || Int(report.bytesRead) != memory.bytesRead {
      return (report, "\(memory.bytesRead) read, \(report.bytesRead) reported")
    }
    if report.outcome == .lost { return (report, "lost") }
    if report.outcome == .recovered, let newest = code(0), newest == inFlight {
      if committed.last != newest { commit(newest) }
    }
    inFlight = nil
    failuresInARow = 0
    // Each try, whole, torn or failed, can hurt the slot that it writes to and no other.
    for (wanted, sequence) in zip(committed, sequences).reversed() {
      if sequence + UInt32(log.capacity) <= highestTried { break }
      let found = code(Int(log.newest) - Int(sequence))
      if found != wanted {
        return (report, "event \(sequence) is \(found as UInt16?), not \(wanted)")
      }
    }
    return (report, nil)
  }
}

@Suite struct EventRingTests {
  @Test(
    "rings of any size, overfilled twice", arguments: [4, 5, 7, 13, 26, 27] as [UInt16])
  func anySize(pages: UInt16) {
    var memory = TestMemory(pageCount: 64)
    var log = EventRing(region: PageRegion(first: 3, count: pages))
    #expect(log.recover(from: memory).outcome == .blank)
    for code in 1...(pages * 8 * 2 + 11) {
      let accepted = log.append(LogRig.event(code), to: &memory)
      #expect(accepted)
      #expect(log.poll(memory) == .committed)
      var again = EventRing(region: PageRegion(first: 3, count: pages))
      let report = again.recover(from: memory)
      #expect(again.newest == log.newest && report.search == .quick && report.damaged == 0)
    }
    let codes = (0..<log.capacity).map { log.read($0, from: memory)?.code }
    #expect(codes == (0..<pages * 8).map { pages * 16 + 11 - $0 })
  }

  @Test func stateIsSmall() {
    #expect(MemoryLayout<EventRing>.stride <= 32)
  }

  @Test func layoutIsAsDocumented() {
    let rig = LogRig(seed: 1)
    _ = rig.restart()
    for code in 1...2 as ClosedRange<UInt16> { #expect(rig.append(code) == .committed) }
    let record = Array(rig.memory.image[(3 * 256 + 32)..<(3 * 256 + 64)])
    #expect(Array(record[0..<4]) == [33, 0, 0, 0])
    #expect(Array(record[4..<12]) == [2, 0, 122, 0, 0, 0, 0, 0])
    #expect(Array(record[12..<14]) == [2, 0])
    #expect(record[14] == 74)
    #expect(rig.memory.image[3 * 256 + 64] == 0xFF)
  }

  @Test func oldestIsOverwritten() {
    let rig = LogRig(seed: 1)
    #expect(rig.restart().report.outcome == .blank)
    #expect(rig.log.count == 0 && rig.log.capacity == 32)
    for code in 1...100 as ClosedRange<UInt16> { #expect(rig.append(code) == .committed) }
    #expect(rig.restart().wrong == nil)
    #expect(rig.log.count == 32)
    #expect((0..<32).map { rig.code($0) } == (69...100).reversed().map { UInt16($0) })
    #expect(rig.code(32) == nil && rig.code(-1) == nil)
  }

  @Test func nothingIsAppendedBeforeRecovery() {
    let rig = LogRig(seed: 1)
    #expect(!rig.log.isRecovered && !rig.log.isIdle)
    #expect(rig.append(1) == .idle)
    _ = rig.restart()
    #expect(rig.log.isRecovered && rig.log.isIdle)
    let isBegun = rig.log.append(LogRig.event(1), to: &rig.memory)
    #expect(isBegun && rig.log.isRecovered && !rig.log.isIdle)
  }

  /// Both anchors read as delivered, and yet there are records between them.
  @Test func blankAnchorsAreNoBlankLog() {
    let rig = LogRig(seed: 1)
    _ = rig.restart()
    for code in 1...3 as ClosedRange<UInt16> { rig.append(code) }
    for i in (3 * 256)..<(3 * 256 + 32) { rig.memory.poke(i, xor: ~rig.memory.image[i]) }
    let report = rig.log.recover(from: rig.memory)
    #expect(report.outcome == .recovered && report.search == .heads)
    #expect(rig.code(0) == 3 && rig.code(1) == 2 && rig.code(2) == nil)
  }

  /// Every byte of every record of a script that goes round the ring, each shape.
  @Test(arguments: TearShape.allCases)
  func everyByteOfAScript(shape: TearShape) {
    for start in [0, 7, 15, 31, 40] as [UInt16] {
      let rig = LogRig(seed: 3)
      _ = rig.restart()
      for code in 0..<start { rig.append(code + 1) }
      let image = rig.memory.image
      let codes = rig.committed
      let sequences = rig.sequences
      for position in 0...96 {
        rig.memory.restore(image: image)
        rig.committed = codes
        rig.sequences = sequences
        rig.highestTried = sequences.last ?? 0
        _ = rig.restart()
        rig.memory.cut(afterBytes: position, shape: shape)
        var code = start
        while rig.memory.isPowered {
          code += 1
          rig.append(code)
        }
        let one = rig.restart()
        rig.memory.cut(afterBytes: position % 33, shape: shape)
        rig.append(500)
        let two = rig.restart()
        let last = rig.append(501)
        if one.wrong != nil || two.wrong != nil || last != .committed {
          Issue.record("start \(start) byte \(position): \(one) \(two)")
          return
        }
      }
    }
  }

  @Test(arguments: 0..<4)
  func randomCuts(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed) &+ 5)
    let rig = LogRig(seed: UInt64(seed), pages: 4 + UInt16(seed))
    rig.memory.silentOneIn = seed == 3 ? 40 : 0
    _ = rig.restart()
    var code: UInt16 = 0
    var torn = 0
    for cut in 0..<1_500 {
      let shape = TearShape.allCases[random.below(TearShape.allCases.count)]
      rig.memory.cut(afterBytes: random.below(200), shape: shape)
      while rig.memory.isPowered {
        code += 1
        rig.append(code)
      }
      let result = rig.restart()
      if result.wrong != nil {
        Issue.record("seed \(seed) cut \(cut) \(shape): \(result)")
        return
      }
      if result.report.damaged > 0 { torn += 1 }
    }
    #expect(torn > 300)
    #expect(rig.committed.count > 3_000)
  }
}
