import Ciphers
import Foundation
import MBus

// Telegrams per second of processor time: parsed to values, as JSON, and by radio with AES.

func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func rate(_ name: String, _ count: Int, _ body: () -> Int) {
  var best = 0.0
  var sum = 0
  for _ in 0..<3 {
    let start = cpuSeconds()
    for _ in 0..<count { sum &+= body() }
    best = max(best, Double(count) / (cpuSeconds() - start))
  }
  print(name, Int(best), "telegrams per CPU second (\(sum & 1))")
}

/// The capture of the family's module: seven records.
let wired = hex(
  """
  68464668087872209183142D2C010204000000040600000000042209000000042B00000000142B0000000084500600\
  000000846006000000000F000000000000000000000000000000102416
  """)

rate("mbus.parsed", 1_000_000) {
  guard let frame = try? WiredFrame(wired.span),
    let header = ApplicationHeader(information: frame.information, frame.data)
  else { return 0 }
  let bytes = frame.data.extracting(header.headBytes...)
  var reader = RecordReader(bytes)
  var sum = 0
  while let record = try? reader.next() {
    if case .integer(let value) = record.value(in: bytes) {
      sum &+= Int(value) &+ Int(record.information.exponent)
    }
  }
  return sum
}

var json = TelegramJSON()
rate("mbus.json", 200_000) {
  try? json.write(frame: wired.span)
  return json.bytes.count
}

/// The family's electricity records under AES-CTR, in format B: link checks, cipher, records.
let keyBytes = [UInt8](0..<16)
let key = WirelessKey(keyBytes.span)
let address = DeviceAddress(
  identification: 0x3266_6857, manufacturer: .kamstrup, version: 0x30, medium: .electricity)
var radio: [UInt8] = []
if var sender = WirelessSender(address, .linkCTR, key: key) {
  let records = hex("04041A03000004843C00000000042B0300000004AB3C00000000")
  var output = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
  var span = output.mutableSpan
  let count = sender.telegram(
    records.span, at: .init(seconds: 825_940_800), PortableCiphers.self, into: &span)
  radio = Array(output.prefix(count))
}

var payload = [UInt8](repeating: 0, count: 256)
rate("mbus.radio", 100_000) {
  var span = payload.mutableSpan
  guard let count = try? WirelessFormat.b.decode(radio.span, into: &span) else { return 0 }
  var part = span._mutatingExtracting(0..<count)
  guard let telegram = try? WirelessTelegram(opening: &part, key: key, PortableCiphers.self)
  else { return 0 }
  let end = telegram.recordsOffset + telegram.recordsBytes
  let bytes = part.span.extracting(telegram.recordsOffset..<end)
  var reader = RecordReader(bytes)
  var sum = 0
  while let record = try? reader.next() {
    if case .integer(let value) = record.value(in: bytes) { sum &+= Int(value) }
  }
  return sum
}
