import PermanentMemory

/// What is wrong with a memory besides being cut off.
public enum MemoryFault: UInt8, CaseIterable, Sendable {
  /// Nothing.
  case none
  /// One program in 60 is acknowledged and does nothing.
  case silentPrograms
  /// Some pages acknowledge programs that do nothing.
  case deadPages
  /// Bits that no longer change.
  case stuckBits
  /// Pages reach the end of their life one after the other.
  case wear
  /// Reading flips bits.
  case readDisturb
  /// A cut may undo some of the newest programs and keep later ones.
  case outOfOrder
  /// A program takes several looks until it is done.
  case slow

  /// Gives a memory this fault, somewhere in the regions.
  func strike(
    _ memory: inout FaultyMemory, _ regions: [PageRegion], _ random: inout SplitMix64
  ) {
    let pages = regions.flatMap { Array($0.pages) }
    func page() -> Int { pages[random.below(pages.count)] }
    switch self {
    case .none: break
    case .silentPrograms: memory.silentOneIn = 60
    case .deadPages: memory.silentPages = Set((0..<(1 + random.below(12))).map { _ in page() })
    case .stuckBits:
      for _ in 0..<(1 + random.below(12)) {
        memory.stick(
          .init(
            address: page() * 256 + random.below(256), mask: 1 << UInt8(random.below(8)),
            value: random.below(2) == 0 ? 0 : 0xFF))
      }
    case .wear:
      let life = 4 + random.below(60)
      memory.lives = [UInt32](repeating: .max, count: memory.pageCount)
      for page in pages { memory.lives[page] = UInt32(life + random.below(3 * life)) }
      for page in MemoryMap.replacements.pages {
        memory.lives[page] = UInt32(life + random.below(3 * life))
      }
    case .readDisturb: memory.disturbOneIn = 3000
    case .outOfOrder: memory.reorderDepth = 3
    case .slow: memory.programSteps = 1 + random.below(4)
    }
  }
}
