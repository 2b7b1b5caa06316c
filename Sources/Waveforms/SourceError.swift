/// Why samples cannot be had: what file, where in it, what was expected, what stood there, and
/// what the reader of the message can do next.
public struct SourceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Class of an error; it decides the exit code of a program.
  public enum Category: Sendable {
    /// The call asks for something that cannot be, such as four files on three phases.
    case usage
    /// A file or stream whose content breaks its format.
    case badData
    /// A file that is not there or may not be read.
    case missingFile
    /// The disk or pipe reported an error while reading.
    case inputOutput
  }

  /// Where in the file or stream.
  public enum Place: Equatable, Sendable {
    case whole
    /// Line number, counted from 1.
    case line(Int)
    /// Byte offset, counted from 0.
    case offset(UInt64)
  }

  public var category: Category
  /// Path of the file, or a name such as `standard input`.
  public var file: String
  public var place: Place
  public var expected: String
  public var found: String
  public var nextStep: String

  public init(
    _ category: Category, _ file: String, _ place: Place = .whole, expected: String,
    found: String, nextStep: String
  ) {
    self.category = category
    self.file = file
    self.place = place
    self.expected = expected
    self.found = found
    self.nextStep = nextStep
  }

  /// Exit code of sysexits.h: 64 usage, 65 bad data, 66 file missing, 74 input and output.
  public var exitCode: Int32 {
    switch category {
    case .usage: 64
    case .badData: 65
    case .missingFile: 66
    case .inputOutput: 74
    }
  }

  /// One line: `FILE, line N: expected …, found …. Next step.`
  public var description: String {
    let where_ =
      switch place {
      case .whole: ""
      case .line(let line): ", line \(line)"
      case .offset(let offset): ", offset \(offset)"
      }
    return "\(file)\(where_): expected \(expected), found \(found). \(nextStep)"
  }

  static func badData(
    _ file: String, _ place: Place, expected: String, found: String, nextStep: String
  ) -> SourceError {
    SourceError(.badData, file, place, expected: expected, found: found, nextStep: nextStep)
  }
}
