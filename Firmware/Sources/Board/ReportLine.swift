/// A line of the report port, collected in place and sent whole: a word, then `key=value` pairs.
///
/// The report port belongs to the bench. It waits for its reader when its ring is full, so that
/// no line is ever lost; with nobody connected the emulator discards the bytes.
///
///     var line = ReportLine("feed")
///     line.add("samples", UInt64(count))
///     line.send()
///
/// The methods stay out of line: they are called from many places that need no speed.
public struct ReportLine: ~Copyable {
  private var bytes = InlineArray<160, UInt8>(repeating: 0)
  private var count = 0

  public init(_ word: StaticString) { put(word) }

  /// Adds ` key=value` with a decimal number.
  @inline(never)
  public mutating func add(_ key: StaticString, _ value: Int64) {
    begin(key)
    if value < 0 { put(0x2D) }
    putDecimal(value.magnitude)
  }

  /// Adds ` key=value` with a word.
  @inline(never)
  public mutating func add(_ key: StaticString, _ value: StaticString) {
    begin(key)
    put(value)
  }

  /// Adds ` key=value` with a number of eight hexadecimal digits.
  @inline(never)
  public mutating func add(_ key: StaticString, hex value: UInt32) {
    begin(key)
    for place in stride(from: UInt32(24), through: 0, by: -8) {
      putHex(UInt8(truncatingIfNeeded: value &>> place))
    }
  }

  /// Adds ` key=value` with bytes as hexadecimal digits.
  @inline(never)
  public mutating func add(_ key: StaticString, hex value: Span<UInt8>) {
    begin(key)
    for n in value.indices { putHex(value[n]) }
  }

  /// Ends the line and sends it. What did not fit into 159 bytes is cut off.
  @inline(never)
  public consuming func send(to port: SerialPort = .report) {
    bytes[count] = 0x0A
    var rest = bytes.span.extracting(0..<(count + 1))
    while rest.count > 0 {
      let taken = port.send(rest)
      rest = rest.extracting(taken..<rest.count)
    }
  }

  private mutating func begin(_ key: StaticString) {
    put(0x20)
    put(key)
    put(0x3D)
  }

  private mutating func put(_ byte: UInt8) {
    guard count < bytes.count - 1 else { return }
    bytes[count] = byte
    count += 1
  }

  @inline(never)
  private mutating func put(_ text: StaticString) {
    for n in 0..<text.utf8CodeUnitCount { put(text.utf8Start[n]) }
  }

  private mutating func putHex(_ byte: UInt8) {
    put(Self.hexDigit(byte &>> 4))
    put(Self.hexDigit(byte & 15))
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble
  }

  private mutating func putDecimal(_ value: UInt64) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = value
    var length = 0
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      digits[length] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
      length += 1
    } while rest > 0
    while length > 0 {
      length -= 1
      put(digits[length])
    }
  }
}
