import MeterFaults
import PermanentMemory
import Testing

@Suite struct RegisterJournalTests {
  static let small = PageRegion(first: 8, count: 32)

  /// An image whose ring holds `records` records of the values 1...records.
  static func image(records: UInt32, region: PageRegion = small, pages: Int = 48) -> [UInt8] {
    var memory = TestMemory(pageCount: pages)
    var journal = RegisterJournal(region: region)
    var none = [UInt8](repeating: 0, count: 240)
    var span = none.mutableSpan
    _ = journal.recover(from: memory, into: &span)
    for value in 0..<records {
      _ = journal.append(JournalRig.payload(value + 1).span, to: &memory)
      _ = journal.poll(memory)
    }
    return memory.image
  }

  @Test func stateIsSmall() {
    #expect(MemoryLayout<RegisterJournal>.stride <= 32)
  }

  @Test func blankMemoryIsBlank() {
    let rig = JournalRig(region: Self.small, pageCount: 48, seed: 1)
    let result = rig.restart()
    #expect(result.wrong == nil)
    #expect(result.report.outcome == .blank)
    #expect(rig.journal.depth == 0)
  }

  @Test func nothingIsAppendedBeforeRecovery() {
    let rig = JournalRig(region: Self.small, pageCount: 48, seed: 1)
    #expect(!rig.append(1))
    #expect(rig.memory.programs == 0)
  }

  @Test func layoutIsAsDocumented() {
    let image = Self.image(records: 34)
    // Record 33 (the 34th) has n = 32 + 33 = 65 and lies in slot 1 of pages 8..<40.
    let page = Array(image[(9 * 256)..<(10 * 256)])
    #expect(Array(page[0..<8]) == [0x4A, 1, 65, 0, 0, 0, 0, 0])
    #expect(Array(page[8..<248]) == JournalRig.payload(34))
  }

  @Test func foreignMemoryIsLostAndSaysSo() {
    var random = SplitMix64(seed: 3)
    let image = (0..<(48 * 256)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for content in [image, [UInt8](repeating: 0, count: 48 * 256)] {
      let rig = JournalRig(image: content, region: Self.small, pageCount: 48, seed: 1)
      let result = rig.restart()
      #expect(result.report.outcome == .lost)
    }
  }

  @Test func anotherKindOfRingIsForeign() {
    let report = recovered(
      Self.image(records: 40), region: Self.small, kind: RegisterJournal.billing)
    #expect(report.outcome == .lost)
  }

  @Test func movedRecordsAreNotBelieved() {
    var image = Self.image(records: 40)
    // The newest record (slot 7) is copied over another page of its own slot's ring, 32 on.
    let newest = Array(image[(15 * 256)..<(16 * 256)])
    image.replaceSubrange((16 * 256)..<(17 * 256), with: newest)
    let rig = JournalRig(image: image, region: Self.small, pageCount: 48, seed: 1)
    rig.committed = 40
    let result = rig.restart()
    #expect(result.wrong == nil && result.report.damaged == 1)
    // The whole memory shifted by a page: every number still fits its slot, every check fails.
    let shifted = Array(image[256...]) + [UInt8](repeating: 0xFF, count: 256)
    #expect(recovered(shifted, region: PageRegion(first: 7, count: 32)).outcome == .lost)
  }

  @Test(arguments: [1, 2, 15, 16, 17, 31, 32, 33, 48, 100, 511, 512, 513, 1000, 1029] as [UInt32])
  func newestIsFoundQuickly(records: UInt32) {
    let region = PageRegion(first: 0, count: 512)
    let image = Self.image(records: records, region: region, pages: 512)
    let rig = JournalRig(image: image, region: region, pageCount: 512, seed: 1)
    rig.committed = records
    let result = rig.restart()
    #expect(result.wrong == nil)
    #expect(result.report.search == .quick)
    #expect(result.report.damaged == 0)
    #expect(result.report.bytesRead <= 1544)
  }

  @Test func historyIsReadNewestFirst() {
    let rig = JournalRig(
      image: Self.image(records: 50), region: Self.small, pageCount: 48, seed: 1)
    rig.committed = 50
    #expect(rig.restart().wrong == nil)
    #expect(rig.journal.depth == 32)
    for index in 0..<32 {
      #expect(rig.row(index) == JournalRig.payload(50 - UInt32(index)))
    }
    #expect(rig.row(32) == nil)
    #expect(rig.row(-1) == nil)
    rig.memory.poke(10 * 256 + 20, xor: 1)
    #expect(rig.row(50 - 35) == nil)
  }

  @Test func busyMemoryIsWaitedFor() {
    let rig = JournalRig(region: Self.small, pageCount: 48, seed: 1)
    _ = rig.restart()
    rig.memory.programSteps = 2
    let first = rig.journal.append(JournalRig.payload(1).span, to: &rig.memory)
    let second = rig.journal.append(JournalRig.payload(2).span, to: &rig.memory)
    #expect(first && !second)
    #expect(rig.poll() == .busy && !rig.journal.isIdle)
    rig.memory.advance()
    #expect(rig.poll() == .busy)
    rig.memory.advance()
    #expect(rig.poll() == .committed)
    #expect(rig.poll() == .idle && rig.journal.isIdle)
  }

  /// Five records that claim to be the newest and are none: every record is read whole.
  @Test func theNewestWholeRecordIsFoundBehindFiveDamagedOnes() {
    let rig = JournalRig(
      image: Self.image(records: 40), region: Self.small, pageCount: 48, seed: 1)
    for page in 11...15 { rig.memory.poke(page * 256 + 20, xor: 1) }
    rig.committed = 35
    let result = rig.restart()
    #expect(result.wrong == nil && rig.committed == 35)
    #expect(result.report.search == .records && result.report.damaged >= 5)
  }

  /// Every bit of the newest record: the record before it is taken and damage is reported.
  @Test(arguments: [37, 48, 64] as [UInt32])
  func bitFlipsOfTheNewestRecordAreNeverBelieved(records: UInt32) {
    let image = Self.image(records: records)
    let rig = JournalRig(image: image, region: Self.small, pageCount: 48, seed: 1)
    let page = 8 + Int((records - 1) % 32)
    for bit in 0..<2048 {
      let address = page * 256 + bit / 8
      rig.memory.poke(address, xor: 1 << UInt8(bit % 8))
      rig.committed = records - 1
      rig.inFlight = records - 1
      let result = rig.restart()
      rig.memory.poke(address, xor: 1 << UInt8(bit % 8))
      #expect(result.wrong == nil && result.report.damaged >= 1, "bit \(bit): \(result)")
    }
  }
}

// MARK: - Worn and lying memories

extension RegisterJournalTests {
  /// Any set of dead slots: what was acknowledged is what is recovered.
  @Test(arguments: 0..<40)
  func deadSlotsAreSkipped(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let region = PageRegion(first: 0, count: 64)
    let rig = JournalRig(region: region, pageCount: 64, seed: UInt64(seed))
    _ = rig.restart()
    var value: UInt32 = 0
    for _ in 0..<100 { value += 1; rig.append(value) }
    // From one dead slot to all but two.
    let dead = 1 + random.below(62)
    while rig.memory.silentPages.count < dead { rig.memory.silentPages.insert(random.below(64)) }
    for round in 0..<300 {
      value += 1
      rig.append(value)
      if round % 7 == 0 {
        let result = rig.restart()
        #expect(result.wrong == nil, "seed \(seed) round \(round): \(result)")
        if result.wrong != nil { return }
      }
    }
    // With this many restarts a ring gets on while runs of dead slots are short; beyond that it
    // stands still and says so at every record, but never loses what it has.
    if dead < 16 { #expect(rig.committed > 300, "seed \(seed): \(dead) dead slots") }
  }

  @Test func longRunOfDeadSlotsIsCrossedByAnchors() {
    let region = PageRegion(first: 0, count: 512)
    let image = Self.image(records: 600, region: region, pages: 512)
    let rig = JournalRig(image: image, region: region, pageCount: 512, seed: 1)
    rig.committed = 600
    _ = rig.restart()
    rig.memory.silentPages = Set(90..<400)
    var value: UInt32 = 600
    for _ in 0..<200 {
      value += 1
      rig.append(value)
    }
    #expect(rig.committed > 640)
    #expect(rig.restart().wrong == nil)
  }

  @Test func aMemoryThatTakesNothingKeepsTheNewestAndGoesOnWhenItHeals() {
    let image = Self.image(records: 40)
    let rig = JournalRig(image: image, region: Self.small, pageCount: 48, seed: 1)
    rig.committed = 40
    _ = rig.restart()
    rig.memory.silentPages = Set(0..<48)
    for value in 41..<200 as Range<UInt32> { #expect(!rig.append(value)) }
    #expect(rig.journal.failures == 159)
    #expect(rig.memory.image == image)
    rig.memory.silentPages = []
    #expect(rig.append(200))
    #expect(rig.restart().wrong == nil && rig.committed == 200)
  }

  /// The newest record in slot 7, and in each of the two anchors.
  @Test(arguments: [40, 33, 49] as [UInt32])
  func theNewestRecordIsNeverWrittenOver(records: UInt32) {
    let image = Self.image(records: records)
    let rig = JournalRig(image: image, region: Self.small, pageCount: 48, seed: 1)
    _ = rig.restart()
    let kept = 8 + Int(records - 1) % 32
    for page in 8..<40 where page != kept {
      rig.memory.stick(.init(address: page * 256 + 1, mask: 0x01, value: 0))
    }
    let newest = Array(rig.memory.image[(kept * 256)..<((kept + 1) * 256)])
    for value in 101..<201 as Range<UInt32> { #expect(!rig.append(value)) }
    #expect(Array(rig.memory.image[(kept * 256)..<((kept + 1) * 256)]) == newest)
  }

  @Test func stuckBitsRetireTheirSlotOnly() {
    let rig = JournalRig(region: Self.small, pageCount: 48, seed: 1)
    _ = rig.restart()
    for slot in [0, 3, 16, 17] {
      rig.memory.stick(.init(address: (8 + slot) * 256 + 40, mask: 0x10, value: 0x10))
    }
    // A restart forgets which slots are worn, so each start may cost one failed program again.
    for value in 1...96 as ClosedRange<UInt32> {
      rig.append(value)
      if value % 4 == 0 { #expect(rig.restart().wrong == nil) }
    }
    #expect(rig.committed == 96)
    #expect(rig.journal.failures > 8)
  }
}
