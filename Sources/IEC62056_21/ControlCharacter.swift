/// The characters of IEC 62056-21 that are no text.
public enum ControlCharacter {
  /// Begins a block that is checked, before a command.
  public static let startOfHeader: UInt8 = 0x01
  /// Begins the text of a block.
  public static let startOfText: UInt8 = 0x02
  /// Ends the last block of a message; the check follows.
  public static let endOfText: UInt8 = 0x03
  /// Ends a block after which more will come; the check follows.
  public static let endOfBlock: UInt8 = 0x04
  public static let acknowledge: UInt8 = 0x06
  public static let lineFeed: UInt8 = 0x0A
  public static let carriageReturn: UInt8 = 0x0D
  /// Not understood: say it again.
  public static let negative: UInt8 = 0x15
}

/// The block check of IEC 62056-21: exclusive or of the seven-bit characters after the one that
/// begins a block, up to and with the one that ends it (ISO 1155, clause 5.2.2 of the standard).
public struct BlockCheck: Equatable, Sendable {
  public private(set) var value: UInt8 = 0

  public init() {}

  /// Takes in one character.
  public mutating func update(_ character: UInt8) { value ^= character & 0x7F }

  /// Takes in characters in order.
  public mutating func update(_ characters: Span<UInt8>) {
    for i in characters.indices { update(characters[i]) }
  }
}

/// A character of seven bits with even parity in an octet, for lines whose hardware is set to
/// eight bits because another language shares them.
public enum EvenParity {
  /// The octet of a character: bit 7 makes the number of ones even.
  public static func octet(_ character: UInt8) -> UInt8 {
    let seven = character & 0x7F
    return seven.nonzeroBitCount & 1 == 0 ? seven : seven | 0x80
  }

  /// The character of an octet; nil where the parity is odd.
  public static func character(_ octet: UInt8) -> UInt8? {
    octet.nonzeroBitCount & 1 == 0 ? octet & 0x7F : nil
  }
}
