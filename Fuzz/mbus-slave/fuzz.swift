import Bytes
import MBus
import MeterTime

/// A device with two telegrams that takes everything.
struct Device: BusApplication {
  var address = DeviceAddress(
    identification: 0x1483_9120, manufacturer: .kvadrant, version: 1, medium: .electricity)
  var fabricationNumber: UInt32 = 0x1483_9120
  var status: StatusByte = []
  var alarms: UInt8 = 4
  func accepts(_ rate: BaudRate) -> Bool { rate != .b600 }
  mutating func prepare(_ set: ReadoutSet) {}
  func write(telegram index: Int, into writer: inout RecordWriter) -> Bool {
    try? writer.integer(RecordHead(0x03, storage: UInt64(index)), 5, byteCount: 4)
    return index == 0
  }
  mutating func take(_ record: DataRecord, in bytes: Span<UInt8>) -> ApplicationError? {
    _ = record.value(in: bytes)
    return nil
  }
  mutating func reset(_ set: ReadoutSet) {}
}

/// libFuzzer's entry for the slave: each byte of the input is a byte of the line, and two bits of
/// it say how much time passes. Whatever the slave says must be a frame.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  var slave = BusSlave(primaryAddress: 1)
  var device = Device()
  var now = Instant(seconds: 0)
  var output = [UInt8](repeating: 0, count: WiredFrame.bytesMax)
  for byte in UnsafeBufferPointer(start: data, count: size) {
    now += .milliseconds([4, 4, 40, 4][Int(byte & 3)])
    var span = output.mutableSpan
    let count = slave.receive(byte, at: now, application: &device, into: &span)
    if count > 0 {
      let answer = Array(output.prefix(count))
      precondition((try? WiredFrame(answer.span)) != nil)
    }
    precondition(slave.link.primaryAddress <= 250)
  }
  return 0
}
