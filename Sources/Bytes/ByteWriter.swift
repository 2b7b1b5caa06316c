/// A checked cursor that fills a bounded run of bytes.
///
/// Every write either fits whole or throws `BytesError.full` and changes nothing.
public struct ByteWriter: ~Copyable, ~Escapable {
  private var bytes: MutableSpan<UInt8>
  /// Bytes written so far.
  public private(set) var count: Int = 0

  @_lifetime(copy bytes)
  public init(_ bytes: consuming MutableSpan<UInt8>) { self.bytes = bytes }

  /// Bytes that still fit.
  public var room: Int { bytes.count - count }

  /// Appends an integer, least significant byte first.
  @_lifetime(self: copy self)
  public mutating func littleEndian<T: FixedWidthInteger & UnsignedInteger>(
    _ value: T
  ) throws(BytesError) {
    try littleEndian(UInt64(truncatingIfNeeded: value), byteCount: T.bitWidth / 8)
  }

  /// Appends an integer, most significant byte first.
  @_lifetime(self: copy self)
  public mutating func bigEndian<T: FixedWidthInteger & UnsignedInteger>(
    _ value: T
  ) throws(BytesError) {
    try bigEndian(UInt64(truncatingIfNeeded: value), byteCount: T.bitWidth / 8)
  }

  /// Appends the low 1 to 8 bytes of a number, least significant first; higher bytes are dropped.
  @_lifetime(self: copy self)
  public mutating func littleEndian(_ value: UInt64, byteCount: Int) throws(BytesError) {
    precondition(byteCount >= 0 && byteCount <= 8)
    guard room >= byteCount else { throw .full }
    var v = value
    for _ in 0..<byteCount {
      bytes[count] = UInt8(truncatingIfNeeded: v)
      v = v &>> 8
      count += 1
    }
  }

  /// Appends the low 1 to 8 bytes of a number, most significant first; higher bytes are dropped.
  @_lifetime(self: copy self)
  public mutating func bigEndian(_ value: UInt64, byteCount: Int) throws(BytesError) {
    precondition(byteCount >= 0 && byteCount <= 8)
    guard room >= byteCount else { throw .full }
    var i = count + byteCount
    var v = value
    while i > count {
      i -= 1
      bytes[i] = UInt8(truncatingIfNeeded: v)
      v = v &>> 8
    }
    count += byteCount
  }

  /// Appends bytes.
  @_lifetime(self: copy self)
  public mutating func append(_ source: Span<UInt8>) throws(BytesError) {
    guard room >= source.count else { throw .full }
    for i in source.indices { bytes[count + i] = source[i] }
    count += source.count
  }

  /// Appends `byte` until `end` bytes are written in all.
  @_lifetime(self: copy self)
  public mutating func fill(_ byte: UInt8, upTo end: Int) throws(BytesError) {
    guard end <= bytes.count else { throw .full }
    while count < end {
      bytes[count] = byte
      count += 1
    }
  }
}
