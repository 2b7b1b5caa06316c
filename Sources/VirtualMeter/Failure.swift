/// What a program says before it gives up: where, what, what was expected, what to do next.
///
/// Every error that reaches a person is one of these, so that each names all four; `status` is
/// the exit code.
public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The exit code of the program.
  public var status: ExitStatus
  /// File, folder or port, when one is to blame.
  public var file: String?
  /// Line of the file, from 1.
  public var line: Int?
  /// What is wrong, in a few words.
  public var what: String
  /// What would have been right.
  public var expected: String
  /// What to do now.
  public var next: String

  public init(
    _ status: ExitStatus, file: String? = nil, line: Int? = nil, what: String, expected: String,
    next: String
  ) {
    self.status = status
    self.file = file
    self.line = line
    self.what = what
    self.expected = expected
    self.next = next
  }

  /// `FILE:LINE: what; expected …; next step …`, without the program's name.
  public var description: String {
    let place = file.map { file in line.map { "\(file):\($0): " } ?? "\(file): " } ?? ""
    return "\(place)\(what); expected \(expected); next step: \(next)"
  }
}
