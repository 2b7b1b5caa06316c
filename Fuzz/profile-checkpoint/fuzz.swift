import LegalMeter
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// libFuzzer's entry for the checkpoint of registration periods and load profile: the input becomes
/// its payload, intact as far as its check goes, and what is left of it lies in the profile. The
/// meter must start, take or refuse it, go on, and read every interval to an end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  let payload = Array(bytes.prefix(240)) + Array(repeating: 0, count: max(0, 240 - size))
  var memory = TestMemory()
  var record = AtomicRecord(region: MemoryMap.profileCheckpoint, copies: 4, kind: 5)
  var room = payload
  var span = room.mutableSpan
  var length = 0
  _ = record.recover(from: memory, into: &span, length: &length)
  guard record.begin(payload.span) else { return 0 }
  while record.pump(payload.span, to: &memory) == .busy {}
  var page = 0
  var rest = bytes.dropFirst(240)
  while !rest.isEmpty && page < Int(MemoryMap.loadProfile.count) {
    let part = Array(rest.prefix(256))
    memory.program(page: Int(MemoryMap.loadProfile.first) + page, offset: 0, part.span)
    rest = rest.dropFirst(256)
    page += 1
  }
  var meter = Meter(.bench, .bench)
  let start = Instant(seconds: 900_000_000)
  guard (try? meter.start(now: start, memory: &memory)) != nil else { return 0 }
  read(meter, memory)
  meter.advance(
    to: start + .hours(3), with: ConstantLoad(active_mW: [1_000_000, 2_000_000, -500_000]),
    memory: &memory)
  read(meter, memory)
  for quantity in QuantityID.allCases { _ = meter.reading(quantity) }
  return 0
}

private func read(_ meter: borrowing Meter, _ memory: borrowing TestMemory) {
  let depth = meter.legal.profileLayout.capacity
  for withTotals in [false, true] {
    var cursor = meter.legal.intervals(withTotals: withTotals, memory: memory)
    var count = 0
    while meter.legal.nextInterval(&cursor, memory: memory) != nil {
      count += 1
      precondition(count <= depth + 1, "more intervals than fit")
    }
  }
}
