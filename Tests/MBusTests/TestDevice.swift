import Bytes
import MeterTime

@testable import MBus

/// A device with three telegrams, to be put behind a slave.
struct TestDevice: BusApplication {
  var address: DeviceAddress
  var fabricationNumber: UInt32 = 0x0038_2005
  var status: StatusByte = []
  var alarms: UInt8 = 0
  var telegrams = 3
  var energy_Wh: Int64 = 0
  private(set) var snapshot: Int64 = 0
  private(set) var preparations = 0
  private(set) var resets: [UInt8] = []
  private(set) var clock: RecordTime?

  init(_ number: UInt32) {
    address = DeviceAddress(
      identification: DeviceAddress.digits(number), manufacturer: .kvadrant, version: 1,
      medium: .electricity)
  }

  func accepts(_ rate: BaudRate) -> Bool {
    [.b300, .b2400, .b9600].contains(rate)
  }

  mutating func prepare(_ set: ReadoutSet) {
    preparations += 1
    snapshot = energy_Wh
  }

  func write(telegram index: Int, into writer: inout RecordWriter) -> Bool {
    try? writer.integer(
      RecordHead(0x03, storage: UInt64(index)), snapshot + Int64(index), byteCount: 4)
    let more = index + 1 < telegrams
    let none: [UInt8] = []
    if more { try? writer.manufacturer(none.span, moreFollow: true) }
    return more
  }

  mutating func take(_ record: DataRecord, in bytes: Span<UInt8>) -> ApplicationError? {
    guard case .time(let time) = record.value(in: bytes) else { return .unspecified }
    clock = time
    return nil
  }

  mutating func reset(_ set: ReadoutSet) { resets.append(set.subCode) }
}

/// One slave with its device and its own clock.
struct TestSlave {
  var slave: BusSlave
  var device: TestDevice
  var now = Instant(seconds: 1_000)

  init(_ number: UInt32, primary: UInt8 = 1) {
    slave = BusSlave(primaryAddress: primary)
    device = TestDevice(number)
  }

  /// Sends a frame at 2400 Bd and gives the answer.
  mutating func ask(_ frame: [UInt8], after pause: Instant.Duration = .milliseconds(100)) -> [UInt8]
  {
    now += pause
    var output = [UInt8](repeating: 0, count: WiredFrame.bytesMax)
    var answer: [UInt8] = []
    for byte in frame {
      now += Instant.Duration(ticks: slave.rate.ticks(bits: 11))
      var span = output.mutableSpan
      let count = slave.receive(byte, at: now, application: &device, into: &span)
      if count > 0 { answer = Array(output.prefix(count)) }
    }
    return answer
  }

  mutating func ask(_ frame: String, after pause: Instant.Duration = .milliseconds(100)) -> String {
    text(ask(hex(frame), after: pause))
  }

  /// Sends a short frame.
  mutating func short(_ control: UInt8, _ address: UInt8) -> String {
    ask(text([0x10, control, address, control &+ address, 0x16]))
  }

  /// Sends a long frame.
  mutating func long(
    _ information: UInt8, _ data: String, to address: UInt8 = 1, control: UInt8 = 0x53
  )
    -> String
  {
    let body = [control, address, information] + hex(data)
    let length = UInt8(body.count)
    return ask(text([0x68, length, length, 0x68] + body + [body.reduce(0, &+), 0x16]))
  }

  /// The storage number of the only value in an answer: which telegram it is.
  static func telegram(_ answer: String) -> Int? {
    guard let frame = try? WiredFrame(hex(answer).span), frame.information == 0x72 else {
      return nil
    }
    var reader = RecordReader(frame.data.extracting(12...))
    guard let record = try? reader.next() else { return nil }
    return Int(record.storage)
  }
}
