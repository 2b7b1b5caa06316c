import COSEM
import Foundation
import Quantities

/// A value of COSEM with all that is in it.
public indirect enum COSEMValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  case signed(COSEMType, Int64)
  case unsigned(COSEMType, UInt64)
  case float(Double)
  case octets([UInt8])
  /// Of the type visible or UTF-8 string, or its bytes where they are none.
  case text(COSEMType, [UInt8])
  case bits([Bool])
  /// A date and time, date, or time of a type of its own, as bytes.
  case moment(COSEMType, [UInt8])
  case array([COSEMValue])
  case structure([COSEMValue])

  /// Reads one value that fills the bytes.
  public init(parsing bytes: some Collection<UInt8>) throws(COSEMError) {
    let bytes = Array(bytes)
    var reader = COSEMReader(bytes.span)
    self = try Self.next(&reader)
    guard reader.remaining == 0 else { throw .tooMany }
  }

  /// Reads the next value.
  @_lifetime(reader: copy reader)
  public static func next(_ reader: inout COSEMReader) throws(COSEMError) -> COSEMValue {
    switch try reader.next() {
    case .array(let count): return .array(try several(count, &reader))
    case .structure(let count): return .structure(try several(count, &reader))
    case .compactArray(let description, let contents):
      var inner = CompactArrayReader(
        description: reader.part(description), contents: reader.part(contents))
      var elements: [COSEMValue] = []
      while let element = try inner.next() { elements.append(try compact(element, &inner)) }
      return .array(elements)
    case .string(let type, let range): return string(type, array(reader.part(range)))
    case .bits(let count, let range): return bits(count, array(reader.part(range)))
    case let element: return simple(element)
    }
  }

  @_lifetime(reader: copy reader)
  private static func several(
    _ count: Int, _ reader: inout COSEMReader
  ) throws(COSEMError) -> [COSEMValue] {
    var values: [COSEMValue] = []
    values.reserveCapacity(min(count, 1024))
    for _ in 0..<count { values.append(try next(&reader)) }
    return values
  }

  @_lifetime(reader: copy reader)
  private static func compact(
    _ element: COSEMElement, _ reader: inout CompactArrayReader
  ) throws(COSEMError) -> COSEMValue {
    switch element {
    case .array(let count), .structure(let count):
      var values: [COSEMValue] = []
      for _ in 0..<count {
        guard let inner = try reader.next() else { throw .truncated }
        values.append(try compact(inner, &reader))
      }
      if case .array = element { return .array(values) }
      return .structure(values)
    case .string(let type, let range): return string(type, array(reader.part(range)))
    case .bits(let count, let range): return bits(count, array(reader.part(range)))
    default: return simple(element)
    }
  }

  private static func simple(_ element: COSEMElement) -> COSEMValue {
    switch element {
    case .boolean(let value): .boolean(value)
    case .signed(let type, let value): .signed(type, value)
    case .unsigned(let type, let value): .unsigned(type, value)
    case .float(let type, let pattern):
      .float(
        type == .float32
          ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
          : Double(bitPattern: pattern))
    default: .null
    }
  }

  private static func string(_ type: COSEMType, _ bytes: [UInt8]) -> COSEMValue {
    switch type {
    case .octetString: .octets(bytes)
    case .visibleString, .utf8String: .text(type, bytes)
    default: .moment(type, bytes)
    }
  }

  private static func bits(_ count: Int, _ bytes: [UInt8]) -> COSEMValue {
    .bits((0..<count).map { bytes[$0 / 8] & 0x80 >> UInt8($0 % 8) != 0 })
  }

  private static func array(_ span: Span<UInt8>) -> [UInt8] {
    span.withUnsafeBufferPointer { Array($0) }
  }

  // MARK: what is in it

  /// A whole number, of whatever type; enumerations and booleans, too.
  public var integer: Int64? {
    switch self {
    case .boolean(let value): value ? 1 : 0
    case .signed(_, let value): value
    case .unsigned(_, let value): Int64(exactly: value)
    default: nil
    }
  }

  /// The bytes of any kind of string.
  public var bytes: [UInt8]? {
    switch self {
    case .octets(let bytes), .text(_, let bytes), .moment(_, let bytes): bytes
    default: nil
    }
  }

  /// The elements of an array or a structure.
  public var elements: [COSEMValue]? {
    switch self {
    case .array(let elements), .structure(let elements): elements
    default: nil
    }
  }

  /// A logical name.
  public var logicalName: OBISCode? {
    guard let b = bytes, b.count == 6 else { return nil }
    return OBISCode(b[0], b[1], b[2], b[3], b[4], b[5])
  }

  /// A date and time, as octets or of a type of its own.
  public var dateTime: COSEMDateTime? {
    guard let bytes, bytes.count == 12 else { return nil }
    return try? COSEMDateTime(parsing: bytes.span)
  }

  // MARK: writing

  /// The value in A-XDR.
  public var encoded: [UInt8] {
    var out: [UInt8] = []
    write(into: &out)
    return out
  }

  private func write(into out: inout [UInt8]) {
    switch self {
    case .null: out.append(0)
    case .boolean(let value): out += [COSEMType.boolean.rawValue, value ? 1 : 0]
    case .signed(let type, let value):
      Self.write(type, UInt64(bitPattern: value), into: &out)
    case .unsigned(let type, let value): Self.write(type, value, into: &out)
    case .float(let value): Self.write(.float64, value.bitPattern, into: &out)
    case .octets(let bytes): Self.write(.octetString, bytes, into: &out)
    case .text(let type, let bytes): Self.write(type, bytes, into: &out)
    case .moment(let type, let bytes): out += [type.rawValue] + bytes
    case .bits(let bits):
      out.append(COSEMType.bitString.rawValue)
      Self.length(bits.count, into: &out)
      var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
      for (at, bit) in bits.enumerated() where bit { bytes[at / 8] |= 0x80 >> UInt8(at % 8) }
      out += bytes
    case .array(let elements), .structure(let elements):
      if case .array = self {
        out.append(COSEMType.array.rawValue)
      } else {
        out.append(COSEMType.structure.rawValue)
      }
      Self.length(elements.count, into: &out)
      for element in elements { element.write(into: &out) }
    }
  }

  private static func write(_ type: COSEMType, _ value: UInt64, into out: inout [UInt8]) {
    out.append(type.rawValue)
    let count = type.byteCount ?? 0
    for i in 0..<count {
      out.append(UInt8(truncatingIfNeeded: value >> UInt64((count - 1 - i) * 8)))
    }
  }

  private static func write(_ type: COSEMType, _ bytes: [UInt8], into out: inout [UInt8]) {
    out.append(type.rawValue)
    length(bytes.count, into: &out)
    out += bytes
  }

  private static func length(_ count: Int, into out: inout [UInt8]) {
    switch count {
    case ..<0x80: out.append(UInt8(count))
    case ..<0x100: out += [0x81, UInt8(count)]
    case ..<0x1_0000: out += [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
    default:
      out.append(0x84)
      out += (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    }
  }
}
