import HDLC
import MeterTime

/// libFuzzer's entry for the link layer: bytes go into a server, requests come back as answers, and
/// no frame is longer than a frame may be.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  var server = HDLCServer(
    parameters: HDLCParameters(
      transmitBytes: 128, receiveBytes: 128, transmitWindow: 3, receiveWindow: 3))
  var room = [UInt8](repeating: 0, count: HDLCFrame.wireBytesMax)
  var now = Instant(seconds: 0)
  for byte in bytes {
    if server.receive(byte, at: now) == .request {
      let answer = server.request.withUnsafeBufferPointer { Array($0) }
      precondition(answer.count <= 2048)
      server.reply(answer.span)
    }
    for _ in 0..<8 {
      var span = room.mutableSpan
      let count = server.nextFrame(into: &span)
      if count == 0 { break }
      precondition(room[0] == 0x7E && room[count - 1] == 0x7E)
      let inner = Array(room[1..<(count - 1)])
      precondition((try? HDLCFrame(parsing: inner.span).isSegment) != nil)
    }
    now += .milliseconds(1)
  }
  return 0
}
