import Foundation
import MBus

/// The keys of radio telegrams, by the number of the device that sends.
public struct RadioKeys: Sendable {
  private var keys: [UInt32: WirelessKey] = [:]
  /// For all others.
  private var common: WirelessKey?

  /// No key at all.
  public init() {}

  /// The key that everybody knows.
  public static let TEST: RadioKeys = {
    var keys = RadioKeys()
    keys.common = .TEST
    return keys
  }()

  /// One key for everything.
  ///
  /// - Parameter name: of the variable, for the message.
  /// - Throws: `usage` for anything but 32 hexadecimal digits.
  public init(parsing text: String, name: String) throws(Failure) {
    guard let key = Self.key(text) else {
      throw Failure(
        .usage, what: "\(name) is no key", expected: "32 hexadecimal digits",
        next: "make one, for example with: openssl rand -hex 16")
    }
    common = key
  }

  /// Keys of a file: a line is `KEY`, or `NUMBER KEY` with the eight digits of a device.
  ///
  /// - Throws: `fileMissing`, or `badData` with the line.
  public init(file path: String) throws(Failure) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        .fileMissing, file: path, what: "there are no keys", expected: "a file with keys",
        next: "give another --key-file")
    }
    let lines = String(decoding: data, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    for (place, line) in lines.enumerated() {
      let fields = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      if fields.isEmpty { continue }
      guard fields.count <= 2, let key = Self.key(String(fields[fields.count - 1])) else {
        throw Self.wrong(path, place + 1)
      }
      if fields.count == 1 {
        common = key
      } else if fields[0].count == 8, let number = UInt32(fields[0]) {
        keys[DeviceAddress.digits(number)] = key
      } else {
        throw Self.wrong(path, place + 1)
      }
    }
  }

  private static func wrong(_ path: String, _ line: Int) -> Failure {
    Failure(
      .badData, file: path, line: line, what: "it is no key",
      expected: "KEY, or NUMBER KEY: eight digits and 32 hexadecimal digits",
      next: "correct the line")
  }

  private static func key(_ text: String) -> WirelessKey? {
    guard let bytes = RadioLine.octets(text) else { return nil }
    return WirelessKey(bytes.span)
  }

  /// The key of a device.
  ///
  /// - Parameter identification: eight digits, one a nibble.
  public subscript(identification: UInt32) -> WirelessKey? { keys[identification] ?? common }

  /// The key that everybody knows is among them.
  var haveTEST: Bool { common == .TEST || keys.values.contains(.TEST) }
}
