import Foundation
import PermanentMemory
import Testing

@testable import VirtualMeter

/// A directory of its own for one test, removed afterwards.
private final class Scratch {
  let path: String

  init() throws {
    var template = Array(
      (NSTemporaryDirectory() + "/kvadrant-file-memory-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw Failed() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in files { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  struct Failed: Error {}

  var files: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func file(_ name: String, bytes: [UInt8]) throws -> String {
    let descriptor = open("\(path)/\(name)", O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Failed() }
    defer { close(descriptor) }
    let n = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard n == bytes.count else { throw Failed() }
    return "\(path)/\(name)"
  }

  func content(_ name: String) -> [UInt8] {
    let descriptor = open("\(path)/\(name)", O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 600_000)
    let n = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    return Array(bytes[0..<max(0, n)])
  }
}

/// Why opening fails, nil if it does not.
private func refusal(_ path: String) -> FileMemoryError? {
  do throws(FileMemoryError) {
    _ = try FileMemory(path: path)
    return nil
  } catch {
    return error
  }
}

@Suite struct FileMemoryTests {
  @Test func createsABlankFileOnceAndOpensItAgain() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/memory.bin"
    for expected in [true, false] {
      var created = !expected
      let memory = try FileMemory.openOrCreate(path: path, created: &created)
      let image = memory.image
      let pages = memory.pageCount
      #expect(created == expected)
      #expect(image == [UInt8](repeating: 0xFF, count: 524_288))
      #expect(pages == 2048)
    }
    #expect(scratch.files == ["memory.bin"])
  }

  /// The value is dropped without closing or synchronising, as SIGKILL would.
  @Test func programsAreInTheFileAtOnce() throws {
    let scratch = try Scratch()
    try FileMemory.create(path: "\(scratch.path)/m")
    let data: [UInt8] = [1, 2, 3, 4]
    var expected = [UInt8](repeating: 0xFF, count: 524_288)
    do {
      var memory = try FileMemory(path: "\(scratch.path)/m")
      memory.program(page: 3, offset: 252, data.span)
      memory.program(page: 2047, offset: 252, data.span)
      expected.replaceSubrange((3 * 256 + 252)..<(3 * 256 + 256), with: data)
      expected.replaceSubrange(524_284..<524_288, with: data)
      #expect(scratch.content("m") == expected)
      var bytes: [UInt8] = [0, 0, 0, 0, 0]
      var span = bytes.mutableSpan
      memory.read(page: 3, offset: 251, into: &span)
      #expect(bytes == [0xFF, 1, 2, 3, 4])
    }
    let again = try FileMemory(path: "\(scratch.path)/m")
    let image = again.image
    #expect(image == expected)
    try again.close()
  }

  @Test func aSecondOpenIsRefusedUntilTheFirstEnds() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m"
    do {
      let memory = try FileMemory.openOrCreate(path: path)
      #expect(refusal(path)?.reason == .inUse)
      #expect(refusal(path)?.exitCode == 75)
      try memory.close()
    }
    #expect(refusal(path) == nil)
  }

  @Test(arguments: [0, 1, 524_287, 524_289])
  func wrongSizesAreRefusedAndLeftAlone(size: Int) throws {
    let scratch = try Scratch()
    let bytes = [UInt8](repeating: 0x33, count: size)
    let path = try scratch.file("m", bytes: bytes)
    let error = refusal(path)
    #expect(error?.reason == .wrongSize(Int64(size)))
    #expect(error?.exitCode == 65)
    let text = error?.description ?? ""
    #expect(text.contains("expected 524288 bytes, found \(size)"))
    #expect(throws: FileMemoryError(path: path, reason: .wrongSize(Int64(size)))) {
      _ = try FileMemory.openOrCreate(path: path)
    }
    #expect(scratch.content("m") == bytes)
  }

  @Test func whatIsNoFileIsRefused() throws {
    let scratch = try Scratch()
    #expect(refusal(scratch.path)?.reason == .notAFile)
    #expect(refusal("/dev/null")?.reason == .notAFile)
    #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
    #expect(refusal("\(scratch.path)/pipe")?.reason == .notAFile)
    #expect(refusal("\(scratch.path)/none")?.reason == .missing)
    #expect(refusal("\(scratch.path)/none")?.exitCode == 66)
    #expect(refusal("\(scratch.path)/pipe/none")?.exitCode == 66)
  }

  @Test func createNeverReplacesAnything() throws {
    let scratch = try Scratch()
    let path = try scratch.file("m", bytes: [1, 2, 3])
    #expect(throws: FileMemoryError(path: path, reason: .exists)) {
      try FileMemory.create(path: path)
    }
    #expect(scratch.content("m") == [1, 2, 3])
    #expect(scratch.files == ["m"])
  }

  @Test func missingDirectoryIsToldAsUnwritable() throws {
    let scratch = try Scratch()
    #expect(throws: FileMemoryError(path: "\(scratch.path)/no/m", reason: .unwritable(ENOENT))) {
      _ = try FileMemory.openOrCreate(path: "\(scratch.path)/no/m")
    }
  }
}

// MARK: - Full disk

extension FileMemoryTests {
  /// The disk is full after each possible number of bytes of a new file's blocks.
  @Test(arguments: [0, 1, 65_535, 65_536, 300_000, 524_287])
  func fullDiskWhileCreatingLeavesNothing(room: Int) throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m"
    #expect(throws: FileMemoryError(path: path, reason: .unwritable(ENOSPC))) {
      var left = room
      try FileMemory.create(
        path: path,
        write: { descriptor, bytes, count, offset in
          if left == 0 {
            errno = ENOSPC
            return -1
          }
          let n = pwrite(descriptor, bytes, min(count, left), offset)
          left -= max(0, n)
          return n
        })
    }
    #expect(scratch.files.isEmpty)
  }

  /// The disk is full at each write in turn, also inside it: what was committed is there.
  @Test func fullDiskAtEveryWriteLosesNothingCommitted() throws {
    let scratch = try Scratch()
    for write in 0..<40 {
      let path = "\(scratch.path)/m\(write)"
      try FileMemory.create(path: path)
      let room = write * 256 + write * 97 % 256
      var left = room
      var memory = SparedMemory(
        try FileMemory(
          path: path,
          write: { descriptor, bytes, count, offset in
            if left == 0 {
              errno = ENOSPC
              return -1
            }
            let n = pwrite(descriptor, bytes, min(count, left), offset)
            left -= max(0, n)
            return n
          }))
      memory.recover()
      var journal = RegisterJournal()
      var row = [UInt8](repeating: 0, count: 240)
      var span = row.mutableSpan
      _ = journal.recover(from: memory, into: &span)
      var committed: UInt8 = 0
      for value in 1...45 as ClosedRange<UInt8> {
        let payload: [UInt8] = [value]
        _ = journal.append(payload.span, to: &memory)
        memory.maintain()
        if journal.poll(memory) == .committed { committed = value }
      }
      #expect(committed == UInt8(write) && memory.base.failure != nil)
      let image = MemoryImage(path: path, scratch.content("m\(write)"))
      let found = image.registers?.first ?? 0
      #expect(found == committed && image.failure == nil, "write \(write)")
    }
  }

  /// The disk is full inside the n-th program: the journal goes back to the record before, and
  /// everything stored earlier is there.
  @Test(arguments: [0, 1, 8, 128, 255])
  func fullDiskWhileProgrammingLosesNothingStored(room: Int) throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m"
    try FileMemory.create(path: path)
    var left = 20 * 256 + room
    do {
      var memory = try FileMemory(
        path: path,
        write: { descriptor, bytes, count, offset in
          if left == 0 {
            errno = ENOSPC
            return -1
          }
          let n = pwrite(descriptor, bytes, min(count, left), offset)
          left -= max(0, n)
          return n
        })
      var journal = RegisterJournal()
      var row = [UInt8](repeating: 0, count: 240)
      var span = row.mutableSpan
      _ = journal.recover(from: memory, into: &span)
      var committed = 0
      for value in 1...30 as ClosedRange<UInt8> {
        let payload: [UInt8] = [value]
        _ = journal.append(payload.span, to: &memory)
        if journal.poll(memory) == .committed { committed += 1 }
      }
      let failure = memory.failure
      let ready = memory.isReady
      let image = memory.image
      #expect(committed == 20)
      #expect(failure?.reason == .unwritable(ENOSPC))
      #expect(failure?.exitCode == 74)
      #expect(!ready)
      #expect(image == scratch.content("m"))
    }
    let memory = try FileMemory(path: path)
    var journal = RegisterJournal()
    var row = [UInt8](repeating: 0, count: 240)
    var span = row.mutableSpan
    let report = journal.recover(from: memory, into: &span)
    #expect(report.outcome == .recovered)
    #expect(row[0] == 20)
    try memory.close()
  }

  @Test func interruptedAndShortWritesAreFinished() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m"
    try FileMemory.create(path: path)
    var calls = 0
    var memory = try FileMemory(
      path: path,
      write: { descriptor, bytes, count, offset in
        calls += 1
        if calls % 2 == 0 {
          errno = EINTR
          return -1
        }
        return pwrite(descriptor, bytes, min(count, 100), offset)
      })
    let page = (0...255).map { UInt8($0) }
    memory.program(page: 5, offset: 0, page.span)
    let failure = memory.failure
    let programs = memory.programs
    #expect(failure == nil && programs == 1 && calls == 5)
    #expect(Array(scratch.content("m")[1280..<1536]) == page)
  }

  @Test func everyMessageNamesFileExpectationAndNextStep() {
    let reasons: [FileMemoryError.Reason] = [
      .missing, .exists, .notAFile, .wrongSize(7), .unreadable(EACCES), .inUse,
      .unwritable(ENOSPC),
    ]
    for reason in reasons {
      let text = FileMemoryError(path: "/x/memory.bin", reason: reason).description
      #expect(text.hasPrefix("/x/memory.bin: "))
      #expect(text.contains("; "))
    }
    #expect(
      reasons.map { FileMemoryError(path: "", reason: $0).exitCode } == [
        66, 65, 65, 65, 66, 75, 74,
      ])
  }
}
