extension DisplayLists {
  /// Bytes of the lists in the configuration record.
  ///
  /// Version 1; the three counts; 16, 30 and 8 numbers of quantities, 0xFF behind the last view.
  /// The record around it guards the bytes by its check.
  public static let encodedBytes = 4 + automaticCapacity + manualCapacity + batteryCapacity

  private static let version: UInt8 = 1

  /// Writes the lists.
  ///
  /// - Parameter output: at least `encodedBytes` long.
  public func encode(into output: inout MutableSpan<UInt8>) {
    precondition(output.count >= Self.encodedBytes, "room for encoded display lists")
    output[0] = Self.version
    var offset = 4
    var number: UInt8 = 0
    while let kind = DisplayListKind(rawValue: number) {
      output[1 + Int(number)] = UInt8(count(kind))
      for place in 0..<kind.capacity {
        output[offset] = place < count(kind) ? byte(kind, at: place) : Self.empty
        offset += 1
      }
      number += 1
    }
  }

  /// Reads lists that `encode` wrote and checks them against the rules of the meter.
  public init(decoding bytes: Span<UInt8>, rules: DisplayRules) throws(DisplayListError) {
    try self.init(unchecked: bytes)
    try check(rules)
  }

  /// Reads lists without checking them against the rules of a meter.
  init(unchecked bytes: Span<UInt8>) throws(DisplayListError) {
    guard bytes.count == Self.encodedBytes, bytes[0] == Self.version else {
      throw .damagedRecord
    }
    self.init()
    var offset = 4
    var number: UInt8 = 0
    while let kind = DisplayListKind(rawValue: number) {
      let count = bytes[1 + Int(number)]
      guard count <= kind.capacity else { throw .damagedRecord }
      setCount(kind, count)
      for place in 0..<kind.capacity {
        guard place < count || bytes[offset] == Self.empty else { throw .damagedRecord }
        setByte(kind, at: place, bytes[offset])
        offset += 1
      }
      number += 1
    }
  }
}
