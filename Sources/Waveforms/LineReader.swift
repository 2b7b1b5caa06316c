/// Lines of a text, one at a time, through one buffer of fixed size.
///
/// A line ends with LF or CR LF, the last one may lack it. A UTF-8 byte order mark is skipped.
/// Lines of more than 64 KiB are refused, since no format here has them.
struct LineReader {
  static let lineLimit = 65_536

  let bytes: ByteSource
  /// Holds the current line in `line`.
  private(set) var buffer: [UInt8]
  /// The current line without its end.
  private(set) var line: Range<Int> = 0..<0
  /// Number of the current line, counted from 1.
  private(set) var number = 0
  private var next = 0
  private var filled = 0
  private var ended = false
  /// Whether a line is complete in the buffer, so that it can be had without waiting.
  var hasLine: Bool { newline(from: next) != nil }
  /// Takes what a pipe has instead of waiting for a full buffer.
  private let isLive: Bool

  /// - Parameters:
  ///   - bytes: read from where they stand.
  ///   - linesBefore: lines of the file that lie before that place.
  init(_ bytes: ByteSource, isLive: Bool = false, linesBefore: Int = 0) {
    self.bytes = bytes
    number = linesBefore
    self.isLive = isLive
    // A short text needs no more than itself and the byte that shows its end.
    let size = bytes.length.map { Int(clamping: $0) } ?? .max
    buffer = [UInt8](repeating: 0, count: size < 2 * Self.lineLimit ? size + 1 : 2 * Self.lineLimit)
  }

  /// Moves to the next line; false at the end.
  mutating func advance() throws(SourceError) -> Bool {
    var searched = next
    while true {
      if let end = newline(from: searched) {
        guard end - next <= Self.lineLimit else { throw tooLong() }
        take(next..<end, continueAt: end + 1)
        return true
      }
      if ended {
        guard next < filled else { return false }
        guard filled - next <= Self.lineLimit else { throw tooLong() }
        take(next..<filled, continueAt: filled)
        return true
      }
      guard filled - next <= Self.lineLimit else { throw tooLong() }
      searched = filled - next
      try refill()
    }
  }

  private func tooLong() -> SourceError {
    SourceError.badData(
      bytes.name, .line(number + 1), expected: "a line of at most 65,536 bytes",
      found: "a longer one", nextStep: "Check that this is a text file.")
  }

  private func newline(from start: Int) -> Int? {
    var index = start
    while index < filled {
      if buffer[index] == 0x0A { return index }
      index += 1
    }
    return nil
  }

  private mutating func take(_ range: Range<Int>, continueAt: Int) {
    line = range
    if let last = line.last, buffer[last] == 0x0D { line = line.lowerBound..<last }
    number += 1
    if number == 1, line.count >= 3, buffer[line.lowerBound] == 0xEF,
      buffer[line.lowerBound + 1] == 0xBB, buffer[line.lowerBound + 2] == 0xBF
    {
      line = line.lowerBound + 3..<line.upperBound
    }
    next = continueAt
  }

  /// Moves what is left to the front and reads behind it.
  private mutating func refill() throws(SourceError) {
    let left = filled - next
    for index in 0..<left { buffer[index] = buffer[next + index] }
    next = 0
    filled = left
    let free = buffer.count - left
    var piece = [UInt8](repeating: 0, count: free)
    let got =
      isLive
      ? try bytes.readAvailable(into: &piece) : try bytes.read(into: &piece, count: free)
    for index in 0..<got { buffer[left + index] = piece[index] }
    filled += got
    ended = got == 0
  }

  /// Offset in the file of the first byte after the current line.
  var nextOffset: UInt64 { bytes.offset - UInt64(filled - next) }

  /// The current line as text, for messages and headers.
  var text: String { String(decoding: buffer[line], as: UTF8.self) }

  /// Text of a part of the current line, at most 40 characters, in quotes, for messages.
  func quoted(_ range: Range<Int>) -> String {
    let text = String(decoding: buffer[range].prefix(80), as: UTF8.self)
    return "\u{201C}\(text.prefix(40))\u{201D}"
  }

  /// Whether the line holds nothing but white space.
  var isBlank: Bool { line.allSatisfy { buffer[$0] == 0x20 || buffer[$0] == 0x09 } }

  /// Whether the first character is `#`, a comment.
  var isComment: Bool { !line.isEmpty && buffer[line.lowerBound] == UInt8(ascii: "#") }

  /// Splits the current line at a separator into `fields`, white space trimmed.
  func split(at separator: UInt8, into fields: inout [Range<Int>]) {
    fields.removeAll(keepingCapacity: true)
    var start = line.lowerBound
    for index in line {
      if buffer[index] == separator {
        fields.append(trimmed(start..<index))
        start = index + 1
      }
    }
    fields.append(trimmed(start..<line.upperBound))
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x22 }
    while low < high, isSpace(buffer[low]) { low += 1 }
    while high > low, isSpace(buffer[high - 1]) { high -= 1 }
    return low..<high
  }
}
