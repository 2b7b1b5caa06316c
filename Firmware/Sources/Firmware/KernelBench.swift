import Board
import Bytes
import CBoard
import Metrology

/// Prices the sample path: the Swift forms of `SampleAccumulator` and the same work in C, over the
/// same sample sets and in the same run.
///
/// Cycles are SysTick counts; under `-icount shift=0` one is exactly 40 instructions, so that a
/// difference is work and not chance.
enum KernelBench {
  private static let setCount = 64
  private static let rounds = 500
  private static let windowCycles = 10
  /// 50 Hz at 4 kHz, 2^-32 turns a sample: windows of 800 sets.
  private static let increment: UInt32 = 53_687_091
  private static let instructionsPerCycle = 40

  static func run() {
    var sets = InlineArray<64, SampleSet>(repeating: .zero)
    var seed: UInt32 = 7
    for n in sets.indices { sets[n] = noise(&seed) }
    // An unequal sum means that one of the two does not do the work.
    let (c, cSum) = measureC(sets.span)
    let (swift, swiftSum) = measureSets(sets.span)
    report("c", c, cSum)
    report("swift", swift, swiftSum)
  }

  @inline(never)
  private static func measureSets(_ sets: Span<SampleSet>) -> (cycles: UInt64, sum: Int64) {
    var accumulator = SampleAccumulator(increment: increment, cycles: windowCycles)
    var sum: Int64 = 0
    let begin = Machine.cycles
    for _ in 0..<rounds {
      for n in sets.indices where accumulator.add(sets[n]) { sum &+= accumulator.benchmarkReopen() }
    }
    return (Machine.cycles - begin, sum)
  }

  @inline(never)
  private static func measureC(_ sets: Span<SampleSet>) -> (cycles: UInt64, sum: Int64) {
    var reference = board_reference()
    let step = CORDIC.cosineSine(increment)
    let chunk = CORDIC.cosineSine(increment &* 64)
    let window = SampleAccumulator(increment: increment, cycles: windowCycles).remaining
    board_reference_start(
      &reference, window, step.cosine, step.sine, chunk.cosine, chunk.sine)
    var sum: Int64 = 0
    let begin = Machine.cycles
    for _ in 0..<rounds {
      sum &+= sets.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return 0 }
        return board_reference_add(
          &reference, UnsafeRawPointer(base).assumingMemoryBound(to: Int32.self),
          UInt32(setCount))
      }
    }
    return (Machine.cycles - begin, sum)
  }

  private static func noise(_ seed: inout UInt32) -> SampleSet {
    func next() -> Int32 {
      seed = seed &* 1_664_525 &+ 1_013_904_223
      return Int32(bitPattern: seed) &>> 8
    }
    return SampleSet(u1: next(), i1: next(), u2: next(), i2: next(), u3: next(), i3: next())
  }

  private static func report(_ form: StaticString, _ cycles: UInt64, _ sum: Int64) {
    var line = ReportLine("kernel")
    line.add("form", form)
    let sets = UInt64(setCount * rounds)
    line.add(
      "instructions_x10",
      Int64(bitPattern: (cycles * UInt64(instructionsPerCycle) * 10 + sets / 2) / sets))
    line.add("sum", sum)
    line.send()
  }
}
