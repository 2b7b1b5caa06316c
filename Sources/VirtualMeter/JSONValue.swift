import Foundation

/// JSON that keeps the order of its members and the digits of its numbers.
///
/// Energies carry ten exact decimals, which binary floating point would blur, so a number is kept
/// as its decimal text.
public enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number as text that is valid JSON.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// A whole number.
  public static func integer(_ n: some BinaryInteger) -> JSONValue { .number(String(n)) }

  /// A fixed-point number: `value` in units of 10^-decimals, printed with all its decimals.
  public static func fixed(_ value: Int128, decimals: Int) -> JSONValue {
    .number(Decimals.text(value, decimals: decimals))
  }

  /// A number with a fixed count of decimals; null when it is not finite.
  public static func rounded(_ value: Double, decimals: Int) -> JSONValue {
    value.isFinite ? .number(Decimals.text(value, decimals: decimals)) : .null
  }

  /// The member of an object, or nil.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text on one line, without blanks.
  public var text: String {
    var out = ""
    write(to: &out)
    return out
  }

  public static func == (a: JSONValue, b: JSONValue) -> Bool { a.text == b.text }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let b): out += b ? "true" : "false"
    case .number(let n): out += n
    case .string(let s): Self.quote(s, to: &out)
    case .array(let items):
      out += "["
      for (n, item) in items.enumerated() {
        if n > 0 { out += "," }
        item.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (n, member) in members.enumerated() {
        if n > 0 { out += "," }
        Self.quote(member.key, to: &out)
        out += ":"
        member.value.write(to: &out)
      }
      out += "}"
    }
  }

  private static func quote(_ s: String, to out: inout String) {
    out += "\""
    for scalar in s.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        out += "\\u" + String(repeating: "0", count: scalar.value < 0x10 ? 3 : 2)
        out += String(scalar.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}

/// Decimal texts that do not depend on the language of the machine.
public enum Decimals {
  /// `value` x 10^-decimals with all its decimals, such as -0.0000000001.
  public static func text(_ value: Int128, decimals: Int) -> String {
    let digits = String(value.magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// A finite number with a fixed count of decimals.
  public static func text(_ value: Double, decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}
