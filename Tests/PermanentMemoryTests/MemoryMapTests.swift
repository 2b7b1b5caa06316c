import MeterFaults
import PermanentMemory
import Testing

@Suite struct MemoryMapTests {
  /// True where the parts fill the whole, one behind the other.
  private func tile(_ parts: [PageRegion], _ whole: Range<Int>) -> Bool {
    var next = whole.lowerBound
    for part in parts {
      if part.pages.lowerBound != next { return false }
      next = part.pages.upperBound
    }
    return next == whole.upperBound
  }

  @Test("the six regions fill the memory without a gap")
  func regions() {
    let regions = [
      MemoryMap.loadProfile, MemoryMap.analysisLogger, MemoryMap.registerJournal,
      MemoryMap.records, MemoryMap.settings, MemoryMap.spare,
    ]
    #expect(tile(regions, 0..<MemoryMap.pageCount))
    #expect(regions.map { $0.byteCount / 1024 } == [224, 64, 128, 48, 32, 16])
    #expect(MemoryMap.byteCount == 524_288)
    #expect(regions.map(\.byteCount).reduce(0, +) == MemoryMap.byteCount)
  }

  @Test("what lies inside a region fills it")
  func parts() {
    let records = [
      MemoryMap.states, MemoryMap.billing, MemoryMap.secondLogger, MemoryMap.eventLogs,
    ]
    #expect(tile(records, MemoryMap.records.pages))
    #expect(tile((0..<16).map { MemoryMap.state($0) }, MemoryMap.states.pages))
    #expect(tile([MemoryMap.state(2), MemoryMap.state(3)], MemoryMap.profileCheckpoint.pages))
    let settings = [
      MemoryMap.configuration, MemoryMap.keys, MemoryMap.ports, MemoryMap.tariffPlans,
    ]
    #expect(tile(settings, MemoryMap.settings.pages))
    #expect(
      tile([MemoryMap.replacementTable, MemoryMap.replacements], MemoryMap.spare.pages))
  }

  @Test("a memory that does not look after itself has nothing to tell of its wear")
  func condition() {
    var memory = TestMemory()
    memory.maintain()
    #expect(TestMemory.pageBytes == 256 && memory.programs == 0)
    #expect(memory.condition == MemoryCondition() && !memory.condition.isFaulty)
    #expect(MemoryMap.pageCount == memory.pageCount)
  }
}
