import PermanentMemory

/// A memory that tears, wears, lies and counts.
///
/// Plan a cut with `cut(afterBytes:shape:)`; when it has happened, `isPowered` is false, programs
/// are swallowed and reads still work. `restorePower()` is the next start. Everything is
/// decided by the seed.
public struct FaultyMemory: PageMemory, ~Copyable {
  /// A bit that no longer changes.
  public struct StuckBits: Sendable {
    /// Byte in the memory, 0..<524,288.
    public var address: Int
    /// The stuck bits.
    public var mask: UInt8
    /// What they read as.
    public var value: UInt8

    public init(address: Int, mask: UInt8, value: UInt8) {
      self.address = address
      self.mask = mask
      self.value = value
    }
  }

  /// Counts of reads need a place that a borrowed memory can write to.
  private final class ReadTally {
    var bytes = 0
    var disturbed: [Int] = []
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }
  }

  /// A program that a cut may still undo.
  private struct Pending {
    var start: Int
    var old: [UInt8]
    var new: [UInt8]
  }

  /// The whole content, stuck bits included.
  public private(set) var image: [UInt8]
  /// Programs of each page so far.
  public private(set) var wear: [UInt32]
  /// False from a planned cut until `restorePower()`.
  public private(set) var isPowered = true
  /// Programs accepted so far, cut or not.
  public private(set) var programs = 0
  /// Bits changed so far without a program, by reading or by `poke`.
  public private(set) var flips = 0
  /// Bytes handed to `program` so far.
  public private(set) var bytesProgrammed = 0
  /// Pages whose programs do nothing although the memory acknowledges them.
  public var silentPages: Set<Int> = []
  /// One program in so many is silently dropped; 0 is never.
  public var silentOneIn = 0
  /// Programs after which a page no longer takes any; nil is never.
  public var endurance: UInt32?
  /// Life of each page in programs; empty where all live as long as `endurance` says.
  public var lives: [UInt32] = []
  /// Programs for which one counts, to age cells faster than they are used.
  public var ageing: UInt32 = 1
  /// One read in so many disturbs one bit of the page read, after it; 0 is never.
  public var disturbOneIn = 0
  /// Newest programs that a cut may undo one by one, as a cache that stores them in any order
  /// would. 0: what has been programmed stays.
  public var reorderDepth = 0
  /// Calls of `advance()` that a program takes until `isReady`; 0 is ready at once.
  public var programSteps = 0

  private var stuck: [StuckBits] = []
  private var bytesUntilCut: Int?
  private var shape = TearShape.prefix
  private var random: SplitMix64
  private var stepsLeft = 0
  private var recent: [Pending] = []
  private var isMarked = false
  private var readsAtMeasuring: Int?
  private var undo: [(start: Int, old: [UInt8])] = []
  private let tally: ReadTally

  /// A blank memory.
  public init(pageCount: Int = MemoryMap.pageCount, seed: UInt64) {
    self.init(image: [UInt8](repeating: 0xFF, count: pageCount * 256), seed: seed)
  }

  /// A memory with content, without wear.
  /// - Precondition: whole pages.
  public init(image: [UInt8], seed: UInt64) {
    precondition(image.count % 256 == 0)
    self.image = image
    wear = [UInt32](repeating: 0, count: image.count / 256)
    random = SplitMix64(seed: seed)
    tally = ReadTally(seed: ~seed)
  }

  public var pageCount: Int { image.count / 256 }
  public var isReady: Bool { isPowered && stepsLeft == 0 }
  /// Bytes read since the last `resetReads()`.
  public var bytesRead: Int { tally.bytes }

  /// Bytes read since the last `resetReads()` up to `noteMeasuring()` or the first program since,
  /// whichever came first.
  public var bytesReadBeforeMeasuring: Int { readsAtMeasuring ?? tally.bytes }

  /// From here on a meter would measure: what is read later is not waited for.
  public mutating func noteMeasuring() {
    if readsAtMeasuring == nil { readsAtMeasuring = tally.bytes }
  }

  /// Starts to count reads anew.
  public mutating func resetReads() {
    tally.bytes = 0
    readsAtMeasuring = nil
  }

  /// Lets one step of programming time pass.
  public mutating func advance() { stepsLeft = max(0, stepsLeft - 1) }

  /// Plans a power cut.
  ///
  /// - Parameters:
  ///   - afterBytes: so many more bytes are programmed whole. 0 cuts at the start of the next
  ///     program; a number on the border of two programs leaves the first one whole and
  ///     unacknowledged.
  ///   - shape: what becomes of the program that is cut.
  public mutating func cut(afterBytes: Int, shape: TearShape) {
    precondition(afterBytes >= 0)
    bytesUntilCut = afterBytes
    self.shape = shape
  }

  /// The next start; a cut that has not happened is forgotten.
  public mutating func restorePower() {
    recent.removeAll(keepingCapacity: true)
    disturb()
    isPowered = true
    bytesUntilCut = nil
    stepsLeft = 0
  }

  /// Forgets a planned cut that has not happened.
  public mutating func cancelCut() { bytesUntilCut = nil }

  /// Remembers from now on what programs overwrite, for `rewind()`.
  public mutating func mark() {
    undo.removeAll(keepingCapacity: true)
    isMarked = true
  }

  /// Goes back to the content of the last `mark()`, supply on; wear and counts go on.
  public mutating func rewind() {
    for change in undo.reversed() { image.overwrite(change.start, change.old) }
    undo.removeAll(keepingCapacity: true)
    restorePower()
  }

  /// Ends remembering.
  public mutating func unmark() {
    isMarked = false
    undo.removeAll()
  }

  /// Cuts the supply between two programs.
  public mutating func cutNow() {
    isPowered = false
    bytesUntilCut = nil
    undoSome()
  }

  /// True where bits stick; those that do from the beginning may pass for damage in a new memory.
  public var hasStuckBits: Bool { !stuck.isEmpty }

  /// Makes bits stick from now on.
  public mutating func stick(_ bits: StuckBits) {
    stuck.append(bits)
    applyStuckBits(page: bits.address / 256)
  }

  /// Overwrites one byte without any program, as ageing or an attacker would.
  public mutating func poke(_ address: Int, xor mask: UInt8) {
    image[address] ^= mask
    flips += 1
  }

  /// Overwrites the whole content without any program.
  /// - Precondition: same size.
  public mutating func restore(image: [UInt8]) {
    precondition(image.count == self.image.count)
    self.image = image
  }

  public func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
    tally.bytes += bytes.count
    image.copy(from: page * 256 + offset, into: &bytes)
    if disturbOneIn > 0 && tally.random.below(disturbOneIn) == 0 { tally.disturbed.append(page) }
  }

  public mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
    precondition(offset >= 0 && offset + bytes.count <= 256)
    precondition(stepsLeft == 0, "program while the memory is busy")
    guard isPowered else { return }
    programs += 1
    noteMeasuring()
    bytesProgrammed += bytes.count
    stepsLeft = programSteps
    wear[page] &+= ageing
    if disturbOneIn > 0 { disturb() }
    var cutHere: Int?
    if let left = bytesUntilCut {
      if left <= bytes.count { cutHere = left }
      bytesUntilCut = left - bytes.count
    }
    let start = page * 256 + offset
    if reorderDepth > 0 { remember(start, bytes) }
    if isMarked {
      let first = start & ~3
      undo.append((first, Array(image[first..<((start + bytes.count + 3) & ~3)])))
    }
    if takesPrograms(page) {
      store(at: start, bytes, cut: cutHere)
      if !stuck.isEmpty { applyStuckBits(page: page) }
    }
    if cutHere != nil {
      isPowered = false
      bytesUntilCut = nil
      undoSome()
    }
  }

  private mutating func takesPrograms(_ page: Int) -> Bool {
    if !silentPages.isEmpty && silentPages.contains(page) { return false }
    if !lives.isEmpty && wear[page] > lives[page] { return false }
    if let endurance, wear[page] > endurance { return false }
    return silentOneIn == 0 || random.below(silentOneIn) != 0
  }

  private mutating func applyStuckBits(page: Int) {
    for bits in stuck where bits.address / 256 == page {
      let kept = image[bits.address] & ~bits.mask
      image[bits.address] = kept | (bits.value & bits.mask)
    }
  }

  /// Flips a bit where reading has disturbed one.
  private mutating func disturb() {
    for page in tally.disturbed {
      image[page * 256 + random.below(256)] ^= 1 << UInt8(random.below(8))
      flips += 1
    }
    tally.disturbed.removeAll(keepingCapacity: true)
  }

  // MARK: order

  private mutating func remember(_ start: Int, _ bytes: Span<UInt8>) {
    if recent.count == reorderDepth { recent.removeFirst() }
    var new: [UInt8] = []
    for i in bytes.indices { new.append(bytes[i]) }
    recent.append(
      Pending(start: start, old: Array(image[start..<(start + bytes.count)]), new: new))
  }

  /// Each of the newest programs but the one that is cut was stored before the supply went, or not.
  private mutating func undoSome() {
    guard recent.count > 1 else { return }
    let torn = recent.removeLast()
    let content = Array(image[torn.start..<(torn.start + torn.new.count)])
    for program in recent.reversed() { image.overwrite(program.start, program.old) }
    for program in recent where random.below(2) == 0 {
      image.overwrite(program.start, program.new)
    }
    image.overwrite(torn.start, content)
    recent.removeAll(keepingCapacity: true)
  }

  // MARK: tears

  /// - Parameter cut: bytes that are whole, 0...bytes.count; nil stores all.
  private mutating func store(at start: Int, _ bytes: Span<UInt8>, cut: Int?) {
    guard let cut, cut < bytes.count else {
      image.overwrite(start, bytes)
      return
    }
    // Where a shape has no direction, `cut` says how far programming had come: of all bits or
    // bytes about cut / count are new, none at 0. Cells are programmed in groups of four: what
    // stands beside the program in its first and last group is at stake as well.
    let first = start & ~3
    let end = (start + bytes.count + 3) & ~3
    for address in first..<end {
      let i = address - start
      let old = image[address]
      let new = bytes.indices.contains(i) ? bytes[i] : old
      image[address] = torn(old, new, address - first, cut: cut + start - first, count: end - first)
    }
  }

  private mutating func torn(
    _ old: UInt8, _ new: UInt8, _ i: Int, cut: Int, count: Int
  ) -> UInt8 {
    switch shape {
    case .prefix:
      return i < cut ? new : i == cut ? mixed(old, new) : old
    case .suffix:
      let border = count - 1 - cut
      return i > border ? new : i == border ? mixed(old, new) : old
    case .byteMix:
      return random.below(count) < cut ? new : old
    case .bitMix:
      return cut == 0 ? old : mixed(old, new)
    case .noise:
      return i < cut ? new : i == cut ? UInt8(truncatingIfNeeded: random.next()) : old
    case .erased:
      return i / 4 <= cut / 4 ? 0xFF : old
    case .halfProgrammed:
      return cut == 0 ? old : mixed(0xFF, new)
    case .group:
      if i / 4 == cut / 4 { return UInt8(truncatingIfNeeded: random.next()) }
      return i < cut ? new : old
    case .gained:
      return i <= cut ? old | new : old
    case .lostCharge:
      return i <= cut ? old & new : old
    }
  }

  private mutating func mixed(_ old: UInt8, _ new: UInt8) -> UInt8 {
    let mask = UInt8(truncatingIfNeeded: random.next())
    return (old & mask) | (new & ~mask)
  }
}

extension [UInt8] {
  /// Copies bytes to `start`, fast in debug builds too.
  mutating func overwrite(_ start: Int, _ bytes: Span<UInt8>) {
    precondition(start >= 0 && start + bytes.count <= count)
    withUnsafeMutableBufferPointer { target in
      bytes.withUnsafeBufferPointer { source in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        (to + start).update(from: from, count: source.count)
      }
    }
  }

  mutating func overwrite(_ start: Int, _ bytes: [UInt8]) { overwrite(start, bytes.span) }
}
