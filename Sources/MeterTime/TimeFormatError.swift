/// Why a text is not a time or a length of time. Offsets count bytes from the start of the text.
public enum TimeFormatError: Error, Equatable, Sendable {
  /// The text ends too early.
  case truncated
  /// The byte at the offset cannot stand there.
  case unexpected(offset: Int)
  /// The number that starts at the offset is outside the calendar, the day or the range.
  case outOfRange(offset: Int)
}
