import Bytes
import COSEM
import Ciphers
import Quantities

extension DLMSClient {
  /// Writes a request to read an attribute; its value comes by `receive`.
  ///
  /// - Parameter selection: a range or entries of it; selector 0 for all.
  /// - Returns: bytes of the request.
  public mutating func get<Suite: CipherSuite>(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, suite: Suite.Type,
    into out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard isReady else { throw .notNow }
    begin()
    let count = try fit(room(out), &out) { (writer) throws(BytesError) in
      try Self.head(APDUTag.getRequest, 1, invoke, into: &writer)
      try Self.put(attribute, selection, into: &writer)
    }
    let whole = try seal(count, suite, &out)
    task = .get
    return whole
  }

  /// Writes a request to set an attribute, or its first block.
  /// - Parameter value: one value in A-XDR; it is given to `receive` again.
  public mutating func set<Suite: CipherSuite>(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, to value: Span<UInt8>,
    suite: Suite.Type, into out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard isReady, !value.isEmpty else { throw .notNow }
    begin()
    let most = room(out)
    let invoke = invoke
    let isWhole = 13 + selection.parameters.count + 1 + value.count <= most
    guard isWhole || conformance.contains(.blockTransferWithSet) else { throw .tooLong }
    var count = try fit(most, &out) { (writer) throws(BytesError) in
      try Self.head(APDUTag.setRequest, isWhole ? 1 : 2, invoke, into: &writer)
      try Self.put(attribute, selection, into: &writer)
      if isWhole { try writer.append(value) }
    }
    if !isWhole { count += try nextBlock(of: value, most - count, at: count, &out) }
    let whole = try seal(count, suite, &out)
    task = .set
    return whole
  }

  /// Writes a request to invoke a method, or its first block.
  /// - Parameter parameters: one value in A-XDR or nothing; given to `receive` again.
  public mutating func act<Suite: CipherSuite>(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, suite: Suite.Type,
    into out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard isReady else { throw .notNow }
    begin()
    let count = try writeAction(method, parameters, suite, &out)
    task = .act
    return count
  }

  mutating func writeAction<Suite: CipherSuite>(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, _ suite: Suite.Type,
    _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    let most = room(out)
    let invoke = invoke
    let isWhole = 13 + parameters.count <= most
    guard isWhole || conformance.contains(.blockTransferWithAction) else { throw .tooLong }
    var count = try fit(most, &out) { (writer) throws(BytesError) in
      try Self.head(APDUTag.actionRequest, isWhole ? 1 : 4, invoke, into: &writer)
      try writer.bigEndian(method.classID)
      try writer.bigEndian(method.name.packed, byteCount: 6)
      try writer.bigEndian(method.method)
      guard isWhole else { return }
      try writer.bigEndian(UInt8(parameters.isEmpty ? 0 : 1))
      try writer.append(parameters)
    }
    if !isWhole { count += try nextBlock(of: parameters, most - count, at: count, &out) }
    return try seal(count, suite, &out)
  }

  /// A new request with a number of its own.
  mutating func begin() {
    invoke = 0xC0 | (invoke &+ 1) & 0x0F
    block = 0
    sent = 0
  }

  // MARK: writing

  private func fit(
    _ most: Int, _ out: inout MutableSpan<UInt8>,
    _ body: (inout ByteWriter) throws(BytesError) -> Void
  ) throws(DLMSClientError) -> Int {
    guard most > 0 else { throw .tooLong }
    do throws(BytesError) {
      var writer = ByteWriter(out._mutatingExtracting(0..<most))
      try body(&writer)
      return writer.count
    } catch { throw .tooLong }
  }

  private static func head(
    _ tag: UInt8, _ kind: UInt8, _ invoke: UInt8, into writer: inout ByteWriter
  ) throws(BytesError) {
    try writer.bigEndian(tag)
    try writer.bigEndian(kind)
    try writer.bigEndian(invoke)
  }

  private static func put(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection,
    into writer: inout ByteWriter
  ) throws(BytesError) {
    try writer.bigEndian(attribute.classID)
    try writer.bigEndian(attribute.name.packed, byteCount: 6)
    try writer.bigEndian(attribute.attribute)
    guard selection.selector != 0 else { return try writer.bigEndian(UInt8(0)) }
    try writer.bigEndian(UInt8(1))
    try writer.bigEndian(selection.selector)
    try writer.append(selection.parameters)
  }

  /// Writes last, number, length and bytes of the next block.
  private mutating func nextBlock(
    of value: Span<UInt8>, _ room: Int, at start: Int, _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    // Last, number, the longest length.
    let size = min(value.count - sent, room - 8)
    guard size > 0 else { throw .tooLong }
    block &+= 1
    let (number, first) = (block, sent)
    sent += size
    let isLast = sent == value.count
    do throws(BytesError) {
      var writer = ByteWriter(out._mutatingExtracting(start..<(start + room)))
      try writer.bigEndian(UInt8(isLast ? 1 : 0))
      try writer.bigEndian(number)
      if size >= 0x100 {
        try writer.bigEndian(UInt8(0x82))
        try writer.bigEndian(UInt16(truncatingIfNeeded: size))
      } else {
        if size >= 0x80 { try writer.bigEndian(UInt8(0x81)) }
        try writer.bigEndian(UInt8(truncatingIfNeeded: size))
      }
      try writer.append(value.extracting(first..<(first + size)))
      return writer.count
    } catch { throw .tooLong }
  }

  private mutating func askNext<Suite: CipherSuite>(
    _ tag: UInt8, _ kind: UInt8, _ number: UInt32, _ suite: Suite.Type,
    _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    let invoke = invoke
    let count = try fit(min(7, out.count), &out) { (writer) throws(BytesError) in
      try Self.head(tag, kind, invoke, into: &writer)
      try writer.bigEndian(number)
    }
    return try seal(count, suite, &out)
  }

  // MARK: answers

  /// Kind of a response, once it is seen to answer the request.
  @_lifetime(reader: copy reader)
  private func kind(_ reader: inout APDUReader) throws(DLMSClientError) -> UInt8 {
    try reader.skip(1)
    let kind = try reader.byte()
    let got = try reader.byte()
    guard got & 0x0F == invoke & 0x0F else {
      throw .otherInvocation(expected: invoke & 0x0F, got: got & 0x0F)
    }
    return kind
  }

  mutating func got<Suite: CipherSuite>(
    _ bytes: Span<UInt8>, _ base: Int, _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> DLMSClientEvent {
    var reader = APDUReader(bytes)
    switch try kind(&reader) {
    case 1 where block == 0:
      guard try reader.byte() == 0 else { throw .access(try reader.byte()) }
      guard reader.remaining > 0 else { throw .malformed }
      task = .none
      return .value((base + reader.offset)..<(base + bytes.count))
    case 2:
      let isLast = try reader.byte() != 0
      let number = try reader.word()
      // A result ends the transfer, whatever number it carries.
      guard try reader.byte() == 0 else { throw .access(try reader.byte()) }
      try follow(number)
      guard try reader.length() == reader.remaining else { throw .malformed }
      let range = (base + reader.offset)..<(base + bytes.count)
      if isLast {
        task = .none
        return .value(range)
      }
      return .piece(range, send: try askNext(APDUTag.getRequest, 2, block, suite, &out))
    default: throw .malformed
    }
  }

  private mutating func follow(_ number: UInt32) throws(DLMSClientError) {
    guard number == block &+ 1 else { throw .block(expected: block &+ 1, got: number) }
    block = number
  }

  mutating func wasSet<Suite: CipherSuite>(
    _ bytes: Span<UInt8>, _ value: Span<UInt8>, _ suite: Suite.Type,
    _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> DLMSClientEvent {
    var reader = APDUReader(bytes)
    switch try kind(&reader) {
    case 1, 3:
      let result = try reader.byte()
      guard result == 0 else { throw .access(result) }
      // Success before the last block is none.
      guard block == 0 || sent == value.count else { throw .malformed }
      task = .none
      return .value(0..<0)
    case 2:
      let number = try reader.word()
      guard number == block else { throw .block(expected: block, got: number) }
      return .send(try goOn(APDUTag.setRequest, 3, value, suite, &out))
    default: throw .malformed
    }
  }

  /// The next block of a value that is sent.
  private mutating func goOn<Suite: CipherSuite>(
    _ tag: UInt8, _ kind: UInt8, _ value: Span<UInt8>, _ suite: Suite.Type,
    _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard sent < value.count else { throw .malformed }
    let most = room(out)
    let invoke = invoke
    var count = try fit(most, &out) { (writer) throws(BytesError) in
      try Self.head(tag, kind, invoke, into: &writer)
    }
    count += try nextBlock(of: value, most - count, at: count, &out)
    return try seal(count, suite, &out)
  }

  mutating func acted<Suite: CipherSuite>(
    _ bytes: Span<UInt8>, _ base: Int, _ value: Span<UInt8>, _ suite: Suite.Type,
    _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> DLMSClientEvent {
    var reader = APDUReader(bytes)
    let isProof = state == .proving
    switch try kind(&reader) {
    case 1:
      let result = try reader.byte()
      guard result == 0 else { throw isProof ? .challengeRefused(result) : .action(result) }
      let hasData = reader.remaining > 0 ? try reader.byte() != 0 : false
      if hasData {
        guard try reader.byte() == 0 else { throw .access(try reader.byte()) }
        guard reader.remaining > 0 else { throw .malformed }
      }
      if isProof { return try proved(bytes.extracting(reader.offset..<bytes.count), suite) }
      task = .none
      return .value(hasData ? (base + reader.offset)..<(base + bytes.count) : 0..<0)
    case 2 where !isProof:
      let isLast = try reader.byte() != 0
      // The first block of an answer may follow blocks of the parameters.
      let number = try reader.word()
      if sent > 0 {
        (sent, block) = (0, 0)
      }
      try follow(number)
      guard try reader.length() == reader.remaining else { throw .malformed }
      let range = (base + reader.offset)..<(base + bytes.count)
      if isLast {
        task = .none
        return .value(range)
      }
      return .piece(range, send: try askNext(APDUTag.actionRequest, 2, block, suite, &out))
    case 4 where !isProof:
      let number = try reader.word()
      guard number == block else { throw .block(expected: block, got: number) }
      return .send(try goOn(APDUTag.actionRequest, 6, value, suite, &out))
    default: throw .malformed
    }
  }
}
