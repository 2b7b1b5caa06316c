import DataReadout
import Foundation
import IEC62056_21
import KMPRegisters
import Meter
import MeterTime
import Ports

/// Where the optical port is.
public enum OpticalPlace: Equatable, Sendable {
  /// A pseudo terminal that the system makes; its name is told.
  case pseudoTerminal
  /// A TCP port; 0 for any.
  case tcp(host: String, port: Int)
  /// A serial device with an optical head on it.
  case device(String)

  /// From `pty`, `tcp://HOST:PORT` or `/dev/…`.
  ///
  /// - Throws: `usage` for anything else.
  public init(parsing text: String) throws(Failure) {
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
        .usage, what: "--optical \(text)", expected: "pty, tcp://ADDRESS:PORT or /dev/…",
        next: "give for example --optical pty")
    }
  }

  /// Only this machine can reach it.
  var isLocal: Bool {
    if case .tcp(let host, _) = self { return host == "127.0.0.1" || host == "localhost" }
    return true
  }
}

/// How the optical port behaves.
public struct OpticalSetup: Sendable {
  public var place: OpticalPlace
  public var mode: ProtocolMode = .a
  /// Speed of the line in idle; nil for the usual one of the mode.
  public var opening: LineSpeed?
  public var list: ReadoutList = .family
  /// Characters take as long as on a real line.
  public var isTimed = false
  /// Whose commands are taken: the front's, or a module's.
  public var door: ConfigurationDoor = .optical

  public init(_ place: OpticalPlace) { self.place = place }

  /// Passwords of tests; nothing but this machine may use them.
  public static let testPassword = "00000000"
  public static let testPIN: UInt16 = 1234

  /// The port of a meter.
  ///
  /// - Throws: `usage` for a password or PIN that cannot be one, `refused` for those of tests off
  ///   this machine.
  func port(_ setup: MeterSetup, parity: OpticalPort.Parity) throws(Failure) -> OpticalPort {
    let password = Settings.text(nil, "KVADRANT_OPTICAL_PASSWORD")
    let pin = Settings.text(nil, "KVADRANT_KMP_PIN")
    guard place.isLocal || (password != nil && pin != nil) else {
      throw Failure(
        .refused, what: "the optical port would be open to others with the passwords of tests",
        expected: "KVADRANT_OPTICAL_PASSWORD and KVADRANT_KMP_PIN in the environment",
        next: "set both, or use tcp://127.0.0.1:PORT")
    }
    guard let word = PortPassword(Array((password ?? Self.testPassword).utf8).span) else {
      throw Failure(
        .usage, what: "KVADRANT_OPTICAL_PASSWORD is no password",
        expected: "1 to 32 printable characters without ( ) * / !", next: "set another")
    }
    guard let number = pin.map({ UInt16($0) }) ?? Self.testPIN else {
      throw Failure(
        .usage, what: "KVADRANT_KMP_PIN is no PIN", expected: "a number from 0 to 65535",
        next: "set another")
    }
    let isFamily = setup.identity == .family382L
    var settings = ServerSettings(
      mode: mode, opening: opening ?? (mode == .a ? .baud9600 : mode == .d ? .baud2400 : .baud300),
      number: setup.meterNumber,
      maker: isFamily ? [0x4B, 0x41, 0x4D] : [0x4B, 0x56, 0x44],
      identification: Array(identification(setup).utf8).span)
    settings.password = word
    return OpticalPort(
      settings, list: list, rights: KMPServer.Rights(door: door, pin: number), parity: parity)
  }

  /// Who the meter says it is: the model, and that it is a virtual one.
  private func identification(_ setup: MeterSetup) -> String {
    let type = TypeString(setup.variant).description.dropFirst(TypeString.prefixBytes)
    let model = String(type.prefix(TypeString.modelBytes + 1))
    return setup.identity == .family382L ? model : model + "-VIRTUAL"
  }
}
