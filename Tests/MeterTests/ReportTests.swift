import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Testing

/// Lines in memory.
private struct Lines: ReportSink {
  var text: [String] = []
  mutating func write(_ line: Span<UInt8>) {
    var bytes: [UInt8] = []
    for n in line.indices { bytes.append(line[n]) }
    #expect(bytes.last == 0x0A)
    text.append(String(decoding: bytes.dropLast(), as: UTF8.self))
  }
}

@Suite struct ReportTests {
  /// A load of triangles: 80 sets to the cycle, L3 exporting.
  private static func set(_ n: Int, amperes: Int32) -> SampleSet {
    func wave(_ shift: Int) -> Int32 {
      let x = (n + shift) % 80
      return Int32(x < 40 ? x - 20 : 60 - x)
    }
    let (a, b, c) = (wave(0), wave(53), wave(27))
    return SampleSet(
      u1: a * 270_000, i1: a * 2900 * amperes, u2: b * 270_000, i2: b * 1800 * amperes,
      u3: c * 270_000, i3: -c * 2500 * amperes)
  }

  private static func command(_ letter: Character, _ argument: UInt8 = 0) -> BenchCommand? {
    letter.asciiValue.flatMap { BenchCommand(letter: $0, argument: argument) }
  }

  private static func bench(start: Instant = Instant(seconds: 820_000_000)) -> ReportedMeter {
    var run = ReportedMeter(.bench, .bench, start: start)
    run.isDetailed = true
    let plan: [(Character, UInt8, Int64)] = [
      ("p", 0, 40_010), ("r", 0, 40_600), ("o", 0, 50_003), ("c", 0, 50_005), ("t", 3, 52_000),
      ("v", 1, 60_000), ("n", 0, 71_111),
    ]
    for (letter, argument, set) in plan {
      if let command = command(letter, argument) {
        let isTaken = run.schedule(command, at: set)
        #expect(isTaken)
      }
    }
    return run
  }

  /// A memory that needs 20 sets for each page gives the same lines and bytes as one that needs
  /// none: what an owner may choose is fixed, so the target cannot matter.
  @Test func slowMemoryChangesNothing() throws {
    var quick = TestMemory()
    var slow = FaultyMemory(seed: 1)
    slow.programSteps = 20
    var first = Lines()
    var second = Lines()
    var a = Self.bench()
    var b = Self.bench()
    try a.begin(legalChecksum: 0xCAFE_F00D, memory: &quick, to: &first)
    try b.begin(legalChecksum: 0xCAFE_F00D, memory: &slow, to: &second)
    for n in 0..<80_000 {
      let set = Self.set(n, amperes: n < 30_000 ? 1 : 60)
      if a.take(set) {
        a.closeWindow(to: &first)
        while !a.service(&quick, to: &first) {}
      }
      slow.advance()
      if b.take(set) { b.closeWindow(to: &second) }
      if b.isServing { _ = b.service(&slow, to: &second) }
    }
    a.end(to: &first)
    while !a.service(&quick, to: &first) {}
    b.end(to: &second)
    while !b.service(&slow, to: &second) { slow.advance() }
    a.reportEvents(8, memory: quick, to: &first)
    b.reportEvents(8, memory: slow, to: &second)
    #expect(first.text == second.text)
    #expect(quick.image == slow.image)
    for letter in ["B", "L", "W", "P", "R", "V", "G", "E"] {
      #expect(first.text.contains { $0.hasPrefix(letter + " ") }, "no line \(letter)")
    }
  }

  /// Registers of the lines are those of the meter, and the committed ones never lead.
  @Test func linesSayWhatTheMeterHolds() throws {
    var memory = TestMemory()
    var lines = Lines()
    var run = Self.bench()
    try run.begin(legalChecksum: 1, memory: &memory, to: &lines)
    for n in 0..<40_000 where run.take(Self.set(n, amperes: 40)) {
      run.closeWindow(to: &lines)
      while !run.service(&memory, to: &lines) {}
    }
    lines.text = []
    run.reportRegisters(all: true, to: &lines)
    run.reportCommitted(all: true, to: &lines)
    #expect(lines.text.count == 2 * 39)
    let fields = lines.text.map { $0.split(separator: " ") }
    for k in 0..<39 {
      #expect(fields[k][1] == "\(k)" && fields[39 + k][1] == "\(k)")
      let (running, committed) = (Int(fields[k][2]) ?? -1, Int(fields[39 + k][2]) ?? -1)
      #expect(running >= committed && running - committed < 1000)
    }
    #expect(Int64(fields[0][2]) == run.meter.reading(.activeImportFine))
    #expect(Int64(fields[39][2]) == run.meter.reading(.activeImport))
    #expect(Int64(fields[1][2]) ?? 0 > 0)
  }

  @Test(
    arguments: [
      (SampleRate(4000), 4001), (SampleRate(44_100), 44_101 * 7),
      (SampleRate(20_000, per: 3), 123_457),
      (SampleRate(4000), 4000 * 86_400 * 366),
    ] as [(SampleRate, Int)])
  func timeIsExactToATick(rate: SampleRate, sets: Int) {
    // The clock's own way of counting, in wide integers.
    let exact = Int128(sets) * Int128(rate.denominator) * 65_536 / Int128(rate.numerator)
    var run = SampleClock(start: Instant(ticks: 5), rate: rate)
    run.take(sets)
    #expect(Int128(run.now.ticks) == exact + 5)
  }

  @Test func commandsThatCannotWaitAreRefused() throws {
    var run = ReportedMeter(.bench, .bench, start: Instant(seconds: 0))
    let press = try #require(Self.command("p"))
    var taken = 0
    while taken < 100, run.schedule(press, at: 10) { taken += 1 }
    #expect(taken == 16)
    for n in 0...10 { _ = run.take(Self.set(n, amperes: 1)) }
    let (next, past) = (run.schedule(press, at: 11), run.schedule(press, at: 10))
    #expect(next && !past)
    #expect(Self.command("z") == nil)
  }
}
