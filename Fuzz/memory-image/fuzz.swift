import LegalMeter
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// libFuzzer's entry for memory images: the input is laid over the journal, the state records and
/// the configuration of a blank memory; the meter must start or refuse, and read any event.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = UnsafeBufferPointer(start: data, count: size)
  var image = [UInt8](repeating: 0xFF, count: MemoryMap.byteCount)
  let regions = [
    MemoryMap.registerJournal, MemoryMap.states, MemoryMap.eventLogs, MemoryMap.configuration,
  ]
  // The first byte of each record says where it goes, the rest is its content.
  var at = 0
  while at + 2 < size {
    let region = regions[Int(bytes[at]) % regions.count]
    let page = Int(region.first) + Int(bytes[at + 1]) % Int(region.count)
    let count = min(256, size - at - 2)
    for k in 0..<count { image[page * 256 + k] = bytes[at + 2 + k] }
    at += 2 + count
  }
  let settings = MeasuringSettings(
    rate: SampleRate(4000),
    scale: ChannelScale(
      femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))
  let configuration = MeterConfiguration(
    variant: .standard, meterNumber: 10_000_001,
    lists: .factory(DisplayRules(energyType: .fourQuadrant, hasBattery: true)),
    options: DisplayOptions(), zone: .utc, softwareRevision: 1)
  var memory = TestMemory(image: image)
  var meter = Meter(configuration, settings)
  guard (try? meter.start(now: Instant(seconds: 0), memory: &memory)) != nil else { return 0 }
  var cursor = EventCursor()
  for _ in 0..<16 { _ = cursor.next(meter.legal, memory: memory) }
  while !meter.service(now: Instant(seconds: 1), memory: &memory) {}
  for quantity in QuantityID.allCases { _ = meter.reading(quantity) }
  _ = meter.glass(now: Instant(seconds: 20))
  return 0
}
