/// Reads the contents of a compact array (IEC 62056-6-2, 4.1.5): values without tags, whose types
/// stand once in front.
///
/// The elements come as from a `COSEMReader`; each element of the array begins anew with the
/// description. A description that takes no byte of the contents is refused, and so is an array of
/// parts that need none: arrays of such arrays would go on for ever.
public struct CompactArrayReader: ~Escapable {
  private struct Level {
    /// Where the next part of the description stands.
    var at: Int
    var left: Int
    /// An array repeats its one part.
    var isArray: Bool
  }

  private let description: Span<UInt8>
  private let contents: Span<UInt8>
  private var at = 0
  private var levels: InlineArray<12, Level>
  private var depth = 0
  private var elementStart = 0

  /// - Parameters:
  ///   - description: as a `COSEMReader` has found it.
  ///   - contents: likewise.
  @_lifetime(copy description, copy contents)
  public init(description: Span<UInt8>, contents: Span<UInt8>) {
    self.description = description
    self.contents = contents
    levels = InlineArray(repeating: Level(at: 0, left: 0, isArray: false))
  }

  /// Nothing is left.
  public var isAtEnd: Bool { depth == 0 && at >= contents.count }

  /// The bytes of a string that was read.
  @_lifetime(copy self)
  public func part(_ range: Range<Int>) -> Span<UInt8> { contents.extracting(range) }

  /// The next element, nil at the end.
  @_lifetime(self: copy self)
  public mutating func next() throws(COSEMError) -> COSEMElement? {
    close()
    var place = 0
    if depth == 0 {
      if at >= contents.count { return nil }
      elementStart = at
    } else {
      place = levels[depth - 1].at
      levels[depth - 1].left -= 1
      if !levels[depth - 1].isArray { levels[depth - 1].at = try end(of: place, depth: 0) }
    }
    let element = try value(place)
    close()
    // An element without a byte would come again for ever.
    if depth == 0 && at == elementStart { throw .tooMany }
    return element
  }

  @_lifetime(self: copy self)
  private mutating func close() {
    while depth > 0 && levels[depth - 1].left == 0 { depth -= 1 }
  }

  @_lifetime(self: copy self)
  private mutating func value(_ place: Int) throws(COSEMError) -> COSEMElement {
    guard place < description.count, let type = COSEMType(rawValue: description[place]) else {
      throw .unknownType
    }
    switch type {
    case .array:
      guard place + 3 < description.count else { throw .truncated }
      let count = Int(description[place + 1]) << 8 | Int(description[place + 2])
      guard count <= contents.count - at else { throw .tooMany }
      if count > 0, try !needsByte(place + 3, depth: 0) { throw .tooMany }
      try enter(Level(at: place + 3, left: count, isArray: true))
      return .array(count)
    case .structure:
      let (count, first) = try count(at: place + 1)
      try enter(Level(at: first, left: count, isArray: false))
      return .structure(count)
    case .octetString, .visibleString, .utf8String:
      let (count, first) = try Self.length(contents, at)
      guard count <= contents.count - first else { throw .truncated }
      at = first + count
      return .string(type, first..<at)
    case .bitString:
      let (count, first) = try Self.length(contents, at)
      let byteCount = (count + 7) / 8
      guard byteCount <= contents.count - first else { throw .truncated }
      at = first + byteCount
      return .bits(count: count, first..<at)
    case .compactArray: throw .unknownType
    default: return try simple(type)
    }
  }

  @_lifetime(self: copy self)
  private mutating func simple(_ type: COSEMType) throws(COSEMError) -> COSEMElement {
    let byteCount = type.byteCount ?? 0
    guard byteCount <= contents.count - at else { throw .truncated }
    let start = at
    at += byteCount
    switch type {
    case .null: return .null
    case .dateTime, .date, .time: return .string(type, start..<at)
    default: break
    }
    var value: UInt64 = 0
    for i in start..<at { value = value << 8 | UInt64(contents[i]) }
    switch type {
    case .boolean: return .boolean(value != 0)
    case .float32, .float64: return .float(type, value)
    default:
      guard type.isSigned else { return .unsigned(type, value) }
      let shift = UInt64(64 - byteCount * 8)
      return .signed(type, Int64(bitPattern: value &<< shift) &>> Int64(shift))
    }
  }

  @_lifetime(self: copy self)
  private mutating func enter(_ level: Level) throws(COSEMError) {
    guard depth < COSEMReader.depthMax else { throw .tooDeep }
    levels[depth] = level
    depth += 1
  }

  // MARK: description

  private func count(at place: Int) throws(COSEMError) -> (Int, Int) {
    let found = try Self.length(description, place)
    guard found.0 <= description.count else { throw .tooMany }
    return found
  }

  private static func length(_ bytes: Span<UInt8>, _ at: Int) throws(COSEMError) -> (Int, Int) {
    guard at < bytes.count else { throw .truncated }
    let first = bytes[at]
    if first < 0x80 { return (Int(first), at + 1) }
    let byteCount = Int(first & 0x7F)
    guard byteCount >= 1, byteCount <= 4, at + byteCount < bytes.count else { throw .truncated }
    var value = 0
    for i in 1...byteCount { value = value << 8 | Int(bytes[at + i]) }
    return (value, at + 1 + byteCount)
  }

  /// Whether whatever a part of the description describes takes at least one byte.
  private func needsByte(_ place: Int, depth: Int) throws(COSEMError) -> Bool {
    guard depth < COSEMReader.depthMax else { throw .tooDeep }
    guard place < description.count, let type = COSEMType(rawValue: description[place]) else {
      throw .unknownType
    }
    switch type {
    case .null: return false
    case .array:
      guard place + 3 < description.count else { throw .truncated }
      if description[place + 1] == 0 && description[place + 2] == 0 { return false }
      return try needsByte(place + 3, depth: depth + 1)
    case .structure:
      var (count, next) = try count(at: place + 1)
      while count > 0 {
        if try needsByte(next, depth: depth + 1) { return true }
        next = try end(of: next, depth: depth + 1)
        count -= 1
      }
      return false
    default: return true
    }
  }

  /// The place behind a part of the description.
  private func end(of place: Int, depth: Int) throws(COSEMError) -> Int {
    guard depth < COSEMReader.depthMax else { throw .tooDeep }
    guard place < description.count, let type = COSEMType(rawValue: description[place]) else {
      throw .unknownType
    }
    switch type {
    case .array: return try end(of: place + 3, depth: depth + 1)
    case .structure:
      var (count, next) = try count(at: place + 1)
      while count > 0 {
        next = try end(of: next, depth: depth + 1)
        count -= 1
      }
      return next
    default: return place + 1
    }
  }
}
