import Foundation

/// Text to standard output at once and whole, also where it is a pipe whose reader has gone or a
/// file on a full disk: those are answers here, not traps.
public enum StandardOutput {
  /// Writes text as it is.
  /// - Returns: 0, or the system's error.
  @discardableResult
  static func write(_ text: String) -> Int32 {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let n = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if n > 0 {
        rest = rest.dropFirst(n)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  /// Writes a line; false when nobody takes it any more.
  @discardableResult
  public static func line(_ text: String) -> Bool { write(text + "\n") == 0 }

  /// Writes a result.
  ///
  /// - Throws: `disk` when it cannot be written; a reader that has gone does not mind.
  public static func result(_ text: String) throws(Failure) {
    let error = write(text + "\n")
    guard error != 0, error != EPIPE else { return }
    throw Failure(
      .disk, file: "standard output",
      what: "cannot be written (\(String(cString: strerror(error))))",
      expected: "a place with room", next: "send the output elsewhere")
  }
}
