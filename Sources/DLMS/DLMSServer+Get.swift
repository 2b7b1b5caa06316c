import Bytes
import COSEM
import Quantities

/// How far a get has come.
struct GetProgress: Sendable {
  /// Attributes that are read, and whether they came as a list.
  var items: UInt16 = 0
  var isList = false
  /// The one that is being written, and where it stands in the request.
  var item: UInt16 = 0
  var at = 0
  /// It has been prepared, and what stands before it written.
  var isPrepared = false
  var place = StreamPlace()
}

extension DLMSServer {
  enum Outcome: UInt8 { case complete, more, aborted, refused }

  /// A get request: normal, next, with list.
  mutating func get(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    var reader = ByteReader(apdu)
    try reader.skip(1)
    let kind = try reader.bigEndian(UInt8.self)
    let invoke = try reader.bigEndian(UInt8.self)
    if kind == 2 {
      let number = try reader.bigEndian(UInt32.self)
      guard reader.remaining == 0 else { throw .truncated }
      return next(number, invoke, &objects, &out)
    }
    drop()
    self.invoke = invoke
    // Before the client has shown who it is, it reads nothing.
    guard state == .associated else { return failure(.readWriteDenied, isList: kind == 3, &out) }
    switch kind {
    case 1: progress.items = 1
    case 3 where caller.conformance.contains(.multipleReferences):
      progress.items = UInt16(try reader.bigEndian(UInt8.self))
      // A list of more is longer than any APDU that is taken.
      guard progress.items < 0x80, progress.items > 0 else { throw .truncated }
      progress.isList = true
    default: return exception(.notAllowed, .notSupported, &out)
    }
    try keep(&reader)
    return begin(&objects, &out)
  }

  /// Keeps what is read, once each item is seen to be whole.
  private mutating func keep(_ reader: inout ByteReader) throws(BytesError) {
    let rest = try reader.take(reader.remaining)
    var at = 0
    for _ in 0..<progress.items {
      at = try Self.item(rest, at).end
    }
    guard at == rest.count, rest.count <= kept.count else { throw .truncated }
    for i in rest.indices { kept[i] = rest[i] }
    keptCount = rest.count
  }

  /// An attribute with its selection.
  struct Item {
    var attribute: AttributeDescriptor
    var selector: UInt8
    var parameters: Range<Int>
    var end: Int
  }

  static func item(_ bytes: Span<UInt8>, _ at: Int) throws(BytesError) -> Item {
    guard at + 10 <= bytes.count else { throw .truncated }
    func byte(_ i: Int) -> UInt8 { bytes[at + i] }
    let attribute = AttributeDescriptor(
      UInt16(byte(0)) << 8 | UInt16(byte(1)),
      OBISCode(byte(2), byte(3), byte(4), byte(5), byte(6), byte(7)), byte(8))
    switch byte(9) {
    case 0: return Item(attribute: attribute, selector: 0, parameters: 0..<0, end: at + 10)
    case 1:
      guard at + 11 <= bytes.count else { throw .truncated }
      let start = at + 11
      var value = COSEMReader(bytes.extracting(start..<bytes.count))
      do throws(COSEMError) { try value.skip() } catch { throw .truncated }
      let end = start + value.offset
      return Item(attribute: attribute, selector: byte(10), parameters: start..<end, end: end)
    default: throw .truncated
    }
  }

  // MARK: answers

  /// Bytes before the data of a block with the longest length.
  static let blockHeader = 12

  /// The first answer: whole where it fits, else the first block.
  private mutating func begin(
    _ objects: inout some ServerObjects & ~Copyable, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    let room = room(out)
    guard room > Self.blockHeader + 16 else {
      drop()
      return exception(.notAllowed, .tooLong, &out)
    }
    var result = DataAccessResult.success
    let beginning = progress
    let (outcome, count) = produce(&objects, room, &result, &out)
    switch outcome {
    case .complete:
      // Tag, kind, invoke and choice, or tag, kind, invoke and the list.
      let isList = progress.isList
      drop()
      return whole(isList: isList, count, &out)
    case .refused, .aborted:
      drop()
      return failure(outcome == .refused ? result : .temporaryFailure, isList: false, &out)
    case .more:
      let hasBlocks = caller.conformance.contains(.blockTransferWithGet)
      if generalWindow != nil
        || !hasBlocks && caller.conformance.contains(.generalBlockTransfer)
      {
        progress = beginning
        return beginGeneral(&objects, &out)
      }
      guard caller.conformance.contains(.blockTransferWithGet) else {
        drop()
        return failure(.otherReason, isList: false, &out)
      }
      task = .get
      block = 1
      return blockOf(count, isLast: false, &out)
    }
  }

  /// Moves the data behind a short header.
  private func whole(isList: Bool, _ count: Int, _ out: inout MutableSpan<UInt8>) -> Int {
    let header = isList ? 3 : 4
    for i in 0..<count { out[header + i] = out[Self.blockHeader + i] }
    out[0] = APDUTag.getResponse
    out[1] = isList ? 3 : 1
    out[2] = invoke
    if !isList { out[3] = 0 }
    return header + count
  }

  /// Writes the header of a block before its data; the data moves where its length is short.
  private func blockOf(_ count: Int, isLast: Bool, _ out: inout MutableSpan<UInt8>) -> Int {
    out[0] = APDUTag.getResponse
    out[1] = 2
    out[2] = invoke
    out[3] = isLast ? 1 : 0
    for i in 0..<4 { out[4 + i] = UInt8(truncatingIfNeeded: block >> UInt32(24 - 8 * i)) }
    out[8] = 0
    var at = 9
    if count < 0x80 {
      out[at] = UInt8(truncatingIfNeeded: count)
      at += 1
    } else if count < 0x100 {
      out[at] = 0x81
      out[at + 1] = UInt8(truncatingIfNeeded: count)
      at += 2
    } else {
      out[at] = 0x82
      out[at + 1] = UInt8(truncatingIfNeeded: count >> 8)
      out[at + 2] = UInt8(truncatingIfNeeded: count)
      at += 3
    }
    if at < Self.blockHeader {
      for i in 0..<count { out[at + i] = out[Self.blockHeader + i] }
    }
    return at + count
  }

  private func failure(
    _ result: DataAccessResult, isList: Bool, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    out[0] = APDUTag.getResponse
    out[1] = isList ? 3 : 1
    out[2] = invoke
    out[3] = 1
    out[4] = isList ? 1 : result.rawValue
    if !isList { return 5 }
    out[5] = result.rawValue
    return 6
  }

  /// The next block.
  private mutating func next(
    _ number: UInt32, _ invoke: UInt8, _ objects: inout some ServerObjects & ~Copyable,
    _ out: inout MutableSpan<UInt8>
  ) -> Int {
    guard task == .get, state == .associated else {
      return noBlock(.noLongGetInProgress, number, invoke, &out)
    }
    guard number == block, invoke & 0x0F == self.invoke & 0x0F else {
      return noBlock(.dataBlockNumberInvalid, number, invoke, &out)
    }
    self.invoke = invoke
    var result = DataAccessResult.success
    let (outcome, count) = produce(&objects, room(out), &result, &out)
    guard outcome == .more || outcome == .complete else {
      return noBlock(.longGetAborted, number, invoke, &out)
    }
    block &+= 1
    let length = blockOf(count, isLast: outcome == .complete, &out)
    if outcome == .complete { drop() }
    return length
  }

  /// Ends a long get.
  private mutating func noBlock(
    _ result: DataAccessResult, _ number: UInt32, _ invoke: UInt8,
    _ out: inout MutableSpan<UInt8>
  ) -> Int {
    drop()
    out[0] = APDUTag.getResponse
    out[1] = 2
    out[2] = invoke
    out[3] = 1
    for i in 0..<4 { out[4 + i] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * i)) }
    out[8] = 1
    out[9] = result.rawValue
    return 10
  }

  // MARK: data

  /// Writes what comes next behind the room for a header.
  mutating func produce(
    _ objects: inout some ServerObjects & ~Copyable, _ room: Int,
    _ result: inout DataAccessResult, _ out: inout MutableSpan<UInt8>
  ) -> (Outcome, Int) {
    var writer = COSEMWriter(out._mutatingExtracting(Self.blockHeader..<room))
    // What is read is a copy: the objects may not see it change.
    let request = kept
    let bytes = request.span.extracting(0..<keptCount)
    if progress.isList && progress.item == 0 && !progress.isPrepared {
      writer.length(Int(progress.items))
    }
    while progress.item < progress.items {
      guard let item = try? Self.item(bytes, progress.at) else { return (.aborted, 0) }
      let selection = Selection(item.selector, bytes.extracting(item.parameters))
      if !progress.isPrepared {
        // The choice and a result have to stand together.
        if writer.room < 2 { return (.more, writer.count) }
        result = check(item, selection, &objects)
        if result != .success && !progress.isList { return (.refused, 0) }
        if progress.isList { writer.byte(result == .success ? 0 : 1) }
        if result != .success { writer.byte(result.rawValue) }
        progress.isPrepared = result == .success
      }
      if progress.isPrepared {
        writer.begin(item: progress.place.row, skip: progress.place.byte)
        let isThere = objects.write(
          item.attribute, selection, for: caller, place: &progress.place, into: &writer)
        if !isThere { return (.aborted, 0) }
        progress.place.row = writer.row
        progress.place.byte = writer.rowBytes
        if writer.isFull { return (.more, writer.count) }
      }
      progress.item += 1
      progress.at = item.end
      progress.isPrepared = false
      progress.place = StreamPlace()
    }
    return (.complete, writer.count)
  }

  private mutating func check(
    _ item: Item, _ selection: borrowing Selection,
    _ objects: inout some ServerObjects & ~Copyable
  ) -> DataAccessResult {
    if item.selector != 0 && !caller.conformance.contains(.selectiveAccess) {
      return .scopeOfAccessViolated
    }
    progress.place = StreamPlace()
    return objects.prepare(item.attribute, selection, for: caller, place: &progress.place)
  }
}
