/// Numbers, pieces and windows of an open connection, the same on both sides.
///
/// It holds one APDU to send, of which frames are cut as they go out, so that a lost one is cut
/// again, and one that is being received.
struct HDLCTransfer: Sendable {
  /// Longest APDU behind its LLC header.
  static let apduMax = 2048
  private static let room = apduMax + 3

  var parameters = HDLCParameters.standard
  private(set) var out = InlineArray<2051, UInt8>(repeating: 0)
  private(set) var outCount = 0
  /// Bytes that the other side has acknowledged.
  private var acknowledged = 0
  /// Number of the frame that begins there.
  private var first: UInt8 = 0
  /// Frames on their way behind it.
  private var inFlight: UInt8 = 0
  /// Number of the frame that is expected next.
  private(set) var expected: UInt8 = 0
  private(set) var incoming = InlineArray<2051, UInt8>(repeating: 0)
  private(set) var incomingCount = 0
  private var isTooLong = false

  /// What became of a frame.
  enum Reception: UInt8, Sendable {
    /// Not the one that is expected.
    case outOfSequence
    /// Taken; more pieces follow.
    case piece
    /// The last piece of an APDU.
    case complete
    /// It does not fit.
    case tooLong
  }

  /// Forgets all that was sent and received.
  mutating func reset(_ parameters: HDLCParameters) {
    self.parameters = parameters
    (outCount, acknowledged, first, inFlight, expected, incomingCount) = (0, 0, 0, 0, 0, 0)
    isTooLong = false
  }

  // MARK: receiving

  mutating func receive(
    _ number: UInt8, _ information: Span<UInt8>, isSegment: Bool
  ) -> Reception {
    guard number == expected else { return .outOfSequence }
    guard information.count <= Int(parameters.receiveBytes) else { return .tooLong }
    expected = (expected &+ 1) & 7
    if incomingCount + information.count > Self.room {
      isTooLong = true
    } else {
      for i in information.indices { incoming[incomingCount + i] = information[i] }
      incomingCount += information.count
    }
    if isTooLong {
      incomingCount = 0
      if !isSegment { isTooLong = false }
      return .tooLong
    }
    return isSegment ? .piece : .complete
  }

  /// Keeps what came without connection.
  mutating func take(_ information: Span<UInt8>) {
    incomingCount = min(information.count, Self.room)
    for i in 0..<incomingCount { incoming[i] = information[i] }
  }

  /// The APDU that was received has been dealt with.
  mutating func clearIncoming() { incomingCount = 0 }

  /// Whether the LLC header of what was received is this one (IEC 62056-46, 5.3).
  func hasHeader(_ header: InlineArray<3, UInt8>) -> Bool {
    incomingCount >= 3 && incoming[0] == header[0] && incoming[1] == header[1]
      && incoming[2] == header[2]
  }

  /// Takes the number that the other side expects next.
  /// - Returns: false where no frame of that number is on its way.
  mutating func acknowledge(_ number: UInt8) -> Bool {
    let count = (number &- first) & 7
    guard count <= inFlight else { return false }
    acknowledged = min(outCount, acknowledged + Int(count) * Int(parameters.transmitBytes))
    first = number
    inFlight -= count
    if acknowledged == outCount { (outCount, acknowledged) = (0, 0) }
    return true
  }

  // MARK: sending

  /// True while something has not been acknowledged.
  var isSending: Bool { outCount > 0 }

  /// Takes over an APDU to send behind an LLC header; false where it does not fit or another is
  /// still on its way.
  mutating func send(_ header: InlineArray<3, UInt8>, _ apdu: Span<UInt8>) -> Bool {
    guard !isSending, !apdu.isEmpty, apdu.count <= Self.apduMax else { return false }
    for i in 0..<3 { out[i] = header[i] }
    for i in apdu.indices { out[3 + i] = apdu[i] }
    outCount = apdu.count + 3
    acknowledged = 0
    inFlight = 0
    return true
  }

  /// Goes back to the first frame that has not been acknowledged.
  mutating func repeatWindow() { inFlight = 0 }

  /// A frame that may go out now.
  struct Piece {
    var bytes: Range<Int>
    var number: UInt8
    /// The APDU ends with it.
    var isLast: Bool
    /// The other side is to answer: the APDU or the window ends.
    var hasPoll: Bool
  }

  mutating func nextPiece() -> Piece? {
    let size = Int(parameters.transmitBytes)
    let start = acknowledged + Int(inFlight) * size
    guard start < outCount, inFlight < parameters.transmitWindow else { return nil }
    let end = min(outCount, start + size)
    let number = (first &+ inFlight) & 7
    inFlight += 1
    return Piece(
      bytes: start..<end, number: number, isLast: end == outCount,
      hasPoll: end == outCount || inFlight == parameters.transmitWindow)
  }
}
