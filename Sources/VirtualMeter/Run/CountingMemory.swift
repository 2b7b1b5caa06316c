import PermanentMemory

/// The memory of a run with a count of what has been programmed.
struct CountingMemory: PageMemory, ~Copyable {
  private(set) var inner: MeterMemory
  /// Programs of each page since this value was made.
  private(set) var wear: [UInt32]
  /// All programs.
  private(set) var programs: UInt64 = 0

  init(_ inner: consuming MeterMemory) {
    self.inner = inner
    wear = [UInt32](repeating: 0, count: MemoryMap.pageCount)
  }

  /// Why nothing is programmed any more; nil while all is well.
  var failure: Failure? { inner.failure }

  /// Programs in a region.
  func programs(in region: PageRegion) -> UInt64 {
    wear[region.pages].reduce(0) { $0 + UInt64($1) }
  }

  var pageCount: Int { inner.pageCount }
  var isReady: Bool { inner.isReady }

  func read(page: Int, offset: Int, into target: inout MutableSpan<UInt8>) {
    inner.read(page: page, offset: offset, into: &target)
  }

  mutating func program(page: Int, offset: Int, _ source: Span<UInt8>) {
    wear[page] &+= 1
    programs += 1
    inner.program(page: page, offset: offset, source)
  }
}
