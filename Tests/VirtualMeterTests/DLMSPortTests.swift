import COSEM
import DLMS
import Foundation
import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import VirtualMeter

#if canImport(Glibc)
  import Glibc
#endif

/// A socket of this machine.
private struct Line {
  let descriptor: Int32

  private static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func with(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = address(port)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// A connection, or a socket of datagrams.
  init(to port: Int, isDatagram: Bool = false) throws {
    let kind = isDatagram ? SOCK_DGRAM : SOCK_STREAM
    self.init(socket(AF_INET, Int32(kind.rawValue), 0))
    let descriptor = descriptor
    try #require(Self.with(port) { connect(descriptor, $0, $1) } == 0)
  }

  /// A socket that listens on any port.
  init(listening: Void) throws {
    self.init(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    let descriptor = descriptor
    try #require(Self.with(0) { bind(descriptor, $0, $1) } == 0)
    try #require(listen(descriptor, 4) == 0)
  }

  var port: Int {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
      }
    }
    return Int(in_port_t(bigEndian: address.sin_port))
  }

  func accepted() -> Line { Line(accept(descriptor, nil, nil)) }

  func send(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// What comes next; empty at the end, nil after twenty seconds of silence.
  func receive() -> [UInt8]? {
    var room = [UInt8](repeating: 0, count: 8192)
    let count = read(descriptor, &room, room.count)
    return count < 0 ? nil : Array(room.prefix(count))
  }

  /// One APDU behind its header.
  func receiveAPDU() -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < 8 || bytes.count < 8 + Int(bytes[6]) << 8 + Int(bytes[7]) {
      guard let more = receive(), !more.isEmpty else { return nil }
      bytes += more
    }
    return bytes
  }

  func close() { _ = Glibc.close(descriptor) }
}

extension MeterRun {
  /// Sets where alarms go, as the management client does.
  fileprivate mutating func setAlarmPush(_ destination: String) -> Bool {
    let text = Array(destination.utf8)
    let value = [2, 3, 0x16, 0, 9, UInt8(text.count)] + text + [0x16, 0]
    let nothing: [UInt8] = []
    let management = Caller(
      client: 1, mechanism: .highGMAC, isCiphered: true, conformance: .served, pduMax: (0, 0),
      logicalDevice: 1)
    return set(
      AttributeDescriptor(.pushSetup, OBISCode(0, 4, 25, 9, 0), 3), Selection(0, nothing.span),
      to: value.span, for: management) == .success
  }
}

@Suite("DLMS port", .serialized) struct DLMSPortTests {
  private func wrapped(_ hex: String, client: UInt8 = 16, logicalDevice: UInt8 = 1) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
    let apdu = stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] * 16 + digits[$0 + 1])
    }
    return [0, 1, 0, client, 0, logicalDevice, 0, UInt8(apdu.count)] + apdu
  }

  private static let aarq =
    "60 1D A1 09 06 07 60857405080101 BE 10 04 0E 01000000065F1F0400 FFFFFF 0400"
  private static let name = "C001C1 0001 00002A0000FF 02 00"

  private func with(
    _ framing: DLMSAddress.Framing, _ body: (Int, MeterService) async throws -> Void
  ) async throws {
    let service = ServiceTests.service(speed: 20)
    try service.start()
    let port = try DLMSPort(
      DLMSAddress(framing: framing, port: 0), service: service,
      security: SharedSecurity(keys: .TEST))
    do {
      try await body(port.address.port, service)
    } catch {
      Issue.record(error)
    }
    port.close()
    service.stop()
    _ = try await service.end()
  }

  @Test("A25: whole, in single bytes and two at a time: each request has its answer")
  func framing() async throws {
    try await with(.wrapper) { number, _ in
      let line = try Line(to: number)
      line.send(wrapped(Self.aarq))
      let aare = try #require(line.receiveAPDU())
      #expect(aare[8] == 0x61 && Array(aare.prefix(6)) == [0, 1, 0, 1, 0, 16])
      for byte in wrapped(Self.name) { line.send([byte]) }
      let answer = try #require(line.receiveAPDU())
      #expect(Array(answer[8..<12]) == [0xC4, 1, 0xC1, 0])
      line.send(wrapped(Self.name) + wrapped(Self.name))
      var bytes: [UInt8] = []
      while bytes.count < 2 * answer.count { bytes += try #require(line.receive()) }
      #expect(bytes == answer + answer)
      // Another logical device is not heard, and the line goes on.
      line.send(wrapped(Self.name, logicalDevice: 9) + wrapped(Self.name))
      #expect(line.receiveAPDU() == answer)
      line.close()
    }
  }

  @Test(
    "A25: another version, length 0 and more than is taken close the connection",
    arguments: [
      [0, 2, 0, 16, 0, 1, 0, 4], [0, 1, 0, 16, 0, 1, 0, 0], [0, 1, 0, 16, 0, 1, 0xFF, 0xFF],
    ] as [[UInt8]])
  func badHeader(header: [UInt8]) async throws {
    try await with(.wrapper) { number, _ in
      let line = try Line(to: number)
      line.send(header + [1, 2, 3])
      #expect(line.receive()?.isEmpty ?? false)
      line.close()
    }
  }

  @Test("A12: numbers of messages never come again, whatever happens to the supply")
  func counters() {
    var memory = TestMemory()
    var counters = MessageCounters()
    var last: UInt32 = 0
    for start in 0..<20 as Range<UInt32> {
      // Each start forgets what was in RAM.
      counters = MessageCounters()
      for _ in 0..<(100 * start + 1) {
        guard let number = counters.next(starts: start, memory: &memory) else {
          Issue.record("no number")
          return
        }
        #expect(number > last)
        last = number
      }
    }
  }

  @Test("over UDP each sender has its own association")
  func datagrams() async throws {
    try await with(.datagram) { number, _ in
      let (one, other) = (
        try Line(to: number, isDatagram: true), try Line(to: number, isDatagram: true)
      )
      one.send(wrapped(Self.aarq))
      #expect(try #require(one.receiveAPDU())[8] == 0x61)
      one.send([0, 1, 0, 16, 0, 1, 0, 99, 1])
      one.send(wrapped(Self.name))
      #expect(try #require(one.receiveAPDU())[8] == 0xC4)
      other.send(wrapped(Self.name))
      #expect(try #require(other.receiveAPDU()).suffix(3) == [0xD8, 1, 1], "no association")
      one.close()
      other.close()
    }
  }

  @Test("an alarm is sent to where the setup says, once, and then counts as sent")
  func push() async throws {
    try await with(.wrapper) { _, service in
      let listener = try Line(listening: ())
      let port = listener.port
      // What the management client sets, without its keys.
      let isSet = await withCheckedContinuation { done in
        service.mailbox.ask(
          Mailbox.Question(
            ask: { run in done.resume(returning: run.setAlarmPush("127.0.0.1:\(port)")) },
            refuse: { _ in done.resume(returning: false) }))
      }
      #expect(isSet)
      let line = listener.accepted()
      let message = try #require(line.receiveAPDU())
      #expect(Array(message.prefix(6)) == [0, 1, 0, 1, 0, 102])
      #expect(Array(message[8..<14]) == [0x0F, 0, 0, 0, 1, 0])
      #expect(Array(message[14..<18]) == [2, 3, 9, 6])
      // The alarm register at its end: the configuration has changed, by this destination.
      #expect(message.suffix(5) == [6, 0, 0, 0x20, 0])
      line.close()
      // What has been sent is not sent again; the next alarm is, beside it.
      _ = try await service.perform(.seal(.terminalCover, broken: true))
      let next = listener.accepted()
      #expect(try #require(next.receiveAPDU()).suffix(5) == [6, 0, 0, 0x20, 0x10])
      next.close()
      listener.close()
    }
  }
}
