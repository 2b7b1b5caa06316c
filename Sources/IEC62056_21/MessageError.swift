/// Why characters are no message of IEC 62056-21.
public enum MessageError: Error, Equatable, Sendable {
  /// They end too early.
  case truncated
  /// A character that cannot stand there; the number is its offset.
  case unexpected(at: UInt16)
  /// A part is longer than the standard allows.
  case tooLong
  /// The check does not fit.
  case blockCheck
}

/// Reading of text that was received.
enum MessageText {
  /// Printable: space to tilde.
  static func isPrintable(_ character: UInt8) -> Bool { character >= 0x20 && character < 0x7F }

  static func isDigit(_ character: UInt8) -> Bool {
    character >= UInt8(ascii: "0") && character <= UInt8(ascii: "9")
  }

  static func error(at offset: Int) -> MessageError {
    .unexpected(at: UInt16(truncatingIfNeeded: offset))
  }

  /// Checks that CR LF stand at an offset and nothing behind.
  static func expectEnd(_ text: Span<UInt8>, at offset: Int) throws(MessageError) {
    guard offset < text.count else { throw .truncated }
    guard text[offset] == ControlCharacter.carriageReturn else { throw error(at: offset) }
    guard offset + 1 < text.count else { throw .truncated }
    guard text[offset + 1] == ControlCharacter.lineFeed, text.count == offset + 2 else {
      throw error(at: offset + 1)
    }
  }
}
