import Bytes
import MeterTime
import PermanentMemory
import Quantities

/// What decides which tariff is in force.
public enum TariffSource: UInt8, CaseIterable, Sendable {
  /// Nothing: T1.
  case none
  case calendar
  case inputs
  case command
}

/// What is kept in RAM of the choice of tariffs: who asks for what, and the next change.
struct TariffControl: Sendable {
  var inputs = TariffInputs()
  /// What the command asks for.
  var command: Tariff?
  /// Owner's time at which the command ends by itself.
  var commandEnd = Instant(ticks: .max)
  /// What the plan asks for; nil without a plan. It stays what it was while the clock is invalid.
  var calendar: Tariff?
  /// Owner's time of the next change of the plan, and what then holds.
  var nextChange = Instant(ticks: .max)
  var nextTariff = Tariff.t1
  /// True when the plan has to be looked at again: that takes the memory.
  var needsPlanning = true
  /// Serial number of the plan in force, 0 for none.
  var activeSerial: UInt32 = 0
  /// A plan on its way to the memory.
  var writing: PlanWriting?

  init() {}

  /// The earlier of the next change and the end of the command.
  var deadline: Instant { min(nextChange, commandEnd) }

  /// Who decides now.
  var source: TariffSource {
    if command != nil { return .command }
    if inputs.settings.mode != .off { return .inputs }
    return calendar == nil ? .none : .calendar
  }

  /// What is asked for; nil where the inputs decide and have not settled yet.
  var wanted: Tariff? {
    switch source {
    case .command: command
    case .inputs: inputs.tariff
    case .calendar: calendar
    case .none: .t1
    }
  }

  // MARK: the record

  /// Behind the clock in its record: flags, tariffs, end of the command, plan in force.
  static let recordBytes = 1 + 1 + 8 + 4

  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(UInt8((command == nil ? 0 : 1) | (calendar == nil ? 0 : 2)))
    try writer.littleEndian((command?.rawValue ?? 0) | (calendar?.rawValue ?? 0) << 4)
    try writer.littleEndian(UInt64(bitPattern: commandEnd.ticks))
    try writer.littleEndian(activeSerial)
  }

  mutating func decode(from reader: inout ByteReader) throws(BytesError) {
    let flags = try reader.littleEndian(UInt8.self)
    let tariffs = try reader.littleEndian(UInt8.self)
    let end = Instant(ticks: Int64(bitPattern: try reader.littleEndian(UInt64.self)))
    activeSerial = try reader.littleEndian(UInt32.self)
    if flags & 1 != 0, let tariff = Tariff(rawValue: tariffs & 15) {
      (command, commandEnd) = (tariff, end)
    }
    if flags & 2 != 0 { calendar = Tariff(rawValue: tariffs >> 4) }
  }
}

/// Two places for plans: the one that is in force, and the passive one (or the one before).
///
/// A stored plan is the activation in seconds since 2000-01-01T00:00Z (8 bytes), a serial number (4
/// bytes) and the encoded plan. In force is the plan with the highest serial number whose
/// activation has come. A new plan never goes where the one in force lies.
struct StoredPlan {
  static let headBytes = 12
  static let bytesMax = headBytes + TariffPlan.encodedBytesMax

  /// What decides between two plans.
  struct Head {
    var place: Int
    var activation: Instant
    var serial: UInt32
  }

  var activation: Instant
  var serial: UInt32
  var plan: TariffPlan

  /// The head of the plan at a place; nil where there is no whole plan.
  @inline(never)
  static func head(place: Int, from memory: borrowing some PageMemory & ~Copyable) -> Head? {
    guard let stored = StoredPlan(place: place, from: memory) else { return nil }
    return Head(place: place, activation: stored.activation, serial: stored.serial)
  }

  static func record(_ place: Int) -> AtomicRecord {
    let region = MemoryMap.tariffPlans
    let half = region.count / 2
    return AtomicRecord(
      region: PageRegion(first: region.first + UInt16(place) * half, count: half), kind: 4)
  }

  /// The plan at a place; nil where there is none, or it is damaged.
  @inline(never)
  init?(place: Int, from memory: borrowing some PageMemory & ~Copyable) {
    var bytes = InlineArray<424, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    var record = Self.record(place)
    let found = record.recover(from: memory, into: &room, length: &length)
    guard found.outcome == .recovered else { return nil }
    var reader = ByteReader(bytes.span.extracting(0..<length))
    guard let seconds = try? reader.littleEndian(UInt64.self),
      let serial = try? reader.littleEndian(UInt32.self), serial > 0,
      seconds <= UInt64(CivilDateTime(clampingSeconds: .max).seconds)
    else { return nil }
    do throws(TariffPlanError) {
      plan = try TariffPlan(decoding: bytes.span.extracting(Self.headBytes..<length))
    } catch { return nil }
    activation = Instant(seconds: Int64(seconds))
    self.serial = serial
  }
}

/// A plan that is being programmed; its bytes belong to the caller.
struct PlanWriting: Sendable {
  var record: AtomicRecord
  var serial: UInt32
  /// CRC-32 of the bytes, so that nobody goes on with others.
  var check: UInt32
}
