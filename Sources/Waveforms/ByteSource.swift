import Foundation

/// Bytes of a file, of standard input or of memory, read forward in pieces.
///
/// A class because it owns an open file; used by one source at a time.
public final class ByteSource {
  /// Path or name for messages.
  public let name: String
  /// Offset of the next byte.
  public private(set) var offset: UInt64 = 0
  /// Length where it is known before reading; nil for pipes.
  public let length: UInt64?
  private let file: UnsafeMutablePointer<FILE>?
  private let memory: [UInt8]
  private let closes: Bool

  /// Bytes that are at hand already.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    memory = bytes
    file = nil
    closes = false
    length = UInt64(bytes.count)
  }

  /// Opens a file.
  ///
  /// - Throws: `SourceError` of category `missingFile` where it is absent, unreadable or a folder.
  public init(path: String) throws(SourceError) {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    guard exists, !isDirectory.boolValue, let opened = fopen(path, "rb") else {
      throw SourceError(
        .missingFile, path, expected: "a file that can be read",
        found: !exists ? "nothing" : isDirectory.boolValue ? "a folder" : "no permission",
        nextStep: "Check the path and its permissions.")
    }
    name = path
    file = opened
    closes = true
    memory = []
    if fseeko(opened, 0, SEEK_END) == 0 {
      length = UInt64(max(0, ftello(opened)))
      rewind(opened)
    } else {
      length = nil
    }
  }

  /// The standard input of the process.
  public static func standardInput() -> ByteSource {
    ByteSource(name: "standard input", file: fdopen(STDIN_FILENO, "rb"))
  }

  private init(name: String, file: UnsafeMutablePointer<FILE>?) {
    self.name = name
    self.file = file
    closes = false
    memory = []
    length = nil
  }

  deinit {
    if closes, let file { fclose(file) }
  }

  /// Reads up to `count` bytes to the front of `buffer`, fewer only at the end.
  ///
  /// - Returns: bytes read, at most `min(count, buffer.count)`.
  public func read(into buffer: inout [UInt8], count: Int) throws(SourceError) -> Int {
    let wanted = min(count, buffer.count)
    guard wanted > 0 else { return 0 }
    guard let file else {
      let start = Int(clamping: min(offset, UInt64(memory.count)))
      let got = min(wanted, memory.count - start)
      for index in 0..<got { buffer[index] = memory[start + index] }
      offset += UInt64(got)
      return got
    }
    let got = buffer.withUnsafeMutableBytes { fread($0.baseAddress, 1, wanted, file) }
    if got < wanted, ferror(file) != 0 {
      throw SourceError(
        .inputOutput, name, .offset(offset + UInt64(got)), expected: "readable bytes",
        found: "a read error (\(String(cString: strerror(errno))))",
        nextStep: "Check the disk or the sending program.")
    }
    offset += UInt64(got)
    return got
  }

  /// Reads exactly `count` bytes; nil where fewer are left.
  func readExactly(_ count: Int) throws(SourceError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return try read(into: &bytes, count: count) == count ? bytes : nil
  }

  /// Waits for and reads what is there, at least one byte: for live input, where a full buffer
  /// may be long in coming.
  func readAvailable(into buffer: inout [UInt8]) throws(SourceError) -> Int {
    guard let file else { return try read(into: &buffer, count: buffer.count) }
    while true {
      let got = buffer.withUnsafeMutableBytes { bytes in
        #if canImport(Darwin)
          Darwin.read(fileno(file), bytes.baseAddress, bytes.count)
        #else
          Glibc.read(fileno(file), bytes.baseAddress, bytes.count)
        #endif
      }
      if got >= 0 {
        offset += UInt64(got)
        return got
      }
      guard errno == EINTR else {
        throw SourceError(
          .inputOutput, name, .offset(offset), expected: "readable bytes",
          found: "a read error (\(String(cString: strerror(errno))))",
          nextStep: "Check the sending program.")
      }
    }
  }

  /// Moves to an offset; needed where a recording is read twice.
  func seek(to target: UInt64) throws(SourceError) {
    if let file {
      guard length != nil, fseeko(file, off_t(clamping: target), SEEK_SET) == 0 else {
        throw SourceError(
          .usage, name, expected: "a file, since recordings are read twice", found: "a pipe",
          nextStep: "Store the recording in a file first.")
      }
    }
    offset = target
  }
}
