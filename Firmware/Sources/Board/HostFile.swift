import CBoard

/// A file of the host, read by semihosting. For the bench: on a board without a debugger the
/// call is a fault.
public struct HostFile: ~Copyable {
  private let handle: Int32

  /// Opens a file of the emulator's working directory; nil where it cannot be read.
  public init?(name: StaticString) {
    let handle = board_file_open(name.utf8Start, UInt32(name.utf8CodeUnitCount))
    guard handle >= 0 else { return nil }
    self.handle = handle
  }

  deinit { board_file_close(handle) }

  /// Reads on; gives the number of bytes, 0 at the end.
  public func read(into bytes: inout MutableSpan<UInt8>) -> Int {
    bytes.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return 0 }
      return Int(board_file_read(handle, base, UInt32($0.count)))
    }
  }
}
