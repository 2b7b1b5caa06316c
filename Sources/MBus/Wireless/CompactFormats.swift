import Bytes

/// Telegrams whose records are sent without their heads (EN 13757-7, CI 79): the heads come from a
/// full telegram that was seen before, or are known from the start.
public struct CompactFormats: Sendable {
  private struct Format: Sendable {
    var signature: UInt16 = 0
    var bytes: UInt8 = 0
    var heads = InlineArray<96, UInt8>(repeating: 0)
  }

  private var formats = InlineArray<4, Format>(repeating: Format())
  private var next: UInt8 = 0

  /// Knows the records of the family's electricity meters: A+, A-, P+, P-.
  public init() {
    let electricity: InlineArray<10, UInt8> = [
      0x04, 0x04, 0x04, 0x84, 0x3C, 0x04, 0x2B, 0x04, 0xAB, 0x3C,
    ]
    learn(heads: electricity.span)
  }

  private mutating func learn(heads: Span<UInt8>) {
    let signature = WirelessCRC.check(heads)
    for i in 0..<4 where formats[i].bytes > 0 && formats[i].signature == signature { return }
    guard heads.count <= 96 else { return }
    var format = Format()
    format.signature = signature
    format.bytes = UInt8(truncatingIfNeeded: heads.count)
    for i in heads.indices { format.heads[i] = heads[i] }
    formats[Int(next)] = format
    next = (next + 1) % 4
  }

  /// Keeps the heads of a full telegram's records, in the place of the oldest of four.
  public mutating func learn(records: Span<UInt8>) {
    var heads = InlineArray<96, UInt8>(repeating: 0)
    var count = 0
    var reader = RecordReader(records)
    while true {
      guard let record = try? reader.next() else { break }
      guard record.coding != .manufacturer, count + record.headBytes <= 96 else { return }
      for i in 0..<record.headBytes {
        heads[count] = records[record.offset + i]
        count += 1
      }
    }
    if count > 0, reader.offset == records.count { learn(heads: heads.span.extracting(0..<count)) }
  }

  /// Puts heads and data together again.
  ///
  /// - Parameters:
  ///   - data: behind the CI field 79: signature, check of the full records, data.
  ///   - output: gets the records; 255 bytes are enough.
  /// - Returns: bytes of the records.
  public func expand(
    _ data: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(WirelessError) -> Int {
    guard data.count >= 4 else { throw .truncated }
    let signature = UInt16(data[0]) | UInt16(data[1]) << 8
    let check = UInt16(data[2]) | UInt16(data[3]) << 8
    for i in 0..<4 where formats[i].bytes > 0 && formats[i].signature == signature {
      let heads = formats[i].heads
      let headBytes = Int(formats[i].bytes)
      let count = try Self.merge(
        heads.span.extracting(0..<headBytes), data.extracting(4...), into: &output)
      guard WirelessCRC.check(output.span.extracting(0..<count)) == check else {
        throw .authentication
      }
      return count
    }
    throw .unknownFormat
  }

  /// Heads tell how long their data are, so both runs are read side by side.
  private static func merge(
    _ heads: Span<UInt8>, _ data: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(WirelessError) -> Int {
    var (head, taken, count) = (0, 0, 0)
    while head < heads.count {
      let start = head
      head += 1
      var isExtended = heads[start] & 0x80 != 0
      while isExtended, head < heads.count {
        isExtended = heads[head] & 0x80 != 0
        head += 1
      }
      isExtended = true
      while isExtended, head < heads.count {
        isExtended = heads[head] & 0x80 != 0
        head += 1
      }
      let length = heads[start] & 0x0F
      let bytes: Int
      switch length {
      case 0...4: bytes = Int(length)
      case 5: bytes = 4
      case 6, 14: bytes = 6
      case 7: bytes = 8
      case 9...12: bytes = Int(length) - 8
      default: throw .unsupported
      }
      guard taken + bytes <= data.count, count + head - start + bytes <= output.count else {
        throw .truncated
      }
      for i in start..<head {
        output[count] = heads[i]
        count += 1
      }
      for _ in 0..<bytes {
        output[count] = data[taken]
        count += 1
        taken += 1
      }
    }
    guard taken == data.count else { throw .truncated }
    return count
  }

  /// Writes the compact form of records: signature, check, data.
  ///
  /// - Parameter output: room for as many bytes as the records have.
  /// - Returns: bytes written, 0 where the records have no compact form.
  public static func compress(
    _ records: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) -> Int {
    var heads = WirelessCRC()
    var count = 4
    var reader = RecordReader(records)
    while true {
      guard let record = try? reader.next() else { break }
      guard record.coding == .integer || record.coding == .decimal || record.coding == .real,
        record.dataOffset == record.offset + record.headBytes
      else { return 0 }
      for i in record.offset..<record.dataOffset { heads.update(records[i]) }
      for i in record.dataOffset..<record.end {
        guard count < output.count else { return 0 }
        output[count] = records[i]
        count += 1
      }
    }
    guard reader.offset == records.count, output.count >= 4 else { return 0 }
    let check = WirelessCRC.check(records)
    output[0] = UInt8(truncatingIfNeeded: heads.value)
    output[1] = UInt8(truncatingIfNeeded: heads.value >> 8)
    output[2] = UInt8(truncatingIfNeeded: check)
    output[3] = UInt8(truncatingIfNeeded: check >> 8)
    return count
  }
}
