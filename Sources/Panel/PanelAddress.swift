import VirtualMeter

/// Where the panel's server listens: an address of this machine and a port.
public struct PanelAddress: Equatable, Sendable {
  /// An IPv4 or IPv6 address without brackets, or `localhost`.
  public var host: String
  /// 0 lets the system choose.
  public var port: Int

  public init(host: String = "127.0.0.1", port: Int) {
    self.host = host
    self.port = port
  }

  /// From `PORT`, `ADDRESS:PORT` or `[IPv6]:PORT`.
  ///
  /// - Throws: `usage` for anything else.
  public init(parsing text: String) throws(Failure) {
    let cut = text.lastIndex(of: ":")
    let host = cut.map { String(text[..<$0]) } ?? "127.0.0.1"
    let digits = cut.map { String(text[text.index(after: $0)...]) } ?? text
    let bare = HostAddress.withoutBrackets(host)
    guard let port = Int(digits), (0...65_535).contains(port),
      digits.allSatisfy(\.isASCII), digits.first != "+",
      HostAddress.isLiteral(bare) || bare == "localhost"
    else {
      throw Failure(
        .usage, what: "«\(text)» is no place to listen", expected: "PORT or ADDRESS:PORT",
        next: "give for example --web 8382")
    }
    self.init(host: bare == "localhost" ? "127.0.0.1" : bare, port: port)
  }

  /// Only this machine can reach it.
  public var isLoopback: Bool { HostAddress.isLoopback(host) }

  /// All addresses of the machine.
  var isWildcard: Bool { host == "0.0.0.0" || host == "::" }

  /// The address as a browser takes it.
  public var url: String {
    let shown = isWildcard ? "localhost" : host.contains(":") ? "[\(host)]" : host
    return "http://\(shown):\(port)/"
  }
}

/// The host part of a URL or a Host header.
enum Authority {
  /// Splits `host:port`; nil for what no browser sends.
  static func split(_ text: String) -> (host: String, port: Int?)? {
    guard !text.isEmpty, text.utf8.count <= 255,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") })
    else { return nil }
    var host = text[...]
    var rest = text[...]
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      rest = text[colon...]
    } else {
      rest = ""
    }
    guard !host.isEmpty else { return nil }
    if rest.isEmpty { return (host.lowercased(), nil) }
    guard rest.first == ":", let port = UInt16(rest.dropFirst()) else { return nil }
    return (host.lowercased(), Int(port))
  }
}
