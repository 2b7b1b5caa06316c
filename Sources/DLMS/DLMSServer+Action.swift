import Bytes
import COSEM
import Ciphers
import MeterTime
import Quantities

extension DLMSServer {
  /// An action request: normal.
  mutating func action<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) throws(BytesError) -> Int {
    var reader = ByteReader(apdu)
    try reader.skip(1)
    let kind = try reader.bigEndian(UInt8.self)
    let invoke = try reader.bigEndian(UInt8.self)
    drop()
    self.invoke = invoke
    guard kind == 1 else { return exception(.notAllowed, .notSupported, &out) }
    let classID = try reader.bigEndian(UInt16.self)
    let n = try reader.take(6)
    let method = MethodDescriptor(
      classID, OBISCode(n[0], n[1], n[2], n[3], n[4], n[5]), try reader.bigEndian())
    let hasParameters = try reader.bigEndian(UInt8.self) != 0
    let parameters = try reader.take(reader.remaining)
    guard hasParameters != parameters.isEmpty else { throw .truncated }
    if hasParameters {
      var value = COSEMReader(parameters)
      do throws(COSEMError) { try value.skip() } catch { throw .truncated }
      guard value.remaining == 0 else { throw .truncated }
    }
    if method == Self.replyToHLS {
      return replyToHLS(
        parameters, &objects, security: &security, suite: suite, now: now, into: &out)
    }
    guard state == .associated else { return actionResponse(.readWriteDenied, 0, &out) }
    var result = ActionResult.success
    var count = 0
    do {
      var writer = COSEMWriter(out._mutatingExtracting(6..<max(6, room(out))))
      result = objects.invoke(method, parameters, for: caller, into: &writer)
      count = writer.isFull ? 0 : writer.count
    }
    return actionResponse(result, count, &out)
  }

  /// Method 1 of the current association: the client answers the challenge.
  static let replyToHLS = MethodDescriptor(
    InterfaceClass.association.rawValue, .abstract(40, 0), 1)

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
