import IEC62056_21
import KMPRegisters
import Meter
import MeterTime
import PermanentMemory
import Ports
import Quantities

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

/// libFuzzer's entry for the optical port: decoders alone, then a port in front of a meter.
/// Whatever arrives, the port comes back to idle and no register changes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  _ = try? RequestMessage(parsing: bytes.span)
  _ = try? Identification(parsing: bytes.span)
  _ = try? Acknowledgement(parsing: bytes.span)
  _ = try? ProgrammingMessage(parsing: bytes.span)
  _ = DataSetAddress(parsing: bytes.span)
  var memory = ImageMemory()
  var meter = Meter(.bench, .bench)
  let start = Instant(seconds: 825_940_800)
  guard (try? meter.start(now: start, memory: &memory)) != nil else { fatalError("no start") }
  for _ in 0..<64 where !meter.service(now: start, memory: &memory) {}
  var settings = ServerSettings(
    mode: .c, opening: .baud300, number: 10_000_001, maker: [0x4B, 0x56, 0x44],
    identification: Array("382L".utf8).span)
  settings.password = PortPassword(Array("00000000".utf8).span)
  var port = OpticalPort(settings, rights: KMPServer.Rights(door: .optical, pin: 1234))
  var now = Instant(seconds: 0)
  let before = meter.reading(.activeImport)
  func drain(_ rounds: Int) {
    for _ in 0..<rounds {
      if port.needsMeter { port.work(now: now, &meter, &memory) }
      var octets = InlineArray<64, UInt8>(repeating: 0)
      var span = octets.mutableSpan
      _ = port.next(into: &span, now: now)
      now += .milliseconds(100)
      port.advance(to: now)
    }
  }
  for byte in bytes.prefix(4096) {
    port.receive(byte, now: now)
    // A message may end here; let the port answer before what follows.
    if byte < 0x20 { drain(12) }
  }
  drain(30)
  now += .seconds(120)
  port.advance(to: now)
  drain(400)
  now += .seconds(120)
  port.advance(to: now)
  drain(4)
  guard port.iec.state == .idle else { fatalError("not idle") }
  guard meter.reading(.activeImport) == before else { fatalError("a register has changed") }
  return 0
}
