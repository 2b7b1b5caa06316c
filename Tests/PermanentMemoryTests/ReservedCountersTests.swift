import MeterFaults
import PermanentMemory
import Testing

@Suite struct ReservedCountersTests {
  private func reserve(_ counters: inout ReservedCounters, _ memory: inout FaultyMemory) {
    for _ in 0..<20 where counters.needsProgram { _ = counters.pump(&memory) }
  }

  @Test func nothingIsGivenBeforeItIsReserved() {
    var memory = FaultyMemory(seed: 1)
    var counters = ReservedCounters()
    #expect(counters.take(0) == nil && !counters.needsProgram)
    #expect(counters.pump(&memory) == .idle)
    #expect(counters.recover(from: memory).outcome == .blank)
    #expect(counters.take(0) == nil && counters.needsProgram)
    reserve(&counters, &memory)
    #expect((1...600).map { _ in counters.take(0) } == (1...600).map { UInt32($0) })
    #expect(counters.take(7) == 1 && counters.reserve(0) == 424)
    // Both copies, once.
    #expect(memory.programs == 2)
  }

  @Test func theReserveEndsAndIsFilledAhead() {
    var memory = FaultyMemory(seed: 1)
    var counters = ReservedCounters()
    _ = counters.recover(from: memory)
    reserve(&counters, &memory)
    for _ in 0..<1024 { #expect(counters.take(3) != nil) }
    #expect(counters.take(3) == nil && counters.needsProgram)
    reserve(&counters, &memory)
    #expect(counters.take(3) == 1025)
  }

  @Test func aStartGoesOnBehindTheReserve() {
    var memory = FaultyMemory(seed: 1)
    var counters = ReservedCounters()
    _ = counters.recover(from: memory)
    reserve(&counters, &memory)
    #expect(counters.take(0) == 1)
    var second = ReservedCounters()
    #expect(second.recover(from: memory).outcome == .recovered)
    #expect(second.take(0) == nil)
    reserve(&second, &memory)
    #expect(second.take(0) == 1025)
  }

  @Test func aFlippedBitNeverRepeatsANumber() {
    var memory = FaultyMemory(seed: 1)
    var counters = ReservedCounters()
    _ = counters.recover(from: memory)
    for _ in 0..<3 {
      reserve(&counters, &memory)
      while counters.take(0) != nil {}
    }
    let given: UInt32 = 3 * 1024
    for bit in 0..<(2 * 2048) {
      let address = Int(MemoryMap.state(10).first) * 256 + bit / 8
      memory.poke(address, xor: 1 << UInt8(bit % 8))
      var copy = ReservedCounters()
      let report = copy.recover(from: memory)
      #expect(report.damaged == 1 || bit / 8 % 256 >= 48, "bit \(bit)")
      // Nothing programmed: what it would give next is behind its first reserve.
      #expect(copy.upcoming(0) > given, "bit \(bit)")
      memory.poke(address, xor: 1 << UInt8(bit % 8))
    }
  }

  @Test func aLostRecordGivesNothing() {
    var memory = FaultyMemory(seed: 1)
    var counters = ReservedCounters()
    _ = counters.recover(from: memory)
    reserve(&counters, &memory)
    for page in MemoryMap.state(10).pages { memory.poke(page * 256 + 20, xor: 1) }
    #expect(counters.recover(from: memory).outcome == .lost)
    #expect(counters.isLost && !counters.needsProgram && counters.take(0) == nil)
    let programs = memory.programs
    #expect(counters.pump(&memory) == .idle && memory.programs == programs)
  }

  @Test func failedProgramsAreRepeated() {
    var memory = FaultyMemory(seed: 3)
    memory.silentPages = [Int(MemoryMap.state(10).first) + 1]
    var counters = ReservedCounters()
    _ = counters.recover(from: memory)
    var failed = 0
    for _ in 0..<40 where counters.needsProgram {
      if counters.pump(&memory) == .failed { failed += 1 }
    }
    // One dead copy: the pair is never whole, so nothing is given.
    #expect(failed > 5 && counters.take(0) == nil)
    memory.silentPages = []
    reserve(&counters, &memory)
    #expect(counters.take(0) == 1)
  }

  @Test func theLastNumberIsTheLast() {
    var memory = FaultyMemory(seed: 1)
    store([UInt8](repeating: 0xFF, count: 32), in: MemoryMap.state(10), kind: 10, of: &memory)
    var counters = ReservedCounters()
    _ = counters.recover(from: memory)
    reserve(&counters, &memory)
    #expect(counters.take(0) == nil && !counters.needsProgram)
  }

  /// Less than a block is left: that is reserved, and no number comes twice behind the end.
  @Test func theLastBlockIsShort() {
    var memory = FaultyMemory(seed: 1)
    var payload = [UInt8](repeating: 0, count: 32)
    payload.replaceSubrange(0..<4, with: [0x00, 0xFF, 0xFF, 0xFF])
    store(payload, in: MemoryMap.state(10), kind: 10, of: &memory)
    var counters = ReservedCounters()
    _ = counters.recover(from: memory)
    reserve(&counters, &memory)
    #expect(counters.reserve(0) == 255 && counters.reserve(1) == 1024)
    for k in 0..<255 as Range<UInt32> { #expect(counters.take(0) == 0xFFFF_FF00 + k) }
    #expect(counters.take(0) == nil && !counters.needsProgram)
  }

  @Test func stateIsSmall() { #expect(MemoryLayout<ReservedCounters>.size <= 160) }
}
