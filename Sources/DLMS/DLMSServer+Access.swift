import Bytes
import COSEM
import Ciphers
import MeterTime
import Quantities

/// The service ACCESS: a list of gets, sets and actions in one request, carried out in order
/// (IEC 62056-5-3, 7.3.10).
extension DLMSServer {
  /// What an access request asks for in one place.
  private struct Request {
    /// 1 get, 2 set, 3 action, 4 and 5 get and set with selection.
    var kind: UInt8
    var item: Item
  }

  /// An access request.
  mutating func access<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    drop()
    var reader = ByteReader(apdu)
    try reader.skip(1)
    let long = try reader.bigEndian(UInt32.self)
    try reader.skip(try reader.length())
    let start = reader.offset
    let count = Int(try reader.bigEndian(UInt8.self))
    guard count > 0, count < 0x80 else { throw .truncated }
    // Everything is seen to be whole before anything is done.
    var at = start + 1
    for _ in 0..<count { at = try Self.request(apdu, at).item.end }
    guard at < apdu.count, Int(apdu[at]) == count else { throw .truncated }
    let valueAt = at + 1
    var end = valueAt
    for _ in 0..<count { end = try Self.valueEnd(apdu, end) }
    guard end == apdu.count else { throw .truncated }
    guard 16 + 3 * count <= room(out) else { return exception(.notAllowed, .tooLong, &out) }

    return try answer(
      apdu, long, count, (start + 1, valueAt), &objects, &security, suite, &out)
  }

  /// Carries out what has been seen to be whole.
  private mutating func answer<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ long: UInt32, _ count: Int, _ places: (request: Int, value: Int),
    _ objects: inout some ServerObjects & ~Copyable, _ security: inout SecurityContext,
    _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    // No date and time, no specification repeated.
    let head: InlineArray<8, UInt8> = [
      APDUTag.accessResponse, UInt8(truncatingIfNeeded: long >> 24),
      UInt8(truncatingIfNeeded: long >> 16), UInt8(truncatingIfNeeded: long >> 8),
      UInt8(truncatingIfNeeded: long), 0, 0, UInt8(truncatingIfNeeded: count),
    ]
    for i in 0..<8 { out[i] = head[i] }
    var results = InlineArray<128, UInt8>(repeating: 0)
    let breaksOnError = long & 0x2000_0000 != 0
    var isBroken = false
    var (place, requestAt, valueAt) = (8, places.request, places.value)
    for k in 0..<count {
      let request = try Self.request(apdu, requestAt)
      let valueEnd = try Self.valueEnd(apdu, valueAt)
      // Behind it come a byte of data for each other one, and all results.
      let limit = room(out) - (count - k - 1) - 1 - 2 * count
      let written: Int
      (results[k], written) =
        isBroken
        ? (DataAccessResult.otherReason.rawValue, 0)
        : serve(
          request, apdu, apdu.extracting(valueAt..<valueEnd), place..<limit, &objects, &security,
          suite, &out)
      if written == 0 { out[place] = 0 }
      place += max(1, written)
      if results[k] != 0 && breaksOnError { isBroken = true }
      (requestAt, valueAt) = (request.item.end, valueEnd)
    }
    out[place] = UInt8(truncatingIfNeeded: count)
    place += 1
    requestAt = places.request
    for k in 0..<count {
      let request = try Self.request(apdu, requestAt)
      // With or without selection it is a get or a set.
      out[place] = request.kind > 3 ? request.kind - 3 : request.kind
      out[place + 1] = results[k]
      place += 2
      requestAt = request.item.end
    }
    return place
  }

  /// Carries out one request; answers its result and the bytes of what it returns.
  private mutating func serve<Suite: CipherSuite>(
    _ request: Request, _ apdu: Span<UInt8>, _ value: Span<UInt8>, _ place: Range<Int>,
    _ objects: inout some ServerObjects & ~Copyable, _ security: inout SecurityContext,
    _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) -> (UInt8, Int) {
    guard state == .associated else { return (DataAccessResult.readWriteDenied.rawValue, 0) }
    let item = request.item
    switch request.kind {
    case 2, 5:
      guard caller.conformance.contains(.set) else {
        return (DataAccessResult.readWriteDenied.rawValue, 0)
      }
      return (setOne(item, value, &objects).rawValue, 0)
    case 3:
      guard caller.conformance.contains(.action) else {
        return (DataAccessResult.readWriteDenied.rawValue, 0)
      }
      let method = MethodDescriptor(
        item.attribute.classID, item.attribute.name, item.attribute.attribute)
      let (result, count) = perform(
        method, value, at: place.lowerBound, &objects, &security, suite, &out)
      return (result.rawValue, count <= place.count ? count : 0)
    default: break
    }
    guard caller.conformance.contains(.get) else {
      return (DataAccessResult.readWriteDenied.rawValue, 0)
    }
    if item.selector != 0 && !caller.conformance.contains(.selectiveAccess) {
      return (DataAccessResult.scopeOfAccessViolated.rawValue, 0)
    }
    let selection = Selection(item.selector, apdu.extracting(item.parameters))
    var stream = StreamPlace()
    let result = objects.prepare(item.attribute, selection, for: caller, place: &stream)
    if result != .success { return (result.rawValue, 0) }
    var writer = COSEMWriter(out._mutatingExtracting(place))
    let isThere = objects.write(
      item.attribute, selection, for: caller, place: &stream, into: &writer)
    if !isThere { return (DataAccessResult.temporaryFailure.rawValue, 0) }
    // An answer has no blocks of its own: what is longer has to be read by itself.
    if writer.isFull { return (DataAccessResult.dataBlockUnavailable.rawValue, 0) }
    return (0, writer.count)
  }

  private static func request(
    _ bytes: Span<UInt8>, _ at: Int
  ) throws(BytesError) -> Request {
    guard at + 10 <= bytes.count else { throw .truncated }
    let kind = bytes[at]
    guard (1...5).contains(kind) else { throw .truncated }
    func byte(_ i: Int) -> UInt8 { bytes[at + 1 + i] }
    let attribute = AttributeDescriptor(
      UInt16(byte(0)) << 8 | UInt16(byte(1)),
      OBISCode(byte(2), byte(3), byte(4), byte(5), byte(6), byte(7)), byte(8))
    var item = Item(attribute: attribute, selector: 0, parameters: 0..<0, end: at + 10)
    if kind >= 4 {
      guard at + 11 <= bytes.count else { throw .truncated }
      item.selector = bytes[at + 10]
      item.end = try valueEnd(bytes, at + 11)
      item.parameters = (at + 11)..<item.end
    }
    return Request(kind: kind, item: item)
  }
}
