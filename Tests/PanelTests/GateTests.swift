import HTTPTypes
import Testing
import VirtualMeter

@testable import Panel

@Suite("Who may ask what")
struct GateTests {
  private static let address = PanelAddress(host: "127.0.0.1", port: 8382)

  private static func refusal(
    _ method: HTTPRequest.Method = .get, authority: String? = "localhost:8382",
    _ headers: HTTPFields = [:], path: String = "/api/v1/state", query: String = "",
    gate: Gate = Gate(address: address, token: nil)
  ) -> Refusal.Code? {
    let request = HTTPRequest(
      method: method, scheme: "http", authority: authority, path: path, headerFields: headers)
    return gate.refusal(of: request, path: path, query: Query(query))?.code
  }

  @Test(
    "names of this machine pass",
    arguments: [
      "localhost:8382", "LOCALHOST:8382", "127.0.0.1:8382", "127.0.0.1", "127.9.8.7:8382",
      "[::1]:8382",
    ])
  func ownNames(_ authority: String) { #expect(Self.refusal(authority: authority) == nil) }

  @Test(
    "other names are refused, also those that a name server points here (DNS rebinding)",
    arguments: [
      "evil.example:8382", "evil.example", "localhost.evil.example:8382", "127.0.0.1.evil.example",
      "localhost:80", "localhost:83820", "127.0.0.1:0", "10.0.0.1:8382", "localhost:8382.",
      "localhost:8382@evil.example", "[::1", "[::2]:8382", "", "127.0.0.256",
      "0.0.0.0:8382", "127.1:8382", "2130706433:8382", "０.0.0.0",
    ])
  func otherNames(_ authority: String) {
    let code = Self.refusal(authority: authority)
    #expect(code == .hostRefused || code == .badRequest)
  }

  @Test("a request without a Host header is refused")
  func noName() { #expect(Self.refusal(authority: nil) == .badRequest) }

  @Test("the wildcard address goes by any address, but by no other name")
  func wildcard() {
    let token = Token()
    let gate = Gate(address: PanelAddress(host: "0.0.0.0", port: 8382), token: token)
    let shown: HTTPFields = [.authorization: "Bearer \(token.text)"]
    #expect(Self.refusal(authority: "192.168.1.5:8382", shown, gate: gate) == nil)
    #expect(Self.refusal(authority: "meter.example:8382", shown, gate: gate) == .hostRefused)
  }

  @Test("commands come from the panel's own page or from no page")
  func origins() {
    func post(_ origin: String?, _ more: HTTPFields = [:]) -> Refusal.Code? {
      var headers: HTTPFields = [.contentType: "application/json"]
      headers[.origin] = origin
      for field in more { headers[field.name] = field.value }
      return Self.refusal(.post, headers)
    }
    #expect(post(nil) == nil)
    #expect(post("http://localhost:8382") == nil)
    let others = [
      "http://evil.example", "null", "http://localhost", "http://localhost:8383", "",
      "https://localhost:8382", "http://127.0.0.1:8382", "http://localhost:8382.evil.example",
      "http://localhost:8382@evil.example", "file://",
    ]
    for origin in others { #expect(post(origin) == .originRefused, "\(origin)") }
    #expect(post(nil, [.secFetchSite: "cross-site"]) == .originRefused)
    #expect(post(nil, [.secFetchSite: "same-site"]) == .originRefused)
    #expect(post(nil, [.secFetchSite: "same-origin"]) == nil)
  }

  @Test(
    "bodies that another site's form could send are refused",
    arguments: [
      nil, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
      "text/plain; application/json", "application/jsonp", "",
    ])
  func types(_ type: String?) {
    var headers: HTTPFields = [:]
    headers[.contentType] = type
    #expect(Self.refusal(.post, headers) == .notJSON)
  }

  @Test("JSON may name its character set")
  func typeWithCharset() {
    #expect(Self.refusal(.post, [.contentType: "Application/JSON; charset=utf-8"]) == nil)
  }

  @Test("off loopback a token is asked of everyone, but not for a sign of life")
  func tokens() throws {
    let token = try #require(Token("0123456789abcdefXYZ_-"))
    let gate = Gate(address: PanelAddress(host: "10.0.0.7", port: 80), token: token)
    func code(_ headers: HTTPFields = [:], _ query: String = "", _ path: String = "/") -> Refusal
      .Code?
    {
      Self.refusal(authority: "10.0.0.7", headers, path: path, query: query, gate: gate)
    }
    #expect(code([.authorization: "Bearer \(token.text)"]) == nil)
    #expect(code([.cookie: "a=b; kvadrant_token=\(token.text)"]) == nil)
    #expect(code([:], "lang=da&token=\(token.text)") == nil)
    #expect(code([:], "", "/healthz") == nil)
    #expect(code() == .tokenNeeded)
    for wrong in ["", "0123456789abcdefXYZ_", "0123456789abcdefXYZ_-0", "0123456789abcdefXYZ_x"] {
      #expect(code([.authorization: "Bearer \(wrong)"]) == .tokenNeeded)
      #expect(code([:], "token=\(wrong)") == .tokenNeeded)
      #expect(code([.cookie: "kvadrant_token=\(wrong)"]) == .tokenNeeded)
    }
    #expect(code([.authorization: "Basic \(token.text)"]) == .tokenNeeded)
  }

  @Test("tokens that are guessed or that break a header are no tokens")
  func weakTokens() {
    for text in [
      "", "short", "with blank 0123456789", "line\nbreak0123456789", "ümlaut0123456789x",
    ] {
      #expect(Token(text) == nil)
    }
    #expect(Token().text != Token().text)
    #expect(Token().text.count == 32)
  }

  @Test(
    "places to listen",
    arguments: [
      ("8382", "127.0.0.1", 8382), ("0", "127.0.0.1", 0), ("0.0.0.0:80", "0.0.0.0", 80),
      ("localhost:1", "127.0.0.1", 1), ("[::1]:8382", "::1", 8382),
    ])
  func places(_ text: String, _ host: String, _ port: Int) throws {
    #expect(try PanelAddress(parsing: text) == PanelAddress(host: host, port: port))
  }

  @Test(
    "what is no place to listen is refused",
    arguments: [
      "", "x", "65536", "-1", "+1", "1.2.3:80", "evil.example:80", ":80", "1:2:3:4:", "8O",
    ])
  func noPlaces(_ text: String) {
    #expect(throws: Failure.self) { try PanelAddress(parsing: text) }
  }

  @Test("queries are decoded, and what cannot be is left out")
  func queries() {
    let query = Query("a=1&b=%C3%A6+x&c=%zz&d=%ff&e&a=2&=f&g=%")
    #expect(query["a"] == "1")
    #expect(query["b"] == "æ x")
    #expect(query["c"] == nil)
    #expect(query["d"] == nil)
    #expect(query["e"] == "")
    #expect(query["g"] == nil)
  }
}
