import PermanentMemory

/// How a page looks that was being programmed when the supply went.
public enum TearShape: UInt8, CaseIterable, Sendable {
  /// The first bytes are new, the rest is old; the bits of the byte at the border are mixed.
  case prefix
  /// The last bytes are new, the rest is old; the bits of the byte at the border are mixed.
  case suffix
  /// Each byte is either old or new.
  case byteMix
  /// Each bit is either old or new.
  case bitMix
  /// First bytes new, one byte of noise, rest old.
  case noise
  /// The groups of four bytes reached have been erased (0xFF) and not yet programmed.
  case erased
  /// As `bitMix`, but of erased (0xFF) and new: erasing was done, programming half.
  case halfProgrammed
}

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
  }

  /// The whole content, stuck bits included.
  public private(set) var image: [UInt8]
  /// Programs of each page so far.
  public private(set) var wear: [UInt32]
  /// False from a planned cut until `restorePower()`.
  public private(set) var isPowered = true
  /// Programs accepted so far, cut or not.
  public private(set) var programs = 0
  /// Bytes handed to `program` so far.
  public private(set) var bytesProgrammed = 0
  /// Pages whose programs do nothing although the memory acknowledges them.
  public var silentPages: Set<Int> = []
  /// One program in so many is silently dropped; 0 is never.
  public var silentOneIn = 0
  /// Programs after which a page no longer takes any; nil is never.
  public var endurance: UInt32?
  /// Calls of `advance()` that a program takes until `isReady`; 0 is ready at once.
  public var programSteps = 0

  private var stuck: [StuckBits] = []
  private var bytesUntilCut: Int?
  private var shape = TearShape.prefix
  private var random: SplitMix64
  private var stepsLeft = 0
  private let tally = ReadTally()

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
  }

  public var pageCount: Int { image.count / 256 }
  public var isReady: Bool { isPowered && stepsLeft == 0 }
  /// Bytes read since the last `resetReads()`.
  public var bytesRead: Int { tally.bytes }

  /// Starts to count reads anew.
  public mutating func resetReads() { tally.bytes = 0 }

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
    isPowered = true
    bytesUntilCut = nil
    stepsLeft = 0
  }

  /// Cuts the supply between two programs.
  public mutating func cutNow() { isPowered = false }

  /// Makes bits stick from now on.
  public mutating func stick(_ bits: StuckBits) {
    stuck.append(bits)
    applyStuckBits(page: bits.address / 256)
  }

  /// Overwrites one byte without any program, as ageing or an attacker would.
  public mutating func poke(_ address: Int, xor mask: UInt8) { image[address] ^= mask }

  /// Overwrites the whole content without any program.
  /// - Precondition: same size.
  public mutating func restore(image: [UInt8]) {
    precondition(image.count == self.image.count)
    self.image = image
  }

  public func read(page: Int, offset: Int, into bytes: inout MutableSpan<UInt8>) {
    tally.bytes += bytes.count
    image.copy(from: page * 256 + offset, into: &bytes)
  }

  public mutating func program(page: Int, offset: Int, _ bytes: Span<UInt8>) {
    precondition(offset >= 0 && offset + bytes.count <= 256)
    precondition(stepsLeft == 0, "program while the memory is busy")
    guard isPowered else { return }
    programs += 1
    bytesProgrammed += bytes.count
    stepsLeft = programSteps
    wear[page] += 1
    var cutHere: Int?
    if let left = bytesUntilCut {
      if left <= bytes.count { cutHere = left }
      bytesUntilCut = left - bytes.count
    }
    if takesPrograms(page) {
      store(at: page * 256 + offset, bytes, cut: cutHere)
      if !stuck.isEmpty { applyStuckBits(page: page) }
    }
    if cutHere != nil {
      isPowered = false
      bytesUntilCut = nil
    }
  }

  private mutating func takesPrograms(_ page: Int) -> Bool {
    if silentPages.contains(page) { return false }
    if let endurance, wear[page] > endurance { return false }
    return silentOneIn == 0 || random.below(silentOneIn) != 0
  }

  private mutating func applyStuckBits(page: Int) {
    for bits in stuck where bits.address / 256 == page {
      let kept = image[bits.address] & ~bits.mask
      image[bits.address] = kept | (bits.value & bits.mask)
    }
  }

  /// - Parameter cut: bytes that are whole, 0...bytes.count; nil stores all.
  private mutating func store(at start: Int, _ bytes: Span<UInt8>, cut: Int?) {
    guard let cut, cut < bytes.count else {
      for i in bytes.indices { image[start + i] = bytes[i] }
      return
    }
    // Where a shape has no direction, `cut` says how far programming had come: of all bits or
    // bytes about cut / count are new, none at 0.
    for i in bytes.indices {
      let old = image[start + i]
      image[start + i] = torn(old, bytes[i], i, cut: cut, count: bytes.count)
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
    }
  }

  private mutating func mixed(_ old: UInt8, _ new: UInt8) -> UInt8 {
    let mask = UInt8(truncatingIfNeeded: random.next())
    return (old & mask) | (new & ~mask)
  }
}
