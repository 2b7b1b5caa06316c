import Foundation

/// What may be asked of a running meter from outside, one JSON object per line.
public enum ControlCommand: Equatable, Sendable {
  /// Power cut without flush; the result is printed and the program ends.
  case plug
  /// The orderly end: the open window is booked, the result printed.
  case stop
  /// The push button is pressed and released again.
  case button(ButtonPress)
  /// Simulated seconds per real second from now on; infinite for no sleeping.
  case speed(Double)
  /// Where the meter is in time and what it has counted.
  case status
  /// What the glass shows.
  case glass

  /// How long the button is held.
  public enum ButtonPress: String, CaseIterable, Sendable {
    case short
    case long
    case extraLong = "extra-long"

    /// Simulated milliseconds between down and up.
    public var milliseconds: Int64 {
      switch self {
      case .short: 200
      case .long: 3000
      case .extraLong: 7000
      }
    }
  }

  /// The names accepted in `command`.
  static let names = ["plug", "stop", "button", "speed", "status", "glass"]

  /// A command from one line of the control socket.
  ///
  /// - Throws: `protocolError` for anything that is not a known command.
  public init(line: String) throws(Failure) {
    struct Request: Decodable {
      var command: String
      var press: String?
      var speed: Double?
    }
    guard line.utf8.count <= ControlServer.longestLine,
      let request = try? JSONDecoder().decode(Request.self, from: Data(line.utf8))
    else {
      throw Self.refusal("not a command", expected: #"one JSON object such as {"command":"glass"}"#)
    }
    switch request.command {
    case "plug": self = .plug
    case "stop": self = .stop
    case "status": self = .status
    case "glass": self = .glass
    case "button":
      guard let press = ButtonPress(rawValue: request.press ?? "short") else {
        throw Self.refusal(
          "unknown press «\(request.press ?? "")»",
          expected: ButtonPress.allCases.map(\.rawValue).joined(separator: ", "))
      }
      self = .button(press)
    case "speed":
      guard let speed = request.speed, speed > 0 else {
        throw Self.refusal("no speed", expected: #"a number above 0 in "speed""#)
      }
      self = .speed(speed)
    default:
      throw Self.refusal(
        "unknown command «\(request.command)»", expected: Self.names.joined(separator: ", "))
    }
  }

  /// The line that `init(line:)` reads.
  public var line: String {
    switch self {
    case .plug: #"{"command":"plug"}"#
    case .stop: #"{"command":"stop"}"#
    case .status: #"{"command":"status"}"#
    case .glass: #"{"command":"glass"}"#
    case .speed(let speed): #"{"command":"speed","speed":\#(speed)}"#
    case .button(let press): #"{"command":"button","press":"\#(press.rawValue)"}"#
    }
  }

  private static func refusal(_ what: String, expected: String) -> Failure {
    Failure(
      .protocolError, what: what, expected: expected, next: "send one corrected line")
  }
}

extension Failure {
  /// The failure as the answer of a control command.
  var answer: JSONValue {
    .object([
      ("ok", .bool(false)), ("error", .string(what)), ("expected", .string(expected)),
      ("code", .integer(status.rawValue)),
    ])
  }
}
