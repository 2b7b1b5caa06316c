import COSEM
import Foundation

extension COSEMType {
  /// The name as commands and listings write it.
  public var name: String {
    switch self {
    case .null: "null"
    case .array: "array"
    case .structure: "structure"
    case .boolean: "boolean"
    case .bitString: "bit-string"
    case .doubleLong: "int32"
    case .doubleLongUnsigned: "uint32"
    case .octetString: "octets"
    case .visibleString: "text"
    case .utf8String: "utf8"
    case .bcd: "bcd"
    case .integer: "int8"
    case .long: "int16"
    case .unsigned: "uint8"
    case .longUnsigned: "uint16"
    case .compactArray: "compact-array"
    case .long64: "int64"
    case .long64Unsigned: "uint64"
    case .enumeration: "enum"
    case .float32: "float32"
    case .float64: "float64"
    case .dateTime: "date-time"
    case .date: "date"
    case .time: "time"
    case .deltaInteger: "delta-int8"
    case .deltaLong: "delta-int16"
    case .deltaDoubleLong: "delta-int32"
    case .deltaUnsigned: "delta-uint8"
    case .deltaLongUnsigned: "delta-uint16"
    case .deltaDoubleLongUnsigned: "delta-uint32"
    }
  }
}

extension COSEMDateTime {
  /// ISO 8601 with the offset where there is one; open parts are `*`.
  public func text(_ dialect: Dialect = .standard) -> String {
    func two(_ value: UInt8) -> String {
      value == 0xFF ? "*" : value < 10 ? "0\(value)" : "\(value)"
    }
    let years = year == 0xFFFF ? "*" : "\(year)"
    var out = "\(years)-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))"
    if let deviation {
      let offset = dialect == .standard ? -Int(deviation) : Int(deviation)
      let (hours, minutes) = (abs(offset) / 60, abs(offset) % 60)
      out += "\(offset < 0 ? "-" : "+")\(two(UInt8(hours))):\(two(UInt8(minutes)))"
    }
    return out
  }
}

extension COSEMValue: CustomStringConvertible {
  /// One line: numbers as they are, octets in hexadecimal, times as ISO 8601.
  public var description: String {
    switch self {
    case .null: return "null"
    case .boolean(let value): return "\(value)"
    case .signed(_, let value): return "\(value)"
    case .unsigned(_, let value): return "\(value)"
    case .float(let value): return "\(value)"
    case .octets(let bytes):
      if let time = dateTime { return time.text() }
      if bytes.count == 6, let name = logicalName { return "\(name)" }
      return Self.readable(bytes) ?? Hexadecimal.text(bytes)
    case .text(_, let bytes): return Self.readable(bytes) ?? Hexadecimal.text(bytes)
    case .moment(.dateTime, _):
      return dateTime.map { $0.text() } ?? Hexadecimal.text(bytes ?? [])
    case .moment(_, let bytes): return Hexadecimal.text(bytes)
    case .bits(let bits): return bits.map { $0 ? "1" : "0" }.joined()
    case .array(let elements):
      return "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .structure(let elements):
      return "{" + elements.map(\.description).joined(separator: ", ") + "}"
    }
  }

  /// Text in quotation marks where all bytes are characters that print.
  private static func readable(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
    return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
  }

  /// The type of the value as it is named in listings.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .signed(let type, _), .unsigned(let type, _), .text(let type, _), .moment(let type, _):
      type.name
    case .float: "float"
    case .octets: "octets"
    case .bits: "bit-string"
    case .array: "array"
    case .structure: "structure"
    }
  }

  /// Reads what a command line gives: `uint16:7`, `octets:0102`, `text:abc`, `enum:1`,
  /// `boolean:true`, `null`, `structure(uint8:1,int8:-2)`, `time:2026-01-31T12:00:00+01:00`, or
  /// `axdr:0F00`.
  public init?(text: String) {
    var rest = Substring(text)
    guard let value = Self.take(&rest), rest.isEmpty else { return nil }
    self = value
  }

  private static func take(_ rest: inout Substring) -> COSEMValue? {
    for (name, isArray) in [("structure(", false), ("array(", true)] where rest.hasPrefix(name) {
      rest.removeFirst(name.count)
      var elements: [COSEMValue] = []
      while !rest.hasPrefix(")") {
        guard elements.count < 256, let element = take(&rest) else { return nil }
        elements.append(element)
        if rest.hasPrefix(",") { rest.removeFirst() }
      }
      rest.removeFirst()
      return isArray ? .array(elements) : .structure(elements)
    }
    let end = rest.firstIndex { $0 == "," || $0 == ")" } ?? rest.endIndex
    let word = rest[..<end]
    rest = rest[end...]
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return simple(String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
  }

  private static func simple(_ name: String, _ value: String) -> COSEMValue? {
    switch name {
    case "null": return value.isEmpty ? .null : nil
    case "boolean": return Bool(value).map { .boolean($0) }
    case "octets": return Hexadecimal.bytes(value).map { .octets($0) }
    case "obis":
      guard let code = ObjectName.code(value) else { return nil }
      return .octets((0..<6).map { code[$0] })
    case "text": return .text(.visibleString, Array(value.utf8))
    case "utf8": return .text(.utf8String, Array(value.utf8))
    case "time":
      guard let time = COSEMDateTime(iso: value) else { return nil }
      return .octets(time.bytes)
    case "axdr": return Hexadecimal.bytes(value).flatMap { try? COSEMValue(parsing: $0) }
    default:
      guard let type = COSEMType.allCases.first(where: { $0.name == name }),
        let count = type.byteCount, count > 0
      else { return nil }
      if type.isSigned {
        guard let number = Int64(value), number == truncated(number, count) else { return nil }
        return .signed(type, number)
      }
      guard type != .float32, type != .float64, type.rawValue < COSEMType.dateTime.rawValue,
        let number = UInt64(value), count == 8 || number >> UInt64(count * 8) == 0
      else { return nil }
      return .unsigned(type, number)
    }
  }

  private static func truncated(_ number: Int64, _ byteCount: Int) -> Int64 {
    let shift = Int64(64 - byteCount * 8)
    return (number &<< shift) &>> shift
  }
}
