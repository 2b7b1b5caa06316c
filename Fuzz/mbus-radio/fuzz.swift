import Bytes
import Ciphers
import MBus

/// libFuzzer's entry for radio telegrams: chips, both frame formats, and payloads with and without
/// a key. The first byte says which of them the rest is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard size > 1, size < 700 else { return 0 }
  let all = Array(UnsafeBufferPointer(start: data, count: size))
  let bytes = Array(all.dropFirst())
  var output = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
  var span = output.mutableSpan
  switch all[0] % 6 {
  case 0, 1, 2:
    let mode: RadioMode = [.s1, .t1, .c1][Int(all[0] % 6)]
    guard let (count, format) = LineCode.decode(bytes.span, mode, into: &span) else { return 0 }
    frame(Array(output.prefix(count)), format)
  case 3: frame(bytes, .a)
  case 4: frame(bytes, .b)
  default: open(bytes)
  }
  return 0
}

func frame(_ bytes: [UInt8], _ format: WirelessFormat) {
  var output = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
  var span = output.mutableSpan
  guard let count = try? format.decode(bytes.span, into: &span) else { return }
  let payload = Array(output.prefix(count))
  span = output.mutableSpan
  let again = format.encode(payload.span, into: &span)
  precondition(Array(output.prefix(again)) == Array(bytes.prefix(again)) && again > 0)
  open(payload)
}

func open(_ payload: [UInt8]) {
  let keyBytes = [UInt8](0..<16)
  for key in [nil, WirelessKey(keyBytes.span)] {
    var bytes = payload
    var span = bytes.mutableSpan
    guard
      let telegram = try? WirelessTelegram(opening: &span, key: key, PortableCiphers.self)
    else { continue }
    let records = Array(
      bytes[telegram.recordsOffset..<telegram.recordsOffset + telegram.recordsBytes])
    var replay = ReplayGuard()
    _ = replay.judge(telegram, records.span)
    var formats = CompactFormats()
    formats.learn(records: records.span)
    var output = [UInt8](repeating: 0, count: 255)
    var room = output.mutableSpan
    _ = try? formats.expand(records.span, into: &room)
  }
}
