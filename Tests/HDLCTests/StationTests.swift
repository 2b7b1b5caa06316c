import MeterFaults
import MeterTime
import Testing

@testable import HDLC

/// A client and a server on one line, which may lose bytes.
private struct Line {
  var client: HDLCClient
  var server: HDLCServer
  var now = Instant(seconds: 0)
  var random = SplitMix64(seed: 1)
  /// One byte in so many is damaged; 0 for none.
  var damage: UInt64 = 0
  var requests: [[UInt8]] = []
  var responses: [[UInt8]] = []
  var framesOfServer = 0
  var answer: ([UInt8]) -> [UInt8] = { $0 }

  init(_ client: HDLCParameters, _ server: HDLCParameters) {
    self.client = HDLCClient(
      client: 16, server: HDLCAddress(upper: 1, lower: 17) ?? .noStation, parameters: client)
    self.server = HDLCServer(parameters: server, physical: 17)
  }

  private mutating func wire(_ bytes: [UInt8]) -> [UInt8] {
    guard damage > 0 else { return bytes }
    return bytes.map { random.next() % damage == 0 ? $0 ^ 0x10 : $0 }
  }

  mutating func turn() -> HDLCClient.Event {
    var room = [UInt8](repeating: 0, count: HDLCFrame.wireBytesMax)
    var out: [UInt8] = []
    while true {
      var span = room.mutableSpan
      let count = client.nextFrame(into: &span)
      if count == 0 { break }
      out += room.prefix(count)
    }
    for byte in wire(out) {
      if server.receive(byte, at: now) == .request {
        requests.append(bytes(of: server.request))
        let reply = answer(requests[requests.count - 1])
        server.reply(reply.span)
      }
    }
    var back: [UInt8] = []
    while true {
      var span = room.mutableSpan
      let count = server.nextFrame(into: &span)
      if count == 0 { break }
      framesOfServer += 1
      back += room.prefix(count)
    }
    var event = HDLCClient.Event.none
    for byte in wire(back) {
      let next = client.receive(byte, at: now)
      if next != .none { event = next }
      if next == .response {
        responses.append(bytes(of: client.response))
      }
    }
    now += .milliseconds(100)
    if event == .none { event = client.advance(to: now) }
    return event
  }

  /// Turns until something happens.
  mutating func wait() -> HDLCClient.Event {
    for _ in 0..<20_000 {
      let event = turn()
      if event != .none { return event }
    }
    return .none
  }

  mutating func connect() -> HDLCClient.Event {
    client.connect(at: now)
    return wait()
  }

  mutating func ask(_ apdu: [UInt8]) -> HDLCClient.Event {
    guard client.send(apdu.span, at: now) else { return .refused }
    return wait()
  }
}

private func bytes(of span: Span<UInt8>) -> [UInt8] {
  span.withUnsafeBufferPointer { Array($0) }
}

@Suite("Stations") struct StationTests {
  private static func apdu(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 & 0xFF) } }

  @Test(
    "APDUs of any length go through windows of any size",
    arguments: [1, 2, 3, 7] as [UInt8], [1, 16, 128, 512] as [UInt16])
  func lengths(window: UInt8, bytes: UInt16) {
    let parameters = HDLCParameters(
      transmitBytes: bytes, receiveBytes: bytes, transmitWindow: window, receiveWindow: window)
    var line = Line(parameters, parameters)
    #expect(line.connect() == .connected)
    #expect(line.client.agreed == parameters)
    for count in [1, 12, 13, 14, 125, 126, 509, 600, 2048] {
      let apdu = Self.apdu(count)
      #expect(line.ask(apdu) == .response)
      #expect(line.requests.last == apdu)
      #expect(line.responses.last == apdu)
    }
    line.client.disconnect(at: line.now)
    #expect(line.wait() == .disconnected)
    #expect(!line.server.isConnected)
  }

  @Test(
    "a line that damages one byte in 200 loses nothing", arguments: 1...12 as ClosedRange<UInt64>)
  func noise(seed: UInt64) {
    let parameters = HDLCParameters(
      transmitBytes: 64, receiveBytes: 64, transmitWindow: 7, receiveWindow: 7)
    var line = Line(parameters, parameters)
    line.client.tries = 60
    line.client.patience = .seconds(1)
    #expect(line.connect() == .connected)
    line.random = SplitMix64(seed: seed)
    line.damage = 200
    for count in [10, 100, 400] {
      let apdu = Self.apdu(count)
      #expect(line.ask(apdu) == .response)
      #expect(line.requests.last == apdu, "each request once and whole")
      #expect(line.responses.last == apdu)
    }
    #expect(line.requests.count == 3)
  }

  @Test("sequence numbers go round")
  func many() {
    var line = Line(.standard, .standard)
    #expect(line.connect() == .connected)
    for n in 0..<50 { #expect(line.ask([UInt8(n), 1, 2]) == .response) }
    #expect(line.responses.count == 50)
  }

  @Test("an unanswered client gives up after its tries")
  func silence() {
    var line = Line(.standard, .standard)
    line.client = HDLCClient(
      client: 16, server: HDLCAddress(upper: 2, lower: 17) ?? .noStation)
    #expect(line.connect() == .timedOut)
  }

  @Test("a silent connection is closed after its time")
  func inactivity() {
    var line = Line(.standard, .standard)
    #expect(line.connect() == .connected)
    line.now += .seconds(130)
    let isOver = line.server.advance(to: line.now)
    #expect(isOver)
    #expect(!line.server.isConnected)
    #expect(line.ask([1, 2, 3]) == .refused, "no connection is told by DM")
  }

  @Test("more than it takes is rejected, and SNRM mends it")
  func tooLong() {
    var line = Line(.standard, .standard)
    line.answer = { _ in [UInt8](repeating: 7, count: 2049) }
    #expect(line.connect() == .connected)
    line.client.tries = 1
    #expect(line.ask([1]) == .timedOut, "an answer that is too long is none")
    #expect(line.connect() == .connected)
  }

  @Test("two stations fit a small controller")
  func size() {
    #expect(MemoryLayout<HDLCServer>.size <= 4800)
    #expect(MemoryLayout<HDLCClient>.size <= 4800)
  }
}
