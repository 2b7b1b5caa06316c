import Bytes

/// The head of a record to be written: what its value is of, and its value information.
public struct RecordHead: Equatable, Sendable {
  /// VIF and VIFEs as one number, the first byte in the highest place that is not zero; up to 8.
  public var code: UInt64
  public var function = DataRecord.Function.instantaneous
  /// Up to 41 bits.
  public var storage: UInt64 = 0
  /// Up to 20 bits.
  public var tariff: UInt32 = 0
  /// Up to 10 bits.
  public var subunit: UInt16 = 0

  /// - Parameter code: VIF and VIFEs, as `0x06` for kWh or `0xFD48` for tenths of a volt.
  public init(
    _ code: UInt64, _ function: DataRecord.Function = .instantaneous, storage: UInt64 = 0,
    tariff: UInt32 = 0, subunit: UInt16 = 0
  ) {
    self.code = code
    self.function = function
    self.storage = storage
    self.tariff = tariff
    self.subunit = subunit
  }

  /// Bytes of the value information, one or more.
  var codeBytes: Int { max(1, (64 - code.leadingZeroBitCount + 7) / 8) }

  /// DIFEs that storage, tariff and subunit need.
  var difeCount: Int {
    let storage = (64 - (self.storage >> 1).leadingZeroBitCount + 3) / 4
    let tariff = (32 - self.tariff.leadingZeroBitCount + 1) / 2
    let subunit = 16 - self.subunit.leadingZeroBitCount
    return min(10, max(storage, tariff, subunit))
  }
}

/// Writes records into a bounded run of bytes; a record that does not fit whole changes nothing
/// and throws `BytesError.full`.
public struct RecordWriter: ~Copyable, ~Escapable {
  private var writer: ByteWriter

  @_lifetime(copy bytes)
  public init(_ bytes: consuming MutableSpan<UInt8>) { writer = ByteWriter(bytes) }

  /// Bytes written so far.
  public var count: Int { writer.count }
  /// Bytes that still fit.
  public var room: Int { writer.room }

  /// Writes a whole number.
  ///
  /// - Parameters:
  ///   - value: must fit the length, else its higher bytes are lost.
  ///   - byteCount: 1, 2, 3, 4, 6 or 8.
  @_lifetime(self: copy self)
  public mutating func integer(
    _ head: RecordHead, _ value: Int64, byteCount: Int
  ) throws(BytesError) {
    let coding: UInt8 =
      switch byteCount {
      case 1...4: UInt8(byteCount)
      case 6: 6
      default: 7
      }
    try begin(head, coding, dataBytes: byteCount)
    try writer.littleEndian(UInt64(bitPattern: value), byteCount: byteCount)
  }

  /// Writes digits, one a nibble.
  ///
  /// - Parameters:
  ///   - digits: the last digit in the lowest nibble.
  ///   - byteCount: 1, 2, 3, 4 or 6.
  @_lifetime(self: copy self)
  public mutating func decimal(
    _ head: RecordHead, digits: UInt64, byteCount: Int
  ) throws(BytesError) {
    try begin(head, UInt8(byteCount == 6 ? 14 : byteCount + 8), dataBytes: byteCount)
    try writer.littleEndian(digits, byteCount: byteCount)
  }

  /// Writes a date (G), or a date with time (F, or I with seconds).
  ///
  /// - Parameter byteCount: 2, 4 or 6.
  @_lifetime(self: copy self)
  public mutating func time(
    _ head: RecordHead, _ time: RecordTime, byteCount: Int
  ) throws(BytesError) {
    let bits: UInt64 =
      switch byteCount {
      case 2: UInt64(time.typeG)
      case 4: UInt64(time.typeF)
      default: time.typeI
      }
    try begin(head, UInt8(byteCount), dataBytes: byteCount)
    try writer.littleEndian(bits, byteCount: byteCount)
  }

  /// Writes a text of up to 191 characters; it is sent with its last character first.
  @_lifetime(self: copy self)
  public mutating func text(_ head: RecordHead, _ text: Span<UInt8>) throws(BytesError) {
    let count = min(text.count, 0xBF)
    try begin(head, 13, dataBytes: count + 1)
    try writer.littleEndian(UInt8(truncatingIfNeeded: count))
    for i in 0..<count { try writer.littleEndian(text[count - 1 - i]) }
  }

  /// Writes a head without data, as a request for a selection asks for it.
  @_lifetime(self: copy self)
  public mutating func selection(_ head: RecordHead) throws(BytesError) {
    try begin(head, 8, dataBytes: 0)
  }

  /// Writes the manufacturer's own bytes, which end a telegram.
  ///
  /// - Parameter moreFollow: the telegram says that another one follows.
  @_lifetime(self: copy self)
  public mutating func manufacturer(
    _ bytes: Span<UInt8>, moreFollow: Bool = false
  ) throws(BytesError) {
    guard writer.room > bytes.count else { throw .full }
    try writer.littleEndian(moreFollow ? 0x1F : 0x0F as UInt8)
    try writer.append(bytes)
  }

  /// Writes bytes that are records already.
  @_lifetime(self: copy self)
  public mutating func append(_ records: Span<UInt8>) throws(BytesError) {
    try writer.append(records)
  }

  /// Writes fillers until `end` bytes stand in all.
  @_lifetime(self: copy self)
  public mutating func fill(upTo end: Int) throws(BytesError) {
    try writer.fill(0x2F, upTo: end)
  }

  @_lifetime(self: copy self)
  private mutating func begin(
    _ head: RecordHead, _ coding: UInt8, dataBytes: Int
  ) throws(BytesError) {
    let difes = head.difeCount
    guard writer.room >= 1 + difes + head.codeBytes + dataBytes else { throw .full }
    var dif = coding | head.function.rawValue << 4 | UInt8(head.storage & 1) << 6
    if difes > 0 { dif |= 0x80 }
    try writer.littleEndian(dif)
    for i in 0..<difes {
      var dife = UInt8(head.storage >> UInt64(1 + 4 * i) & 15)
      dife |= UInt8(head.tariff >> UInt32(2 * i) & 3) << 4
      dife |= UInt8(head.subunit >> UInt16(i) & 1) << 6
      if i + 1 < difes { dife |= 0x80 }
      try writer.littleEndian(dife)
    }
    try writer.bigEndian(head.code, byteCount: head.codeBytes)
  }
}
