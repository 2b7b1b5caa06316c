import DLMS
import Foundation

/// What a client knows that others do not: password, keys, and its own title.
///
/// A file of keys has lines `name: value`: `password` as text, `encryption`, `authentication` and
/// `title` in hexadecimal; `#` begins a remark.
public struct Credentials: Sendable {
  public var password: [UInt8] = []
  public var encryption: [UInt8] = []
  public var authentication: [UInt8] = []
  /// The client's own title, eight bytes.
  public var title: [UInt8] = [0x4B, 0x56, 0x44, 0, 0, 0, 0, 1]
  /// Password and PIN of the optical port.
  public var opticalPassword: [UInt8] = []

  public init() {}

  /// Known to everybody: the keys of the worked example of the Green Book.
  public static var TEST: Credentials {
    var test = Credentials()
    test.password = Array("TEST-LLS".utf8)
    test.encryption = (0..<16).map { UInt8($0) }
    test.authentication = (0..<16).map { UInt8(0xD0 + $0) }
    return test
  }

  /// - Parameters:
  ///   - text: what a file of keys says.
  ///   - name: of the file, for messages.
  /// - Throws: `badData` with the line that is wrong, never with its value.
  public init(parsing text: String, name: String) throws(MeterError) {
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = raw.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let parts = line.split(separator: ":", maxSplits: 1)
      let value = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
      guard take(String(parts[0]), value) else {
        throw MeterError(
          .file, .badData, what: "\(name):\(index + 1) is no key",
          expected: "password, encryption, authentication, title or optical, a colon and a value",
          got: "«\(parts[0])» with \(value.count) characters",
          next: "keys are 32 hexadecimal digits, a title 16")
      }
    }
  }

  private mutating func take(_ name: String, _ value: String) -> Bool {
    func bytes(_ count: Int) -> [UInt8]? {
      guard let bytes = Hexadecimal.bytes(value), bytes.count == count else { return nil }
      return bytes
    }
    switch name {
    case "password": password = Array(value.utf8)
    case "optical": opticalPassword = Array(value.utf8)
    case "encryption":
      guard let key = bytes(16) else { return false }
      encryption = key
    case "authentication":
      guard let key = bytes(16) else { return false }
      authentication = key
    case "title":
      guard let own = bytes(8) else { return false }
      title = own
    default: return false
    }
    return true
  }

  /// Both keys of suite 0 are known.
  public var hasKeys: Bool { encryption.count == 16 && authentication.count == 16 }

  /// The keys as the association takes them.
  var securityKeys: SecurityKeys {
    SecurityKeys(
      encryption: InlineArray { encryption.count == 16 ? encryption[$0] : 0 },
      authentication: InlineArray { authentication.count == 16 ? authentication[$0] : 0 },
      password: password.span)
  }
}

/// Bytes as hexadecimal digits and back.
public enum Hexadecimal {
  /// Digits in pairs; blanks, colons, commas, dashes and «0x» between them are passed over.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var digits: [UInt8] = []
    let clean = text.replacingOccurrences(of: "0x", with: " ")
    for character in clean {
      if character.isWhitespace || ":,-".contains(character) { continue }
      guard let digit = character.hexDigitValue, character.isASCII else { return nil }
      digits.append(UInt8(digit))
    }
    guard digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  public static func text(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }.joined(separator: separator)
  }
}
