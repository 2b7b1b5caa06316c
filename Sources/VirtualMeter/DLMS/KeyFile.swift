import DLMS
import Foundation

/// A file with the keys of a DLMS port, one to a line as `name: value`:
///
/// ```yaml
/// encryption: 32 hexadecimal digits
/// authentication: 32 hexadecimal digits
/// master: 32 hexadecimal digits      # without it no keys are taken later
/// password: 8 to 16 characters
/// ```
///
/// Only its owner may read it.
public struct KeyFile {
  public let keys: SecurityKeys

  /// - Throws: `missingFile` where there is none, `configuration` for a line that is none of these,
  ///   a key that is missing or stands in every book, and for a file that others may read.
  public init(path: String) throws(Failure) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Failure(
        .fileMissing, what: "\(path) cannot be read", expected: "a file with keys",
        next: "see docs/dlms.md")
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
    guard mode & 0o077 == 0 else {
      throw Failure(
        .configuration, what: "\(path) can be read by others",
        expected: "a file for its owner alone",
        next: "chmod 600 \(path)")
    }
    try self.init(parsing: text, name: path)
  }

  /// - Parameter name: of the file, for messages; no key ever stands in one.
  init(parsing text: String, name: String) throws(Failure) {
    var found: [String: String] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
      if content.isEmpty { continue }
      let parts = content.split(separator: ":", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard parts.count == 2, Self.names.contains(parts[0]), found[parts[0]] == nil else {
        throw Self.failure(name, "line \(number + 1) names no key, or one twice")
      }
      found[parts[0]] = parts[1]
    }
    guard let encryption = Self.key(found["encryption"]),
      let authentication = Self.key(found["authentication"])
    else { throw Self.failure(name, "encryption or authentication has no 32 hexadecimal digits") }
    let master = Self.key(found["master"])
    guard master != nil || found["master"] == nil else {
      throw Self.failure(name, "master has no 32 hexadecimal digits")
    }
    let password = Array((found["password"] ?? "").utf8)
    guard (8...16).contains(password.count) else {
      throw Self.failure(name, "password has no 8 to 16 characters")
    }
    let given = SecurityKeys(
      encryption: encryption, authentication: authentication, master: master,
      password: password.span)
    guard !given.sharesKey(with: .TEST) else {
      throw Self.failure(name, "a key is one of the TEST keys that everybody knows")
    }
    keys = given
  }

  private static let names = ["encryption", "authentication", "master", "password"]

  private static func key(_ text: String?) -> InlineArray<16, UInt8>? {
    guard let digits = text.map({ Array($0.utf8) }), digits.count == 32 else { return nil }
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    for k in 0..<16 {
      let pair = String(decoding: digits[(2 * k)..<(2 * k + 2)], as: UTF8.self)
      guard pair.allSatisfy(\.isHexDigit), let value = UInt8(pair, radix: 16) else { return nil }
      bytes[k] = value
    }
    return bytes
  }

  private static func failure(_ name: String, _ what: String) -> Failure {
    Failure(
      .configuration, what: "\(name): \(what)",
      expected: "encryption, authentication, password, and master where keys are to be sent",
      next: "see docs/dlms.md")
  }
}
