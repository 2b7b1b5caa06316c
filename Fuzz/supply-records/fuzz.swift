import LegalMeter
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// libFuzzer's entry for the small records of alarms and voltage quality, and for events: the input
/// becomes the payload of records that are intact as far as their check goes. The meter must start,
/// take or refuse them, and answer every question.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  var memory = TestMemory()
  var at = 0
  // Pairs of region and length, each with its payload.
  while at + 2 <= bytes.count {
    let choice = Int(bytes[at]) % 5
    let length = min(Int(bytes[at + 1]), 240, bytes.count - at - 2)
    let payload = Array(bytes[(at + 2)..<(at + 2 + length)])
    at += 2 + length
    let places: [(Int, UInt8)] = [(5, 0x35), (13, 0x36), (14, 0x37), (8, 9)]
    if choice < places.count {
      store(payload, MemoryMap.state(places[choice].0), kind: places[choice].1, &memory)
    } else {
      storeEvent(payload, &memory)
    }
  }
  let settings = MeasuringSettings(
    rate: SampleRate(4000),
    scale: ChannelScale(
      femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))
  let configuration = MeterConfiguration(
    variant: .standard, meterNumber: 10_000_001,
    lists: .factory(DisplayRules(energyType: .fourQuadrant, hasBattery: true)),
    options: DisplayOptions(), zone: .utc, softwareRevision: 1)
  var meter = Meter(configuration, settings)
  guard (try? meter.start(now: Instant(seconds: 900_000_000), memory: &memory)) != nil else {
    return 0
  }
  for second in 0..<3 as Range<Int64> {
    _ = meter.service(now: Instant(seconds: 900_000_000 + second), memory: &memory)
  }
  for choice in [Meter.VoltageWeekChoice.running, .last] {
    guard let report = meter.voltageQualityReport(choice, memory: memory) else { continue }
    _ = (report.start, report.isVoltageRight, report.isUnbalanceRight, report.isFrequencyRight)
  }
  var cursor = EventCursor()
  for _ in 0..<64 {
    guard let (record, _) = cursor.next(meter.legal, memory: memory) else { break }
    _ = VoltageEvent(record)
  }
  for log in EventLogID.allCases {
    _ = meter.legal.unreadEvents(log, by: .module1, memory: memory)
  }
  for quantity in QuantityID.allCases { _ = meter.reading(quantity) }
  _ = meter.glass(now: Instant(seconds: 900_000_020))
  return 0
}

private func store(
  _ payload: [UInt8], _ region: PageRegion, kind: UInt8, _ memory: inout TestMemory
) {
  var record = AtomicRecord(region: region, kind: kind)
  var room = [UInt8](repeating: 0, count: 240)
  var span = room.mutableSpan
  var length = 0
  _ = record.recover(from: memory, into: &span, length: &length)
  guard record.begin(payload.span) else { return }
  while record.pump(payload.span, to: &memory) == .busy {}
}

/// Log, code, eight bytes of instant, and the parameter.
private func storeEvent(_ payload: [UInt8], _ memory: inout TestMemory) {
  guard payload.count >= 20, let log = EventLogID(rawValue: payload[0] & 7) else { return }
  var ticks: UInt64 = 0
  for k in 0..<8 { ticks |= UInt64(payload[2 + k]) << UInt64(8 * k) }
  var event = EventRecord(
    instant: Instant(ticks: Int64(bitPattern: ticks)), code: UInt16(payload[1]))
  for k in event.parameter.indices { event.parameter[k] = payload[10 + k] }
  var ring = EventRing(region: log.region)
  _ = ring.recover(from: memory)
  if ring.append(event, to: &memory) { _ = ring.poll(memory) }
}
