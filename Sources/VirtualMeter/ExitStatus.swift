/// Exit codes of the programs; stable, part of the contract with scripts.
public enum ExitStatus: Int32, CaseIterable, Sendable {
  /// Done, also after a power cut that was asked for.
  case ok = 0
  /// Wrong command line.
  case usage = 64
  /// Input that was read and is not what it should be.
  case badData = 65
  /// A named file or folder is not there.
  case fileMissing = 66
  /// Nobody answers, or a port is taken.
  case unreachable = 69
  /// The disk cannot be read or written.
  case disk = 74
  /// In use right now; the same command may succeed later.
  case tryAgain = 75
  /// The other side broke the protocol.
  case protocolError = 76
  /// Asked and refused.
  case refused = 77
  /// A configuration that cannot be used.
  case configuration = 78
}
