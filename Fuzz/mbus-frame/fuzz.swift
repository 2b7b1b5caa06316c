import MBus

/// libFuzzer's entry for wired frames and their records: what is a frame must come out the same
/// when written again, and every byte of its records must belong to a record, a filler or the rest.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  account(bytes)
  var json = TelegramJSON()
  do { try json.write(frame: bytes.span) } catch { return 0 }
  guard let frame = try? WiredFrame(bytes.span), frame.kind == .long else { return 0 }
  var again = [UInt8](repeating: 0, count: WiredFrame.bytesMax)
  var span = again.mutableSpan
  let count = WiredFrame.writeLong(
    control: frame.control, address: frame.address, information: frame.information,
    data: frame.data, into: &span)
  precondition(Array(again.prefix(count)) == bytes)
  return 0
}

func account(_ bytes: [UInt8]) {
  var reader = RecordReader(bytes.span)
  var end = 0
  while let record = try? reader.next() {
    precondition(record.offset >= end && record.end <= bytes.count)
    precondition(bytes[end..<record.offset].allSatisfy { $0 == 0x2F })
    if case .integer(let value) = record.value(in: bytes.span) {
      _ = record.information.scaled(value)
    }
    end = record.end
  }
}
