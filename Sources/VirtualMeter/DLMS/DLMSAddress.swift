/// Where a DLMS port listens, and how it frames: `tcp://ADDRESS:PORT` has the wrapper of
/// IEC 62056-47, `udp://ADDRESS:PORT` the same in datagrams, `tcp+hdlc://ADDRESS:PORT` has HDLC.
public struct DLMSAddress: Equatable, Sendable {
  /// How APDUs are framed.
  public enum Framing: String, Sendable {
    case wrapper = "tcp"
    case hdlc = "tcp+hdlc"
    case datagram = "udp"
  }

  public var framing: Framing
  public var host: String
  /// 0 takes any that is free.
  public var port: Int

  public init(framing: Framing = .wrapper, host: String = "127.0.0.1", port: Int) {
    self.framing = framing
    self.host = host
    self.port = port
  }

  /// - Throws: `usage` for text of another form.
  public init(parsing text: String) throws(Failure) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].isEmpty, parts[0].hasSuffix(":"),
      let framing = Framing(rawValue: String(parts[0].dropLast())),
      let colon = parts[2].lastIndex(of: ":"), colon > parts[2].startIndex,
      let port = Int(parts[2][parts[2].index(after: colon)...]), (0...65_535).contains(port)
    else {
      throw Failure(
        .usage, what: "--dlms \(text)",
        expected: "tcp://ADDRESS:PORT, udp://ADDRESS:PORT or tcp+hdlc://ADDRESS:PORT",
        next: "give for example --dlms tcp://127.0.0.1:4059")
    }
    self.framing = framing
    host = HostAddress.withoutBrackets(String(parts[2][..<colon]))
    self.port = port
  }

  /// The address as it is given.
  public var url: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(framing.rawValue)://\(name):\(port)"
  }

  /// Nobody outside of this machine reaches it.
  public var isLoopback: Bool { HostAddress.isLoopback(host) }
}
