/// What a message of the programming mode asks for or tells (clause 6.3.10).
public enum ProgrammingCommand: Equatable, Sendable {
  /// P0: the operand of a meter for a password by an algorithm.
  case operand
  /// P1: a password.
  case password
  /// P2: the result of an algorithm over operand and password.
  case secret
  /// R1...R6.
  case read(UInt8)
  /// W1...W5.
  case write(UInt8)
  /// E2.
  case execute(UInt8)
  /// B0: the end of the session.
  case endOfSession

  /// Nil for a letter and number that the standard does not have.
  public init?(letter: UInt8, number: UInt8) {
    guard MessageText.isDigit(number) else { return nil }
    let kind = number & 15
    switch (letter, kind) {
    case (UInt8(ascii: "P"), 0): self = .operand
    case (UInt8(ascii: "P"), 1): self = .password
    case (UInt8(ascii: "P"), 2): self = .secret
    case (UInt8(ascii: "R"), 1...6): self = .read(kind)
    case (UInt8(ascii: "W"), 1...5): self = .write(kind)
    case (UInt8(ascii: "E"), 2): self = .execute(kind)
    case (UInt8(ascii: "B"), 0): self = .endOfSession
    default: return nil
    }
  }

  /// The two characters.
  public var characters: InlineArray<2, UInt8> {
    let zero = UInt8(ascii: "0")
    return switch self {
    case .operand: [UInt8(ascii: "P"), zero]
    case .password: [UInt8(ascii: "P"), zero + 1]
    case .secret: [UInt8(ascii: "P"), zero + 2]
    case .read(let kind): [UInt8(ascii: "R"), zero + kind]
    case .write(let kind): [UInt8(ascii: "W"), zero + kind]
    case .execute(let kind): [UInt8(ascii: "E"), zero + kind]
    case .endOfSession: [UInt8(ascii: "B"), zero]
    }
  }

  /// R2, R4, W2, W4, E2: the coding of Annex C.
  public var isFormatted: Bool {
    switch self {
    case .read(let kind), .write(let kind): kind == 2 || kind == 4
    case .execute: true
    default: false
    }
  }

  /// R3, R4, R6, W3, W4: in blocks, each answered.
  public var isInBlocks: Bool {
    switch self {
    case .read(let kind): kind == 3 || kind == 4 || kind == 6
    case .write(let kind): kind == 3 || kind == 4
    default: false
    }
  }
}

/// A message of the programming mode: SOH command [STX argument] ETX or EOT, check.
public struct ProgrammingMessage: Equatable, Sendable {
  public var command: ProgrammingCommand
  /// Where the argument stands, without STX and ETX; empty where there is none.
  public var argument: Range<Int>
  /// Ended by EOT: another block will follow.
  public var isPartial: Bool

  /// Reads a whole message.
  ///
  /// - Parameter message: from SOH to the check.
  /// - Throws: `blockCheck` where the check does not fit; `unexpected` at offset 1 for a command
  ///   that the standard does not have.
  public init(parsing message: Span<UInt8>) throws(MessageError) {
    guard message.count >= 5 else { throw .truncated }
    guard message[0] == ControlCharacter.startOfHeader else { throw MessageText.error(at: 0) }
    let end = message.count - 2
    isPartial = message[end] == ControlCharacter.endOfBlock
    guard isPartial || message[end] == ControlCharacter.endOfText else {
      throw MessageText.error(at: end)
    }
    var check = BlockCheck()
    check.update(message.extracting(1...end))
    guard check.value == message[end + 1] & 0x7F else { throw .blockCheck }
    guard let command = ProgrammingCommand(letter: message[1], number: message[2]) else {
      throw MessageText.error(at: 1)
    }
    self.command = command
    guard end > 3 else {
      argument = 3..<3
      return
    }
    guard message[3] == ControlCharacter.startOfText else { throw MessageText.error(at: 3) }
    for i in 4..<end where !MessageText.isPrintable(message[i]) {
      // Lines of an argument are allowed.
      guard message[i] == ControlCharacter.carriageReturn || message[i] == ControlCharacter.lineFeed
      else { throw MessageText.error(at: i) }
    }
    argument = 4..<end
  }
}

/// What an error message of our meter says: `(ERRnn)`.
///
/// The standard leaves the text to the maker; the numbers are stable.
public enum ProtocolRefusal: UInt8, CaseIterable, Error, Sendable {
  case unknownCommand = 1
  case unknownAddress = 2
  case badValue = 3
  /// The password is missing.
  case notOpened = 4
  /// A seal protects it.
  case sealed = 5
  /// Legal data, or what is fixed when the meter is made.
  case fixed = 6
  /// Only a module may do that.
  case wrongDoor = 7
  /// Another change is on its way.
  case busy = 8
  case memory = 9
  case wrongPassword = 10
  /// A wrong password was given: none is looked at before the wait is over.
  case waiting = 11
  /// The meter does not do that now.
  case refused = 12

  /// Reads the text of an error message; nil for other texts.
  public init?(parsing text: Span<UInt8>) {
    let head: StaticString = "(ERR"
    guard text.count == 7, text[6] == UInt8(ascii: ")") else { return nil }
    for k in 0..<4 where text[k] != head.utf8Start[k] { return nil }
    guard MessageText.isDigit(text[4]), MessageText.isDigit(text[5]) else { return nil }
    self.init(rawValue: (text[4] & 15) * 10 + (text[5] & 15))
  }

  /// Writes `(ERRnn)`.
  public func write(into writer: inout TextWriter) {
    writer.put("(ERR")
    writer.decimal(UInt64(rawValue), width: 2)
    writer.put(UInt8(ascii: ")"))
  }
}
