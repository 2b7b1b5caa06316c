/// Reads commands off the report port: a letter, with a number before it where it needs one, and
/// `SET@` before that where it is to wait for a sample set, as in `12000@p` or `400@2t`.
struct CommandReader {
  /// A letter with what stood before it.
  struct Command {
    var letter: UInt8
    var number: Int64
    /// The set to wait for, nil for at once.
    var set: Int64?
  }

  private var number: Int64 = 0
  private var set: Int64?

  init() {}

  /// Takes one byte; gives a command when it was the letter of one.
  mutating func receive(_ byte: UInt8) -> Command? {
    switch byte {
    case 0x30...0x39:
      number = min(number, 1 << 40) * 10 + Int64(byte &- 0x30)
      return nil
    case 0x40:
      set = number
      number = 0
      return nil
    case 0x41...0x5A, 0x61...0x7A:
      defer { self = CommandReader() }
      return Command(letter: byte, number: number, set: set)
    default:
      self = CommandReader()
      return nil
    }
  }
}
