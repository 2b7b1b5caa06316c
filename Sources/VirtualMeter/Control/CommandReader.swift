import Foundation

/// One JSON object as its members, each asked for by name and type.
struct CommandReader {
  /// A value that can stand in a command.
  private enum Field: Decodable {
    case null, bool(Bool), number(Double), text(String), other

    init(from decoder: any Decoder) throws {
      guard let value = try? decoder.singleValueContainer() else {
        self = .other
        return
      }
      if value.decodeNil() {
        self = .null
      } else if let b = try? value.decode(Bool.self) {
        self = .bool(b)
      } else if let n = try? value.decode(Double.self) {
        self = .number(n)
      } else if let s = try? value.decode(String.self) {
        self = .text(s)
      } else {
        self = .other
      }
    }
  }

  private let fields: [String: Field]
  /// The value of `command`.
  let name: String

  /// - Throws: `protocolError` for anything that is not an object with a command.
  init(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.count <= ControlServer.longestLine,
      let fields = try? JSONDecoder().decode([String: Field].self, from: Data(bytes)),
      case .text(let name)? = fields["command"]
    else {
      throw Self.refusal("not a command", expected: #"one JSON object such as {"command":"glass"}"#)
    }
    self.fields = fields
    self.name = name
  }

  /// The names of all members.
  var keys: [String] { fields.keys.sorted() }

  /// Whether a member is there.
  func has(_ key: String) -> Bool { fields[key] != nil }

  /// Whether a member is there and null.
  func isNull(_ key: String) -> Bool {
    if case .null? = fields[key] { return true }
    return false
  }

  func bool(_ key: String) throws(Failure) -> Bool {
    if case .bool(let b)? = fields[key] { return b }
    throw Self.wrong(key, expected: "true or false")
  }

  func optionalBool(_ key: String) throws(Failure) -> Bool? { has(key) ? try bool(key) : nil }

  func text(_ key: String, expected: String) throws(Failure) -> String {
    if case .text(let s)? = fields[key] { return s }
    throw Self.wrong(key, expected: expected)
  }

  /// One of the raw values of an enumeration.
  func choice<T: CaseIterable & RawRepresentable>(
    _ key: String, _ type: T.Type
  ) throws(Failure) -> T where T.RawValue == String {
    let names = T.allCases.map(\.rawValue).joined(separator: ", ")
    guard let value = T(rawValue: try text(key, expected: names)) else {
      throw Self.wrong(key, expected: names)
    }
    return value
  }

  func number(_ key: String, _ range: ClosedRange<Double>) throws(Failure) -> Double {
    if case .number(let n)? = fields[key], n.isFinite, range.contains(n) { return n }
    let (low, high) = (Self.plain(range.lowerBound), Self.plain(range.upperBound))
    throw Self.wrong(key, expected: "a number from \(low) to \(high)")
  }

  func optionalNumber(_ key: String, _ range: ClosedRange<Double>) throws(Failure) -> Double? {
    has(key) ? try number(key, range) : nil
  }

  /// A whole number.
  func integer(_ key: String, _ range: ClosedRange<Int>) throws(Failure) -> Int {
    let n = try number(key, Double(range.lowerBound)...Double(range.upperBound))
    guard let whole = Int(exactly: n) else {
      throw Self.wrong(key, expected: "\(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  private static func plain(_ n: Double) -> String {
    Int(exactly: n).map(String.init) ?? String(n)
  }

  static func wrong(_ key: String, expected: String) -> Failure {
    refusal("no usable «\(key)»", expected: expected)
  }

  static func refusal(_ what: String, expected: String) -> Failure {
    Failure(.protocolError, what: what, expected: expected, next: "send one corrected line")
  }
}
