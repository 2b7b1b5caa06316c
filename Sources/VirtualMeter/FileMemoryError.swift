import Glibc

/// Why the memory file of a meter cannot be used.
public struct FileMemoryError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// There is no file at this path.
    case missing
    /// Something is there already, and nothing is overwritten.
    case exists
    /// A directory, device, pipe or socket.
    case notAFile
    /// The file has this many bytes instead of 524,288.
    case wrongSize(Int64)
    /// The system refuses to open it; `errno`.
    case unreadable(Int32)
    /// Another process, or another meter in this one, has it open.
    case inUse
    /// The system refuses to write; `errno`, for example no space left.
    case unwritable(Int32)
  }

  /// The file.
  public let path: String
  public let reason: Reason

  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// Exit code for a program that cannot go on because of this.
  public var exitCode: Int32 {
    switch reason {
    case .missing, .unreadable: 66
    case .exists, .notAFile, .wrongSize: 65
    case .inUse: 75
    case .unwritable: 74
    }
  }
}

extension FileMemoryError: CustomStringConvertible {
  /// File, expectation and next step, in one line.
  public var description: String {
    switch reason {
    case .missing:
      "\(path): no memory file here; start the meter once with this state directory to create it"
    case .exists:
      "\(path): a new memory file was to be created, but something is here already; "
        + "move it away or choose another state directory"
    case .notAFile:
      "\(path): expected a regular file of 524288 bytes; move it away or choose another "
        + "state directory"
    case .wrongSize(let bytes):
      "\(path): expected 524288 bytes, found \(bytes); this is no memory file or it was cut "
        + "short; put back a copy, or move it away to start with a new meter"
    case .unreadable(let code):
      "\(path): cannot be opened for reading and writing (\(systemMessage(code))); "
        + "check owner and permissions"
    case .inUse:
      "\(path): the meter of this state directory is running already; stop it or try again later"
    case .unwritable(let code):
      "\(path): cannot be written (\(systemMessage(code))); what was stored before is intact; "
        + "make room and start again"
    }
  }
}

private func systemMessage(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}
