import Foundation
import Testing
import VirtualMeter

@testable import Panel

/// A reader of the stream of states.
private final class Viewer {
  let socket: RawSocket
  private(set) var text = ""

  init(_ rig: PanelRig, receiveBuffer: Int32? = nil) throws {
    socket = try RawSocket(port: rig.port, receiveBuffer: receiveBuffer)
    socket.send("GET /api/v1/stream HTTP/1.1\r\nHost: localhost:\(rig.port)\r\n\r\n")
  }

  /// Reads until the text fulfils a condition; false at the end of the stream.
  func reads(until condition: (String) -> Bool) -> Bool {
    while !condition(text) {
      guard let bytes = socket.read(), !bytes.isEmpty else { return false }
      text += String(decoding: bytes, as: UTF8.self)
    }
    return true
  }

  /// Numbers of the states read so far.
  var numbers: [Int] {
    text.matches(of: /id: (\d+)\n/).compactMap { Int($0.output.1) }
  }
}

@Suite("The stream of states")
struct PanelStreamTests {
  @Test("it begins with a whole state and goes on with newer ones, at most ten a second")
  func states() async throws {
    try await PanelRig.use { rig in
      let viewer = try Viewer(rig)
      let began = Date()
      #expect(viewer.reads { $0.contains("\r\n\r\n") && $0.contains("\n\n") })
      #expect(viewer.text.contains("Content-Type: text/event-stream"))
      #expect(viewer.text.contains("retry: 1000\n"))
      #expect(viewer.reads { $0.components(separatedBy: "event: state\n").count > 12 })
      #expect(Date().timeIntervalSince(began) > 1.0)
      let numbers = viewer.numbers
      #expect(numbers.count > 10)
      #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
      let line = try #require(
        viewer.text.split(separator: "\n").last { $0.hasPrefix("data: ") && $0.hasSuffix("}") })
      let state = try #require(
        try JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8)) as? [String: Any])
      #expect(state["glass"] != nil)
      #expect(line.utf8.count <= 4096)
    }
  }

  @Test("a state is at most 4 KiB, whatever stands in it")
  func size() {
    var snapshot = MeterSnapshot()
    snapshot.sequence = .max
    snapshot.time = "2026-11-22T23:30:00.250+01:00"
    snapshot.glass.steady = [UInt8](repeating: 0xFF, count: 40)
    snapshot.glass.blinking = snapshot.glass.steady
    snapshot.glass.text = String(repeating: "8", count: 80)
    for n in 0..<3 {
      snapshot.phases[n].p_W = -123_456.789
      snapshot.phases[n].q_var = -123_456.789
      snapshot.phases[n].s_VA = -123_456.789
    }
    snapshot.registers = (0..<8).map { ("1-0:\($0).8.0", 123_456_789.123) }
    snapshot.truth = (0..<12).map {
      .init(obis: "1-0:6\($0).8.0", value: 123_456_789.123_456, error_percent: -12.345_67)
    }
    snapshot.bench.loads = (0..<3).map { _ in
      .init(u_V: 230.123, i_A: 100.123, phi_deg: -123.45, thd_percent: 50.12, on: false)
    }
    #expect(snapshot.json(typeTest: TypeTestBench().summary).text.utf8.count <= 4096)
  }

  @Test("a meter that stands still gives signs of life")
  func heartbeat() async throws {
    try await PanelRig.use(speed: 0, adjust: { $0.limits.heartbeatSeconds = 1 }) { rig in
      let viewer = try Viewer(rig)
      // A paused meter publishes now and then; it ends so that nothing is published any more.
      rig.service.stop()
      _ = try rig.service.wait()
      #expect(viewer.reads { $0.contains(": alive\n\n") })
    }
  }

  @Test("one viewer too many is refused, and its place is free again when another goes")
  func places() async throws {
    try await PanelRig.use(adjust: { $0.limits.streams = 2 }) { rig in
      let one = try Viewer(rig)
      #expect(one.reads { $0.contains("event: state") })
      do {
        let two = try Viewer(rig)
        #expect(two.reads { $0.contains("event: state") })
        let three = try rig.ask("/api/v1/stream")
        #expect(three.status == 429)
        #expect(three.code == "too_many")
        #expect(three.headers["retry-after"] == "1")
      }
      #expect(try eventually { try rig.metric("kvadrant_http_streams") == 1 })
      let next = try Viewer(rig)
      #expect(next.reads { $0.contains("event: state") })
    }
  }

  @Test("when the server stops, streams end as they should and the port closes")
  func ends() async throws {
    try await apart {
      let rig = try PanelRig()
      let viewers = try (0..<5).map { _ in try Viewer(rig) }
      for viewer in viewers { #expect(viewer.reads { $0.contains("event: state") }) }
      let began = Date()
      rig.server.stop()
      #expect(Date().timeIntervalSince(began) < 10)
      rig.service.stop()
      for viewer in viewers {
        #expect(!viewer.reads { _ in false })
        #expect(viewer.text.hasSuffix("\r\n0\r\n\r\n"))
      }
      #expect(throws: (any Error).self) { try RawSocket(port: rig.port) }
    }
  }

  @Test("a viewer that does not read holds neither the others, nor the meter, nor the stop")
  func slowReader() async throws {
    try await apart {
      let rig = try PanelRig()
      // Little room in the kernel, so that the server soon sees that nobody reads.
      let slow = try (0..<40).map { _ in try Viewer(rig, receiveBuffer: 2048) }
      let quick = try Viewer(rig)
      #expect(try eventually { try rig.metric("kvadrant_http_stream_dropped_total") > 100 })
      let late = rig.service.snapshot.pacing
      let count = quick.numbers.count
      #expect(quick.reads { $0.components(separatedBy: "id: ").count > count + 20 })
      let newest = try #require(quick.numbers.last)
      #expect(rig.service.snapshot.sequence < UInt64(newest) + 500)
      #expect(eventually { rig.service.snapshot.pacing.slices > late.slices + 5 })
      // What a slow reader gets when it reads again is old for a while, and then the newest.
      #expect(slow[0].reads { _ in (slow[0].numbers.last ?? 0) > newest })
      let began = Date()
      rig.stop()
      #expect(Date().timeIntervalSince(began) < 10)
      withExtendedLifetime(slow) {}
    }
  }

  @Test("a viewer that never reads is closed in the end")
  func unread() async throws {
    try await PanelRig.use(adjust: { $0.limits.unreadSeconds = 1 }) { rig in
      let slow = try Viewer(rig, receiveBuffer: 2048)
      #expect(try eventually { try rig.metric("kvadrant_http_connections_timed_out_total") == 1 })
      #expect(try eventually { try rig.metric("kvadrant_http_streams") == 0 })
      withExtendedLifetime(slow) {}
    }
  }
}
