import PermanentMemory

/// A memory in RAM without faults, ready at once.
public struct TestMemory: PageMemory, ~Copyable {
  /// The whole content.
  public private(set) var image: [UInt8]
  /// Programs accepted so far.
  public private(set) var programs = 0

  /// A blank memory.
  /// - Parameter pageCount: number of pages of 256 bytes.
  public init(pageCount: Int = MemoryMap.pageCount) {
    image = [UInt8](repeating: 0xFF, count: pageCount * 256)
  }

  /// A memory with content.
  /// - Precondition: whole pages.
  public init(image: [UInt8]) {
    precondition(image.count % 256 == 0)
    self.image = image
  }

  public var pageCount: Int { image.count / 256 }
  public var isReady: Bool { true }

  public func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
    image.copy(from: page * 256 + offset, into: &bytes)
  }

  public mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
    precondition(offset >= 0 && offset + bytes.count <= 256)
    programs += 1
    for i in bytes.indices { image[page * 256 + offset + i] = bytes[i] }
  }
}

extension [UInt8] {
  /// Copies `bytes.count` bytes from `start` on, fast in debug builds too.
  func copy(from start: Int, into bytes: inout MutableSpan<UInt8>) {
    precondition(start >= 0 && start + bytes.count <= count)
    withUnsafeBufferPointer { source in
      bytes.withUnsafeMutableBufferPointer { target in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        to.update(from: from + start, count: target.count)
      }
    }
  }
}
