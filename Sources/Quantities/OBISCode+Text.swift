/// Why bytes are not an OBIS code; the number is the offset of the byte that does not fit.
public enum OBISCodeError: Error, Equatable, Sendable {
  /// The text ended where a digit or a separator was needed.
  case truncated
  /// A byte that cannot stand here.
  case unexpectedByte(at: UInt8)
  /// A group above 255, or written with more than three digits.
  case groupTooLarge(at: UInt8)
}

extension OBISCode {
  /// The longest text: `255-255:255.255.255*255`.
  public static let maximumTextBytes = 23

  /// Reads `A-B:C.D.E*F` or `A-B:C.D.E`; without F it is 255.
  ///
  /// Some meters write `&` in place of `*` (set by hand, IEC 62056-6-1); both are taken.
  public init(parsing text: Span<UInt8>) throws(OBISCodeError) {
    self.init(0, 0, 0, 0, 0)
    var offset = 0
    for group in 0..<6 {
      if group == 5 && offset == text.count { return }
      if group > 0 {
        guard offset < text.count else { throw .truncated }
        let byte = text[offset]
        guard Self.separator(byte, before: group) else {
          throw .unexpectedByte(at: UInt8(truncatingIfNeeded: offset))
        }
        offset += 1
      }
      self[group] = try Self.number(in: text, from: &offset)
    }
    guard offset == text.count else {
      throw .unexpectedByte(at: UInt8(truncatingIfNeeded: offset))
    }
  }

  /// Writes `A-B:C.D.E*F`; `*255` is left out when `full` is false.
  ///
  /// - Parameter output: at least `maximumTextBytes` long.
  /// - Returns: the bytes written.
  public func write(into output: inout MutableSpan<UInt8>, full: Bool = false) -> Int {
    precondition(output.count >= Self.maximumTextBytes, "room for an OBIS code")
    var count = 0
    for group in 0..<6 {
      if group == 5 && f == 255 && !full { break }
      if group > 0 {
        output[count] = Self.separators(group)
        count += 1
      }
      Self.writeNumber(self[group], into: &output, at: &count)
    }
    return count
  }

  /// Writes the short form of displays and readouts: `C.D.E`.
  ///
  /// - Parameter output: at least 11 bytes long.
  /// - Returns: the bytes written.
  public func writeShort(into output: inout MutableSpan<UInt8>) -> Int {
    precondition(output.count >= 11, "room for a short OBIS code")
    var count = 0
    for group in 2..<5 {
      if group > 2 {
        output[count] = UInt8(ascii: ".")
        count += 1
      }
      Self.writeNumber(self[group], into: &output, at: &count)
    }
    return count
  }

  private static func separators(_ group: Int) -> UInt8 {
    switch group {
    case 1: UInt8(ascii: "-")
    case 2: UInt8(ascii: ":")
    case 5: UInt8(ascii: "*")
    default: UInt8(ascii: ".")
    }
  }

  private static func separator(_ byte: UInt8, before group: Int) -> Bool {
    byte == separators(group) || (group == 5 && byte == UInt8(ascii: "&"))
  }

  /// One to three decimal digits, at most 255.
  private static func number(
    in text: Span<UInt8>, from offset: inout Int
  ) throws(OBISCodeError) -> UInt8 {
    let start = offset
    var value: UInt16 = 0
    while offset < text.count, (48...57).contains(text[offset]) {
      value = value * 10 + UInt16(text[offset] - 48)
      guard offset - start < 3, value <= 255 else {
        throw .groupTooLarge(at: UInt8(truncatingIfNeeded: start))
      }
      offset += 1
    }
    guard offset > start else {
      if offset == text.count { throw .truncated }
      throw .unexpectedByte(at: UInt8(truncatingIfNeeded: offset))
    }
    return UInt8(value)
  }

  private static func writeNumber(
    _ value: UInt8, into output: inout MutableSpan<UInt8>, at count: inout Int
  ) {
    if value >= 100 {
      output[count] = 48 + value / 100
      count += 1
    }
    if value >= 10 {
      output[count] = 48 + value / 10 % 10
      count += 1
    }
    output[count] = 48 + value % 10
    count += 1
  }
}

#if !hasFeature(Embedded)
  extension OBISCode: CustomStringConvertible {
    /// `1-0:1.8.0`; F is written only where it is not 255.
    public var description: String {
      let text = "\(a)-\(b):\(c).\(d).\(e)"
      return f == 255 ? text : text + "*\(f)"
    }

    /// Reads `A-B:C.D.E*F` or `A-B:C.D.E`; nil when the text is something else.
    public init?(_ text: String) {
      let bytes = Array(text.utf8)
      guard let code = try? OBISCode(parsing: bytes.span) else { return nil }
      self = code
    }
  }
#endif
