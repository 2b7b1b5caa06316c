import Bytes
import LegalMeter
import MeterTime
import PermanentMemory

extension Meter {
  /// Changes sections of the configuration, all of them or none.
  ///
  /// While the answer is `.busy`, call again with the same bytes; they belong to the caller until
  /// then. A change that is not pushed on for ten seconds is given up. What is answered with
  /// `.committed` is in the memory and in force.
  ///
  /// - Parameters:
  ///   - sections: number, layout, length (16 bit, low byte first) and content of each section, in
  ///     the order of their numbers.
  ///   - door: where the change comes in; what it may change depends on it and on the seals.
  /// - Throws: the first reason found; nothing is changed then.
  @inline(never)
  public mutating func configure(
    _ sections: Span<UInt8>, through door: ConfigurationDoor, now: Instant,
    memory: inout some PageMemory & ~Copyable
  ) throws(ConfigurationRefusal) -> ConfigurationProgress {
    self.now = max(self.now, now)
    let check = CRC32.check(sections)
    if store.task == .none {
      guard !store.needsCommit else { throw .busy }
      guard !legal.isMemoryLost else { throw .memory }
      try admit(sections, through: door)
      guard try differs(sections, memory: memory) else { return .unchanged }
      (store.changeCheck, store.changeBegan) = (check, now)
    } else if store.task == .own || store.changeCheck != check {
      throw .busy
    }
    store.changeSeen = now
    let before = try checksums(memory: memory)
    switch push(sections, as: .change, now: now, memory: &memory) {
    case .committed: break
    case .failed: throw .memory
    default: return .busy
    }
    putInForce(sections, before, now: now)
    return .committed
  }

  /// Checks rights, layout and values of a change.
  private func admit(
    _ sections: Span<UInt8>, through door: ConfigurationDoor
  ) throws(ConfigurationRefusal) {
    guard !sections.isEmpty, SectionCursor.isWellFormed(sections) else { throw .malformed }
    var trial = configuration
    var cursor = SectionCursor()
    while let found = cursor.next(in: sections) {
      guard let section = ConfigurationSection(rawValue: found.number) else {
        throw .unknownSection(found.number)
      }
      switch section.protection(through: door) {
      case .free: break
      case .seal(let seal): if !legal.isBroken(seal) { throw .sealed(section, seal) }
      case .moduleOnly: if door != .module { throw .wrongDoor(section) }
      case .fixed: throw .fixed(section)
      }
      try trial.take(section, layout: found.layout, sections.extracting(found.range))
    }
    if trial.deliveredNumber != configuration.deliveredNumber { throw .fixed(.number) }
  }

  /// Whether a change differs from what is stored; also finds out whether it has room.
  private func differs(
    _ sections: Span<UInt8>, memory: borrowing some PageMemory & ~Copyable
  ) throws(ConfigurationRefusal) -> Bool {
    var image = ConfigurationImage()
    var room = image.room
    guard let length = store.record.read(from: memory, into: &room), image.accept(length: length)
    else { throw .memory }
    var differs = false
    var cursor = SectionCursor()
    while let section = cursor.next(in: sections) {
      let content = sections.extracting(section.range)
      if let old = image.find(section.number), old.layout == section.layout {
        if !Self.same(image.content.extracting(old.range), content) { differs = true }
      } else {
        differs = true
      }
      guard image.set(section.number, layout: section.layout, content) else { throw .full }
    }
    return differs
  }

  private static func same(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for i in a.indices where a[i] != b[i] { return false }
    return true
  }

  /// CRC-32 of each stored section, by its place among the sections of this program.
  private func checksums(
    memory: borrowing some PageMemory & ~Copyable
  ) throws(ConfigurationRefusal) -> InlineArray<32, UInt32> {
    var image = ConfigurationImage()
    var room = image.room
    guard let length = store.record.read(from: memory, into: &room), image.accept(length: length)
    else { throw .memory }
    var sums = InlineArray<32, UInt32>(repeating: 0)
    var cursor = SectionCursor(at: ConfigurationImage.headBytes)
    while let section = cursor.next(in: image.content) {
      guard section.number < 32 else { break }
      sums[Int(section.number)] = CRC32.check(image.content.extracting(section.range))
    }
    return sums
  }

  /// What was committed goes into force; each section that changed is logged.
  private mutating func putInForce(
    _ sections: Span<UInt8>, _ before: InlineArray<32, UInt32>, now: Instant
  ) {
    var cursor = SectionCursor()
    while let found = cursor.next(in: sections) {
      guard let section = ConfigurationSection(rawValue: found.number) else { continue }
      let content = sections.extracting(found.range)
      let old = before[Int(found.number)]
      let new = CRC32.check(content)
      if old == new { continue }
      legal.noteConfiguration(section: found.number, old: old, new: new, now: now)
      try? configuration.take(section, layout: found.layout, content)
      apply(section)
    }
  }
}
