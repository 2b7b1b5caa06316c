import CBoard

/// The executable legal code of the running image: the functions of the legal rooms, gathered by
/// the linker script into one section, so that the device can hash what it really executes.
public enum LegalCode {
  /// Size in bytes.
  public static var byteCount: Int { Int(board_legal_bytes()) }

  /// One byte of the code.
  @inline(__always)
  public static func byte(_ offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < byteCount)
    return board_legal_code()[offset]
  }

  /// Alters a word of it that is never executed, for the test that the device notices.
  public static func alter() { board_alter_legal_code() }
}
