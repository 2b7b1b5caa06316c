import Foundation

/// Where a line of the meter is.
public enum LinePlace: Equatable, Sendable {
  /// A pseudo terminal that the system makes; its name is told.
  case pseudoTerminal
  /// A TCP port; 0 for any.
  case tcp(host: String, port: Int)
  /// A serial device.
  case device(String)

  /// From `pty`, `tcp://HOST:PORT` or `/dev/…`.
  ///
  /// - Parameter option: for the message.
  /// - Throws: `usage` for anything else.
  public init(parsing text: String, option: String) throws(Failure) {
    if text == "pty" {
      self = .pseudoTerminal
    } else if text.hasPrefix("/") {
      self = .device(text)
    } else if text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port),
      text.distance(from: text.startIndex, to: colon) > 6
    {
      self = .tcp(host: String(text[text.index(text.startIndex, offsetBy: 6)..<colon]), port: port)
    } else {
      throw Failure(
        .usage, what: "\(option) \(text)", expected: "pty, tcp://ADDRESS:PORT or /dev/…",
        next: "give for example \(option) pty")
    }
  }

  /// The place of a language that `--ports-from` opens.
  ///
  /// - Parameter first: the number of the first language, 0 for any.
  public init(from first: Int, _ language: PortTable.Language) {
    let place = PortTable.Language.allCases.firstIndex(of: language) ?? 0
    self = .tcp(host: "127.0.0.1", port: first == 0 ? 0 : first + place)
  }

  /// Only this machine can reach it.
  public var isLocal: Bool {
    if case .tcp(let host, _) = self {
      return HostAddress.isLoopback(HostAddress.withoutBrackets(host))
    }
    return true
  }

  var isDevice: Bool { if case .device = self { true } else { false } }
}

/// How a serial device is set.
struct SerialSettings: Equatable, Sendable {
  /// Bits per second, of the speeds that a system knows: 300 to 38,400, and 115,200.
  var baud: Int
  /// 8E1, and characters with wrong parity are dropped; else 8N1.
  var hasEvenParity = false

  /// How long so many characters take.
  func seconds(characters: Int) -> Double {
    Double(characters * (hasEvenParity ? 11 : 10)) / Double(baud)
  }
}
