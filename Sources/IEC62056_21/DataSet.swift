/// One data set of a line: address(value*unit), as places in the text (clause 6.3.12).
///
/// Address and unit may be missing. Nothing is copied: the text stays with the caller.
public struct DataSet: Equatable, Sendable {
  /// The longest address, value and unit of a readout; a value outside of one has 128.
  public static var longestAddress: Int { 16 }
  public static var longestValue: Int { 128 }
  public static var longestUnit: Int { 16 }

  public var address: Range<Int>
  public var value: Range<Int>
  public var unit: Range<Int>?
}

/// Goes through the data sets of a line or of the argument of a command.
public struct DataSetCursor: Sendable {
  /// Offset of the next data set.
  public private(set) var offset: Int

  public init(at offset: Int = 0) { self.offset = offset }

  /// The next data set, nil at the end of the text.
  ///
  /// - Throws: for a text that is no data set; the cursor stays before it.
  public mutating func next(in text: Span<UInt8>) throws(MessageError) -> DataSet? {
    guard offset < text.count else { return nil }
    var place = offset
    // An address may carry `*`: 1.8.0*12 is a stored value.
    let address = try Self.part(
      text, &place, until: UInt8(ascii: "("), longest: DataSet.longestAddress, star: true)
    place += 1
    let value = try Self.part(
      text, &place, until: UInt8(ascii: ")"), longest: DataSet.longestValue, star: false)
    var unit: Range<Int>?
    if text[place] == UInt8(ascii: "*") {
      place += 1
      unit = try Self.part(
        text, &place, until: UInt8(ascii: ")"), longest: DataSet.longestUnit, star: true)
    }
    offset = place + 1
    return DataSet(address: address, value: value, unit: unit)
  }

  /// Characters up to one that ends them; that one is in the text and not taken. A value is also
  /// ended by `*`.
  private static func part(
    _ text: Span<UInt8>, _ place: inout Int, until end: UInt8, longest: Int, star: Bool
  ) throws(MessageError) -> Range<Int> {
    let start = place
    while place < text.count {
      let character = text[place]
      if character == end || (!star && character == UInt8(ascii: "*")) { return start..<place }
      guard MessageText.isPrintable(character), !isReserved(character) else {
        throw MessageText.error(at: place)
      }
      guard place - start < longest else { throw .tooLong }
      place += 1
    }
    throw .truncated
  }

  private static func isReserved(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "/"), UInt8(ascii: "!"): true
    default: false
    }
  }
}
