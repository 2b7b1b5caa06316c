import Foundation
import MeterTime
import Testing
import VirtualMeter

@testable import Panel

/// A running meter on a bench with its panel's server, on a port of its own.
final class PanelRig: Sendable {
  let service: MeterService
  let server: PanelServer
  var port: Int { server.address.port }

  /// - Parameters:
  ///   - speed: 0 for a meter that stands still.
  ///   - adjust: changes the setup of the server.
  init(
    speed: Double = 1, host: String = "127.0.0.1",
    adjust: (inout PanelServer.Setup) -> Void = { _ in }
  ) throws {
    let run = MeterRun.Setup(start: Instant(seconds: 848_000_000), speed: speed)
    service = MeterService(
      MeterService.Setup(
        run: run,
        source: .bench(
          BenchPreset.named(.cooking).bench, preset: .cooking, seed: 1, isLively: true)))
    var setup = PanelServer.Setup(
      address: PanelAddress(host: host, port: 0), label: "<svg xmlns=\"x\"/>")
    adjust(&setup)
    server = try PanelServer(setup, service: service)
    try service.start()
  }

  func stop() {
    server.stop()
    service.stop()
    _ = try? service.wait()
  }

  /// Runs a body against a new rig, away from the threads on which the server's tasks run.
  static func use<T: Sendable>(
    speed: Double = 1, adjust: @escaping @Sendable (inout PanelServer.Setup) -> Void = { _ in },
    _ body: @escaping @Sendable (PanelRig) throws -> T
  ) async throws -> T {
    try await apart {
      let rig = try PanelRig(speed: speed, adjust: adjust)
      defer { rig.stop() }
      return try body(rig)
    }
  }

  /// A request on a connection of its own.
  func ask(
    _ path: String, _ method: String = "GET", headers: [String] = [], body: String? = nil
  ) throws -> Answer {
    let socket = try RawSocket(port: port)
    var text = "\(method) \(path) HTTP/1.1\r\n"
    if !headers.contains(where: { $0.lowercased().hasPrefix("host:") }) {
      text += "Host: 127.0.0.1:\(port)\r\n"
    }
    text += headers.map { $0 + "\r\n" }.joined() + "Connection: close\r\n"
    if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
    text += "\r\n" + (body ?? "")
    socket.send(text)
    return try #require(socket.answer(isHead: method == "HEAD"))
  }

  /// A command as the page sends it.
  func command(_ body: String, headers: [String] = []) throws -> Answer {
    try ask(
      "/api/v1/command", "POST", headers: ["Content-Type: application/json"] + headers, body: body)
  }

  /// A body as the page posts it.
  func post(_ path: String, _ body: String) throws -> Answer {
    try ask(path, "POST", headers: ["Content-Type: application/json"], body: body)
  }

  /// The value of a metric without labels.
  func metric(_ name: String) throws -> Double {
    let text = try ask("/metrics").text
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
    return try #require(Double(line.dropFirst(name.count + 1)))
  }
}

/// Runs blocking work on a thread of its own and waits without holding one of the pool.
func apart<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Result { try body() }) }.start()
  }
}

/// What came back.
struct Answer: Sendable {
  var status: Int
  var headers: [String: String]
  var bytes: [UInt8]

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var json: Any? {
    try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
  }
  var object: [String: Any] { json as? [String: Any] ?? [:] }
  /// The code of a refusal.
  var code: String? { (object["error"] as? [String: String])?["code"] }
}

/// A TCP connection that sends exactly what it is told, as no well-behaved client would.
final class RawSocket: Sendable {
  let descriptor: Int32

  /// - Parameter receiveBuffer: bytes that the kernel keeps for a reader that does not read.
  init(port: Int, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    if var size = receiveBuffer {
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  deinit { close(descriptor) }

  /// - Returns: false when the other side has closed.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let n = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard n > 0 else { return false }
      rest = rest.dropFirst(n)
    }
    return true
  }

  /// The next bytes; empty at the end, nil after 10 s without any.
  func read(_ most: Int = 65_536) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: most)
    let n = recv(descriptor, &buffer, most, 0)
    if n < 0 { return errno == EAGAIN ? nil : [] }
    return Array(buffer[..<n])
  }

  /// True when the other side closes within a time.
  func isClosed(within seconds: Double) -> Bool {
    let limit = Date(timeIntervalSinceNow: seconds)
    while Date() < limit {
      guard let bytes = read() else { return false }
      if bytes.isEmpty { return true }
    }
    return false
  }

  /// One whole answer; nil where none comes.
  func answer(isHead: Bool = false) -> Answer? {
    var bytes: [UInt8] = []
    while let end = endOfHead(bytes) == nil ? read() : [] {
      bytes += end
      if end.isEmpty { break }
    }
    guard let end = endOfHead(bytes) else { return nil }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let cut = line.firstIndex(of: ":") ?? line.endIndex
      headers[line[..<cut].lowercased()] =
        String(line[cut...].dropFirst().drop { $0 == " " })
    }
    var body = Array(bytes[(end + 4)...])
    let length = isHead ? 0 : Int(headers["content-length"] ?? "") ?? 0
    while body.count < length, let more = read(), !more.isEmpty { body += more }
    return status.map { Answer(status: $0, headers: headers, bytes: body) }
  }

  private func endOfHead(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    return (0...(bytes.count - 4)).first { Array(bytes[$0..<$0 + 4]) == [13, 10, 13, 10] }
  }
}

/// Waits until something holds, up to a limit.
func eventually(seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
  let limit = Date(timeIntervalSinceNow: seconds)
  while Date() < limit {
    if try condition() { return true }
    usleep(20_000)
  }
  return try condition()
}
