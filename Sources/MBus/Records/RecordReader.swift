import Bytes

/// Reads the records of a telegram one after the other (EN 13757-3, clause 6).
///
/// Nothing is lost: every byte belongs to a record, to fillers between records, or to the rest
/// that is left when `next()` throws.
public struct RecordReader: ~Escapable {
  /// All bytes of records.
  public let bytes: Span<UInt8>
  /// Bytes read so far; after an error those of the whole records before it.
  public private(set) var offset = 0
  /// The telegram said that another one follows (DIF 1F).
  public private(set) var moreFollow = false

  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// The next record, or nil at the end.
  @_lifetime(self: copy self)
  public mutating func next() throws(RecordError) -> DataRecord? {
    while offset < bytes.count, bytes[offset] == 0x2F { offset += 1 }
    guard offset < bytes.count else { return nil }
    var record = DataRecord()
    record.offset = offset
    var at = offset + 1
    let dif = bytes[offset]
    if dif & 0x0F == 0x0F { return try special(dif, &record) }
    record.function = .init(rawValue: dif >> 4 & 3) ?? .instantaneous
    record.storage = UInt64(dif >> 6 & 1)
    if dif & 0x80 != 0 { at = try readDIFEs(at, &record) }
    at = try readInformation(at, &record)
    record.headBytes = at - offset
    record.dataOffset = at
    try readLength(dif, &record)
    guard record.dataBytes <= bytes.count - record.dataOffset else { throw .truncated }
    offset = record.end
    return record
  }

  private func readDIFEs(_ start: Int, _ record: inout DataRecord) throws(RecordError) -> Int {
    var at = start
    var index: UInt64 = 0
    while true {
      guard at < bytes.count else { throw .truncated }
      guard index < 10 else { throw .tooManyDIFEs }
      let dife = bytes[at]
      at += 1
      record.storage |= UInt64(dife & 15) << (1 + 4 * index)
      record.tariff |= UInt32(dife >> 4 & 3) << UInt32(2 * index)
      record.subunit |= UInt16(dife >> 6 & 1) << UInt16(index)
      index += 1
      if dife & 0x80 == 0 { return at }
    }
  }

  private func readInformation(
    _ start: Int, _ record: inout DataRecord
  ) throws(RecordError) -> Int {
    var at = start
    guard at < bytes.count else { throw .truncated }
    var code = bytes[at]
    at += 1
    let vif = code
    var extensions = 0
    // The codes FD, FB and EF lead into another table with the next byte.
    if vif == 0xFD || vif == 0xFB || vif == 0xEF {
      code = try extendingByte(&at, &extensions)
      if vif == 0xFD, code & 0x7F == 0x7D, code & 0x80 != 0 {
        code = try extendingByte(&at, &extensions)
        record.information.setSecondExtension(code)
      } else if vif == 0xFD {
        record.information.setMainExtension(code)
      } else if vif == 0xFB {
        record.information.setAlternateExtension(code)
      }
    } else {
      record.information.setPrimary(vif)
    }
    if vif & 0x7F == 0x7C { at = try readText(at, &record) }
    // Behind a manufacturer's own code all extensions are the manufacturer's.
    var own = vif & 0x7F == 0x7F
    while code & 0x80 != 0 {
      code = try extendingByte(&at, &extensions)
      if own { continue }
      switch code & 0x7F {
      case 0x7F:
        own = true
        record.information.traits.insert(.manufacturerExtension)
      case 0x7C where code & 0x80 != 0:
        code = try extendingByte(&at, &extensions)
        record.information.combineExtension(code)
      default: record.information.combine(code)
      }
    }
    return at
  }

  private func extendingByte(_ at: inout Int, _ count: inout Int) throws(RecordError) -> UInt8 {
    guard at < bytes.count else { throw .truncated }
    guard count < 10 else { throw .tooManyVIFEs }
    count += 1
    at += 1
    return bytes[at - 1]
  }

  /// The text that stands for quantity and unit, with its length before it.
  private func readText(_ start: Int, _ record: inout DataRecord) throws(RecordError) -> Int {
    guard start < bytes.count else { throw .truncated }
    let count = Int(bytes[start])
    guard count <= bytes.count - start - 1 else { throw .truncated }
    record.textOffset = start + 1
    record.textBytes = count
    return start + 1 + count
  }

  private func readLength(_ dif: UInt8, _ record: inout DataRecord) throws(RecordError) {
    switch dif & 0x0F {
    case 0: break
    case 1...4: (record.coding, record.dataBytes) = (.integer, Int(dif & 15))
    case 5: (record.coding, record.dataBytes) = (.real, 4)
    case 6: (record.coding, record.dataBytes) = (.integer, 6)
    case 7: (record.coding, record.dataBytes) = (.integer, 8)
    case 8: record.coding = .selection
    case 9...12: (record.coding, record.dataBytes) = (.decimal, Int(dif & 15) - 8)
    case 14: (record.coding, record.dataBytes) = (.decimal, 6)
    default: try readVariableLength(&record)
    }
  }

  /// The length byte LVAR (clause 6.3.2, table 5).
  private func readVariableLength(_ record: inout DataRecord) throws(RecordError) {
    guard record.dataOffset < bytes.count else { throw .truncated }
    let length = bytes[record.dataOffset]
    record.dataOffset += 1
    switch length {
    case 0x00...0xBF: (record.coding, record.dataBytes) = (.text, Int(length))
    case 0xC0...0xC9: (record.coding, record.dataBytes) = (.decimal, Int(length - 0xC0))
    case 0xD0...0xD9: (record.coding, record.dataBytes) = (.negativeDecimal, Int(length - 0xD0))
    case 0xE0...0xEF:
      let count = Int(length - 0xE0)
      let isNumber = count > 0 && count <= 8 && !record.information.traits.isProfile
      (record.coding, record.dataBytes) = (isNumber ? .integer : .bytes, count)
    case 0xF0...0xF4: (record.coding, record.dataBytes) = (.bytes, 4 * Int(length - 0xEC))
    case 0xF5: (record.coding, record.dataBytes) = (.bytes, 48)
    case 0xF6: (record.coding, record.dataBytes) = (.bytes, 64)
    default: throw .reserved
    }
  }

  /// The DIFs that have no value information (clause 6.3.6).
  @_lifetime(self: copy self)
  private mutating func special(
    _ dif: UInt8, _ record: inout DataRecord
  ) throws(RecordError) -> DataRecord {
    record.headBytes = 1
    record.dataOffset = offset + 1
    switch dif {
    case 0x0F, 0x1F:
      record.coding = .manufacturer
      record.information.set(.manufacturerSpecific)
      record.dataBytes = bytes.count - record.dataOffset
      if dif == 0x1F { moreFollow = true }
    case 0x7F:
      record.coding = .globalReadout
      record.information.set(.any)
    default: throw .reserved
    }
    offset = record.end
    return record
  }
}

extension ValueInformation.Traits {
  /// The data are a series of values with a head of their own.
  var isProfile: Bool {
    !isDisjoint(with: [.compactProfile, .compactProfileWithRegisters, .inverseCompactProfile])
  }
}
