import Bytes
import COSEM
import Ciphers
import MeterTime
import Quantities

extension DLMSServer {
  /// Method 1 of the current association: the client answers the challenge.
  static let replyToHLS = MethodDescriptor(
    InterfaceClass.association.rawValue, .abstract(40, 0), 1)
  /// Method 2 of the security setup: keys wrapped under the master key.
  static let keyTransfer = MethodDescriptor(
    InterfaceClass.securitySetup.rawValue, .abstract(43, 0), 2)

  /// Bytes of a method's descriptor.
  private static let methodBytes = 9

  /// An action request: normal, with list, each whole or in blocks.
  mutating func action<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    var reader = ByteReader(apdu)
    try reader.skip(1)
    let kind = try reader.bigEndian(UInt8.self)
    let invoke = try reader.bigEndian(UInt8.self)
    if kind == 6 {
      return try nextOfAction(
        &reader, invoke, &objects, &security, suite, now: now, into: &out)
    }
    drop()
    self.invoke = invoke
    // No answer of this server is so long that it would come in blocks.
    if kind == 2 { return actionResponse(.noLongActionInProgress, 0, &out) }
    let (isList, isLong) = (kind == 3 || kind == 5, kind == 4 || kind == 5)
    guard (1...5).contains(kind),
      !isLong || caller.conformance.contains(.blockTransferWithAction),
      !isList || caller.conformance.contains(.multipleReferences)
    else { return exception(.notAllowed, .notSupported, &out) }
    let rest = try reader.take(reader.remaining)
    let head = try Self.methods(rest, isList: isList)
    if isLong {
      keepHead(rest, head, as: .action)
      var blocks = ByteReader(rest)
      try blocks.skip(head.count)
      return try takeActionBlock(&blocks, &objects, &security, suite, now: now, into: &out)
    }
    if isList {
      return try performAll(rest, head, &objects, &security, suite, now: now, into: &out)
    }
    var tail = ByteReader(rest)
    try tail.skip(head.count)
    let hasParameters = try tail.bigEndian(UInt8.self) != 0
    let parameters = try tail.take(tail.remaining)
    guard hasParameters != parameters.isEmpty else { throw .truncated }
    if hasParameters, try Self.valueEnd(parameters, 0) != parameters.count { throw .truncated }
    return performOne(
      Self.method(rest, 0), parameters, &objects, &security, suite, now: now, into: &out)
  }

  private static func method(_ bytes: Span<UInt8>, _ at: Int) -> MethodDescriptor {
    func byte(_ i: Int) -> UInt8 { bytes[at + i] }
    return MethodDescriptor(
      UInt16(byte(0)) << 8 | UInt16(byte(1)),
      OBISCode(byte(2), byte(3), byte(4), byte(5), byte(6), byte(7)), byte(8))
  }

  /// One method, or a list of them.
  private static func methods(
    _ bytes: Span<UInt8>, isList: Bool
  ) throws(BytesError) -> LongHead {
    var head = LongHead(isList: isList)
    if isList {
      guard let first = bytes.first8, first > 0, first < 0x80 else { throw .truncated }
      head.items = Int(first)
      head.count = 1
    }
    head.count += head.items * methodBytes
    guard head.count <= bytes.count else { throw .truncated }
    return head
  }

  // MARK: blocks

  private mutating func nextOfAction<Suite: CipherSuite>(
    _ reader: inout ByteReader, _ invoke: UInt8,
    _ objects: inout some ServerObjects & ~Copyable, _ security: inout SecurityContext,
    _ suite: Suite.Type, now: Instant, into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    guard task == .action else {
      drop()
      self.invoke = invoke
      return actionResponse(.noLongActionInProgress, 0, &out)
    }
    self.invoke = invoke
    return try takeActionBlock(&reader, &objects, &security, suite, now: now, into: &out)
  }

  private mutating func takeActionBlock<Suite: CipherSuite>(
    _ reader: inout ByteReader, _ objects: inout some ServerObjects & ~Copyable,
    _ security: inout SecurityContext, _ suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    switch try takeBlock(&reader) {
    case .more(let number):
      out[0] = APDUTag.actionResponse
      out[1] = 4
      out[2] = invoke
      for i in 0..<4 { out[3 + i] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * i)) }
      return 7
    case .wrongNumber: return actionResponse(.dataBlockUnavailable, 0, &out)
    case .tooLong: return actionResponse(.longActionAborted, 0, &out)
    case .last: break
    }
    let request = kept
    let (count, head) = (keptCount, longHead)
    drop()
    let bytes = request.span.extracting(0..<count)
    if head.isList {
      return try performAll(bytes, head, &objects, &security, suite, now: now, into: &out)
    }
    _ = try Self.values(bytes, head)
    return performOne(
      Self.method(bytes, 0), bytes.extracting(head.count..<count), &objects, &security, suite,
      now: now, into: &out)
  }

  // MARK: methods

  private mutating func performOne<Suite: CipherSuite>(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>,
    _ objects: inout some ServerObjects & ~Copyable, _ security: inout SecurityContext,
    _ suite: Suite.Type, now: Instant, into out: inout MutableSpan<UInt8>
  ) -> Int {
    if method == Self.replyToHLS {
      return replyToHLS(
        parameters, &objects, security: &security, suite: suite, now: now, into: &out)
    }
    let (result, count) = perform(
      method, parameters, at: 6, &objects, &security, suite, &out)
    return actionResponse(result, count, &out)
  }

  /// Invokes a method; what it returns is written from a place of the answer on.
  mutating func perform<Suite: CipherSuite>(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, at place: Int,
    _ objects: inout some ServerObjects & ~Copyable, _ security: inout SecurityContext,
    _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) -> (ActionResult, Int) {
    // To show who one is goes by itself, never in a list.
    guard state == .associated, method != Self.replyToHLS else { return (.readWriteDenied, 0) }
    if method == Self.keyTransfer {
      return (transferKeys(parameters, &objects, &security, suite), 0)
    }
    var writer = COSEMWriter(out._mutatingExtracting(place..<max(place, room(out))))
    let result = objects.invoke(method, parameters, for: caller, into: &writer)
    return (result, writer.isFull ? 0 : writer.count)
  }

  private mutating func performAll<Suite: CipherSuite>(
    _ bytes: Span<UInt8>, _ head: LongHead, _ objects: inout some ServerObjects & ~Copyable,
    _ security: inout SecurityContext, _ suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    var valueAt = try Self.values(bytes, head)
    // Each answer has two bytes at least; more of a value than fits is not returned.
    guard 4 + 2 * head.items <= room(out) else { return exception(.notAllowed, .tooLong, &out) }
    var at = 4
    for k in 0..<head.items {
      let end = try Self.valueEnd(bytes, valueAt)
      let method = Self.method(bytes, 1 + k * Self.methodBytes)
      let (result, count) = perform(
        method, bytes.extracting(valueAt..<end), at: at + 3, &objects, &security, suite, &out)
      let isReturned = count > 0 && at + 3 + count + 2 * (head.items - k - 1) <= room(out)
      out[at] = result.rawValue
      out[at + 1] = isReturned ? 1 : 0
      if isReturned { out[at + 2] = 0 }
      at += isReturned ? 3 + count : 2
      valueAt = end
    }
    out[0] = APDUTag.actionResponse
    out[1] = 3
    out[2] = invoke
    out[3] = UInt8(truncatingIfNeeded: head.items)
    return at
  }

  /// Result, then what is returned where it stands already.
  func actionResponse(
    _ result: ActionResult, _ count: Int, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    out[0] = APDUTag.actionResponse
    out[1] = 1
    out[2] = invoke
    out[3] = result.rawValue
    guard count > 0 else {
      out[4] = 0
      return 5
    }
    out[4] = 1
    out[5] = 0
    return 6 + count
  }
}
