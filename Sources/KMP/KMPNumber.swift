import Bytes

/// A number of KMP: an integer without sign, and a byte with the signs and the decimal exponent.
///
/// Value = (-1)^bit 7 * integer * 10^((-1)^bit 6 * bits 0...5).
public struct KMPNumber: Equatable, Sendable {
  /// At most eight bytes of it are sent.
  public var magnitude: UInt64
  public var isNegative: Bool
  /// -63...63.
  public var exponent: Int8

  public init(_ value: Int64, exponent: Int8) {
    magnitude = value.magnitude
    isNegative = value < 0
    self.exponent = exponent
  }

  /// From the sign and exponent byte and the integer.
  public init(magnitude: UInt64, signs: UInt8) {
    self.magnitude = magnitude
    isNegative = signs & 0x80 != 0
    let digits = Int8(signs & 0x3F)
    exponent = signs & 0x40 != 0 ? -digits : digits
  }

  /// The sign and exponent byte.
  public var signs: UInt8 {
    UInt8(min(exponent.magnitude, 63)) | (exponent < 0 ? 0x40 : 0) | (isNegative ? 0x80 : 0)
  }

  /// value * 10^-target, rounded toward zero; nil where it does not fit.
  public func scaled(to target: Int8) -> Int64? {
    var value = magnitude
    var shift = Int(exponent) - Int(target)
    while shift > 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
      shift -= 1
    }
    while shift < 0, value > 0 {
      value /= 10
      shift += 1
    }
    guard value <= UInt64(Int64.max) else { return nil }
    return isNegative ? -Int64(value) : Int64(value)
  }
}

/// What a register says: unit, width and number, or up to sixteen raw bytes.
public struct KMPValue: Equatable, Sendable {
  public var unit: KMPUnit
  /// Bytes of the integer, 1...16.
  public var width: UInt8
  public var number: KMPNumber
  /// Bytes of a time or a text, in the order of the value; nil for numbers.
  public var raw: InlineArray<16, UInt8>?

  /// A number; one that does not fit its width loses its high bytes, as registers roll over.
  public init(_ unit: KMPUnit, _ value: Int64, exponent: Int8 = 0, width: UInt8 = 4) {
    self.unit = unit
    self.width = min(max(width, 1), 8)
    number = KMPNumber(value, exponent: exponent)
  }

  /// Eight bytes of a clock.
  public init(_ clock: KMPClock, quality: Bool = false) {
    unit = quality ? .realTimeClockQuality : .realTimeClock
    width = 8
    number = KMPNumber(0, exponent: 0)
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    let value = clock.registerBytes
    for k in 0..<8 { bytes[k] = value[k] }
    raw = bytes
  }

  /// Up to sixteen characters.
  public init(text: Span<UInt8>) {
    unit = .text
    width = UInt8(min(max(text.count, 1), 16))
    number = KMPNumber(0, exponent: 0)
    var bytes = InlineArray<16, UInt8>(repeating: UInt8(ascii: " "))
    for k in text.indices where k < 16 { bytes[k] = text[k] }
    raw = bytes
  }

  /// Unit, width, signs.
  public func writeHead(into writer: inout ByteWriter) throws(BytesError) {
    try writer.bigEndian(unit.rawValue)
    try writer.bigEndian(width)
    try writer.bigEndian(raw == nil ? number.signs : 0)
  }

  /// The value alone, as columns of a log carry it.
  public func writeValue(into writer: inout ByteWriter) throws(BytesError) {
    if let raw {
      try writer.append(raw.span.extracting(0..<Int(width)))
    } else {
      try writer.bigEndian(number.magnitude, byteCount: Int(width))
    }
  }

  public static func == (a: KMPValue, b: KMPValue) -> Bool {
    guard a.unit == b.unit, a.width == b.width, a.number == b.number else { return false }
    guard let x = a.raw, let y = b.raw else { return (a.raw == nil) == (b.raw == nil) }
    for k in 0..<16 where x[k] != y[k] { return false }
    return true
  }
}

/// A time in KMP. Registers and requests for records carry it in opposite orders.
public struct KMPClock: Equatable, Sendable {
  /// Bits of `flags`.
  public static var daylightSaving: UInt8 { 0x01 }
  public static var valid: UInt8 { 0x02 }
  /// The time comes from the memory, not from the clock.
  public static var fromMemory: UInt8 { 0x04 }

  public var flags: UInt8
  /// 1 Monday to 7 Sunday.
  public var weekday: UInt8
  public var second: UInt8
  public var minute: UInt8
  public var hour: UInt8
  public var day: UInt8
  public var month: UInt8
  /// Years since 2000.
  public var year: UInt8

  public init(
    flags: UInt8, weekday: UInt8, second: UInt8, minute: UInt8, hour: UInt8, day: UInt8,
    month: UInt8, year: UInt8
  ) {
    (self.flags, self.weekday, self.second, self.minute) = (flags, weekday, second, minute)
    (self.hour, self.day, self.month, self.year) = (hour, day, month, year)
  }

  /// As registers of the units 53 and 63: flags, weekday, s, m, h, day, month, year.
  public var registerBytes: InlineArray<8, UInt8> {
    [flags, weekday, second, minute, hour, day, month, year]
  }

  /// Reads eight bytes in the order of registers; nil for another length.
  public init?(register bytes: Span<UInt8>) {
    guard bytes.count == 8 else { return nil }
    self.init(
      flags: bytes[0], weekday: bytes[1], second: bytes[2], minute: bytes[3], hour: bytes[4],
      day: bytes[5], month: bytes[6], year: bytes[7])
  }

  /// As requests for records: year, month, day, h, m, s, weekday, flags.
  public var requestBytes: InlineArray<8, UInt8> {
    [year, month, day, hour, minute, second, weekday, flags]
  }

  /// Reads eight bytes in the order of requests; nil for another length.
  public init?(request bytes: Span<UInt8>) {
    guard bytes.count == 8 else { return nil }
    self.init(
      flags: bytes[7], weekday: bytes[6], second: bytes[5], minute: bytes[4], hour: bytes[3],
      day: bytes[2], month: bytes[1], year: bytes[0])
  }
}
