import Board
import Bytes
import CReference
import LegalMeter
import Meter
import MeterTime
import Metrology

/// Prices the sample path: both forms of `SampleAccumulator`, the same work in C, and the way
/// through the legal meter, in the same run.
///
/// Cycles are SysTick counts; under `-icount shift=0` one is exactly 40 instructions, so that a
/// difference is work and not chance.
enum KernelBench {
  private static let setCount = 64
  /// Not a whole number of windows, so that sums are left over to compare.
  private static let rounds = 505
  private static let windowCycles = 10
  /// 50 Hz at 4 kHz, 2^-32 turns a sample: windows of 801 sets.
  private static let increment: UInt32 = 53_687_091
  private static let instructionsPerCycle = 40

  private typealias Measured = (cycles: UInt64, sum: Int64, check: Int64)

  static func run() {
    var sets = InlineArray<64, SampleSet>(repeating: .zero)
    var seed: UInt32 = 7
    for n in sets.indices { sets[n] = noise(&seed) }
    // An unequal sum means that one of them does not do the work.
    let (c, cSum) = measureC(sets.span)
    report("c", c, cSum)
    let set = measureSets(sets.span)
    report("set", set.cycles, set.sum)
    let block = measureBlocks(sets.span)
    // The reference knows the active sum only; the two forms must agree in every bit.
    report("block", block.cycles, block.check == set.check ? block.sum : 0)
    measureMeter(sets.span)
  }

  @inline(never)
  private static func measureSets(_ sets: Span<SampleSet>) -> Measured {
    var accumulator = SampleAccumulator(increment: increment, cycles: windowCycles)
    let begin = Machine.cycles
    for _ in 0..<rounds {
      for n in sets.indices where accumulator.add(sets[n]) { _ = accumulator.benchmarkReopen() }
    }
    let cycles = Machine.cycles - begin
    let check = accumulator.benchmarkCheck
    return (cycles, accumulator.benchmarkReopen(), check)
  }

  @inline(never)
  private static func measureBlocks(_ sets: Span<SampleSet>) -> Measured {
    var accumulator = SampleAccumulator(increment: increment, cycles: windowCycles)
    var u1 = InlineArray<64, Int32>(repeating: 0), i1 = u1
    var u2 = u1, i2 = u1, u3 = u1, i3 = u1
    for n in sets.indices {
      (u1[n], i1[n]) = (sets[n].u1, sets[n].i1)
      (u2[n], i2[n]) = (sets[n].u2, sets[n].i2)
      (u3[n], i3[n]) = (sets[n].u3, sets[n].i3)
    }
    let begin = Machine.cycles
    for _ in 0..<rounds {
      let block = SampleBlock(
        u1: u1.span, i1: i1.span, u2: u2.span, i2: i2.span, u3: u3.span, i3: i3.span)
      var at = 0
      while at < setCount {
        let step = accumulator.add(block, from: at)
        at = step.next
        if step.complete { _ = accumulator.benchmarkReopen() }
      }
    }
    let cycles = Machine.cycles - begin
    let check = accumulator.benchmarkCheck
    return (cycles, accumulator.benchmarkReopen(), check)
  }

  @inline(never)
  private static func measureC(_ sets: Span<SampleSet>) -> (cycles: UInt64, sum: Int64) {
    var reference = c_accumulator()
    c_accumulator_open(
      &reference, SampleAccumulator(increment: increment, cycles: windowCycles).remaining)
    let begin = Machine.cycles
    for _ in 0..<rounds {
      sets.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        c_accumulator_run(
          &reference, UnsafeRawPointer(base).assumingMemoryBound(to: Int32.self),
          UInt32(setCount))
      }
    }
    return (Machine.cycles - begin, reference.sums.0.ui)
  }

  /// The way of a set through the legal meter, and what the end of a window costs it.
  @inline(never)
  private static func measureMeter(_ sets: Span<SampleSet>) {
    var legal = LegalMeter(
      parameters: MeterConfiguration.bench.legalParameters, settings: .bench)
    let start = Instant(ticks: 0)
    var windowCycles: UInt64 = 0
    var windows: UInt64 = 0
    let begin = Machine.cycles
    for _ in 0..<rounds {
      for n in sets.indices where legal.add(sets[n]) {
        let complete = Machine.cycles
        legal.closeWindow(now: start)
        windowCycles &+= Machine.cycles &- complete
        windows &+= 1
      }
    }
    report("meter", Machine.cycles &- begin &- windowCycles, 0)
    report("window", windowCycles, 0, per: windows)
  }

  private static func noise(_ seed: inout UInt32) -> SampleSet {
    func next() -> Int32 {
      seed = seed &* 1_664_525 &+ 1_013_904_223
      return Int32(bitPattern: seed) &>> 8
    }
    return SampleSet(u1: next(), i1: next(), u2: next(), i2: next(), u3: next(), i3: next())
  }

  private static func report(
    _ form: StaticString, _ cycles: UInt64, _ sum: Int64,
    per count: UInt64 = UInt64(setCount * rounds)
  ) {
    var line = ReportLine("kernel")
    line.add("form", form)
    line.add(
      "instructions_x10",
      Int64(bitPattern: (cycles * UInt64(instructionsPerCycle) * 10 + count / 2) / count))
    line.add("sum", sum)
    line.send()
  }
}
