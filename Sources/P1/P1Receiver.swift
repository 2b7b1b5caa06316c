/// Cuts a stream of bytes into telegrams; one that begins anew or does not end is dropped.
public struct P1Receiver: Sendable {
  private var room = InlineArray<4096, UInt8>(repeating: 0)
  private var count = 0
  /// Where the mark of the end stands.
  private var mark: Int?
  /// Bytes that belonged to no telegram, or to one that was dropped.
  public private(set) var dropped: UInt64 = 0

  public init() {}

  /// Takes a byte.
  /// - Returns: true when a telegram has come whole; it is there until the next byte.
  public mutating func receive(_ byte: UInt8) -> Bool {
    if isComplete { (count, mark) = (0, nil) }
    if count == 0 && byte != 0x2F {
      dropped &+= 1
      return false
    }
    let beginsLine = count >= 2 && room[count - 1] == 0x0A
    // A stroke stands nowhere else: the telegram before has lost its end.
    if byte == 0x2F { drop() }
    guard count < room.count else {
      drop()
      return receive(byte)
    }
    if byte == 0x21 && beginsLine && mark == nil { mark = count }
    room[count] = byte
    count += 1
    if let mark, count - mark > 7 { drop() }
    return isComplete
  }

  private mutating func drop() {
    dropped &+= UInt64(count)
    (count, mark) = (0, nil)
  }

  private var isComplete: Bool { mark != nil && count > 0 && room[count - 1] == 0x0A }

  /// The telegram that has come.
  /// - Throws: why it is damaged.
  public var telegram: P1Telegram {
    @_lifetime(borrow self)
    get throws(P1Error) { try P1Telegram(parsing: room.span.extracting(0..<count)) }
  }
}
