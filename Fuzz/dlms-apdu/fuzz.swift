import COSEM
import Ciphers
import DLMS
import MeterTime

/// A logical device whose every attribute is a table of 200 rows.
private struct Objects: ServerObjects {
  var counter: UInt32 = 0

  mutating func prepare(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace
  ) -> DataAccessResult {
    precondition(caller.client == 16 || caller.mechanism != .none)
    place.rows = 200
    return attribute.attribute == 9 ? .objectUndefined : .success
  }

  mutating func write(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace, into writer: inout COSEMWriter
  ) -> Bool {
    for row in place.row...200 where !writer.isFull {
      writer.begin(row: row)
      if row == 0 { writer.array(200) } else { writer.doubleLongUnsigned(row) }
    }
    return true
  }

  mutating func set(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, to value: Span<UInt8>,
    for caller: Caller
  ) -> DataAccessResult { .success }

  mutating func invoke(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, for caller: Caller,
    into writer: inout COSEMWriter
  ) -> ActionResult {
    writer.doubleLongUnsigned(UInt32(method.method))
    return .success
  }

  mutating func keep(_ keys: SecurityKeys) -> Bool {
    preconditionFailure("nobody here knows the master key")
  }

  mutating func nextInvocationCounter() -> UInt32? {
    counter += 1
    return counter
  }
}

/// libFuzzer's entry for a server: a byte that is the client, then APDUs behind a byte of length
/// each. Who has not shown who it is never reaches an object.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  guard let client = bytes.first else { return 0 }
  var server = DLMSServer(client: client, logicalDevice: 1)
  var objects = Objects()
  var security = SecurityContext(keys: .TEST, title: [75, 86, 68, 0, 0, 0, 0, 1])
  var room = [UInt8](repeating: 0, count: 300)
  var at = 1
  var now = Instant(seconds: 0)
  while at < bytes.count {
    let end = min(bytes.count, at + 1 + Int(bytes[at]))
    let apdu = Array(bytes[(at + 1)..<end])
    at = end
    var span = room.mutableSpan
    var count = server.process(
      apdu.span, &objects, security: &security, suite: PortableCiphers.self,
      entropy: InlineArray(repeating: UInt8(truncatingIfNeeded: at)), now: now, into: &span)
    var blocks = 0
    while count > 0 {
      precondition(count <= 300 && blocks < 9)
      var next = room.mutableSpan
      count = server.nextBlock(&objects, into: &next)
      blocks += 1
    }
    now += .seconds(1)
  }
  return 0
}
