import Meter
import MeterTime
import PermanentMemory

/// A memory in RAM; the fuzz targets have no room of tests to take one from.
struct ImageMemory: PageMemory, ~Copyable {
  var bytes = [UInt8](repeating: 0xFF, count: MemoryMap.byteCount)
  var pageCount: Int { MemoryMap.pageCount }
  var isReady: Bool { true }
  func read(page: Int, offset: Int, into target: inout MutableSpan<UInt8>) {
    for n in 0..<target.count { target[n] = bytes[page * 256 + offset + n] }
  }
  mutating func program(page: Int, offset: Int, _ source: Span<UInt8>) {
    for n in 0..<source.count { bytes[page * 256 + offset + n] = source[n] }
  }
}

/// libFuzzer's entry for changes of the configuration: what is taken is what the meter has then.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let sections = Array(UnsafeBufferPointer(start: data, count: size))
  var memory = ImageMemory()
  var meter = Meter(.bench, .bench)
  let now = Instant(seconds: 1_000)
  guard (try? meter.start(now: now, memory: &memory)) != nil else { fatalError("no start") }
  for _ in 0..<64 where !meter.service(now: now, memory: &memory) {}
  let old = meter.configuration
  let progress = try? meter.configure(
    sections.span, through: .module, now: now, memory: &memory)
  let new = meter.configuration
  guard progress == .committed else {
    guard new.changes(from: old).isEmpty else { fatalError("refused, and changed all the same") }
    return 0
  }
  var again = Meter(.bench, .bench)
  guard (try? again.start(now: now, memory: &memory)) != nil else { fatalError("no start after") }
  guard again.configuration.changes(from: new).isEmpty else { fatalError("stored otherwise") }
  return 0
}
