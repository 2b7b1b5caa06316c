import Glibc
import PermanentMemory

/// The permanent memory of a meter as a file of 524,288 bytes.
///
/// Reads come from a mirror in RAM; each program is one `pwrite` of the bytes programmed. The
/// system's page cache outlives the process, so everything programmed survives SIGKILL without
/// any `fsync`; only a crash of the whole machine can take the last seconds, and for that there
/// is `synchronise()`. Mapping the file instead would save the system call (about a microsecond
/// at some ten thousand programs per simulated day), but a full disk would then be a signal in
/// the middle of the meter instead of an error that can be told.
///
/// The file is locked as long as the value lives. It is never created over something else, never
/// resized, never repaired.
public struct FileMemory: PageMemory, ~Copyable {
  /// How bytes get to the file; as `pwrite`. Tests put a full disk in its place.
  typealias Write = (Int32, UnsafeRawPointer, Int, off_t) -> Int

  /// Size of the file in bytes.
  public static var byteCount: Int { MemoryMap.byteCount }

  /// The file.
  public let path: String
  /// Why nothing is programmed any more; nil while all is well. The owner looks after every step
  /// and ends; the content of the file stays as the last successful program left it.
  public private(set) var failure: FileMemoryError?
  /// Programs stored so far.
  public private(set) var programs: UInt64 = 0

  private var mirror: [UInt8]
  private let descriptor: Int32
  private let write: Write

  public var pageCount: Int { MemoryMap.pageCount }

  /// False after a failure, so that the meter waits instead of using up its pages.
  public var isReady: Bool { failure == nil }

  /// Opens and locks an existing file.
  public init(path: String) throws(FileMemoryError) {
    try self.init(path: path, write: { pwrite($0, $1, $2, $3) })
  }

  init(path: String, write: @escaping Write) throws(FileMemoryError) {
    self.path = path
    self.write = write
    let descriptor = try Self.openLocked(path)
    do throws(FileMemoryError) {
      mirror = try Self.load(descriptor, path: path)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { Glibc.close(descriptor) }

  public func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
    let start = page * 256 + offset
    precondition(offset >= 0 && offset + bytes.count <= 256)
    precondition(start >= 0 && start + bytes.count <= mirror.count)
    mirror.withUnsafeBufferPointer { source in
      bytes.withUnsafeMutableBufferPointer { target in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        to.update(from: from + start, count: target.count)
      }
    }
  }

  /// Stores at once. On an error the mirror holds what the file holds, `failure` is set, and
  /// nothing is programmed from then on.
  public mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
    precondition(offset >= 0 && offset + bytes.count <= 256)
    precondition(page >= 0 && page < pageCount)
    guard failure == nil else { return }
    let start = page * 256 + offset
    var stored = 0
    var code: Int32 = 0
    bytes.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      while stored < source.count {
        let n = write(descriptor, from + stored, source.count - stored, off_t(start + stored))
        if n > 0 {
          stored += n
        } else if n < 0 && errno == EINTR {
          continue
        } else {
          code = n < 0 ? errno : ENOSPC
          return
        }
      }
    }
    for i in 0..<stored { mirror[start + i] = bytes[i] }
    if stored == bytes.count {
      programs += 1
    } else {
      failure = FileMemoryError(path: path, reason: .unwritable(code))
    }
  }

  /// Waits until everything programmed is on the disk.
  public func synchronise() throws(FileMemoryError) {
    guard fsync(descriptor) == 0 else {
      throw FileMemoryError(path: path, reason: .unwritable(errno))
    }
  }

  /// The whole content as it is in the file.
  public var image: [UInt8] { mirror }

  /// Synchronises and closes. Letting the value go out of scope closes without waiting for the
  /// disk, as a power cut would.
  public consuming func close() throws(FileMemoryError) {
    try synchronise()
  }
}

// MARK: - Opening and creating

extension FileMemory {
  /// Opens the file if it is there, else creates a blank one, and locks it.
  public static func openOrCreate(path: String) throws(FileMemoryError) -> FileMemory {
    var created = false
    return try openOrCreate(path: path, created: &created)
  }

  /// Opens the file if it is there, else creates a blank one, and locks it.
  ///
  /// - Parameter created: true if the file is new.
  public static func openOrCreate(
    path: String, created: inout Bool
  ) throws(FileMemoryError) -> FileMemory {
    created = false
    do throws(FileMemoryError) {
      return try FileMemory(path: path)
    } catch {
      guard error.reason == .missing else { throw error }
    }
    do throws(FileMemoryError) {
      try create(path: path)
      created = true
    } catch {
      // Somebody else was faster: their file is as good.
      guard error.reason == .exists else { throw error }
    }
    return try FileMemory(path: path)
  }

  /// Creates a blank file (all 0xFF) that is there whole or not at all.
  ///
  /// - Throws: `.exists` if there is anything at the path; `.unwritable` if it cannot be written,
  ///   in which case nothing is left behind.
  public static func create(path: String) throws(FileMemoryError) {
    try create(path: path, write: { pwrite($0, $1, $2, $3) })
  }

  static func create(path: String, write: Write) throws(FileMemoryError) {
    try create(path: path, image: [UInt8](repeating: 0xFF, count: byteCount), write: write)
  }

  /// Creates a file with a content that is there whole or not at all.
  ///
  /// - Parameter image: `byteCount` bytes.
  /// - Throws: as `create(path:)`; nothing that is there is replaced.
  public static func create(path: String, image: [UInt8]) throws(FileMemoryError) {
    try create(path: path, image: image, write: { pwrite($0, $1, $2, $3) })
  }

  static func create(path: String, image: [UInt8], write: Write) throws(FileMemoryError) {
    precondition(image.count == byteCount)
    let temporary = "\(path).new.\(getpid())"
    unlink(temporary)
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileMemoryError(path: path, reason: .unwritable(errno)) }
    let code = fill(descriptor, image, write: write)
    Glibc.close(descriptor)
    guard code == 0 else {
      unlink(temporary)
      throw FileMemoryError(path: path, reason: .unwritable(code))
    }
    // A link never replaces what is there, a rename would.
    let linked = link(temporary, path)
    let linkCode = errno
    unlink(temporary)
    guard linked == 0 else {
      throw FileMemoryError(
        path: path, reason: linkCode == EEXIST ? .exists : .unwritable(linkCode))
    }
  }

  /// Writes everything and waits for the disk; 0 or the error.
  private static func fill(_ descriptor: Int32, _ image: [UInt8], write: Write) -> Int32 {
    var done = 0
    while done < byteCount {
      let n = image.withUnsafeBytes { bytes -> Int in
        guard let start = bytes.baseAddress else { return 0 }
        return write(descriptor, start + done, min(65_536, byteCount - done), off_t(done))
      }
      if n > 0 {
        done += n
      } else if n < 0 && errno == EINTR {
        continue
      } else {
        return n < 0 ? errno : ENOSPC
      }
    }
    return fsync(descriptor) == 0 ? 0 : errno
  }

  private static func openLocked(_ path: String) throws(FileMemoryError) -> Int32 {
    // Not blocking: opening a pipe without a writer would wait for ever.
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      let code = errno
      switch code {
      case ENOENT: throw FileMemoryError(path: path, reason: .missing)
      case EISDIR, ENXIO, ENODEV: throw FileMemoryError(path: path, reason: .notAFile)
      default: throw FileMemoryError(path: path, reason: .unreadable(code))
      }
    }
    var status = stat()
    var reason: FileMemoryError.Reason?
    if fstat(descriptor, &status) != 0 {
      reason = .unreadable(errno)
    } else if status.st_mode & S_IFMT != S_IFREG {
      reason = .notAFile
    } else if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      reason = errno == EWOULDBLOCK ? .inUse : .unreadable(errno)
    } else if status.st_size != off_t(byteCount) {
      reason = .wrongSize(Int64(status.st_size))
    }
    if let reason {
      Glibc.close(descriptor)
      throw FileMemoryError(path: path, reason: reason)
    }
    return descriptor
  }

  private static func load(_ descriptor: Int32, path: String) throws(FileMemoryError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    var done = 0
    while done < byteCount {
      let n = bytes.withUnsafeMutableBytes { target -> Int in
        guard let start = target.baseAddress else { return 0 }
        return pread(descriptor, start + done, byteCount - done, off_t(done))
      }
      if n > 0 {
        done += n
      } else if n < 0 && errno == EINTR {
        continue
      } else {
        let reason: FileMemoryError.Reason =
          n < 0 ? .unreadable(errno) : .wrongSize(Int64(done))
        throw FileMemoryError(path: path, reason: reason)
      }
    }
    return bytes
  }
}
