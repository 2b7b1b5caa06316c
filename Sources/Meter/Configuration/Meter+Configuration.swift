import Bytes
import LegalMeter
import MeterTime
import PermanentMemory
import Quantities

// MARK: - Start

extension Meter {
  /// Takes the configuration out of the memory, or makes ready to write the first one.
  ///
  /// What is stored counts; the configuration that the meter was made with fills in sections
  /// that an older program did not write.
  /// - Returns: whether there was one.
  @inline(never)
  mutating func startConfiguration(
    from memory: borrowing some PageMemory & ~Copyable
  ) throws(StartRefusal) -> Bool {
    var image = ConfigurationImage()
    var room = image.room
    var length = 0
    let found = store.record.recover(from: memory, into: &room, length: &length)
    CalibrationPart(legal.calibrations).encode(into: &store.calibration)
    switch found.outcome {
    case .lost: throw .damagedConfiguration
    case .blank:
      store.needsCommit = true
      return false
    case .recovered: break
    }
    if let record = FactoryRecord(image.bytes.span.extracting(0..<length)) {
      try takeOver(record)
      return true
    }
    guard image.accept(length: length) else { throw .unknownLayout }
    try takeSections(of: image)
    store.note(image)
    return true
  }

  /// A memory of the first layout: everything else comes from the configuration in hand.
  private mutating func takeOver(_ record: FactoryRecord) throws(StartRefusal) {
    if record.variantWord != configuration.variant.word { throw .otherVariant }
    if record.meterNumber != configuration.meterNumber { throw .otherMeter }
    for phase in Phase.allCases {
      legal.restoreCalibration(phase, record.calibrations[phase.index])
    }
    CalibrationPart(record.calibrations).encode(into: &store.calibration)
    store.needsCommit = true
  }

  private mutating func takeSections(
    of image: borrowing ConfigurationImage
  ) throws(StartRefusal) {
    if let type = image.find(ConfigurationSection.type.rawValue), type.range.count == 4,
      CalibrationPart.word(image.content, type.range.lowerBound) != configuration.variant.word
    {
      throw .otherVariant
    }
    let wanted = configuration.meterNumber
    for section in ConfigurationSection.allCases {
      guard let found = image.find(section.rawValue) else {
        store.needsCommit = store.needsCommit || section != .history
        continue
      }
      let bytes = image.content.extracting(found.range)
      do throws(ConfigurationRefusal) {
        try configuration.take(section, layout: found.layout, bytes)
      } catch {
        throw .unknownLayout
      }
      if section == .calibration { restoreCalibrations(bytes) }
    }
    legal.restore(configuration.zone)
    apply(.display)
    // The number may have been changed since; who asks for the delivered one means this meter.
    if wanted != configuration.meterNumber && wanted != configuration.deliveredNumber {
      throw .otherMeter
    }
  }

  private mutating func restoreCalibrations(_ bytes: Span<UInt8>) {
    guard let part = CalibrationPart(bytes) else { return }
    for phase in Phase.allCases {
      legal.restoreCalibration(phase, part.calibrations[phase.index])
    }
    part.encode(into: &store.calibration)
  }

  /// Brings a section of `configuration` to whatever works by it.
  mutating func apply(_ section: ConfigurationSection) {
    switch section {
    case .display:
      display.options = configuration.options
      if display.lists != configuration.lists { display.use(configuration.lists, at: now) }
    case .clock: legal.use(configuration.zone, now: now)
    case .type, .calibration, .number, .history: break
    }
  }
}

// MARK: - Writing

extension Meter {
  /// The configuration that belongs into the memory now, with the sections of a change.
  ///
  /// The same inputs give the same bytes: it is put together anew for each page that is written.
  @inline(never)
  func compose(
    _ change: Span<UInt8>, into image: inout ConfigurationImage,
    memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    var room = image.room
    let length = store.record.read(from: memory, into: &room) ?? 0
    _ = image.accept(length: length)
    var bytes = InlineArray<160, UInt8>(repeating: 0)
    for section in ConfigurationSection.allCases where image.find(section.rawValue) == nil {
      guard let count = configuration.encode(section, into: &bytes) else { continue }
      let layout = MeterConfiguration.layout(of: section)
      let content = bytes.span.extracting(0..<count)
      guard image.set(section.rawValue, layout: layout, content) else { return false }
    }
    guard
      image.set(ConfigurationSection.calibration.rawValue, layout: 1, store.calibration.span)
    else { return false }
    if change.isEmpty { return true }
    var cursor = SectionCursor()
    while let section = cursor.next(in: change) {
      let content = change.extracting(section.range)
      guard image.set(section.number, layout: section.layout, content) else { return false }
    }
    var history = InlineArray<12, UInt8>(repeating: 0)
    let changes = store.changes &+ 1
    for k in 0..<4 { history[k] = UInt8(truncatingIfNeeded: changes >> UInt32(8 * k)) }
    let when = store.changeBegan.seconds
    for k in 0..<8 { history[4 + k] = UInt8(truncatingIfNeeded: when >> Int64(8 * k)) }
    return image.set(ConfigurationSection.history.rawValue, layout: 1, history.span)
  }

  /// Brings the meter's own changes of the configuration into the memory.
  /// - Returns: true when nothing is left to do.
  @inline(never)
  mutating func serviceConfiguration(
    now: Instant, memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    if store.task == .change {
      if now - store.changeSeen < ConfigurationStore.patience { return true }
      giveUpChange(now: now, memory: memory)
    }
    if legal.takeCalibrationChange() { store.needsCommit = true }
    if store.task == .none {
      guard store.needsCommit else { return true }
      store.needsCommit = false
      CalibrationPart(legal.calibrations).encode(into: &store.calibration)
    }
    switch push(Span(), as: .own, now: now, memory: &memory) {
    case .committed: return !store.needsCommit
    case .failed:
      store.needsCommit = true
      return false
    default: return false
    }
  }

  /// Writes as many pages as the memory takes at once.
  mutating func push(
    _ change: Span<UInt8>, as task: ConfigurationStore.Task, now: Instant,
    memory: inout some PageMemory & ~Copyable
  ) -> ProgramProgress {
    var image = ConfigurationImage()
    guard memory.isReady else { return .busy }
    guard compose(change, into: &image, memory: memory) else { return .failed }
    if store.task == .none {
      guard store.record.begin(image.content) else { return .busy }
      store.task = task
    }
    // Each page is programmed and read again.
    for _ in 0..<40 {
      memory.maintain()
      guard memory.isReady else { return .busy }
      let progress = store.record.pump(image.content, to: &memory)
      if progress == .busy { continue }
      store.task = .none
      if progress == .committed { store.note(image) }
      return progress
    }
    return .busy
  }

  /// Ends a change whose author has gone. What had reached the memory whole counts.
  private mutating func giveUpChange(
    now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) {
    let before = store.record.newest
    var image = ConfigurationImage()
    var room = image.room
    var length = 0
    _ = store.record.recover(from: memory, into: &room, length: &length)
    store.task = .none
    guard store.record.newest != before, image.accept(length: length) else { return }
    store.note(image)
    var bytes = InlineArray<160, UInt8>(repeating: 0)
    for section in ConfigurationSection.allCases {
      guard let found = image.find(section.rawValue),
        let count = configuration.encode(section, into: &bytes)
      else { continue }
      let content = image.content.extracting(found.range)
      let old = CRC32.check(bytes.span.extracting(0..<count))
      let new = CRC32.check(content)
      if old == new { continue }
      legal.noteConfiguration(section: section.rawValue, old: old, new: new, now: now)
      try? configuration.take(section, layout: found.layout, content)
      apply(section)
    }
  }
}
