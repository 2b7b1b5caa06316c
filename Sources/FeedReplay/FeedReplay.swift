import ArgumentParser
import Foundation
import Meter
import MeterFaults
import MeterTime
import Metrology

/// Feeds a file of sample sets through the bench meter and prints what it reports.
///
/// The firmware does the same with the same sets; both must write the same lines and the same
/// memory.
@main
struct FeedReplay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Feed a file of sample sets through the bench meter and print its report lines.")

  @Argument(help: "Sample sets: u1 i1 u2 i2 u3 i3, each an Int32, least significant byte first.")
  var sets: String?
  @Option(help: "Instant of the first set, seconds since 2000-01-01T00:00:00Z.")
  var start: Int64 = 0
  @Option(help: "Checksum of the legal code that the meter is to report, hexadecimal.")
  var legal = "0"
  @Option(help: "Memory to start from, 512 KiB; blank without it.")
  var memory: String?
  @Option(help: "Where to write the memory at the end.")
  var image: String?
  @Option(help: "A command before a set: SET@NUMBER LETTER without blanks, such as 12000@p.")
  var at: [String] = []
  @Flag(help: "Print the bytes of one meter and do nothing else.")
  var meterBytes = false

  func validate() throws {
    if sets == nil && !meterBytes { throw ValidationError("a file of sample sets is missing") }
    if UInt32(legal, radix: 16) == nil { throw ValidationError("--legal is no number: \(legal)") }
    for text in at where Self.command(text) == nil {
      throw ValidationError("--at is no SET@COMMAND: \(text)")
    }
  }

  func run() throws {
    if meterBytes {
      print(MemoryLayout<Meter>.size)
      return
    }
    guard let sets, let checksum = UInt32(legal, radix: 16) else { return }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: sets)))
    guard bytes.count % 24 == 0 else {
      throw ValidationError("\(sets): \(bytes.count) bytes are no whole sample sets of 24")
    }
    var store = try startMemory()
    var sink = StandardOutput()
    var run = ReportedMeter(.bench, .bench, start: Instant(seconds: start))
    run.isDetailed = true
    for text in at {
      if let (command, set) = Self.command(text) { _ = run.schedule(command, at: set) }
    }
    do {
      try run.begin(legalChecksum: checksum, memory: &store, to: &sink)
    } catch {
      throw ValidationError("the meter does not start from this memory: \(error)")
    }
    for offset in stride(from: 0, to: bytes.count, by: 24) where run.take(Self.set(bytes, offset)) {
      run.closeWindow(to: &sink)
      while !run.service(&store, to: &sink) {}
    }
    run.end(to: &sink)
    while !run.service(&store, to: &sink) {}
    run.reportGlass(to: &sink)
    run.reportRegisters(all: true, to: &sink)
    run.reportCommitted(all: true, to: &sink)
    run.reportEvents(24, memory: store, to: &sink)
    sink.flush()
    if let image { try Data(store.image).write(to: URL(fileURLWithPath: image)) }
  }

  private func startMemory() throws -> TestMemory {
    guard let memory else { return TestMemory() }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: memory)))
    guard bytes.count == TestMemory().image.count else {
      throw ValidationError("\(memory): a memory has 524288 bytes, this file \(bytes.count)")
    }
    return TestMemory(image: bytes)
  }

  private static func set(_ bytes: [UInt8], _ offset: Int) -> SampleSet {
    func word(_ n: Int) -> Int32 {
      let at = offset + 4 * n
      return Int32(
        bitPattern: UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
          | UInt32(bytes[at + 3]) << 24)
    }
    return SampleSet(
      u1: word(0), i1: word(1), u2: word(2), i2: word(3), u3: word(4), i3: word(5))
  }

  /// `12000@p` or `12000@2t`.
  private static func command(_ text: String) -> (BenchCommand, Int64)? {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let set = Int64(parts[0]), set >= 0,
      let letter = parts[1].utf8.last, let argument = UInt8("0" + parts[1].dropLast()),
      let command = BenchCommand(letter: letter, argument: argument)
    else { return nil }
    return (command, set)
  }
}

/// Collects lines for standard output.
private struct StandardOutput: ReportSink, ~Copyable {
  private var pending: [UInt8] = []

  mutating func write(_ line: Span<UInt8>) {
    for n in line.indices { pending.append(line[n]) }
    if pending.count > 65_536 { flush() }
  }

  mutating func flush() {
    FileHandle.standardOutput.write(Data(pending))
    pending.removeAll(keepingCapacity: true)
  }
}
