import Foundation
import MeterTime

/// The folder that holds what a meter keeps while the program is not running.
///
/// `memory.bin` is the image of the permanent memory, `clock` the reading of the clock chip (which
/// a real meter keeps running on its backup supply), `lock` makes one process the owner and
/// `control.sock` is where commands arrive. The lock belongs to the process and vanishes with it,
/// so nothing has to be cleaned up after a kill.
public final class StateDirectory: Sendable {
  /// The folder, as given.
  public let path: String
  private let lockDescriptor: Int32

  /// Longest path a Unix socket can have: 108 bytes with the closing zero (sockaddr_un).
  static let longestSocketPath = 107

  /// Creates the folder if needed and takes its lock.
  ///
  /// - Throws: `usage` for a path too long for the socket, `disk` when it cannot be made or
  ///   written, `tryAgain` when another process owns it.
  public init(path: String) throws(Failure) {
    self.path = path
    try Self.checkSocketPath(path)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .disk, file: path, what: "the state directory cannot be made",
        expected: "a folder that can be written", next: "give another folder with --state DIR")
    }
    let lock = path + "/lock"
    let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Failure(
        .disk, file: lock, what: "cannot be opened (\(Self.errorText))",
        expected: "a folder that can be written", next: "give another folder with --state DIR")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let owner = (try? String(contentsOfFile: lock, encoding: .utf8)) ?? ""
      close(descriptor)
      let pid = owner.split(separator: "\n").first.flatMap { Int($0) }
      throw Failure(
        .tryAgain, file: path,
        what: "the state is in use" + (pid.map { " by process \($0)" } ?? ""),
        expected: "a state that no running meter owns",
        next: "end that meter (kvadrant fault plug --state \(path)) or give another --state DIR")
    }
    lockDescriptor = descriptor
    let note = "\(getpid())\n"
    _ = ftruncate(descriptor, 0)
    _ = note.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit { close(lockDescriptor) }

  /// The image of the permanent memory, 512 KiB.
  public var memoryPath: String { path + "/memory.bin" }
  /// The control socket.
  public var socketPath: String { Self.socketPath(path) }
  private var clockPath: String { path + "/clock" }

  /// Where the control socket of a state directory is.
  public static func socketPath(_ state: String) -> String { state + "/control.sock" }

  /// - Throws: `usage` when the socket's path does not fit into a socket address.
  public static func checkSocketPath(_ state: String) throws(Failure) {
    let bytes = socketPath(state).utf8.count
    guard bytes > longestSocketPath else { return }
    throw Failure(
      .usage, file: state, what: "the path of its control socket has \(bytes) bytes",
      expected: "at most \(longestSocketPath) bytes", next: "give a shorter --state DIR")
  }

  /// Removes memory, clock and truth: the next meter on this state is a new one.
  ///
  /// - Throws: `disk` when they cannot be removed.
  public func forget() throws(Failure) {
    for file in [memoryPath, clockPath, truthPath]
    where FileManager.default.fileExists(atPath: file) {
      guard unlink(file) == 0 else {
        throw Failure(
          .disk, file: file, what: "cannot be removed (\(Self.errorText))",
          expected: "a folder that can be written", next: "give another folder with --state DIR")
      }
    }
  }

  /// The reading of the clock chip when the meter last ran, or nil for a new meter.
  ///
  /// - Throws: `badData` when the file is not what this program writes.
  public func clock() throws(Failure) -> Instant? {
    guard let text = try? String(contentsOfFile: clockPath, encoding: .utf8) else { return nil }
    guard let instant = ISOTime.instant(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw Failure(
        .badData, file: clockPath, line: 1, what: "not a time",
        expected: "one line such as 2026-11-22T18:00:00Z",
        next: "delete the file; the registers are not in it")
    }
    return instant
  }

  /// Keeps the reading of the clock chip; a failure is ignored, since only the next start's
  /// default depends on it.
  public func keep(clock now: Instant) {
    // Rounded up, so that the next start is never before this end.
    let whole = Instant(seconds: now.seconds + (now.fraction == 0 ? 0 : 1))
    try? (ISOTime.text(whole) + "\n").write(toFile: clockPath, atomically: true, encoding: .utf8)
  }

  /// Where the truth of a made-up past is.
  public var truthPath: String { path + "/truth.json" }

  /// Keeps the truth of a made-up past.
  ///
  /// - Throws: `disk` when it cannot be written.
  public func keep(truth text: String) throws(Failure) {
    do {
      try text.write(toFile: truthPath, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(
        .disk, file: truthPath, what: "it cannot be written",
        expected: "a folder that can be written", next: "give another folder with --state DIR")
    }
  }

  private static var errorText: String { String(cString: strerror(errno)) }
}
