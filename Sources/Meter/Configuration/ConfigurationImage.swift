import PermanentMemory

/// A whole configuration as it lies in the memory: sections behind a head of four bytes.
///
/// | bytes | content |
/// |---|---|
/// | 0 | layout of the whole, 2 (1 is `FactoryRecord`) |
/// | 1..<4 | 0 |
/// | then | sections: number, layout, length (16 bit, low byte first), content |
///
/// Sections stand in the order of their numbers, each once. Sections that this program does not
/// know are kept as they are, so that a meter can go back to an older program and forth again.
/// The value is large: it lives on the stack of a start or a change and nowhere else.
struct ConfigurationImage: ~Copyable {
  static let capacity = 4592
  static let layout: UInt8 = 2
  static let headBytes = 4
  static let sectionHeadBytes = 4

  private(set) var bytes: InlineArray<4592, UInt8>
  private(set) var count: Int

  /// No sections.
  init() {
    bytes = InlineArray(repeating: 0)
    bytes[0] = Self.layout
    count = Self.headBytes
  }

  /// Room for a recovery; `accept` has to follow.
  var room: MutableSpan<UInt8> {
    @_lifetime(&self)
    mutating get { bytes.mutableSpan }
  }

  /// The bytes in use.
  var content: Span<UInt8> { bytes.span.extracting(0..<count) }

  /// Takes what was put into `room`.
  /// - Returns: false where it is no configuration of this layout; it is empty then.
  mutating func accept(length: Int) -> Bool {
    count = length
    if length >= Self.headBytes, bytes[0] == Self.layout,
      SectionCursor.isWellFormed(content.extracting(Self.headBytes...))
    {
      return true
    }
    self = ConfigurationImage()
    return false
  }

  /// Where the content of a section lies, and its layout.
  func find(_ number: UInt8) -> (range: Range<Int>, layout: UInt8)? {
    var cursor = SectionCursor(at: Self.headBytes)
    while let section = cursor.next(in: content) {
      if section.number == number { return (section.range, section.layout) }
    }
    return nil
  }

  /// Adds a section, or replaces it.
  /// - Returns: false, and nothing happens, where there is no room.
  mutating func set(_ number: UInt8, layout: UInt8, _ section: Span<UInt8>) -> Bool {
    var cursor = SectionCursor(at: Self.headBytes)
    var place = Self.headBytes
    var old = 0
    while let found = cursor.next(in: content), found.number <= number {
      if found.number == number {
        old = found.range.count + Self.sectionHeadBytes
      } else {
        place = found.range.upperBound
      }
    }
    let new = section.count + Self.sectionHeadBytes
    guard section.count <= 0xFFFF, count - old + new <= Self.capacity else { return false }
    move(from: place + old, to: place + new)
    bytes[place] = number
    bytes[place + 1] = layout
    bytes[place + 2] = UInt8(truncatingIfNeeded: section.count)
    bytes[place + 3] = UInt8(truncatingIfNeeded: section.count >> 8)
    for i in section.indices { bytes[place + Self.sectionHeadBytes + i] = section[i] }
    return true
  }

  /// Moves everything from one place on to another.
  private mutating func move(from: Int, to: Int) {
    let length = count - from
    if to < from {
      for i in 0..<length { bytes[to + i] = bytes[from + i] }
    } else if to > from {
      var i = length
      while i > 0 {
        i -= 1
        bytes[to + i] = bytes[from + i]
      }
    }
    count += to - from
  }
}

/// Walks along sections, in a configuration or in a change of one.
struct SectionCursor {
  private var offset: Int
  init(at offset: Int = 0) { self.offset = offset }

  struct Section {
    var number: UInt8
    var layout: UInt8
    var range: Range<Int>
  }

  /// The next section; nil behind the last one and where the bytes are no section.
  mutating func next(in bytes: Span<UInt8>) -> Section? {
    let start = offset + ConfigurationImage.sectionHeadBytes
    guard start <= bytes.count else { return nil }
    let end = start + (Int(bytes[offset + 2]) | Int(bytes[offset + 3]) << 8)
    guard end <= bytes.count else { return nil }
    defer { offset = end }
    return Section(number: bytes[offset], layout: bytes[offset + 1], range: start..<end)
  }

  /// True where the bytes are sections in the order of their numbers and nothing else.
  static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
    var cursor = SectionCursor()
    var last = -1
    while let section = cursor.next(in: bytes) {
      guard Int(section.number) > last else { return false }
      last = Int(section.number)
    }
    return cursor.offset == bytes.count
  }
}
