import HTTPTypes
import VirtualMeter

/// Who may ask what: the rules against other sites, other names and strangers.
///
/// A page of another site can make a browser send requests here (CSRF), and a name server can
/// make its name point here (DNS rebinding). Both are refused by what the browser says about
/// itself: the Host header must be a name that only this machine has, and whatever changes
/// something must come from the panel's own page and carry JSON, which other sites cannot send
/// without asking first.
struct Gate: Sendable {
  /// Where the server listens, with the port it got.
  var address: PanelAddress
  /// Asked of everyone where the address is not loopback.
  var token: Token?

  /// The name of the cookie that keeps the token for the panel's own page.
  static let cookie = "kvadrant_token"

  /// Why a request is refused; nil where it may pass.
  func refusal(of request: HTTPRequest, path: String, query: Query) -> Refusal? {
    if let refusal = hostRefusal(request.authority) { return refusal }
    if path != "/healthz", let refusal = tokenRefusal(request, query) { return refusal }
    return request.method == .post ? writeRefusal(request) : nil
  }

  private func hostRefusal(_ authority: String?) -> Refusal? {
    guard let authority, let (host, port) = Authority.split(authority) else {
      return Refusal(
        .badRequest, what: "the Host header is missing or malformed",
        expected: "the host that the address names", next: "use \(address.url)")
    }
    let isOurs =
      HostAddress.isLoopback(host) || host == address.host
      || (address.isWildcard && HostAddress.isLiteral(host))
    guard isOurs, port == nil || port == address.port else {
      return Refusal(
        .hostRefused, what: "this server does not go by the name «\(authority)»",
        expected: "a loopback name or the address that it listens on",
        next: "use \(address.url)")
    }
    return nil
  }

  private func tokenRefusal(_ request: HTTPRequest, _ query: Query) -> Refusal? {
    guard let token else { return nil }
    var shown = [String]()
    if let field = request.headerFields[.authorization], field.hasPrefix("Bearer ") {
      shown.append(String(field.dropFirst(7)))
    }
    if let value = query["token"] { shown.append(value) }
    for cookie in request.headerFields[values: .cookie].flatMap({ $0.split(separator: ";") }) {
      let pair = cookie.split(separator: "=", maxSplits: 1)
      if pair.count == 2, pair[0].drop(while: { $0 == " " }) == Self.cookie {
        shown.append(String(pair[1]))
      }
    }
    // Every value is compared, so that the time does not say which one was right.
    guard shown.prefix(4).filter({ token.matches($0) }).isEmpty else { return nil }
    return Refusal(
      .tokenNeeded, what: shown.isEmpty ? "a token is needed" : "the token is not the right one",
      expected: "Authorization: Bearer TOKEN, or ?token=TOKEN in the address of the page",
      next: "take the token from where the meter was started")
  }

  private func writeRefusal(_ request: HTTPRequest) -> Refusal? {
    if let origin = request.headerFields[.origin], !isOurs(origin, request.authority) {
      return Refusal(
        .originRefused, what: "another site asks, «\(origin.prefix(100))»",
        expected: "the panel's own page, or no Origin header",
        next: "open the panel at \(address.url)")
    }
    if let site = request.headerFields[.secFetchSite], site != "same-origin", site != "none" {
      return Refusal(
        .originRefused, what: "another site asks", expected: "the panel's own page",
        next: "open the panel at \(address.url)")
    }
    let type = request.headerFields[.contentType]?.split(separator: ";").first ?? ""
    guard type.lowercased().filter({ $0 != " " }) == "application/json" else {
      return Refusal(
        .notJSON, what: "the body is not said to be JSON",
        expected: "Content-Type: application/json", next: "send the header")
    }
    return nil
  }

  /// The origin of the page that this server itself delivered under the name that was asked.
  private func isOurs(_ origin: String, _ authority: String?) -> Bool {
    guard let authority, origin.lowercased().hasPrefix("http://"),
      let (host, port) = Authority.split(String(origin.dropFirst(7))),
      let (own, ownPort) = Authority.split(authority)
    else { return false }
    return host == own && (port ?? 80) == (ownPort ?? 80)
  }
}

/// A secret that is shown to be let in.
public struct Token: Sendable {
  private let bytes: [UInt8]

  /// Fewest bytes of a token.
  public static let fewestBytes = 16

  /// - Returns: nil where the text is too short, too long, or not made of letters, digits, - and _.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard (Self.fewestBytes...256).contains(bytes.count),
      bytes.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
      })
    else { return nil }
    self.bytes = bytes
  }

  /// A new one of 128 bits from the system's source of randomness.
  public init() {
    var system = SystemRandomNumberGenerator()
    var text = ""
    for _ in 0..<16 {
      let byte = UInt8.random(in: 0...255, using: &system)
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    bytes = Array(text.utf8)
  }

  /// The secret itself, for the one who started the meter.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Compares in a time that depends on the lengths only.
  func matches(_ text: String) -> Bool {
    let other = Array(text.utf8)
    var difference: UInt8 = other.count == bytes.count ? 0 : 1
    for n in bytes.indices { difference |= bytes[n] ^ (n < other.count ? other[n] : 0) }
    return difference == 0
  }
}

extension HTTPField.Name {
  /// What a browser says about the site that asks.
  static let secFetchSite = Self("Sec-Fetch-Site")!
}
