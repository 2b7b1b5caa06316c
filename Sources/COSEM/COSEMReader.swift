import Bytes
import Quantities

/// One thing that a reader meets: a simple value, or the beginning of a composed one.
public enum COSEMElement: Equatable, Sendable {
  case null
  case boolean(Bool)
  /// Any signed type; delta types, too.
  case signed(COSEMType, Int64)
  /// Any unsigned type; enumerations and BCD, too.
  case unsigned(COSEMType, UInt64)
  /// The bits of a binary32 or binary64 number.
  case float(COSEMType, UInt64)
  /// Where the bytes of a string, date or time stand in what is read.
  case string(COSEMType, Range<Int>)
  /// Bits, and where they stand, the highest first.
  case bits(count: Int, Range<Int>)
  /// So many elements follow.
  case array(Int)
  case structure(Int)
  /// Where type description and contents stand; see `CompactArrayReader`.
  case compactArray(description: Range<Int>, contents: Range<Int>)
}

/// Reads data in A-XDR element by element, without allocating.
///
/// Whatever the bytes are, a reader takes time in proportion to them: a count above the number of
/// bytes left is refused at once, as is what nests deeper than `depthMax`.
public struct COSEMReader: ~Escapable {
  /// Composed values within each other.
  public static let depthMax = 12
  /// Elements of one array or structure.
  public static let elementsMax = 65_535

  private var reader: ByteReader
  /// Elements that are still to come on each level.
  private var open = InlineArray<12, UInt16>(repeating: 0)
  private var depth = 0

  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { reader = ByteReader(bytes) }

  /// All bytes.
  public var bytes: Span<UInt8> {
    @_lifetime(copy self)
    get { reader.bytes }
  }
  /// Bytes taken.
  public var offset: Int { reader.offset }
  /// Bytes not yet taken.
  public var remaining: Int { reader.remaining }
  /// The value that was begun is complete.
  public var isComplete: Bool { depth == 0 }

  /// A part of what is read.
  @_lifetime(copy self)
  public func part(_ range: Range<Int>) -> Span<UInt8> { reader.bytes.extracting(range) }

  @_lifetime(self: copy self)
  private mutating func number(_ byteCount: Int) throws(COSEMError) -> UInt64 {
    do throws(BytesError) {
      return try reader.bigEndian(byteCount: byteCount)
    } catch { throw .truncated }
  }

  /// A length; never more than there are bytes or bits left.
  @_lifetime(self: copy self)
  private mutating func length() throws(COSEMError) -> Int {
    let first = try number(1)
    if first < 0x80 { return Int(first) }
    let byteCount = Int(first & 0x7F)
    guard byteCount >= 1, byteCount <= 4 else { throw .outOfRange }
    return Int(truncatingIfNeeded: try number(byteCount))
  }

  @_lifetime(self: copy self)
  private mutating func run(_ count: Int) throws(COSEMError) -> Range<Int> {
    guard count >= 0, count <= reader.remaining else { throw .truncated }
    let start = reader.offset
    do throws(BytesError) { try reader.skip(count) } catch { throw .truncated }
    return start..<(start + count)
  }

  /// Takes the next element.
  @_lifetime(self: copy self)
  public mutating func next() throws(COSEMError) -> COSEMElement {
    while depth > 0 && open[depth - 1] == 0 { depth -= 1 }
    let tag = UInt8(truncatingIfNeeded: try number(1))
    guard let type = COSEMType(rawValue: tag) else { throw .unknownType }
    if depth > 0 { open[depth - 1] -= 1 }
    let element = try value(type)
    while depth > 0 && open[depth - 1] == 0 { depth -= 1 }
    return element
  }

  @_lifetime(self: copy self)
  private mutating func value(_ type: COSEMType) throws(COSEMError) -> COSEMElement {
    switch type {
    case .array: return .array(try enter())
    case .structure: return .structure(try enter())
    case .compactArray:
      let start = reader.offset
      try passDescription(depth: 0)
      let end = reader.offset
      return .compactArray(description: start..<end, contents: try run(try length()))
    case .bitString:
      let count = try length()
      return .bits(count: count, try run((count + 7) / 8))
    case .octetString, .visibleString, .utf8String:
      return .string(type, try run(try length()))
    default: return try simple(type)
    }
  }

  @_lifetime(self: copy self)
  private mutating func simple(_ type: COSEMType) throws(COSEMError) -> COSEMElement {
    let byteCount = type.byteCount ?? 0
    switch type {
    case .null: return .null
    case .dateTime, .date, .time: return .string(type, try run(byteCount))
    case .boolean: return .boolean(try number(1) != 0)
    case .float32, .float64: return .float(type, try number(byteCount))
    default:
      let value = try number(byteCount)
      guard type.isSigned else { return .unsigned(type, value) }
      let shift = UInt64(64 - byteCount * 8)
      return .signed(type, Int64(bitPattern: value &<< shift) &>> Int64(shift))
    }
  }

  @_lifetime(self: copy self)
  private mutating func enter() throws(COSEMError) -> Int {
    let count = try length()
    guard count <= Self.elementsMax, count <= reader.remaining else { throw .tooMany }
    guard depth < Self.depthMax else { throw .tooDeep }
    open[depth] = UInt16(truncatingIfNeeded: count)
    depth += 1
    return count
  }

  /// Passes over the type description of a compact array.
  @_lifetime(self: copy self)
  private mutating func passDescription(depth: Int) throws(COSEMError) {
    guard depth < Self.depthMax else { throw .tooDeep }
    let tag = UInt8(truncatingIfNeeded: try number(1))
    guard let type = COSEMType(rawValue: tag) else { throw .unknownType }
    switch type {
    case .array:
      _ = try number(2)
      try passDescription(depth: depth + 1)
    case .structure:
      let count = try length()
      guard count <= reader.remaining else { throw .tooMany }
      for _ in 0..<count { try passDescription(depth: depth + 1) }
    case .compactArray: throw .unknownType
    default: break
    }
  }

  // MARK: what is expected

  /// Passes over one value, with all that is in it.
  @_lifetime(self: copy self)
  public mutating func skip() throws(COSEMError) {
    // `next` leaves a level as soon as its last element has been taken.
    var left = 1
    while left > 0 {
      left -= 1
      switch try next() {
      case .array(let count), .structure(let count): left += count
      default: break
      }
    }
  }

  /// Takes a structure of so many elements.
  @_lifetime(self: copy self)
  public mutating func structure(_ count: Int) throws(COSEMError) {
    guard try next() == .structure(count) else { throw .otherType }
  }

  /// Takes any number within a range.
  @_lifetime(self: copy self)
  public mutating func integer(in range: ClosedRange<Int64>) throws(COSEMError) -> Int64 {
    let value: Int64
    switch try next() {
    case .signed(_, let number): value = number
    case .unsigned(_, let number):
      guard number <= UInt64(Int64.max) else { throw .outOfRange }
      value = Int64(number)
    default: throw .otherType
    }
    guard range.contains(value) else { throw .outOfRange }
    return value
  }

  /// Takes a logical name.
  @_lifetime(self: copy self)
  public mutating func logicalName() throws(COSEMError) -> OBISCode {
    guard case .string(.octetString, let range) = try next(), range.count == 6 else {
      throw .otherType
    }
    let b = part(range)
    return OBISCode(b[0], b[1], b[2], b[3], b[4], b[5])
  }

  /// Takes a date and time: of twelve bytes, as an octet string or of its own type.
  @_lifetime(self: copy self)
  public mutating func dateTime() throws(COSEMError) -> COSEMDateTime {
    switch try next() {
    case .string(.octetString, let range), .string(.dateTime, let range):
      return try COSEMDateTime(parsing: part(range))
    default: throw .otherType
    }
  }
}
