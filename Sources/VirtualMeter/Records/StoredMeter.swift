import Foundation
import LegalMeter
import Meter
import MeterTime
import Metrology
import PermanentMemory

/// A meter read from its state directory, whether it is running or not: a copy of its memory is
/// looked at, and nothing is written.
public struct StoredMeter: ~Copyable {
  /// The state directory.
  public let path: String
  var meter: Meter
  var memory: MeterMemory
  let now: Instant

  /// - Throws: `fileMissing` without a memory, `badData` for one that is none.
  public init(state path: String) throws(Failure) {
    let file = path + "/memory.bin"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .fileMissing, file: path, what: "there is no meter's memory in it",
        expected: "the state directory of a meter",
        next: "start one with kvadrant demo, or name its folder with --state DIR")
    }
    guard data.count == MemoryMap.byteCount else {
      throw Failure(FileMemoryError(path: file, reason: .wrongSize(Int64(data.count))))
    }
    let text = try? String(contentsOfFile: path + "/clock", encoding: .utf8)
    let kept = text.flatMap { ISOTime.instant($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    try self.init(
      path: path, memory: .ram([UInt8](data)), now: kept ?? Instant(seconds: 820_454_400))
  }

  init(path: String, memory: consuming MeterMemory, now: Instant) throws(Failure) {
    var memory = memory
    let meter = try Self.start(path, &memory, now)
    self.path = path
    self.now = now
    self.meter = meter
    self.memory = memory
  }

  private static func start(
    _ path: String, _ memory: inout MeterMemory, _ now: Instant
  ) throws(Failure) -> Meter {
    guard let identity = Meter.storedIdentity(in: memory),
      let variant = try? MeterVariant(word: identity.typeWord)
    else {
      throw Failure(
        .badData, file: path, what: "the memory holds no configuration of this program",
        expected: "the memory of a meter that has run", next: "put back a copy of memory.bin")
    }
    let rules = DisplayRules(
      energyType: variant.energyType, hasBattery: variant.backup.hasBattery)
    let configuration = MeterConfiguration(
      variant: variant, meterNumber: identity.number, lists: .factory(rules),
      options: DisplayOptions(), zone: ZoneRules(centralEuropeanFrom: 2020),
      softwareRevision: ProgramVersion.word)
    var meter = Meter(configuration, .bench)
    do throws(StartRefusal) {
      _ = try meter.start(now: now, memory: &memory)
    } catch {
      throw Failure(error, file: path)
    }
    return meter
  }

  /// The configuration that the memory holds.
  public var configuration: MeterConfiguration { meter.configuration }

  /// Intervals of the load profile that begin within a time, the oldest first.
  public func intervals(
    from: Instant?, until: Instant?, withTotals: Bool
  ) -> [ProfileInterval] {
    meter.intervals(from: from, until: until, withTotals: withTotals, memory: memory)
  }

  /// Closed billing periods, the newest first.
  public var billingRecords: [BillingRecord] { meter.billingRecords(memory: memory) }

  /// Records of the second logger, the newest first.
  public var secondLoggerRecords: [SecondLoggerRecord] {
    meter.secondLoggerRecords(memory: memory)
  }

  /// What the load profile keeps.
  public var profileLayout: ProfileLayout { meter.legal.profileLayout }

  /// Zone and daylight saving.
  public var zone: ZoneRules { meter.legal.zone }
}

extension Meter {
  func intervals(
    from: Instant?, until: Instant?, withTotals: Bool,
    memory: borrowing some PageMemory & ~Copyable
  ) -> [ProfileInterval] {
    var rows: [ProfileInterval] = []
    var cursor =
      from == nil && until == nil
      ? legal.intervals(withTotals: withTotals, memory: memory)
      : legal.intervals(
        from: from ?? Instant(seconds: 0), until: until ?? Instant(seconds: 250_000_000_000),
        withTotals: withTotals, memory: memory)
    while let row = legal.nextInterval(&cursor, memory: memory) { rows.append(row) }
    return rows
  }

  func billingRecords(memory: borrowing some PageMemory & ~Copyable) -> [BillingRecord] {
    var records: [BillingRecord] = []
    for index in 0..<legal.billingRecordCount {
      if let record = legal.billingRecord(index, memory: memory) { records.append(record) }
    }
    return records
  }

  func secondLoggerRecords(
    memory: borrowing some PageMemory & ~Copyable
  ) -> [SecondLoggerRecord] {
    var records: [SecondLoggerRecord] = []
    for index in 0..<legal.secondLoggerCount {
      if let record = legal.secondLoggerRecord(index, memory: memory) { records.append(record) }
    }
    return records
  }
}
