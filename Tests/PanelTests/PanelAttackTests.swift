import Foundation
import Testing
import VirtualMeter

@testable import Panel

@Suite("Attacks on the panel's server")
struct PanelAttackTests {
  private static let valid = #"{"command":"magnet","on":true}"#

  /// The server still answers, and nobody has held the magnet.
  private static func isUnharmed(_ rig: PanelRig) throws -> Bool {
    let state = try rig.ask("/api/v1/state")
    let bench = state.object["bench"] as? [String: Any]
    return state.status == 200 && bench?["magnet"] as? Bool == false
  }

  @Test(
    "a page of another site cannot command the meter",
    arguments: [
      ["Origin: http://evil.example"], ["Origin: null"], ["Sec-Fetch-Site: cross-site"],
      ["Origin: http://localhost"], ["Origin: https://127.0.0.1"],
    ])
  func wrongOrigin(_ headers: [String]) async throws {
    try await PanelRig.use { rig in
      let answer = try rig.command(Self.valid, headers: headers)
      #expect(answer.status == 403)
      #expect(answer.code == "origin_refused")
      #expect(answer.headers["access-control-allow-origin"] == nil)
      #expect(try Self.isUnharmed(rig))
    }
  }

  @Test("a form of another site cannot command the meter")
  func form() async throws {
    try await PanelRig.use { rig in
      for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = try rig.ask(
          "/api/v1/command", "POST", headers: ["Content-Type: \(type)"], body: Self.valid)
        #expect(answer.status == 415)
        #expect(answer.code == "not_json")
      }
      #expect(try rig.ask("/api/v1/command", "POST", body: Self.valid).status == 415)
      #expect(try Self.isUnharmed(rig))
    }
  }

  @Test("a name that was made to point here is refused (DNS rebinding)")
  func rebinding() async throws {
    try await PanelRig.use { rig in
      for host in ["evil.example", "evil.example:\(rig.port)", "localhost:1", "0.0.0.0"] {
        for path in ["/", "/api/v1/state", "/api/v1/stream", "/metrics", "/healthz"] {
          let answer = try rig.ask(path, headers: ["Host: \(host)"])
          #expect(answer.status == 403, "\(host) \(path)")
          #expect(answer.code == "host_refused")
        }
      }
      let none = try RawSocket(port: rig.port)
      none.send("GET / HTTP/1.1\r\n\r\n")
      #expect(none.answer()?.status == 400)
      let two = try RawSocket(port: rig.port)
      two.send("GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n\r\n")
      #expect([400, 403].contains(two.answer()?.status))
    }
  }

  @Test("off loopback nobody gets anything without the token")
  func missingToken() async throws {
    let token = try #require(Token("0123456789abcdef0123456789abcdef"))
    try await PanelRig.use(adjust: { setup in
      setup.address.host = "0.0.0.0"
      setup.token = token
    }) { rig in
      for path in ["/", "/assets/app.js", "/api/v1/state", "/api/v1/stream", "/metrics", "/no"] {
        let answer = try rig.ask(path)
        #expect(answer.status == 401, "\(path)")
        #expect(answer.code == "token_needed")
        #expect(answer.headers["www-authenticate"] == "Bearer realm=\"kvadrant\"")
      }
      #expect(try rig.command(Self.valid).status == 401)
      #expect(try rig.command(Self.valid, headers: ["Authorization: Bearer x"]).status == 401)
      #expect(try rig.ask("/healthz").status == 200)
      let page = try rig.ask("/?token=\(token.text)")
      #expect(page.status == 200)
      let cookie = try #require(page.headers["set-cookie"])
      #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
      let pair = cookie.prefix { $0 != ";" }
      #expect(try rig.ask("/api/v1/state", headers: ["Cookie: \(pair)"]).status == 200)
      #expect(
        try rig.ask("/api/v1/state", headers: ["Authorization: Bearer \(token.text)"]).status
          == 200)
    }
  }

  @Test("on loopback a token in the address sets no cookie and breaks no header")
  func tokenInjection() async throws {
    try await PanelRig.use { rig in
      let answer = try rig.ask("/?token=x%0d%0aSet-Cookie:%20a=b")
      #expect(answer.status == 200)
      #expect(answer.headers["set-cookie"] == nil)
    }
  }

  @Test("an oversized body is refused, said in advance or not")
  func oversizedBody() async throws {
    try await PanelRig.use { rig in
      let large = String(repeating: " ", count: 65_537)
      let answer = try rig.command(large)
      #expect(answer.status == 413)
      #expect(answer.code == "too_large")
      let said = try RawSocket(port: rig.port)
      said.send(
        "POST /api/v1/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 99999999999\r\n\r\n")
      #expect(said.answer()?.status == 413)
      let chunked = try RawSocket(port: rig.port)
      chunked.send(
        "POST /api/v1/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n")
      let chunk = "4000\r\n" + String(repeating: "x", count: 0x4000) + "\r\n"
      for _ in 0..<6 { chunked.send(chunk) }
      #expect(chunked.answer()?.status == 413)
      // Whoever goes on sending is cut off.
      var accepted = 0
      while accepted < 2000, chunked.send(chunk) { accepted += 1 }
      #expect(accepted < 2000)
      #expect(try Self.isUnharmed(rig))
    }
  }

  @Test(
    "malformed bodies are refused, each with what was expected",
    arguments: [
      "", "{", "null", "[]", "\"magnet\"", "{}", #"{"command":1}"#, #"{"command":"no"}"#,
      #"{"command":"magnet"}"#, #"{"command":"magnet","on":"yes"}"#,
      #"{"command":"load","phase":4,"i_A":1}"#, #"{"command":"load","phase":1,"i_A":1e400}"#,
      #"{"command":"load","phase":1,"i_A":-1}"#, #"{"command":"speed","factor":-1}"#,
      #"{"command":"seal","seal":"x","broken":true}"#, #"{"command":"\u0000"}"#,
      String(repeating: "[", count: 60_000), String(repeating: #"{"a":"#, count: 10_000),
      #"{"command":"magnet","on":true} trailing"#,
    ])
  func malformedBody(_ body: String) async throws {
    try await PanelRig.use { rig in
      let answer = try rig.command(body)
      #expect(answer.status == 400, "\(body.prefix(60)): \(answer.text.prefix(200))")
      let error = answer.object["error"] as? [String: String]
      for member in ["code", "what", "expected", "next"] {
        #expect(error?[member]?.isEmpty == false, "\(member)")
      }
      #expect(try Self.isUnharmed(rig))
    }
  }

  @Test("a body that is no UTF-8 is refused")
  func noText() async throws {
    try await PanelRig.use { rig in
      let socket = try RawSocket(port: rig.port)
      socket.send(
        "POST /api/v1/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 3\r\n\r\n")
      socket.send([0xFF, 0xFE, 0x00])
      #expect(socket.answer()?.status == 400)
    }
  }

  @Test(
    "no spelling of a path reaches a file outside the page",
    arguments: [
      "/../Package.swift", "/assets/../../PanelServer.swift", "/assets/%2e%2e/index.html",
      "/assets/..%2f..%2fetc/passwd", "/assets/%252e%252e/x", "//etc/passwd", "/etc/passwd",
      "/assets/./app.js", "/assets//app.js", "/assets/app.js/", "/assets/app.js%00.html",
      "/assets\\..\\x", "/assets/%c0%ae%c0%ae/x", "/.git/config", "/assets/", "/assets",
      "/ASSETS/app.js", "/index.html/../..", "/file:///etc/passwd", "/assets/APP.JS",
      "http://localhost/etc/passwd", "/api/v1/../../metrics", "/api/v1/state/../../..",
      "/~root", "/proc/self/environ", "/api/v1/series/../state", "/api/v1/series/%2e%2e/state",
    ])
  func pathTraversal(_ path: String) async throws {
    try await PanelRig.use { rig in
      let answer = try rig.ask(path)
      #expect([400, 404].contains(answer.status), "\(path)")
      #expect(!answer.text.contains("root:"))
    }
  }

  @Test("what is no HTTP, or no known method, is answered with 400 and closed")
  func noHTTP() async throws {
    try await PanelRig.use { rig in
      for text in [
        "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n", "GET /\u{1} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST /api/v1/command HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n{}",
        "GET / HTTP/1.1\r\n: x\r\n\r\n", "GET / HTTP/1.1\r\nHo st: x\r\n\r\n",
      ] {
        let socket = try RawSocket(port: rig.port)
        socket.send(text)
        #expect(socket.answer()?.status == 400, "\(text.prefix(40))")
        #expect(socket.isClosed(within: 5), "\(text.prefix(40))")
      }
      #expect(try Self.isUnharmed(rig))
    }
  }

  @Test("a flood of header fields, and a header field without end, are refused and closed")
  func headerFlood() async throws {
    try await PanelRig.use { rig in
      let many = (0..<500).map { "X-\($0): y\r\n" }.joined()
      let long = "X: " + String(repeating: "y", count: 100_000) + "\r\n"
      for flood in [many, long, String(repeating: "Cookie: a=b\r\n", count: 400)] {
        let socket = try RawSocket(port: rig.port)
        socket.send("GET / HTTP/1.1\r\nHost: localhost\r\n" + flood + "\r\n")
        #expect(socket.answer()?.status == 400)
        #expect(socket.isClosed(within: 5))
      }
      let endless = try RawSocket(port: rig.port)
      endless.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
      let part = [UInt8](repeating: 0x79, count: 65_536)
      var sent = 0
      while sent < 400, endless.send(part) { sent += 1 }
      #expect(sent < 400)
      let target = "/" + String(repeating: "a", count: 100_000)
      let socket = try RawSocket(port: rig.port)
      socket.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect([400, 404].contains(socket.answer()?.status))
      #expect(try Self.isUnharmed(rig))
    }
  }

  @Test("heads, bodies and readers that trickle are closed (slowloris)")
  func slowloris() async throws {
    try await PanelRig.use(adjust: { setup in
      setup.limits.idleSeconds = 1
      setup.limits.bodySeconds = 1
    }) { rig in
      let silent = try RawSocket(port: rig.port)
      let head = try RawSocket(port: rig.port)
      head.send("GET / HTTP/1.1\r\nHost: ")
      let body = try RawSocket(port: rig.port)
      body.send(
        "POST /api/v1/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 60000\r\n\r\n")
      // One byte every tenth of a second must not prolong anything.
      let began = Date()
      var (headLives, bodyLives) = (true, true)
      while headLives || bodyLives, Date().timeIntervalSince(began) < 15 {
        headLives = headLives && head.send("x")
        bodyLives = bodyLives && body.send(" ")
        usleep(100_000)
      }
      #expect(!headLives)
      #expect(!bodyLives)
      #expect(Date().timeIntervalSince(began) < 10)
      #expect(silent.isClosed(within: 1))
      #expect(try Self.isUnharmed(rig))
    }
  }

  @Test("2,000 connections: as many as there are places are served, the others are closed")
  func manyConnections() async throws {
    try await PanelRig.use(adjust: { setup in setup.limits.connections = 200 }) { rig in
      var held: [RawSocket] = []
      for _ in 0..<200 { held.append(try RawSocket(port: rig.port)) }
      #expect(eventually { rigIsFull(rig, held) })
      var closed = 0
      for _ in 0..<1800 {
        let socket = try RawSocket(port: rig.port)
        if socket.isClosed(within: 5) { closed += 1 }
      }
      #expect(closed >= 1795)
      let slices = rig.service.snapshot.pacing.slices
      #expect(eventually { rig.service.snapshot.pacing.slices > slices })
      held.removeAll()
      #expect(eventually { (try? Self.isUnharmed(rig)) ?? false })
      #expect(try rig.metric("kvadrant_http_connections_refused_total") >= 1795)
    }
  }
}

/// The connections are open on the server's side, too: one of them is answered.
private func rigIsFull(_ rig: PanelRig, _ held: [RawSocket]) -> Bool {
  guard let last = held.last else { return false }
  last.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
  return last.answer()?.text.contains("kvadrant_http_connections 200\n") ?? false
}
