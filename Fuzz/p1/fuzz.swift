import P1
import Quantities

/// libFuzzer's entry for P1: bytes come as a stream; whatever is taken for a telegram has a check,
/// lines inside it, and numbers that can be written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  if let telegram = try? P1Telegram(parsing: bytes.span) { walk(telegram) }
  var receiver = P1Receiver()
  for byte in bytes where receiver.receive(byte) {
    if let telegram = try? receiver.telegram { walk(telegram) }
  }
  precondition(receiver.dropped <= UInt64(bytes.count))
  return 0
}

private func walk(_ telegram: borrowing P1Telegram) {
  var (place, last) = (0, -1)
  while let line = try? telegram.line(after: &place) {
    precondition(place > last)
    last = place
    var group = 0
    while let value = line.group(group) {
      if let number = try? P1Number(parsing: value) {
        precondition(number.digits >= 0 && number.decimals <= 18)
        precondition(number.byteCount <= value.count)
      }
      group += 1
    }
  }
}
