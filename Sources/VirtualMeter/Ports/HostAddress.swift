/// The host part of an address, where only literal addresses can be trusted: what a name means is
/// for a name server to say.
public enum HostAddress {
  /// Without the brackets that an IPv6 address has in a URL.
  public static func withoutBrackets(_ host: String) -> String {
    host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
  }

  /// A literal IPv4 or IPv6 address.
  public static func isLiteral(_ host: String) -> Bool { isIPv4(host) || isIPv6(host) }

  /// Only this machine is behind it: `localhost`, 127.0.0.0/8 or ::1, without brackets.
  public static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || (isIPv4(host) && host.hasPrefix("127."))
  }

  private static func isIPv4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
          && UInt8(part) != nil
      }
  }

  private static func isIPv6(_ host: String) -> Bool {
    host.contains(":")
      && host.utf8.allSatisfy { byte in
        (0x30...0x3A).contains(byte) || (0x61...0x66).contains(byte | 0x20)
          || byte == UInt8(ascii: ".")
      }
  }
}
