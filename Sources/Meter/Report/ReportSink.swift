/// Where report lines go: a serial port, a file, a test.
public protocol ReportSink: ~Copyable {
  /// Takes a whole line of ASCII, its line feed included.
  mutating func write(_ line: Span<UInt8>)
}

/// One line of a report, collected in place: fields of ASCII with one blank between them.
///
/// The methods stay out of line: they are called from many places that need no speed.
struct ReportText: ~Copyable {
  private var bytes = InlineArray<176, UInt8>(repeating: 0)
  private var count = 1

  /// A line that begins with a letter.
  init(_ letter: UInt8) { bytes[0] = letter }

  /// Adds a decimal number.
  @inline(never)
  mutating func add(_ value: UInt64) {
    put(0x20)
    var divisor: UInt64 = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      put(0x30 &+ UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  /// Adds a decimal number with a minus sign where it is negative.
  @inline(never)
  mutating func add(_ value: Int64) {
    add(value.magnitude)
    guard value < 0 else { return }
    var at = count
    put(0)
    while bytes[at - 1] != 0x20 {
      bytes[at] = bytes[at - 1]
      at -= 1
    }
    bytes[at] = 0x2D
  }

  /// Adds bytes as hexadecimal digits.
  @inline(never)
  mutating func add(hex value: Span<UInt8>) {
    put(0x20)
    for n in value.indices {
      put(Self.digit(value[n] &>> 4))
      put(Self.digit(value[n] & 15))
    }
  }

  @inline(never)
  consuming func send(to sink: inout some ReportSink & ~Copyable) {
    put(0x0A)
    sink.write(bytes.span.extracting(0..<count))
  }

  @inline(never)
  private mutating func put(_ byte: UInt8) {
    guard count < bytes.count else { return }
    bytes[count] = byte
    count += 1
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble
  }
}
