import Foundation
import Synchronization
import Testing
import VirtualMeter

@testable import Panel

@Suite("The panel's server")
struct PanelServerTests {
  @Test("the page and all that it loads are served, with their types and tags")
  func page() async throws {
    try await PanelRig.use { rig in
      let page = try rig.ask("/")
      #expect(page.status == 200)
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      let tag = try #require(page.headers["etag"])
      let again = try rig.ask("/", headers: ["If-None-Match: \"x\", W/\(tag)"])
      #expect(again.status == 304)
      #expect(again.bytes.isEmpty)
      #expect(try rig.ask("/", headers: ["If-None-Match: \"other\""]).status == 200)
      let links = page.text.matches(of: /(?:src|href)="(\/[^"]*)"/).map { String($0.output.1) }
      #expect(!links.isEmpty)
      for link in links {
        let answer = try rig.ask(link)
        #expect(answer.status == 200, "\(link)")
        #expect(answer.headers["x-content-type-options"] == "nosniff")
      }
    }
  }

  @Test("every answer carries the policy, and no page can load anything from elsewhere")
  func policy() async throws {
    try await PanelRig.use { rig in
      for path in ["/", "/api/v1/state", "/nowhere", "/metrics"] {
        let policy = try #require(try rig.ask(path).headers["content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(!policy.contains("http"))
      }
      let page = try rig.ask("/").text
      #expect(!page.contains("style="))
      #expect(!page.contains("<script>"))
    }
  }

  @Test("the document and the routes are the same, and every answer fits its schema")
  func document() async throws {
    try await PanelRig.use { rig in
      #expect(eventually { rig.service.snapshot.total.f_Hz != nil })
      let document = try rig.ask("/api/v1/openapi.json").object
      let schema = Schema(document)
      let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
      #expect(paths.count > 25)
      // The report of a type test is asked for in the test of its run.
      let elsewhere = ["/api/v1/stream", "/api/v1/typetest/report"]
      for (path, methods) in paths where !elsewhere.contains(where: path.hasPrefix) {
        for (method, operation) in methods {
          let responses = try #require(operation["responses"] as? [String: [String: Any]])
          let content = try #require(responses["200"]?["content"] as? [String: [String: Any]])
          let answer =
            method == "post"
            ? try rig.post(
              path,
              path.hasSuffix("typetest/command")
                ? #"{"action":"cancel"}"# : #"{"command":"identify"}"#) : try rig.ask(path)
          #expect(answer.status == 200, "\(path)")
          let type = answer.headers["content-type"]?.prefix { $0 != ";" } ?? ""
          let media = try #require(content[String(type)], "\(path) is \(type)")
          guard type == "application/json", let json = answer.json else { continue }
          let problems = schema.problems(json, try #require(media["schema"] as? [String: Any]))
          #expect(problems.isEmpty, "\(path): \(problems.prefix(3))")
        }
      }
    }
  }

  @Test("the schemas' test can fail")
  func schemaCanFail() throws {
    let document: [String: Any] = [
      "components": [
        "schemas": [
          "A": [
            "type": "object", "required": ["n"], "additionalProperties": false,
            "properties": [
              "n": ["type": "integer"], "l": ["type": "array", "items": ["type": "string"]],
            ],
          ]
        ]
      ]
    ]
    let schema = Schema(document)
    let a = ["$ref": "#/components/schemas/A"]
    #expect(schema.problems(["n": 1, "l": ["x"]], a).isEmpty)
    let all: [[String: Any]] = [
      ["n": 1.5], ["n": true], [:], ["n": 1, "m": 2], ["n": 1, "l": [3]],
    ]
    for wrong in all {
      #expect(!schema.problems(wrong, a).isEmpty)
    }
    #expect(!schema.problems("text", a).isEmpty)
  }

  @Test("methods that a path does not know are answered with those that it does")
  func methods() async throws {
    try await PanelRig.use { rig in
      for (method, path, allow) in [
        ("POST", "/api/v1/state", "GET, HEAD"), ("DELETE", "/api/v1/registers", "GET, HEAD"),
        ("GET", "/api/v1/command", "POST"), ("PUT", "/metrics", "GET, HEAD"),
        ("OPTIONS", "/api/v1/command", "POST"),
      ] {
        let answer = try rig.ask(path, method, headers: ["Content-Type: application/json"])
        #expect(answer.status == 405, "\(method) \(path)")
        #expect(answer.code == "method_not_allowed")
        #expect(answer.headers["allow"] == allow)
      }
      let head = try rig.ask("/api/v1/openapi.json", "HEAD")
      #expect(head.status == 200)
      #expect(head.bytes.isEmpty)
    }
  }

  @Test("a command moves the meter, and the state says so")
  func command() async throws {
    try await PanelRig.use { rig in
      #expect(try rig.command(#"{"command":"preset","id":"car"}"#).object["ok"] as? Bool == true)
      #expect(rig.service.snapshot.bench.preset == "car")
      #expect(try rig.command(#"{"command":"magnet","on":true}"#).status == 200)
      let state = try rig.ask("/api/v1/state").object
      #expect((state["bench"] as? [String: Any])?["magnet"] as? Bool == true)
      let refused = try rig.command(#"{"command":"wiring","id":"nonsense"}"#)
      #expect(refused.status == 400)
      #expect(refused.code == "bad_request")
    }
  }

  @Test("a pulled plug loses nothing that was shown")
  func plug() async throws {
    try await PanelRig.use(speed: 600) { rig in
      #expect(
        eventually { rig.service.snapshot.registers.first.map { $0.value > 0.05 } ?? false })
      #expect(try rig.command(#"{"command":"speed","factor":1}"#).status == 200)
      let before = try #require(rig.service.snapshot.registers.first?.value)
      #expect(try rig.command(#"{"command":"plug","in":false}"#).status == 200)
      #expect(try rig.ask("/api/v1/state").object["powered"] as? Bool == false)
      #expect(try rig.command(#"{"command":"plug","in":true}"#).status == 200)
      #expect(eventually { rig.service.snapshot.powered })
      let after = try #require(rig.service.snapshot.registers.first?.value)
      #expect(after >= before)
    }
  }

  @Test("histories come as columns, as pictures and whole")
  func series() async throws {
    try await PanelRig.use(speed: 600) { rig in
      #expect(eventually { rig.service.snapshot.now.seconds > 848_000_120 })
      let power = try rig.ask("/api/v1/series/power?width=100").object
      #expect(power["curves"] as? [String] == ["p_W", "p1_W", "p2_W", "p3_W"])
      #expect((power["columns"] as? [Any])?.count ?? 0 > 50)
      let all = try rig.ask("/api/v1/series/voltage.csv").text.split(separator: "\r\n")
      #expect(all.first == "time,u1_V,u2_V,u3_V")
      #expect(all.count > 100)
      let part = try rig.ask("/api/v1/series/voltage.csv?from=848000100&to=848000110").text
      #expect(part.split(separator: "\r\n").count == 11)
      #expect(try rig.ask("/api/v1/series/power.svg").text.contains("<svg"))
      let year = try rig.ask("/api/v1/series/file?width=1200").object
      #expect(year["points"] as? Int == 105_120)
      let columns = try #require(year["columns"] as? [[Double]])
      #expect((1000...1202).contains(columns.count))
      for wrong in ["width=0", "width=9999999", "width=x", "from=x", "to=1e99", "curve=x"] {
        let answer = try rig.ask("/api/v1/series/power?\(wrong)")
        #expect(answer.status == 400 || answer.status == 404, "\(wrong)")
      }
      #expect(try rig.ask("/api/v1/series/nothing").status == 404)
    }
  }

  @Test("the numbers for Prometheus are well formed and count")
  func metrics() async throws {
    try await PanelRig.use { rig in
      #expect(eventually { rig.service.snapshot.pacing.slices > 3 })
      let before = try rig.metric("kvadrant_slices_total")
      let text = try rig.ask("/metrics").text
      let line = /[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?([0-9.e+-]+|NaN|\+Inf)/
      for row in text.split(separator: "\n") where !row.hasPrefix("#") {
        #expect(row.wholeMatch(of: line) != nil, "\(row)")
      }
      for name in [
        "kvadrant_energy_kwh_total{obis=\"1-0:1.8.0\"}", "kvadrant_lag_seconds ",
        "kvadrant_http_streams 0", "kvadrant_memory_commits_total", "process_cpu_seconds_total",
        "kvadrant_http_requests_total{class=\"2xx\"}",
      ] {
        #expect(text.contains(name), "\(name)")
      }
      #expect(eventually { (try? rig.metric("kvadrant_slices_total")) ?? 0 > before })
    }
  }

  @Test("the words are one list in two languages")
  func words() async throws {
    try await PanelRig.use { rig in
      let english = try #require(try rig.ask("/api/v1/words").json as? [String: String])
      let danish = try #require(try rig.ask("/api/v1/words?lang=da").json as? [String: String])
      #expect(english.keys.sorted() == danish.keys.sorted())
      #expect(english != danish)
      #expect(try rig.ask("/api/v1/words?lang=xx").code == "bad_request")
      #expect(try rig.ask("/api/v1/presets?lang=da").json as? [Any] != nil)
    }
  }

  @Test("every request has a number of its own, in the answer and in the log")
  func requestNumbers() async throws {
    let lines = Lines()
    try await PanelRig.use(adjust: { setup in
      setup.logger = .init(label: "test") { label in
        LogLines(label: label, level: .debug, write: lines.add)
      }
    }) { rig in
      let one = try #require(try rig.ask("/api/v1/state?token=secret").headers["x-request-id"])
      let two = try #require(try rig.ask("/nowhere").headers["x-request-id"])
      #expect(one != two)
      let all = lines.all
      #expect(all.contains { $0.contains(one) && $0.contains(#""path":"/api/v1/state""#) })
      #expect(all.contains { $0.contains(two) && $0.contains(#""status":"404""#) })
      #expect(!all.contains { $0.contains("secret") })
      for line in all {
        #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
      }
    }
  }

  @Test("a port that is taken, or an address of another machine, is a failure with exit code 69")
  func taken() async throws {
    try await PanelRig.use { rig in
      for address in [PanelAddress(port: rig.port), PanelAddress(host: "192.0.2.1", port: 0)] {
        let failure = #expect(throws: Failure.self) {
          let setup = PanelServer.Setup(address: address, token: Token())
          _ = try PanelServer(setup, service: rig.service)
        }
        #expect(failure?.status == .unreachable)
      }
    }
  }

  @Test("off loopback nothing is opened without a token")
  func noToken() async throws {
    try await PanelRig.use { rig in
      let failure = #expect(throws: Failure.self) {
        let address = PanelAddress(host: "0.0.0.0", port: 0)
        _ = try PanelServer(PanelServer.Setup(address: address), service: rig.service)
      }
      #expect(failure?.status == .refused)
    }
  }

  @Test("after the meter has ended its server still answers, and says so")
  func afterTheEnd() async throws {
    try await PanelRig.use { rig in
      #expect(try rig.command(#"{"command":"stop"}"#).status == 200)
      _ = try? rig.service.wait()
      let state = try rig.ask("/api/v1/state").object
      #expect(state["running"] as? Bool == false)
      #expect(try rig.ask("/api/v1/registers").status == 429)
      #expect(try rig.command(#"{"command":"identify"}"#).status == 429)
    }
  }
}

/// Collects lines of a log.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
}
