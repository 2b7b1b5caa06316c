import Quantities

/// Writes data in A-XDR (IEC 62056-6-2 types, IEC 61334-6 encoding) straight into a bounded run of
/// bytes, and tells where it has to go on when they are full.
///
/// Whoever writes a long value writes it by rows, from any row on. The first `skip` bytes are
/// passed over: they went out before. What does not fit any more is counted, not kept, so that the
/// caller may finish its row and look at `isFull` then.
///
/// ```swift
/// writer.begin(row: n)
/// writer.structure(2)
/// writer.octets(stamp.span)
/// writer.doubleLongUnsigned(value)
/// if writer.isFull { return }   // go on at writer.row, writer.rowBytes
/// ```
public struct COSEMWriter: ~Copyable, ~Escapable {
  private var bytes: MutableSpan<UInt8>
  /// Bytes written.
  public private(set) var count = 0
  /// Bytes still to be passed over.
  private var skip: Int
  /// Bytes produced since this writer began, whether passed over, written or lost.
  private var position = 0
  private var fullAt: Int?
  private var rowStart = 0
  /// The row that is being written.
  public private(set) var row: UInt32

  /// - Parameters:
  ///   - row: the first row that will be written.
  ///   - skip: bytes of it that went out before.
  @_lifetime(copy bytes)
  public init(_ bytes: consuming MutableSpan<UInt8>, row: UInt32 = 0, skip: Int = 0) {
    self.bytes = bytes
    self.row = row
    self.skip = max(0, skip)
  }

  /// Something did not fit.
  public var isFull: Bool { fullAt != nil }
  /// Bytes of the present row that have been written or had been before.
  public var rowBytes: Int { (fullAt ?? position) - rowStart }
  /// Bytes that still fit.
  public var room: Int { bytes.count - count }

  /// A row begins. Once the writer is full it keeps its place.
  @_lifetime(self: copy self)
  public mutating func begin(row: UInt32) {
    if isFull { return }
    self.row = row
    rowStart = position
  }

  /// Another value begins, of which so much went out before.
  @_lifetime(self: copy self)
  public mutating func begin(item row: UInt32, skip: Int) {
    if isFull { return }
    self.row = row
    self.skip = max(0, skip)
    rowStart = position
  }

  // MARK: bytes

  /// Writes one byte without a tag.
  @_lifetime(self: copy self)
  public mutating func byte(_ value: UInt8) {
    if skip > 0 {
      skip -= 1
    } else if count < bytes.count {
      bytes[count] = value
      count += 1
    } else if fullAt == nil {
      fullAt = position
    }
    position += 1
  }

  /// Writes the low `byteCount` bytes of a number, the highest first.
  @_lifetime(self: copy self)
  public mutating func number(_ value: UInt64, byteCount: Int) {
    if skip == 0, count + byteCount <= bytes.count {
      var shift = UInt64(byteCount &* 8)
      for i in 0..<byteCount {
        shift &-= 8
        bytes[count &+ i] = UInt8(truncatingIfNeeded: value &>> shift)
      }
      count &+= byteCount
      position &+= byteCount
      return
    }
    for i in 0..<byteCount {
      byte(UInt8(truncatingIfNeeded: value >> UInt64((byteCount - 1 - i) * 8)))
    }
  }

  /// Writes bytes without tag and length.
  @_lifetime(self: copy self)
  public mutating func raw(_ source: Span<UInt8>) {
    if skip == 0, count + source.count <= bytes.count {
      for i in source.indices { bytes[count &+ i] = source[i] }
      count &+= source.count
      position &+= source.count
      return
    }
    for i in source.indices { byte(source[i]) }
  }

  /// Writes a length: one byte up to 127, else the number of its bytes before it.
  @_lifetime(self: copy self)
  public mutating func length(_ n: Int) {
    let value = UInt64(clamping: n)
    if value < 0x80 {
      byte(UInt8(truncatingIfNeeded: value))
    } else if value < 0x100 {
      number(0x8100 | value, byteCount: 2)
    } else if value < 0x1_0000 {
      number(0x82_0000 | value, byteCount: 3)
    } else {
      number(0x84_0000_0000 | UInt64(UInt32(clamping: value)), byteCount: 5)
    }
  }

  @_lifetime(self: copy self)
  private mutating func tagged(_ type: COSEMType, _ value: UInt64, byteCount: Int) {
    if byteCount == 8 {
      byte(type.rawValue)
      number(value, byteCount: 8)
    } else {
      let mask = (UInt64(1) << UInt64(byteCount * 8)) &- 1
      number(
        UInt64(type.rawValue) << UInt64(byteCount * 8) | value & mask, byteCount: byteCount + 1)
    }
  }

  // MARK: values

  /// Nothing, or the same as before.
  @_lifetime(self: copy self)
  public mutating func null() { byte(0) }

  @_lifetime(self: copy self)
  public mutating func boolean(_ value: Bool) { tagged(.boolean, value ? 1 : 0, byteCount: 1) }

  @_lifetime(self: copy self)
  public mutating func integer(_ value: Int8) {
    tagged(.integer, UInt64(bitPattern: Int64(value)), byteCount: 1)
  }

  @_lifetime(self: copy self)
  public mutating func long(_ value: Int16) {
    tagged(.long, UInt64(bitPattern: Int64(value)), byteCount: 2)
  }

  @_lifetime(self: copy self)
  public mutating func doubleLong(_ value: Int32) {
    tagged(.doubleLong, UInt64(bitPattern: Int64(value)), byteCount: 4)
  }

  @_lifetime(self: copy self)
  public mutating func long64(_ value: Int64) {
    tagged(.long64, UInt64(bitPattern: value), byteCount: 8)
  }

  @_lifetime(self: copy self)
  public mutating func unsigned(_ value: UInt8) { tagged(.unsigned, UInt64(value), byteCount: 1) }

  @_lifetime(self: copy self)
  public mutating func longUnsigned(_ value: UInt16) {
    tagged(.longUnsigned, UInt64(value), byteCount: 2)
  }

  @_lifetime(self: copy self)
  public mutating func doubleLongUnsigned(_ value: UInt32) {
    tagged(.doubleLongUnsigned, UInt64(value), byteCount: 4)
  }

  @_lifetime(self: copy self)
  public mutating func long64Unsigned(_ value: UInt64) {
    tagged(.long64Unsigned, value, byteCount: 8)
  }

  @_lifetime(self: copy self)
  public mutating func enumeration(_ value: UInt8) {
    tagged(.enumeration, UInt64(value), byteCount: 1)
  }

  @_lifetime(self: copy self)
  public mutating func bcd(_ value: UInt8) { tagged(.bcd, UInt64(value), byteCount: 1) }

  /// - Parameter pattern: the bits of a binary32 number.
  @_lifetime(self: copy self)
  public mutating func float32(bits pattern: UInt32) {
    tagged(.float32, UInt64(pattern), byteCount: 4)
  }

  /// - Parameter pattern: the bits of a binary64 number.
  @_lifetime(self: copy self)
  public mutating func float64(bits pattern: UInt64) { tagged(.float64, pattern, byteCount: 8) }

  /// A difference from the last value of its column, in the form that `type` says.
  /// - Precondition: one of the six delta types.
  @_lifetime(self: copy self)
  public mutating func delta(_ type: COSEMType, _ value: Int64) {
    precondition(type.rawValue >= COSEMType.deltaInteger.rawValue, "not a delta type")
    tagged(type, UInt64(bitPattern: value), byteCount: type.byteCount ?? 1)
  }

  /// A string of the type that is named: octets, visible characters, UTF-8.
  @_lifetime(self: copy self)
  public mutating func string(_ type: COSEMType, _ value: Span<UInt8>) {
    byte(type.rawValue)
    length(value.count)
    raw(value)
  }

  @_lifetime(self: copy self)
  public mutating func octets(_ value: Span<UInt8>) { string(.octetString, value) }

  /// The text of a literal in ASCII.
  @_lifetime(self: copy self)
  public mutating func visible(_ text: StaticString) {
    byte(COSEMType.visibleString.rawValue)
    length(text.utf8CodeUnitCount)
    literal(text)
  }

  /// The characters of a literal as an octet string.
  @_lifetime(self: copy self)
  public mutating func octets(_ text: StaticString) {
    byte(COSEMType.octetString.rawValue)
    length(text.utf8CodeUnitCount)
    literal(text)
  }

  @_lifetime(self: copy self)
  private mutating func literal(_ text: StaticString) {
    for i in 0..<text.utf8CodeUnitCount { byte(text.utf8Start[i]) }
  }

  /// The low `bitCount` bits of a number, the highest first.
  /// - Parameter bitCount: 0...32.
  @_lifetime(self: copy self)
  public mutating func bits(_ value: UInt32, bitCount: Int) {
    byte(COSEMType.bitString.rawValue)
    length(bitCount)
    let byteCount = (bitCount + 7) / 8
    number(UInt64(value) << UInt64(byteCount * 8 - bitCount), byteCount: byteCount)
  }

  /// A logical name as an octet string.
  @_lifetime(self: copy self)
  public mutating func logicalName(_ obis: OBISCode) {
    number(0x0906, byteCount: 2)
    number(obis.packed, byteCount: 6)
  }

  /// A date and time as an octet string of twelve bytes.
  @_lifetime(self: copy self)
  public mutating func octets(_ time: COSEMDateTime) {
    number(0x090C, byteCount: 2)
    let (high, low) = time.words
    number(high, byteCount: 8)
    number(UInt64(low), byteCount: 4)
  }

  /// `count` values follow, all of one type.
  @_lifetime(self: copy self)
  public mutating func array(_ count: Int) {
    byte(COSEMType.array.rawValue)
    length(count)
  }

  /// `count` values follow.
  @_lifetime(self: copy self)
  public mutating func structure(_ count: Int) {
    byte(COSEMType.structure.rawValue)
    length(count)
  }

  /// Scaler and unit of a register.
  @_lifetime(self: copy self)
  public mutating func scalerUnit(_ scale: Int8, _ unit: UInt8) {
    structure(2)
    integer(scale)
    enumeration(unit)
  }

  /// Class, logical name, attribute and data index of something that is captured.
  @_lifetime(self: copy self)
  public mutating func captureObject(_ object: AttributeDescriptor, index: UInt16 = 0) {
    structure(4)
    longUnsigned(object.classID)
    logicalName(object.name)
    integer(Int8(truncatingIfNeeded: object.attribute))
    longUnsigned(index)
  }
}
