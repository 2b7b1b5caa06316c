import Bytes
import COSEM

/// What a set in blocks is for.
struct SetHead: Sendable {
  /// Bytes of descriptor and selection before the value in what is kept.
  var count = 0
}

extension DLMSServer {
  /// A set request: normal, in blocks.
  mutating func set(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    var reader = ByteReader(apdu)
    try reader.skip(1)
    let kind = try reader.bigEndian(UInt8.self)
    let invoke = try reader.bigEndian(UInt8.self)
    if kind == 3 { return try nextOfSet(&reader, invoke, &objects, &out) }
    drop()
    self.invoke = invoke
    guard kind == 1 || kind == 2 && caller.conformance.contains(.blockTransferWithSet) else {
      return exception(.notAllowed, .notSupported, &out)
    }
    let rest = try reader.take(reader.remaining)
    let item = try Self.item(rest, 0)
    if kind == 1 {
      let value = rest.extracting(item.end..<rest.count)
      let result = try apply(rest, item, value, &objects)
      return setResponse(1, result, nil, &out)
    }
    // Descriptor, then last, number, length and bytes of the block.
    for i in 0..<item.end { kept[i] = rest[i] }
    keptCount = item.end
    setHead.count = item.end
    task = .set
    var blocks = ByteReader(rest)
    try blocks.skip(item.end)
    return try takeBlock(&blocks, &objects, &out)
  }

  private mutating func nextOfSet(
    _ reader: inout ByteReader, _ invoke: UInt8,
    _ objects: inout some ServerObjects & ~Copyable, _ out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    guard task == .set else {
      drop()
      self.invoke = invoke
      let number = try reader.skipToNumber()
      return setResponse(3, .noLongSetInProgress, number, &out)
    }
    self.invoke = invoke
    return try takeBlock(&reader, &objects, &out)
  }

  private mutating func takeBlock(
    _ reader: inout ByteReader, _ objects: inout some ServerObjects & ~Copyable,
    _ out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    let isLast = try reader.bigEndian(UInt8.self) != 0
    let number = try reader.bigEndian(UInt32.self)
    let length = try reader.length()
    let bytes = try reader.take(length)
    guard reader.remaining == 0 else { throw .truncated }
    guard number == block &+ 1 else {
      drop()
      return setResponse(3, .dataBlockNumberInvalid, number, &out)
    }
    guard keptCount + bytes.count <= kept.count else {
      drop()
      return setResponse(3, .longSetAborted, number, &out)
    }
    for i in bytes.indices { kept[keptCount + i] = bytes[i] }
    keptCount += bytes.count
    block = number
    if !isLast { return setResponse(2, nil, number, &out) }
    let request = kept
    let whole = request.span.extracting(0..<keptCount)
    let head = setHead.count
    drop()
    let item = try Self.item(whole, 0)
    let result = try apply(whole, item, whole.extracting(head..<whole.count), &objects)
    return setResponse(3, result, number, &out)
  }

  private mutating func apply(
    _ bytes: Span<UInt8>, _ item: Item, _ value: Span<UInt8>,
    _ objects: inout some ServerObjects & ~Copyable
  ) throws(BytesError) -> DataAccessResult {
    // One value, whole and nothing behind it.
    var reader = COSEMReader(value)
    do throws(COSEMError) { try reader.skip() } catch { throw .truncated }
    guard reader.remaining == 0 else { throw .truncated }
    guard state == .associated else { return .readWriteDenied }
    if item.selector != 0 { return .scopeOfAccessViolated }
    let selection = Selection(0, bytes.extracting(0..<0))
    return objects.set(item.attribute, selection, to: value, for: caller)
  }

  private func setResponse(
    _ kind: UInt8, _ result: DataAccessResult?, _ number: UInt32?,
    _ out: inout MutableSpan<UInt8>
  ) -> Int {
    out[0] = APDUTag.setResponse
    out[1] = kind
    out[2] = invoke
    var at = 3
    if let result {
      out[at] = result.rawValue
      at += 1
    }
    if let number {
      for i in 0..<4 { out[at + i] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * i)) }
      at += 4
    }
    return at
  }
}

extension ByteReader {
  /// A length in A-XDR.
  @_lifetime(self: copy self)
  mutating func length() throws(BytesError) -> Int {
    let first = try bigEndian(UInt8.self)
    if first < 0x80 { return Int(first) }
    guard first & 0x7F >= 1, first & 0x7F <= 4 else { throw .truncated }
    return Int(truncatingIfNeeded: try bigEndian(byteCount: Int(first & 0x7F)))
  }

  /// The block number behind the mark of the last block.
  @_lifetime(self: copy self)
  fileprivate mutating func skipToNumber() throws(BytesError) -> UInt32 {
    try skip(1)
    return try bigEndian()
  }
}
