import MeterFaults
import PermanentMemory
import Testing

/// Power cuts of the register journal: exhaustive where that is possible, seeded where not.
@Suite struct JournalPowerCutTests {
  static let region = RegisterJournalTests.small

  /// Every byte of every program of a script, every shape; the script starts on a blank memory,
  /// in the middle, across an anchor and across the end of the ring.
  @Test(arguments: TearShape.allCases)
  func everyByteOfAScript(shape: TearShape) {
    var cuts = 0
    for start in [0, 14, 30, 62] as [UInt32] {
      let image = RegisterJournalTests.image(records: start)
      let rig = JournalRig(image: image, region: Self.region, pageCount: 48, seed: 7)
      for position in 0...(3 * 256) {
        rig.memory.restore(image: image)
        rig.committed = start
        rig.inFlight = start
        guard rig.restart().wrong == nil else { break }
        rig.memory.cut(afterBytes: position, shape: shape)
        for value in 1...3 as ClosedRange<UInt32> where rig.memory.isPowered {
          rig.append(start + value)
        }
        let result = rig.restart()
        cuts += 1
        if result.wrong != nil || result.report.damaged > 1 || result.report.search == .records {
          Issue.record("start \(start) byte \(position): \(result)")
          return
        }
        // The ring goes on from there.
        let next = rig.committed + 1
        if !rig.append(next) || rig.restart().wrong != nil {
          Issue.record("start \(start) byte \(position): does not go on")
          return
        }
      }
    }
    #expect(cuts == 4 * 769)
  }

  /// A second cut inside the first program after recovery, every pair of a grid of positions.
  @Test(arguments: TearShape.allCases)
  func secondCutDuringRecovery(shape: TearShape) {
    let grid = [0, 1, 3, 7, 8, 100, 248, 250, 255, 256]
    for start in [0, 15, 31] as [UInt32] {
      let image = RegisterJournalTests.image(records: start)
      let rig = JournalRig(image: image, region: Self.region, pageCount: 48, seed: 11)
      for first in grid {
        for second in grid {
          for secondShape in TearShape.allCases {
            rig.memory.restore(image: image)
            rig.committed = start
            rig.inFlight = start
            _ = rig.restart()
            rig.memory.cut(afterBytes: first, shape: shape)
            rig.append(start + 1)
            let one = rig.restart()
            rig.memory.cut(afterBytes: second, shape: secondShape)
            rig.append(rig.committed + 1)
            let two = rig.restart()
            if one.wrong != nil || two.wrong != nil {
              Issue.record("start \(start), \(first) then \(second) \(secondShape): \(one) \(two)")
              return
            }
          }
        }
      }
    }
  }

  /// Seeded cuts one after the other on the full ring of 512, life going on in between, with
  /// some programs silently dropped and some slots dead.
  @Test(arguments: 0..<4)
  func randomCutsOneAfterTheOther(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed) &+ 99)
    let region = PageRegion(first: 0, count: 512)
    let rig = JournalRig(region: region, pageCount: 512, seed: UInt64(seed))
    rig.memory.silentOneIn = seed == 3 ? 50 : 0
    if seed == 2 { rig.memory.silentPages = [5, 16, 17, 200, 432] }
    _ = rig.restart()
    var value: UInt32 = 0
    var torn = 0
    var positions: Set<Int> = []
    var shapes: Set<TearShape> = []
    for cut in 0..<5_000 {
      let programs = random.below(4)
      let shape = TearShape.allCases[random.below(TearShape.allCases.count)]
      let position = random.below(257)
      positions.insert(position)
      shapes.insert(shape)
      rig.memory.cut(afterBytes: programs * 256 + position, shape: shape)
      while rig.memory.isPowered {
        value += 1
        rig.append(value)
      }
      let result = rig.restart()
      if result.wrong != nil {
        Issue.record("seed \(seed) cut \(cut) \(shape): \(result)")
        return
      }
      if result.report.damaged > 0 { torn += 1 }
    }
    // A campaign that cuts nothing, or always at the same place, proves nothing.
    #expect(positions.count == 257 && shapes.count == TearShape.allCases.count)
    #expect(torn > 1_000)
    #expect(rig.journal.newest > 5_000)
  }
}
