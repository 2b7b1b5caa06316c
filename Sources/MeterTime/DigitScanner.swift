/// Reads numbers and marks off a text, byte by byte, never past its end.
struct DigitScanner: ~Escapable {
  private let text: Span<UInt8>
  private(set) var offset = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  var isAtEnd: Bool { offset == text.count }

  /// Steps over a mark where it stands next.
  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard !isAtEnd, text[offset] == UInt8(ascii: mark) else { return false }
    offset += 1
    return true
  }

  mutating func expect(_ mark: Unicode.Scalar) throws(TimeFormatError) {
    if isAtEnd { throw .truncated }
    guard skip(mark) else { throw .unexpected(offset: offset) }
  }

  func expectEnd() throws(TimeFormatError) {
    guard isAtEnd else { throw .unexpected(offset: offset) }
  }

  /// The next byte as a digit, which is stepped over; nil where it is none.
  mutating func digit() -> UInt8? {
    guard !isAtEnd, text[offset] >= UInt8(ascii: "0"), text[offset] <= UInt8(ascii: "9") else {
      return nil
    }
    defer { offset += 1 }
    return text[offset] - UInt8(ascii: "0")
  }

  /// Exactly so many digits, at most nine.
  mutating func number(digits: Int) throws(TimeFormatError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      if isAtEnd { throw .truncated }
      guard let digit = digit() else { throw .unexpected(offset: offset) }
      value = value * 10 + UInt32(digit)
    }
    return value
  }

  mutating func twoDigits(max: UInt8) throws(TimeFormatError) -> UInt8 {
    let start = offset
    let value = try UInt8(number(digits: 2))
    guard value <= max else { throw .outOfRange(offset: start) }
    return value
  }

  /// One to nine digits behind a decimal mark as 1/65536, rounded down.
  mutating func fraction() throws(TimeFormatError) -> UInt16 {
    if isAtEnd { throw .truncated }
    var (value, scale): (UInt64, UInt64) = (0, 1)
    while let digit = digit() {
      guard scale < 1_000_000_000 else { throw .unexpected(offset: offset - 1) }
      value = value * 10 + UInt64(digit)
      scale *= 10
    }
    guard scale > 1 else { throw .unexpected(offset: offset) }
    return UInt16(value * 65_536 / scale)
  }
}
