import MeterFaults
import MeterTime
import PermanentMemory
import Testing

/// The fault models themselves: a campaign is worth no more than the faults it makes.
@Suite struct FaultModelTests {
  /// First outputs for seed 1234567 as published with the reference implementation.
  @Test func splitMixGivesThePublishedNumbers() {
    var random = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in random.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test(arguments: [1, 2, 3, 7, 64, 257])
  func belowReachesEveryNumberEvenly(bound: Int) {
    var random = SplitMix64(seed: 1)
    var hits = [Int](repeating: 0, count: bound)
    for _ in 0..<(bound * 400) { hits[random.below(bound)] += 1 }
    // 400 expected, standard deviation 20: six of them.
    #expect(hits.allSatisfy { $0 > 280 && $0 < 520 })
  }

  @Test func unitStaysInItsRange() {
    var random = SplitMix64(seed: 1)
    let numbers = (0..<4000).map { _ in random.unit() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(numbers.reduce(0, +) / 4000 - 0.5) < 0.03)
  }

  /// A page of 0x00 over a page of 0xF0, cut in the middle.
  private func torn(_ shape: TearShape, cut: Int, seed: UInt64 = 1) -> [UInt8] {
    var memory = FaultyMemory(image: [UInt8](repeating: 0xF0, count: 768), seed: seed)
    let new = [UInt8](repeating: 0x00, count: 256)
    memory.cut(afterBytes: cut, shape: shape)
    memory.program(page: 1, offset: 0, new.span)
    let powered = memory.isPowered
    #expect(!powered)
    #expect(memory.image[0..<256].allSatisfy { $0 == 0xF0 })
    #expect(memory.image[512..<768].allSatisfy { $0 == 0xF0 })
    return Array(memory.image[256..<512])
  }

  @Test func eachShapeIsWhatItSays() {
    let prefix = torn(.prefix, cut: 100)
    #expect(prefix[0..<100].allSatisfy { $0 == 0 } && prefix[101...].allSatisfy { $0 == 0xF0 })
    let suffix = torn(.suffix, cut: 100)
    #expect(suffix[156...].allSatisfy { $0 == 0 } && suffix[0..<155].allSatisfy { $0 == 0xF0 })
    let bytes = torn(.byteMix, cut: 128)
    #expect(bytes.allSatisfy { $0 == 0 || $0 == 0xF0 })
    #expect((80...176).contains(bytes.count { $0 == 0 }))
    let bits = torn(.bitMix, cut: 128)
    #expect(bits.allSatisfy { $0 & 0x0F == 0 })
    #expect(Set(bits).count == 16)
    let noise = torn(.noise, cut: 100)
    #expect(noise[0..<100].allSatisfy { $0 == 0 } && noise[101...].allSatisfy { $0 == 0xF0 })
    let erased = torn(.erased, cut: 101)
    #expect(erased[0..<104].allSatisfy { $0 == 0xFF } && erased[104...].allSatisfy { $0 == 0xF0 })
    #expect(Set(torn(.halfProgrammed, cut: 128)).count > 64)
  }

  @Test(arguments: TearShape.allCases)
  func bordersAreWholeOrUntouched(shape: TearShape) {
    #expect(torn(shape, cut: 256).allSatisfy { $0 == 0 })
    if shape == .byteMix || shape == .bitMix || shape == .halfProgrammed {
      #expect(torn(shape, cut: 0).allSatisfy { $0 == 0xF0 })
    }
  }

  @Test func sameSeedSameBytes() {
    for shape in TearShape.allCases {
      #expect(torn(shape, cut: 77, seed: 9) == torn(shape, cut: 77, seed: 9))
    }
    #expect(torn(.bitMix, cut: 77, seed: 9) != torn(.bitMix, cut: 77, seed: 10))
  }

  @Test func deadAndWornPagesKeepTheirContentAndCount() {
    var memory = FaultyMemory(pageCount: 4, seed: 1)
    let zero: [UInt8] = [0]
    memory.silentPages = [1]
    memory.program(page: 1, offset: 0, zero.span)
    memory.endurance = 2
    for _ in 0..<3 { memory.program(page: 2, offset: memory.programs, zero.span) }
    memory.stick(.init(address: 3 * 256, mask: 0x81, value: 0x80))
    memory.program(page: 3, offset: 0, zero.span)
    #expect(memory.image[256] == 0xFF)
    #expect(memory.image[513] == 0 && memory.image[514] == 0 && memory.image[515] == 0xFF)
    #expect(memory.image[768] == 0x80)
    #expect(memory.wear == [0, 1, 3, 1])
  }

  @Test func silentProgramsComeAtTheirRate() {
    var memory = FaultyMemory(pageCount: 1, seed: 1)
    memory.silentOneIn = 10
    var dropped = 0
    for i in 0..<2000 {
      let byte = [UInt8(truncatingIfNeeded: i)]
      memory.program(page: 0, offset: 0, byte.span)
      if memory.image[0] != byte[0] { dropped += 1 }
    }
    #expect((140...260).contains(dropped))
  }

  @Test func aFirstBreathIsShorterThanALastGasp() {
    var random = SplitMix64(seed: 1)
    let breaths = (0..<1000).map { _ in SupplyFailure.firstBreath(&random) }
    let gasps = (0..<1000).map { _ in SupplyFailure.random(&random) }
    #expect(breaths.allSatisfy { !$0.warns && $0.programs <= 16 && $0.bytesOfLast() < 256 })
    #expect(breaths.filter { $0.programs == 0 }.count > 200)
    #expect(Set(breaths.map(\.programs)).count > 5)
    #expect(gasps.contains { $0.programs > 30 })
  }

  @Test func readsCountUntilMeasuringOrTheFirstProgram() {
    var memory = FaultyMemory(pageCount: 1, seed: 1)
    func read(_ memory: borrowing FaultyMemory) {
      var bytes = InlineArray<8, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      memory.read(page: 0, offset: 0, into: &span)
    }
    read(memory)
    #expect(memory.bytesReadBeforeMeasuring == 8)
    memory.noteMeasuring()
    read(memory)
    #expect(memory.bytesReadBeforeMeasuring == 8 && memory.bytesRead == 16)
    memory.resetReads()
    let zero: [UInt8] = [0]
    memory.program(page: 0, offset: 0, zero.span)
    read(memory)
    #expect(memory.bytesReadBeforeMeasuring == 0)
  }

  @Test func clockMovesOnlyWhenTold() {
    var clock = VirtualClock(Instant(seconds: 10))
    clock.advance(by: .seconds(5))
    #expect(clock.now == Instant(seconds: 15))
    clock.set(to: Instant(seconds: 3))
    #expect(clock.now == Instant(seconds: 3))
  }
}
