import Foundation

/// Where a meter is and how it is spoken to.
///
/// | URL | what |
/// |---|---|
/// | `dlms://HOST:PORT`, `tcp://…` | DLMS with the wrapper over TCP |
/// | `dlms+hdlc://HOST:PORT`, `tcp+hdlc://…`, `hdlc:///dev/…` | DLMS with HDLC over TCP or a line |
/// | `optical://HOST:PORT`, `optical:///dev/…` | IEC 62056-21 |
/// | `kmp://HOST:PORT`, `kmp:///dev/…` | KMP |
///
/// Options follow as a query: `?client=2&server=1`.
public struct MeterURL: Equatable, Sendable, CustomStringConvertible {
  public enum Language: String, Sendable { case dlms, optical, kmp }
  public enum Framing: String, Sendable { case wrapper, hdlc }
  public enum Place: Equatable, Sendable {
    case tcp(host: String, port: Int)
    case device(String)
  }
  /// How the client shows who it is.
  public enum Authentication: String, CaseIterable, Sendable { case none, low, high }

  public var language: Language
  public var framing: Framing
  public var place: Place
  /// Number of the client: 16 public, 2 reading, 1 management.
  public var client: UInt8 = 16
  /// Logical device.
  public var server: UInt16 = 1
  /// Lower half of an HDLC address in two or four bytes.
  public var physical: UInt16?
  /// Bytes of an HDLC address.
  public var addressBytes: Int?
  public var authentication: Authentication?
  /// HDLC: longest information field and window that are proposed.
  public var frameBytes: UInt16 = 512
  public var window: UInt8 = 7
  /// Longest APDU that the client takes.
  public var pduMax: UInt16?
  /// Speed at which a serial line opens.
  public var baud: Int?
  /// Address of a meter on an optical head that several share.
  public var device = ""
  /// Name of a dialect.
  public var dialect: String?
  /// The next invocation counter.
  public var counter: UInt32?
  /// Ciphered APDUs carry a title.
  public var isGeneral = false
  /// Seconds to wait for an answer.
  public var patience = 5

  private static let schemes: [String: (Language, Framing)] = [
    "dlms": (.dlms, .wrapper), "tcp": (.dlms, .wrapper), "dlms+hdlc": (.dlms, .hdlc),
    "tcp+hdlc": (.dlms, .hdlc), "hdlc": (.dlms, .hdlc), "optical": (.optical, .wrapper),
    "kmp": (.kmp, .wrapper),
  ]

  /// - Throws: `usage` for anything that is no such URL.
  public init(_ text: String) throws(MeterError) {
    guard let colon = text.range(of: "://"),
      let (language, framing) = Self.schemes[String(text[..<colon.lowerBound])]
    else { throw Self.wrong(text, "no scheme that is known") }
    (self.language, self.framing) = (language, framing)
    let rest = text[colon.upperBound...].split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let body = String(rest[0])
    if body.hasPrefix("/") {
      place = .device(body)
    } else {
      let host = body.split(separator: "/").first.map(String.init) ?? ""
      let parts = host.split(separator: ":", omittingEmptySubsequences: false)
      let usual = language == .dlms ? 4059 : nil
      let number = parts.count == 2 ? Int(parts[1]) : parts.count == 1 ? usual : nil
      guard let number, (1...65_535).contains(number), !parts[0].isEmpty else {
        throw Self.wrong(text, "no HOST:PORT and no path of a device")
      }
      place = .tcp(host: String(parts[0]), port: number)
    }
    if framing == .wrapper, language == .dlms, case .device = place {
      throw Self.wrong(text, "the wrapper on a serial line")
    }
    if rest.count == 2 { try read(rest[1], of: text) }
  }

  private static func wrong(_ text: String, _ got: String) -> MeterError {
    MeterError(
      .usage, .usage, what: "«\(text)» is no address of a meter",
      expected: "dlms://HOST:PORT, dlms+hdlc://…, hdlc:///dev/…, optical://… or kmp://…", got: got,
      next: "for example dlms://127.0.0.1:4059?client=16")
  }

  private mutating func read(_ query: Substring, of text: String) throws(MeterError) {
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let (name, value) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
      guard try take(name, value) else { throw Self.wrong(text, "\(name)=\(value)") }
    }
  }

  private mutating func take(_ name: String, _ value: String) throws(MeterError) -> Bool {
    func set<T: LosslessStringConvertible>(_ path: WritableKeyPath<Self, T>) -> Bool {
      guard let number = T(value) else { return false }
      self[keyPath: path] = number
      return true
    }
    func set<T: LosslessStringConvertible>(_ path: WritableKeyPath<Self, T?>) -> Bool {
      guard let number = T(value) else { return false }
      self[keyPath: path] = number
      return true
    }
    switch name {
    case "client": return set(\.client)
    case "server": return set(\.server)
    case "physical": return set(\.physical)
    case "address": return set(\.addressBytes) && [1, 2, 4].contains(addressBytes)
    case "auth":
      authentication = Authentication(rawValue: value)
      return authentication != nil
    case "frame": return set(\.frameBytes) && (1...512).contains(frameBytes)
    case "window": return set(\.window) && (1...7).contains(window)
    case "pdu": return set(\.pduMax)
    case "baud": return set(\.baud)
    case "device": return set(\.device)
    case "dialect": return set(\.dialect)
    case "counter": return set(\.counter)
    case "general": return set(\.isGeneral)
    case "wait": return set(\.patience) && (1...600).contains(patience)
    case "key", "password", "auth-key":
      throw MeterError(
        .usage, .usage, what: "a secret stands in the address", expected: "none: others see it",
        got: "\(name)=", next: "--keys FILE or --keys-fd N")
    default: return false
    }
  }

  /// Scheme and place, as it is shown; without options.
  public var description: String {
    let scheme =
      language == .dlms ? (framing == .wrapper ? "dlms" : "dlms+hdlc") : language.rawValue
    switch place {
    case .tcp(let host, let port): return "\(scheme)://\(host):\(port)"
    case .device(let path): return "\(scheme)://\(path)"
    }
  }
}
