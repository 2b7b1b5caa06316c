import Bytes
import MeterTime
import PermanentMemory
import Quantities

extension EnergyType {
  /// The channels of the load profile: bit 0 for A+, 1 for A-, 2 for R+, 3 for R-.
  public var profileChannels: UInt8 {
    var mask: UInt8 = 0
    for kind in EnergyKind.allCases where registers(kind) { mask |= 1 << kind.rawValue }
    return mask
  }

  /// The layout of the load profile of a meter of this type.
  public func profileLayout(_ length: PeriodLength) -> ProfileLayout {
    guard let layout = ProfileLayout(minutes: length.rawValue, channels: profileChannels) else {
      preconditionFailure("every length of a period has a layout")
    }
    return layout
  }
}

/// Registration periods in the permanent memory: one checkpoint holds what is open, demand, the
/// position of the profile and the record that is being written, so that they change as a whole.
extension LegalMeter {
  /// Chooses how periods are registered.
  ///
  /// Another length erases the load profile, which is logged; the period that is open is dropped
  /// from it, and the first of the new length counts as not valid. Before `start` this says what a
  /// blank memory begins with; a memory with a profile keeps its length.
  @inline(never)
  public mutating func configurePeriods(_ settings: PeriodSettings, now: Instant) {
    let old = periods.settings
    periods.settings = settings
    guard old.length != settings.length else { return }
    let layout = parameters.energies.profileLayout(settings.length)
    guard periods.isOpen else {
      profile = LoadProfile(layout: layout)
      return
    }
    noteErased(old.length.rawValue, layout.channels, now: now)
    periods.closed = nil
    periods.isOpen = false
    reopenPeriod([.notValid], now: now)
  }

  private mutating func noteErased(_ minutes: UInt8, _ channels: UInt8, now: Instant) {
    periods.isErased = true
    let detail =
      UInt64(minutes) | UInt64(periods.settings.length.rawValue) << 8 | UInt64(channels) << 16
      | UInt64(parameters.energies.profileChannels) << 24
    log(.profileErased, now: now, detail)
  }

  /// Takes periods and profile out of the memory at the start.
  @inline(never)
  mutating func restorePeriods(
    now: Instant, report: inout StartReport, memory: borrowing some PageMemory & ~Copyable
  ) {
    var owner = InlineArray<164, UInt8>(repeating: 0)
    let found = profile.recover(from: memory, owner: &owner)
    report.bytesRead += found.bytesRead
    if found.outcome == .recovered, let length = PeriodLength(rawValue: profile.layout.minutes),
      takePeriods(owner)
    {
      periods.settings.length = length
      if profile.layout.channels != parameters.energies.profileChannels {
        noteErased(profile.layout.minutes, profile.layout.channels, now: now)
      }
    } else {
      periods.isErased = true
      if found.outcome != .blank { log(.profileLost, now: now) }
    }
    resumePeriods(now: now)
  }

  /// Takes checkpoint and profile a step further; false when there is nothing to do.
  mutating func storePeriods(now: Instant, _ memory: inout some PageMemory & ~Copyable) -> Bool {
    if profile.isIdle {
      guard periods.needsCommit, areStartsCommitted else { return false }
      let owner = encodePeriods()
      periods.needsCommit = false
      if periods.isErased {
        periods.isErased = false
        periods.needsCommit = periods.closed != nil
        _ = profile.beginErased(
          parameters.energies.profileLayout(periods.settings.length), owner: owner)
      } else {
        let closed = periods.closed
        periods.closed = nil
        periods.storing = closed
        _ = profile.begin(closed.map { $0.row }, owner: owner, memory: memory)
      }
    }
    if profile.pump(&memory) == .failed, profile.failures & (profile.failures - 1) == 0 {
      log(.memoryFailed, now: now, UInt64(profile.failures))
    }
    return true
  }

  /// What a checkpoint tells must not be ahead of the registers after a cut.
  private var areStartsCommitted: Bool {
    for kind in EnergyKind.allCases
    where registers.committed(.total(kind)) < periods.start[kind.index] { return false }
    return true
  }

  private func encodePeriods() -> InlineArray<164, UInt8> {
    var bytes = InlineArray<164, UInt8>(repeating: 0)
    var writer = ByteWriter(bytes.mutableSpan)
    do throws(BytesError) {
      try periods.encode(into: &writer)
    } catch { preconditionFailure("the state of the periods has grown") }
    return bytes
  }

  private mutating func takePeriods(_ bytes: InlineArray<164, UInt8>) -> Bool {
    var reader = ByteReader(bytes.span)
    var taken = periods
    do throws(BytesError) {
      guard try taken.decode(from: &reader) else { return false }
    } catch { return false }
    for kind in EnergyKind.allCases where taken.start[kind.index] > registers[.total(kind)] {
      // Not by a power cut: the registers went into the memory before. Something was damaged.
      taken.start[kind.index] = registers[.total(kind)]
      taken.carry[kind.index] = 0
      taken.status.insert(.notValid)
    }
    taken.operatingAtStart = min(taken.operatingAtStart, operatingSeconds)
    periods = taken
    return true
  }
}

extension ClosedPeriod {
  var row: ProfileRow { ProfileRow(number: number, status: status.rawValue, values: values) }
}

extension PeriodEngine {
  /// Version; open; status; tariff; number; operation; starts; carries; demand.
  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(UInt8(1))
    try writer.littleEndian(UInt8(isOpen ? 1 : 0))
    try writer.littleEndian(status.rawValue)
    try writer.littleEndian(tariffAtStart.rawValue)
    try writer.littleEndian(number)
    try writer.littleEndian(operatingAtStart)
    for k in 0..<4 { try writer.littleEndian(start[k] & 0xFFFF_FFFF_FFFF, byteCount: 6) }
    for k in 0..<4 { try writer.littleEndian(carry[k]) }
    try demand.encode(into: &writer)
  }

  /// - Returns: false for a layout that this version does not know.
  mutating func decode(from reader: inout ByteReader) throws(BytesError) -> Bool {
    guard try reader.littleEndian(UInt8.self) == 1 else { return false }
    isOpen = try reader.littleEndian(UInt8.self) & 1 != 0
    status = PeriodStatus(rawValue: try reader.littleEndian(UInt8.self))
    guard let tariff = Tariff(rawValue: try reader.littleEndian(UInt8.self)) else { return false }
    tariffAtStart = tariff
    number = try reader.littleEndian(UInt32.self)
    operatingAtStart = try reader.littleEndian(UInt32.self)
    for k in 0..<4 { start[k] = try reader.littleEndian(byteCount: 6) }
    for k in 0..<4 { carry[k] = try reader.littleEndian(UInt32.self) }
    try demand.decode(from: &reader)
    return true
  }
}

extension DemandState {
  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try maxima.activeImport.encode(into: &writer)
    try maxima.activeImportT1.encode(into: &writer)
    try maxima.activeImportT2.encode(into: &writer)
    try maxima.activeExport.encode(into: &writer)
    try maxima.reactiveImport.encode(into: &writer)
    try maxima.reactiveExport.encode(into: &writer)
    for k in 0..<4 { try writer.littleEndian(cumulative_mW[k] & 0xFFFF_FFFF_FFFF, byteCount: 6) }
    try lifetimeMaximum.encode(into: &writer)
    try lifetimeMinimum.encode(into: &writer)
    try writer.littleEndian(periodsAbove)
    for k in 0..<4 { try writer.littleEndian(last_mW[k]) }
    try writer.littleEndian(resets)
  }

  mutating func decode(from reader: inout ByteReader) throws(BytesError) {
    maxima.activeImport = try DemandMaximum(from: &reader)
    maxima.activeImportT1 = try DemandMaximum(from: &reader)
    maxima.activeImportT2 = try DemandMaximum(from: &reader)
    maxima.activeExport = try DemandMaximum(from: &reader)
    maxima.reactiveImport = try DemandMaximum(from: &reader)
    maxima.reactiveExport = try DemandMaximum(from: &reader)
    for k in 0..<4 { cumulative_mW[k] = try reader.littleEndian(byteCount: 6) }
    lifetimeMaximum = try DemandMaximum(from: &reader)
    lifetimeMinimum = try DemandMaximum(from: &reader)
    periodsAbove = try reader.littleEndian(UInt32.self)
    for k in 0..<4 { last_mW[k] = try reader.littleEndian(UInt32.self) }
    resets = try reader.littleEndian(UInt32.self)
  }
}

extension DemandMaximum {
  fileprivate func encode(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(power_mW)
    try writer.littleEndian(end_s)
  }

  fileprivate init(from reader: inout ByteReader) throws(BytesError) {
    power_mW = try reader.littleEndian(UInt32.self)
    end_s = try reader.littleEndian(UInt32.self)
  }
}
