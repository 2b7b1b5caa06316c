import MeterFaults
import PermanentMemory
import Testing

/// Worn pages are replaced without the stores noticing, and that is remembered.
@Suite struct SparedMemoryTests {
  private static let table = Int(MemoryMap.replacementTable.first)
  private static let spare = Int(MemoryMap.replacements.first)

  private func memory(_ prepare: (inout FaultyMemory) -> Void = { _ in }) -> TortureMemory {
    var memory = TortureMemory(seed: 1)
    prepare(&memory.base)
    memory.recover()
    return memory
  }

  private func content(_ memory: borrowing TortureMemory, _ page: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    var span = bytes.mutableSpan
    memory.read(page: page, offset: 0, into: &span)
    return bytes
  }

  @Test func aSoundMemoryIsLeftAlone() {
    var memory = memory()
    let bytes = [UInt8](repeating: 7, count: 20)
    memory.program(page: 5, offset: 30, bytes.span)
    let busy = memory.isReady
    memory.maintain()
    #expect(!busy && memory.isReady)
    #expect(memory.base.programs == 1)
    #expect(Array(content(memory, 5)[30..<50]) == bytes)
    #expect(memory.condition.spares == 60 && !memory.condition.isFaulty)
    #expect(memory.pageCount == 2048)
  }

  @Test func aSlowMemoryIsWaitedFor() {
    var memory = memory { $0.programSteps = 3 }
    memory.program(page: 5, offset: 0, [1].span)
    var steps = 0
    while !memory.isReady {
      memory.pass()
      steps += 1
    }
    #expect(steps == 3)
  }

  /// A page that takes nothing: what was there moves with what is to be programmed.
  @Test func aDeadPageMovesWithItsNeighbours() {
    var memory = memory()
    let before = (0..<256).map { UInt8($0) }
    memory.program(page: 1300, offset: 0, before.span)
    memory.maintain()
    memory.base.silentPages = [1300]
    memory.program(page: 1300, offset: 100, [9, 9, 9].span)
    memory.maintain()
    var after = before
    after.replaceSubrange(100..<103, with: [9, 9, 9])
    #expect(content(memory, 1300) == after)
    #expect(memory.condition.replaced == 1 && memory.condition.spares == 59)
    #expect(memory.condition.lastReplaced == 1300)
    #expect(!memory.condition.isFaulty)
    // Three tries, the copy, two copies of the table.
    #expect(memory.base.programs == 1 + 3 + 1 + 2)
    // It is remembered, and from now on one program is enough.
    memory.recover()
    #expect(content(memory, 1300) == after && memory.condition.replaced == 1)
    memory.program(page: 1300, offset: 0, [1].span)
    memory.maintain()
    #expect(memory.base.programs == 8)
    #expect(content(memory, 1300)[0] == 1)
  }

  @Test func aProgramThatIsDroppedOnceIsRepeated() {
    var memory = memory { $0.silentOneIn = 4 }
    for k in 0..<40 {
      memory.program(page: 40 + k, offset: 0, [UInt8(k)].span)
      memory.maintain()
      #expect(content(memory, 40 + k)[0] == UInt8(k))
    }
    #expect(memory.base.programs > 45)
  }

  @Test func aReplacementIsReplacedToo() {
    var memory = memory { $0.silentPages = [7, SparedMemoryTests.spare] }
    memory.program(page: 7, offset: 0, [1].span)
    memory.maintain()
    #expect(content(memory, 7)[0] == 1 && memory.condition.spares == 58)
    memory.base.silentPages = [7, Self.spare, Self.spare + 1]
    memory.program(page: 7, offset: 0, [2].span)
    memory.maintain()
    memory.recover()
    #expect(content(memory, 7)[0] == 2 && memory.condition.spares == 57)
  }

  /// A cut at every byte of a replacement: the page holds the old content or the new.
  @Test(arguments: TearShape.allCases)
  func everyByteOfAReplacement(shape: TearShape) {
    let old = [UInt8](repeating: 3, count: 256)
    let new = [UInt8](repeating: 5, count: 256)
    var memory = memory()
    memory.program(page: 1200, offset: 0, old.span)
    memory.maintain()
    memory.base.silentPages = [1200]
    memory.base.mark()
    var position = 0
    while true {
      memory.base.cut(afterBytes: position, shape: shape)
      memory.program(page: 1200, offset: 0, new.span)
      memory.maintain()
      let isCut = !memory.isPowered
      memory.base.restorePower()
      memory.recover()
      let found = content(memory, 1200)
      #expect(found == old || found == new, "byte \(position)")
      #expect(!memory.condition.isFaulty)
      memory.base.rewind()
      memory.recover()
      if !isCut { break }
      position += 7
    }
    // Three tries, the copy, and the table twice in pages of 256 bytes.
    #expect(position > 6 * 256)
  }

  @Test func aBitThatFlipsInTheTableTakesNothingAway() {
    var memory = memory { $0.silentPages = [1200] }
    memory.program(page: 1200, offset: 0, [1, 2, 3].span)
    memory.maintain()
    for bit in 0..<(4 * 2048) {
      let address = Self.table * 256 + bit / 8
      memory.base.poke(address, xor: 1 << UInt8(bit % 8))
      memory.recover()
      #expect(content(memory, 1200)[0..<3] == [1, 2, 3], "bit \(bit)")
      memory.base.poke(address, xor: 1 << UInt8(bit % 8))
    }
  }

  @Test func withoutReplacementsTheFailureShows() {
    var memory = memory { memory in
      for page in 0..<70 { memory.silentPages.insert(page) }
    }
    for page in 0..<60 {
      memory.program(page: page, offset: 0, [1].span)
      memory.maintain()
    }
    #expect(memory.condition.spares == 0 && !memory.condition.isFaulty)
    let before = memory.base.programs
    memory.program(page: 60, offset: 0, [1].span)
    memory.maintain()
    #expect(memory.isReady && memory.condition.failures == 1 && memory.condition.isFaulty)
    #expect(memory.base.programs == before + 1)
    #expect(content(memory, 60)[0] == 0xFF)
  }

  /// A bus that carries nothing must not use up the replacements.
  @Test func aPartThatTakesNothingKeepsItsReplacements() {
    var memory = memory { $0.silentPages = Set(0..<2048) }
    memory.program(page: 3, offset: 0, [1].span)
    memory.maintain()
    #expect(memory.condition.failures == 1 && memory.condition.spares == 0)
    memory.base.silentPages = [3]
    memory.recover()
    #expect(memory.condition.spares == 60)
    memory.program(page: 3, offset: 0, [1].span)
    memory.maintain()
    #expect(content(memory, 3)[0] == 1)
  }

  @Test func theLastReplacementsMayFail() {
    var memory = memory { $0.silentPages = Set(0..<59).union([SparedMemoryTests.spare + 59]) }
    for page in 0..<59 {
      memory.program(page: page, offset: 0, [1].span)
      memory.maintain()
    }
    memory.base.silentPages.insert(100)
    memory.program(page: 100, offset: 0, [1].span)
    memory.maintain()
    #expect(memory.condition.failures == 1 && memory.condition.spares == 0)
  }

  /// Where the table cannot be written nothing is replaced: it would not be remembered.
  @Test func aDeadTableReplacesNothing() {
    let dead = Set(Self.table..<(Self.table + 4)).union([9])
    var memory = memory { $0.silentPages = dead }
    memory.program(page: 9, offset: 0, [1].span)
    memory.maintain()
    #expect(memory.condition.failures == 1 && memory.condition.isFaulty)
    #expect(content(memory, 9)[0] == 0xFF)
    memory.recover()
    #expect(content(memory, 9)[0] == 0xFF)
  }

  @Test func oneLiveCopyOfTheTableIsEnough() {
    let dead = Set(Self.table..<(Self.table + 3)).union([9])
    var memory = memory { $0.silentPages = dead }
    memory.program(page: 9, offset: 0, [1].span)
    memory.maintain()
    memory.recover()
    #expect(content(memory, 9)[0] == 1 && memory.condition.failures == 0)
  }

  @Test func aLostTableIsSaidAndLeftAlone() {
    var memory = memory { $0.silentPages = [9] }
    memory.program(page: 9, offset: 0, [1].span)
    memory.maintain()
    for copy in 0..<2 { memory.base.poke((Self.table + copy) * 256 + 20, xor: 0xFF) }
    memory.recover()
    #expect(memory.condition.isTableLost && memory.condition.isFaulty)
    let image = memory.base.image
    memory.program(page: 9, offset: 0, [2].span)
    memory.maintain()
    #expect(memory.base.image == image)
  }

  @Test func aTableOfAnotherLengthIsLost() {
    var memory = memory()
    var record = AtomicRecord(region: MemoryMap.replacementTable, copies: 4, kind: 0x53)
    var room = InlineArray<16, UInt8>(repeating: 0)
    var span = room.mutableSpan
    var length = 0
    _ = record.recover(from: memory.base, into: &span, length: &length)
    let bytes: [UInt8] = [1, 2, 3]
    let isBegun = record.begin(bytes.span)
    #expect(isBegun)
    while record.pump(bytes.span, to: &memory.base) == .busy {}
    memory.recover()
    #expect(memory.condition.isTableLost)
  }
}
