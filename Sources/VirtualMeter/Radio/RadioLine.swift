import Foundation
import MBus
import MeterTime

/// One telegram in a radio log: a line of text such as
/// `2026-11-22T18:00:00Z c1 b frame 2E44931578563412…`.
///
/// The fields are time, mode, frame format, `frame` or `chips`, and the octets. A line of octets
/// alone is a frame of which nothing else is known.
public struct RadioLine: Equatable, Sendable {
  /// What the octets are.
  public enum Form: String, CaseIterable, Sendable {
    /// From the length on, with the checks of the link layer.
    case frame
    /// The chips of the radio, eight an octet, with preamble and synchronisation.
    case chips
  }

  /// When it was sent or heard; nil where nobody says.
  public var time: Instant?
  public var mode = RadioMode.c1
  public var format = WirelessFormat.b
  public var form = Form.frame
  public var octets: [UInt8]

  public init(_ octets: [UInt8]) { self.octets = octets }

  /// The line.
  public var text: String {
    let time = time.map(ISOTime.text) ?? "-"
    let letter = format == .a ? "a" : "b"
    return "\(time) \(mode) \(letter) \(form.rawValue) \(Self.hex(octets))"
  }

  /// Reads a line; nil where it is none. Empty lines and those that begin with # are none.
  ///
  /// - Parameter format: of a line that does not say.
  public init?(parsing line: some StringProtocol, format: WirelessFormat) {
    let fields = line.split(whereSeparator: \.isWhitespace)
    if fields.count == 1, let octets = Self.octets(fields[0]) {
      self.octets = octets
      self.format = format
      return
    }
    guard fields.count == 5, let octets = Self.octets(fields[4]),
      let mode = RadioMode.allCases.first(where: { "\($0)" == fields[1] }),
      let form = Form(rawValue: String(fields[3])), fields[2] == "a" || fields[2] == "b"
    else { return nil }
    self.octets = octets
    (self.mode, self.form) = (mode, form)
    self.format = fields[2] == "a" ? .a : .b
    if fields[0] != "-" {
      guard let time = ISOTime.instant(String(fields[0])) else { return nil }
      self.time = time
    }
  }

  static func hex(_ octets: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Octets of hexadecimal digits; at most 1024 of them.
  static func octets(_ text: some StringProtocol) -> [UInt8]? {
    let digits = text.utf8.map { UInt8($0) }
    guard digits.count % 2 == 0, !digits.isEmpty, digits.count <= 2048 else { return nil }
    var octets: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
      octets.append(high << 4 | low)
    }
    return octets
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
