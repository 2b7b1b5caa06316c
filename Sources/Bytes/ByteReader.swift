/// What can go wrong between values and a bounded run of bytes.
public enum BytesError: Error, Equatable, Sendable {
  /// Fewer bytes are left than were asked for; nothing was taken.
  case truncated
  /// Less room is left than is needed; nothing was written.
  case full
}

/// A checked cursor over received or stored bytes.
///
/// Every read either succeeds whole or throws `BytesError.truncated` and leaves the cursor where
/// it was. The reader does not own the bytes and cannot outlive them.
public struct ByteReader: ~Escapable {
  /// All bytes, taken or not.
  public let bytes: Span<UInt8>
  /// Bytes taken so far, 0...bytes.count.
  public private(set) var offset: Int = 0

  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// Bytes not yet taken.
  public var remaining: Int { bytes.count - offset }

  /// Takes an integer, least significant byte first.
  @_lifetime(self: copy self)
  public mutating func littleEndian<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type = T.self
  ) throws(BytesError) -> T {
    T(truncatingIfNeeded: try littleEndian(byteCount: T.bitWidth / 8))
  }

  /// Takes an integer, most significant byte first.
  @_lifetime(self: copy self)
  public mutating func bigEndian<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type = T.self
  ) throws(BytesError) -> T {
    T(truncatingIfNeeded: try bigEndian(byteCount: T.bitWidth / 8))
  }

  /// Takes an integer of 1 to 8 bytes, least significant byte first.
  @_lifetime(self: copy self)
  public mutating func littleEndian(byteCount: Int) throws(BytesError) -> UInt64 {
    precondition(byteCount >= 0 && byteCount <= 8)
    guard remaining >= byteCount else { throw .truncated }
    var value: UInt64 = 0
    var i = offset + byteCount
    while i > offset {
      i -= 1
      value = (value &<< 8) | UInt64(truncatingIfNeeded: bytes[i])
    }
    offset += byteCount
    return value
  }

  /// Takes an integer of 1 to 8 bytes, most significant byte first.
  @_lifetime(self: copy self)
  public mutating func bigEndian(byteCount: Int) throws(BytesError) -> UInt64 {
    precondition(byteCount >= 0 && byteCount <= 8)
    guard remaining >= byteCount else { throw .truncated }
    var value: UInt64 = 0
    for i in offset..<(offset + byteCount) {
      value = (value &<< 8) | UInt64(truncatingIfNeeded: bytes[i])
    }
    offset += byteCount
    return value
  }

  /// Takes `count` bytes as a view.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func take(_ count: Int) throws(BytesError) -> Span<UInt8> {
    guard count >= 0, count <= remaining else { throw .truncated }
    let view = bytes.extracting(offset..<(offset + count))
    offset += count
    return view
  }

  /// Passes over `count` bytes.
  @_lifetime(self: copy self)
  public mutating func skip(_ count: Int) throws(BytesError) {
    guard count >= 0, count <= remaining else { throw .truncated }
    offset += count
  }
}
