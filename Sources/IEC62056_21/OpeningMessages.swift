/// The request of a reader: `/?` address `!` CR LF (clause 6.3.1).
public struct RequestMessage: Equatable, Sendable {
  /// The longest address, characters.
  public static var longestAddress: Int { 32 }

  /// Where the address stands in the text; empty to call whoever listens.
  public var address: Range<Int>

  /// Reads a whole request.
  ///
  /// - Parameter text: from `/` to the line feed.
  public init(parsing text: Span<UInt8>) throws(MessageError) {
    let head: InlineArray<2, UInt8> = [UInt8(ascii: "/"), UInt8(ascii: "?")]
    for k in 0..<2 {
      guard k < text.count else { throw .truncated }
      guard text[k] == head[k] else { throw MessageText.error(at: k) }
    }
    var end = 2
    while end < text.count, text[end] != UInt8(ascii: "!") {
      guard Self.isAddress(text[end]) else { throw MessageText.error(at: end) }
      end += 1
    }
    guard end < text.count else { throw .truncated }
    guard end - 2 <= Self.longestAddress else { throw .tooLong }
    try MessageText.expectEnd(text, at: end + 1)
    address = 2..<end
  }

  private static func isAddress(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: " "):
      true
    default: false
    }
  }

  /// Whether an address calls the meter with a number; leading noughts do not count, and an empty
  /// address calls every meter.
  public static func calls(_ number: UInt32, _ address: Span<UInt8>) -> Bool {
    var value: UInt64 = 0
    for i in address.indices {
      guard MessageText.isDigit(address[i]) else { return false }
      value = value &* 10 &+ UInt64(address[i] & 15)
      // Thirty-two digits would go round; no number of a meter has more than ten.
      if value > 9_999_999_999 { return false }
    }
    return address.isEmpty || value == UInt64(number)
  }
}

/// The identification of a meter: stroke, maker, speed, perhaps `\W`, text, CR LF (6.3.2).
public struct Identification: Equatable, Sendable {
  /// The longest text behind the speed, characters.
  public static var longestText: Int { 16 }

  /// The letters of the maker as they stand, three of them.
  public var maker: InlineArray<3, UInt8>
  /// The character for the speed.
  public var speed: UInt8
  /// The meter can go on in HDLC (`\2`).
  public var offersBinary: Bool
  /// Where the text stands.
  public var text: Range<Int>

  /// Reads a whole identification.
  ///
  /// - Parameter message: from `/` to the line feed.
  public init(parsing message: Span<UInt8>) throws(MessageError) {
    guard message.count >= 7 else { throw .truncated }
    guard message[0] == UInt8(ascii: "/") else { throw MessageText.error(at: 0) }
    maker = [message[1], message[2], message[3]]
    for k in 1...3 where !Self.isLetter(message[k]) { throw MessageText.error(at: k) }
    guard MessageText.isPrintable(message[4]) else { throw MessageText.error(at: 4) }
    speed = message[4]
    offersBinary = false
    var start = 5
    while start + 1 < message.count, message[start] == UInt8(ascii: "\\") {
      if message[start + 1] == UInt8(ascii: "2") { offersBinary = true }
      start += 2
    }
    var end = start
    while end < message.count, message[end] != ControlCharacter.carriageReturn {
      let character = message[end]
      guard MessageText.isPrintable(character), character != UInt8(ascii: "/"),
        character != UInt8(ascii: "!")
      else { throw MessageText.error(at: end) }
      end += 1
    }
    guard end - start <= Self.longestText else { throw .tooLong }
    try MessageText.expectEnd(message, at: end)
    text = start..<end
  }

  private static func isLetter(_ character: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character & 0xDF)
  }

  /// The meter answers within 20 ms: its maker's third letter is a small one.
  public var isQuick: Bool { maker[2] & 0x20 != 0 }

  public static func == (a: Identification, b: Identification) -> Bool {
    for k in 0..<3 where a.maker[k] != b.maker[k] { return false }
    return a.speed == b.speed && a.offersBinary == b.offersBinary && a.text == b.text
  }
}

/// The answer of a reader to an identification: ACK V Z Y CR LF (clause 6.3.3).
public struct Acknowledgement: Equatable, Sendable {
  /// What is to be done.
  public enum Choice: Equatable, Sendable {
    case readout
    case programming
    /// HDLC from now on.
    case binary
    /// 6...9, for the maker.
    case other(UInt8)
  }

  /// Characters of the message.
  public static var length: Int { 6 }

  /// Nil for a speed that no character stands for; the line then stays as it is.
  public var speed: LineSpeed?
  public var choice: Choice

  public init(_ choice: Choice, at speed: LineSpeed) {
    self.choice = choice
    self.speed = speed
  }

  /// Reads a whole answer.
  ///
  /// - Parameter message: from ACK to the line feed.
  public init(parsing message: Span<UInt8>) throws(MessageError) {
    guard message.count >= 4 else { throw .truncated }
    guard message[0] == ControlCharacter.acknowledge else { throw MessageText.error(at: 0) }
    for k in 1...3 where !MessageText.isDigit(message[k]) { throw MessageText.error(at: k) }
    try MessageText.expectEnd(message, at: 4)
    speed = LineSpeed(rawValue: message[2] - UInt8(ascii: "0"))
    switch (message[1], message[3]) {
    case (UInt8(ascii: "0"), UInt8(ascii: "0")): choice = .readout
    case (UInt8(ascii: "0"), UInt8(ascii: "1")): choice = .programming
    case (UInt8(ascii: "2"), UInt8(ascii: "2")): choice = .binary
    default: choice = .other(message[3] - UInt8(ascii: "0"))
    }
  }

  /// The message.
  public var characters: InlineArray<6, UInt8> {
    let (control, what): (UInt8, UInt8) =
      switch choice {
      case .readout: (0, 0)
      case .programming: (0, 1)
      case .binary: (2, 2)
      case .other(let number): (0, min(number, 9))
      }
    let zero = UInt8(ascii: "0")
    return [
      ControlCharacter.acknowledge, zero + control, zero + (speed ?? .baud300).rawValue,
      zero + what, ControlCharacter.carriageReturn, ControlCharacter.lineFeed,
    ]
  }
}
