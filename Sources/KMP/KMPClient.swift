/// The client's side of KMP, without input or output: one request, one answer.
public struct KMPClient: Sendable {
  private var deframer = KMPDeframer(start: KMPFrame.startOfAnswer)

  public init() {}

  /// Writes the frame of a request.
  ///
  /// - Parameters:
  ///   - data: what stands behind the command, at most 256 bytes.
  ///   - output: at least `KMPFrame.longestFrame` bytes of two more than the data.
  /// - Returns: the bytes written.
  public static func request(
    _ command: KMPCommand, _ data: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) -> Int {
    precondition(data.count <= 256, "data of a KMP request")
    var body = InlineArray<258, UInt8>(repeating: 0)
    body[0] = KMPAddress.meter
    body[1] = command.rawValue
    for k in data.indices { body[2 + k] = data[k] }
    return KMPFrame.write(
      body.span.extracting(0..<(2 + data.count)), start: KMPFrame.startOfRequest, into: &output)
  }

  /// Takes one byte of the answer.
  public mutating func receive(_ byte: UInt8) -> KMPDeframer.Event { deframer.receive(byte) }

  /// Command and data of the answer that has just come.
  public var answer: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let body = deframer.body
      return body.extracting(min(1, body.count)...)
    }
  }
}
