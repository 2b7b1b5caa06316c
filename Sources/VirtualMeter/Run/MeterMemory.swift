import PermanentMemory

/// The permanent memory of a run: the file of a state directory, or RAM where there is none.
enum MeterMemory: PageMemory, ~Copyable {
  case file(FileMemory)
  case ram([UInt8])

  /// The memory of a state directory, made if it is not there; blank RAM without one.
  ///
  /// - Throws: the code of the file's error: not a memory, in use, or not writable.
  init(_ folder: StateDirectory?) throws(Failure) {
    guard let folder else {
      self = .ram([UInt8](repeating: 0xFF, count: MemoryMap.byteCount))
      return
    }
    do throws(FileMemoryError) {
      self = .file(try FileMemory.openOrCreate(path: folder.memoryPath))
    } catch {
      throw Failure(error)
    }
  }

  /// Why nothing is programmed any more; nil while all is well.
  var failure: Failure? {
    switch self {
    case .file(let file): file.failure.map { Failure($0) }
    case .ram: nil
    }
  }

  /// The whole content.
  var image: [UInt8] {
    switch self {
    case .file(let file): file.image
    case .ram(let bytes): bytes
    }
  }

  var pageCount: Int { MemoryMap.pageCount }

  var isReady: Bool {
    switch self {
    case .file(let file): file.isReady
    case .ram: true
    }
  }

  func read(page: Int, offset: Int, into target: inout MutableSpan<UInt8>) {
    switch self {
    case .file(let file): file.read(page: page, offset: offset, into: &target)
    case .ram(let bytes):
      let source = bytes.span.extracting((page * 256 + offset)...)
      for n in 0..<target.count { target[n] = source[n] }
    }
  }

  mutating func program(page: Int, offset: Int, _ source: Span<UInt8>) {
    switch consume self {
    case .file(var file):
      file.program(page: page, offset: offset, source)
      self = .file(file)
    case .ram(var bytes):
      for n in 0..<source.count { bytes[page * 256 + offset + n] = source[n] }
      self = .ram(bytes)
    }
  }
}

extension Failure {
  /// A memory file's error with the same exit code.
  init(_ error: FileMemoryError) {
    let status = ExitStatus(rawValue: error.exitCode) ?? .disk
    switch error.reason {
    case .wrongSize(let bytes):
      self.init(
        status, file: error.path, what: "the memory has \(bytes) bytes",
        expected: "\(FileMemory.byteCount) bytes",
        next: "put back a copy, or move it away to start with a new meter")
    case .inUse:
      self.init(
        status, file: error.path, what: "the memory is in use",
        expected: "a state that no running meter owns", next: "end that meter, or try again later")
    case .unwritable(let code):
      self.init(
        status, file: error.path, what: "cannot be written (errno \(code)); nothing stored is lost",
        expected: "room on the disk", next: "make room and start again")
    case .unreadable(let code):
      self.init(
        status, file: error.path, what: "cannot be read (errno \(code))",
        expected: "a file that can be read and written", next: "check owner and permissions")
    case .missing, .exists, .notAFile:
      self.init(
        status, file: error.path, what: "it is no memory file",
        expected: "a plain file of \(FileMemory.byteCount) bytes",
        next: "move it away to start with a new meter")
    }
  }
}
