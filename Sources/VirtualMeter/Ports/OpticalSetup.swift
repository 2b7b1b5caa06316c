import DataReadout
import Foundation
import IEC62056_21
import KMPRegisters
import Meter
import MeterTime
import Ports

/// How the optical port behaves.
public struct OpticalSetup: Sendable {
  public var place: LinePlace
  public var mode: ProtocolMode = .a
  /// Speed of the line in idle; nil for the usual one of the mode.
  public var opening: LineSpeed?
  public var list: ReadoutList = .family
  /// Characters take as long as on a real line.
  public var isTimed = false
  /// Whose commands are taken: the front's, or a module's.
  public var door: ConfigurationDoor = .optical

  /// What the line is called in messages, as its option is.
  public var name = "optical"

  public init(_ place: LinePlace) { self.place = place }

  /// The connector of a module slot: the family's protocol, with the rights of a module.
  public static func module(_ place: LinePlace) -> OpticalSetup {
    var setup = OpticalSetup(place)
    setup.door = .module
    setup.name = "kmp"
    return setup
  }

  /// Passwords of tests; nothing but this machine may use them.
  public static let testPassword = "00000000"
  public static let testPIN: UInt16 = 1234

  /// The port of a meter.
  ///
  /// - Throws: `usage` for a password or PIN that cannot be one, `refused` for those of tests off
  ///   this machine.
  func port(
    _ setup: MeterSetup, parity: OpticalPort.Parity, hasHDLC: Bool
  ) throws(Failure) -> OpticalPort {
    let password = Settings.text(nil, "KVADRANT_OPTICAL_PASSWORD")
    let pin = Settings.text(nil, "KVADRANT_KMP_PIN")
    guard place.isLocal || (password != nil && pin != nil) else {
      throw Failure(
        .refused, what: "--\(name) would be open to others with the passwords of tests",
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
    settings.offersBinary = hasHDLC
    return OpticalPort(
      settings, list: list, rights: KMPServer.Rights(door: door, pin: number), parity: parity,
      hasHDLC: hasHDLC)
  }

  /// Who the meter says it is: the model, and that it is a virtual one.
  private func identification(_ setup: MeterSetup) -> String {
    let type = TypeString(setup.variant).description.dropFirst(TypeString.prefixBytes)
    let model = String(type.prefix(TypeString.modelBytes + 1))
    return setup.identity == .family382L ? model : model + "-VIRTUAL"
  }
}
