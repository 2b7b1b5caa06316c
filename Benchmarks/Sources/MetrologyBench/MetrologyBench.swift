import CReference
import Metrology

// Runs one form of the sample path over synthetic samples; a profiler counts the instructions
// (difference of two run lengths), or the program times itself.
// Usage: MetrologyBench set|block|c SETS

@main
struct MetrologyBench {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let sets = Int(arguments[2]) else {
      print("usage: MetrologyBench set|block|c SETS")
      return
    }
    let clock = ContinuousClock()
    var sum: Int64 = 0
    var best = Duration.seconds(1000)
    for _ in 0..<(arguments[1].hasSuffix("!") ? 5 : 1) {
      let length = clock.measure {
        switch arguments[1].prefix(1) {
        case "s": sum = runSets(sets)
        case "b": sum = runBlocks(sets)
        default: sum = runC(sets)
        }
      }
      best = min(best, length)
    }
    let nanoseconds =
      Double(best.components.attoseconds) * 1e-9 + Double(best.components.seconds) * 1e9
    print(arguments[1], "ns", nanoseconds / Double(sets), "check", sum)
  }

  /// A window of 800 sets, reused: samples come from cache, as they do from a converter.
  static func channel(_ amplitude: Int32, _ lag: Int32) -> [Int32] {
    (0..<800).map { n in
      let x = (Int32(n % 80) &- 40 &+ lag) &* (amplitude / 40)
      return x &+ Int32(n &* 7919 % 101)
    }
  }

  static func runSets(_ count: Int) -> Int64 {
    let u = channel(5_000_000, 0), i = channel(200_000, 3)
    let sets = (0..<800).map {
      SampleSet(u1: u[$0], i1: i[$0], u2: u[$0], i2: i[$0], u3: u[$0], i3: i[$0])
    }
    var a = SampleAccumulator(increment: 53_687_091, cycles: 10)
    let span = sets.span
    var total: Int64 = 0
    for _ in 0..<(count / 800) {
      for n in span.indices where a.add(span[n]) { total &+= a.benchmarkReopen() }
    }
    return total
  }

  static func runBlocks(_ count: Int) -> Int64 {
    let u = channel(5_000_000, 0), i = channel(200_000, 3)
    var a = SampleAccumulator(increment: 53_687_091, cycles: 10)
    var total: Int64 = 0
    for _ in 0..<(count / 800) {
      let block = SampleBlock(
        u1: u.span, i1: i.span, u2: u.span, i2: i.span, u3: u.span, i3: i.span)
      var at = 0
      while at < 800 {
        let step = a.add(block, from: at)
        at = step.next
        if step.complete { total &+= a.benchmarkReopen() }
      }
    }
    return total
  }

  static func runC(_ count: Int) -> Int64 {
    let u = channel(5_000_000, 0), i = channel(200_000, 3)
    let flat = (0..<800).flatMap { [u[$0], i[$0], u[$0], i[$0], u[$0], i[$0]] }
    var a = c_accumulator()
    c_accumulator_open(&a, 800)
    for _ in 0..<(count / 800) {
      flat.withUnsafeBufferPointer { c_accumulator_run(&a, $0.baseAddress, 800) }
    }
    return a.sums.0.ui
  }
}
