import Bytes
import COSEM

/// What a request in blocks is for.
struct LongHead: Sendable {
  /// Descriptors, and whether they came as a list.
  var items = 1
  var isList = false
  /// Bytes of the descriptors before the values in what is kept.
  var count = 0
}

extension DLMSServer {
  /// A set request: normal, with list, each whole or in blocks.
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
    let (isList, isLong) = (kind == 4 || kind == 5, kind == 2 || kind == 5)
    guard (1...5).contains(kind),
      !isLong || caller.conformance.contains(.blockTransferWithSet),
      !isList || caller.conformance.contains(.multipleReferences)
    else { return exception(.notAllowed, .notSupported, &out) }
    let rest = try reader.take(reader.remaining)
    let head = try Self.head(rest, isList: isList)
    if !isLong { return try applyAll(rest, head, nil, &objects, &out) }
    // Descriptors, then last, number, length and bytes of the block.
    keepHead(rest, head, as: .set)
    var blocks = ByteReader(rest)
    try blocks.skip(head.count)
    return try takeSetBlock(&blocks, &objects, &out)
  }

  /// Keeps the descriptors of a request that comes in blocks.
  mutating func keepHead(_ rest: Span<UInt8>, _ head: LongHead, as task: Task) {
    for i in 0..<head.count { kept[i] = rest[i] }
    keptCount = head.count
    longHead = head
    self.task = task
  }

  /// One attribute, or a list of them.
  private static func head(
    _ bytes: Span<UInt8>, isList: Bool
  ) throws(BytesError) -> LongHead {
    var head = LongHead(isList: isList)
    if isList {
      guard let first = bytes.first8, first > 0, first < 0x80 else { throw .truncated }
      head.items = Int(first)
      head.count = 1
    }
    for _ in 0..<head.items { head.count = try item(bytes, head.count).end }
    return head
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
    return try takeSetBlock(&reader, &objects, &out)
  }

  /// What a block of a request leads to.
  enum BlockOutcome {
    case more(UInt32)
    case last(UInt32)
    case wrongNumber(UInt32)
    case tooLong(UInt32)
  }

  /// Takes a block to what is kept.
  mutating func takeBlock(_ reader: inout ByteReader) throws(BytesError) -> BlockOutcome {
    let isLast = try reader.bigEndian(UInt8.self) != 0
    let number = try reader.bigEndian(UInt32.self)
    let length = try reader.length()
    let bytes = try reader.take(length)
    guard reader.remaining == 0 else { throw .truncated }
    guard number == block &+ 1 else {
      drop()
      return .wrongNumber(number)
    }
    guard keptCount + bytes.count <= kept.count else {
      drop()
      return .tooLong(number)
    }
    for i in bytes.indices { kept[keptCount + i] = bytes[i] }
    keptCount += bytes.count
    block = number
    return isLast ? .last(number) : .more(number)
  }

  private mutating func takeSetBlock(
    _ reader: inout ByteReader, _ objects: inout some ServerObjects & ~Copyable,
    _ out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    switch try takeBlock(&reader) {
    case .more(let number): return setResponse(2, nil, number, &out)
    case .wrongNumber(let number):
      return setResponse(3, .dataBlockNumberInvalid, number, &out)
    case .tooLong(let number): return setResponse(3, .longSetAborted, number, &out)
    case .last(let number):
      let request = kept
      let (count, head) = (keptCount, longHead)
      drop()
      return try applyAll(
        request.span.extracting(0..<count), head, number, &objects, &out)
    }
  }

  /// Bytes of one value in A-XDR.
  static func valueEnd(_ bytes: Span<UInt8>, _ at: Int) throws(BytesError) -> Int {
    guard at <= bytes.count else { throw .truncated }
    var value = COSEMReader(bytes.extracting(at..<bytes.count))
    do throws(COSEMError) { try value.skip() } catch { throw .truncated }
    return at + value.offset
  }

  /// Where the values begin, once all of them are seen to be there and nothing is behind them:
  /// before that nothing is set.
  static func values(_ bytes: Span<UInt8>, _ head: LongHead) throws(BytesError) -> Int {
    var start = head.count
    if head.isList {
      guard start < bytes.count, Int(bytes[start]) == head.items else { throw .truncated }
      start += 1
    }
    var at = start
    for _ in 0..<head.items { at = try valueEnd(bytes, at) }
    guard at == bytes.count else { throw .truncated }
    return start
  }

  /// Sets what is asked for and answers; with a number where it came in blocks.
  private mutating func applyAll(
    _ bytes: Span<UInt8>, _ head: LongHead, _ number: UInt32?,
    _ objects: inout some ServerObjects & ~Copyable, _ out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    var valueAt = try Self.values(bytes, head)
    var itemAt = head.isList ? 1 : 0
    var at = 3
    if head.isList {
      out[at] = UInt8(truncatingIfNeeded: head.items)
      at += 1
    }
    for _ in 0..<head.items {
      let item = try Self.item(bytes, itemAt)
      let end = try Self.valueEnd(bytes, valueAt)
      let result = setOne(item, bytes.extracting(valueAt..<end), &objects)
      if !head.isList {
        return setResponse(number == nil ? 1 : 3, result, number, &out)
      }
      out[at] = result.rawValue
      at += 1
      (itemAt, valueAt) = (item.end, end)
    }
    out[0] = APDUTag.setResponse
    out[1] = number == nil ? 5 : 4
    out[2] = invoke
    if let number {
      for i in 0..<4 { out[at + i] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * i)) }
      at += 4
    }
    return at
  }

  /// Sets one attribute; selective access is none of setting.
  mutating func setOne(
    _ item: Item, _ value: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable
  ) -> DataAccessResult {
    guard state == .associated else { return .readWriteDenied }
    if item.selector != 0 { return .scopeOfAccessViolated }
    let selection = Selection(0, value.extracting(0..<0))
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

extension Span<UInt8> {
  /// The first byte, if there is one.
  var first8: UInt8? { isEmpty ? nil : self[0] }
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
