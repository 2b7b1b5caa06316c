import Dispatch
import Foundation
import Testing

/// Many open streams of states, read by one thread.
private final class Viewers {
  private var descriptors: [Int32] = []
  private(set) var bytes = 0

  /// Opens streams; those that cannot be opened are left out.
  init(_ count: Int, port: Int) {
    for _ in 0..<count {
      guard let descriptor = PanelPage.connected(port: port) else { continue }
      let request = "GET /api/v1/stream HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
      guard send(descriptor, request, request.utf8.count, 0) > 0 else { continue }
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      descriptors.append(descriptor)
    }
  }

  deinit { for descriptor in descriptors { close(descriptor) } }

  /// Reads what comes for a time.
  func read(seconds: Double) {
    let limit = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while DispatchTime.now().uptimeNanoseconds < limit {
      for descriptor in descriptors {
        let n = recv(descriptor, &buffer, buffer.count, 0)
        if n > 0 { bytes += n }
      }
      usleep(10_000)
    }
  }
}

@Suite("Many viewers of one panel", .serialized)
struct ViewersTests {
  /// The optimised program, which `make test` builds.
  private static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/release/kvadrant")

  private static func metric(_ name: String, _ address: String) throws -> Double {
    let text = try #require(PanelPage.get(address + "metrics"))
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
    return try #require(Double(line.dropFirst(name.count + 1)))
  }

  @Test(
    "200 viewers cost at most a quarter of a core and little memory, and the meter keeps its pace",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: program.path),
      "needs swift build -c release --product kvadrant"))
  func viewers() throws {
    let process = try KvadrantProcess(["demo", "--json", "--web", "0"], program: Self.program)
    #expect(eventually { process.output.contains("\n") })
    let ports =
      try JSONSerialization.jsonObject(
        with: Data(process.output.split(separator: "\n")[0].utf8)) as? [String: [String: Any]]
    let web = try #require(ports?["ports"]?["web"] as? [String: Any])
    let address = try #require(web["address"] as? String)
    let port = try #require(web["port"] as? Int)
    func cost(_ viewers: Viewers?, _ seconds: Double) throws -> Double {
      let before = try Self.metric("process_cpu_seconds_total", address)
      let began = DispatchTime.now().uptimeNanoseconds
      if let viewers { viewers.read(seconds: seconds) } else { usleep(UInt32(seconds * 1e6)) }
      let used = try Self.metric("process_cpu_seconds_total", address) - before
      return 100 * used / (Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9)
    }
    usleep(2_000_000)
    let alone = try cost(nil, 4)
    let memoryAlone = try Self.metric("process_resident_memory_bytes", address)
    let viewers = Viewers(200, port: port)
    viewers.read(seconds: 2)
    #expect(try Self.metric("kvadrant_http_streams", address) == 200)
    let events = try Self.metric("kvadrant_http_stream_events_total", address)
    let watched = try cost(viewers, 8)
    let sent = try Self.metric("kvadrant_http_stream_events_total", address) - events
    let memory = try Self.metric("process_resident_memory_bytes", address)
    let lag = try Self.metric("kvadrant_lag_seconds_max", address)
    let megabytes = { (bytes: Double) in String(format: "%.1f MB", bytes / 1e6) }
    let percent = { (share: Double) in String(format: "%.1f %% of a core", share) }
    print(
      "200 viewers: \(percent(watched - alone)) beside \(percent(alone)) of the meter alone,",
      "\(Int(sent / 8)) events/s, \(megabytes(memory - memoryAlone)) more than",
      "\(megabytes(memoryAlone)), longest lag \(String(format: "%.3f", lag)) s")
    #expect(sent > 200 * 8 * 5)
    #expect(watched - alone <= 25)
    #expect(memory - memoryAlone <= 40e6)
    #expect(lag < 0.2, "a slice of 200 ms is late by more than itself")
    process.signal(SIGTERM)
    #expect(process.wait().status == 0)
  }
}
