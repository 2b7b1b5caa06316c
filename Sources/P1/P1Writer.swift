import Bytes
import MeterTime
import Quantities

/// Writes a P1 telegram into a bounded run of bytes (P1 Companion Standard 5.0.2, 5.2; NTA 8130).
///
/// ```
/// /XXX5 identification CR LF   CR LF   lines, each A-B:C.D.E(value*unit) CR LF   ! check CR LF
/// ```
/// What does not fit is dropped, and `finish` then gives 0: a telegram is whole or none.
public struct P1Writer: ~Copyable, ~Escapable {
  private var bytes: MutableSpan<UInt8>
  private var count = 0
  private var check = P1Check()
  private var isFull = false

  @_lifetime(copy bytes)
  public init(_ bytes: consuming MutableSpan<UInt8>) { self.bytes = bytes }

  @_lifetime(self: copy self)
  private mutating func put(_ byte: UInt8) {
    guard count < bytes.count else {
      isFull = true
      return
    }
    bytes[count] = byte
    count += 1
    check.update(byte)
  }

  @_lifetime(self: copy self)
  private mutating func put(_ text: StaticString) {
    for i in 0..<text.utf8CodeUnitCount { put(text.utf8Start[i]) }
  }

  @_lifetime(self: copy self)
  private mutating func endLine() {
    put(0x0D)
    put(0x0A)
  }

  // MARK: frame

  /// Begins the telegram: three letters of the maker, 5, and who the meter is.
  @_lifetime(self: copy self)
  public mutating func begin(maker: InlineArray<3, UInt8>, _ identification: Span<UInt8>) {
    put(0x2F)
    for k in 0..<3 { put(maker[k]) }
    put(0x35)
    for i in identification.indices { put(identification[i]) }
    endLine()
    endLine()
  }

  /// Ends the telegram with the mark and its check.
  ///
  /// - Returns: bytes of the telegram; 0 where it did not fit.
  public consuming func finish() -> Int {
    put(0x21)
    let value = check.value
    for place in 0..<4 { put(P1Check.digit(value, place)) }
    endLine()
    return isFull ? 0 : count
  }

  // MARK: lines

  /// Begins a line; groups in brackets follow, then `end`.
  @_lifetime(self: copy self)
  public mutating func line(_ code: OBISCode) {
    var room = InlineArray<32, UInt8>(repeating: 0)
    var length = 0
    do {
      var span = room.mutableSpan
      length = code.write(into: &span)
    }
    for k in 0..<length { put(room[k]) }
  }

  /// Ends the line.
  @_lifetime(self: copy self)
  public mutating func end() { endLine() }

  /// `(number*unit)` with a fixed number of digits; without unit where that is empty.
  ///
  /// - Parameters:
  ///   - value: in units of the last decimal; below nought it is nought.
  ///   - digits: before the decimal point; a longer number has more of them.
  ///   - decimals: 0...6.
  @_lifetime(self: copy self)
  public mutating func number(
    _ value: Int64, digits: Int, decimals: Int, _ unit: StaticString = ""
  ) {
    var places = InlineArray<20, UInt8>(repeating: 0x30)
    var rest = UInt64(max(value, 0))
    var used = 0
    while rest > 0 && used < 20 {
      places[used] = 0x30 + UInt8(rest % 10)
      rest /= 10
      used += 1
    }
    let last = min(max(used, digits + decimals, decimals + 1), 20)
    put(0x28)
    var place = last
    while place > 0 {
      place -= 1
      put(places[place])
      if place == decimals && decimals > 0 { put(0x2E) }
    }
    if unit.utf8CodeUnitCount > 0 {
      put(0x2A)
      put(unit)
    }
    put(0x29)
  }

  /// `(YYMMDDhhmmssX)`: local time, X is S in summer and W in winter.
  @_lifetime(self: copy self)
  public mutating func time(_ civil: CivilDateTime, isSummer: Bool) {
    put(0x28)
    two(UInt8(civil.year % 100))
    two(civil.month)
    two(civil.day)
    two(civil.hour)
    two(civil.minute)
    two(civil.second)
    put(isSummer ? 0x53 : 0x57)
    put(0x29)
  }

  @_lifetime(self: copy self)
  private mutating func two(_ value: UInt8) {
    put(0x30 + value / 10 % 10)
    put(0x30 + value % 10)
  }

  /// `(…)` with the bytes of a text in hexadecimal digits, as identifiers and messages are sent.
  @_lifetime(self: copy self)
  public mutating func octets(_ text: Span<UInt8>) {
    put(0x28)
    for i in text.indices {
      let byte = UInt16(text[i])
      put(P1Check.digit(byte, 2))
      put(P1Check.digit(byte, 3))
    }
    put(0x29)
  }

  /// `(…)` with an OBIS code, as heads of tables have it.
  @_lifetime(self: copy self)
  public mutating func code(_ code: OBISCode) {
    put(0x28)
    line(code)
    put(0x29)
  }
}
