import LegalMeter
import MeterFaults
import MeterTime
import Meter
import PermanentMemory

extension MemoryImage {
  /// Records of one event log or of all, newest first, with standard time of Central Europe.
  ///
  /// - Parameters:
  ///   - log: nil for all.
  ///   - from: no record before this time.
  ///   - to: no record at or after this time.
  public func events(
    _ log: EventLogID? = nil, from: Instant = Instant(ticks: .min),
    to: Instant = Instant(ticks: .max)
  ) -> [EventRow] {
    let memory = TestMemory(image: bytes)
    var meter = Meter(.bench, .bench)
    meter.openRecords(memory)
    var cursor = EventCursor(log, from: from, to: to)
    var rows: [EventRow] = []
    while let (record, log) = cursor.next(meter.legal, memory: memory) {
      rows.append(EventRow(record, log: log, time: Self.standardTime(record.instant)))
    }
    return rows
  }

  /// As `events`, by the name of the log.
  ///
  /// - Throws: `usage` for a log that there is not.
  public func events(
    logNamed name: String?, from: Instant, to: Instant
  ) throws(Failure) -> [EventRow] {
    guard let name else { return events(from: from, to: to) }
    guard let log = EventLogID.allCases.first(where: { "\($0)" == name }) else {
      throw Failure(
        .usage, what: "no log is called \(name)",
        expected: EventLogID.allCases.map { "\($0)" }.joined(separator: ", "),
        next: "leave --log out for all")
    }
    return events(log, from: from, to: to)
  }

  /// The running week of EN 50160, or the last one that is over; nil if there is none.
  public func voltageQuality(_ week: Meter.VoltageWeekChoice) -> VoltageQualityReport? {
    let memory = TestMemory(image: bytes)
    var meter = Meter(.bench, .bench)
    meter.openRecords(memory)
    return meter.voltageQualityReport(week, memory: memory)
  }

  /// Counters and extremes since the meter was new.
  public var voltageLife: VoltageLife {
    let memory = TestMemory(image: bytes)
    var meter = Meter(.bench, .bench)
    meter.openRecords(memory)
    return meter.voltageLife
  }

  /// UTC + 1 h without daylight saving, as records are kept.
  static func standardTime(_ instant: Instant) -> String {
    guard let zone = ZoneRules(zoneMinutes: 60, daylightSaving: .off) else { return "" }
    return ISO8601Time(instant, in: zone).text(milliseconds: true)
  }
}

extension EventRow {
  /// A record of a log, with its time as text.
  init(_ record: EventRecord, log: EventLogID, time: String) {
    var parameter: UInt64 = 0
    for n in 0..<8 { parameter |= UInt64(record.parameter[n]) << UInt64(8 * n) }
    self.init(
      log: log, number: record.sequence, instant: record.instant, time: time, code: record.code,
      name: LegalEvent(rawValue: record.code).map { "\($0)" } ?? "event\(record.code)",
      parameter: parameter)
  }

  /// Names of the columns of a table of events.
  public static let columns = ["log", "n", "time", "code", "name", "parameter"]

  /// The row as texts, in the order of `columns`.
  public var cells: [String] { ["\(log)", "\(number)", time, "\(code)", name, "\(parameter)"] }

  private var members: [(key: String, value: JSONValue)] {
    [
      ("log", .string("\(log)")), ("n", .integer(number)), ("time", .string(time)),
      ("code", .integer(code)), ("name", .string(name)), ("parameter", .integer(parameter)),
    ]
  }

  /// The row as JSON.
  public var json: JSONValue { .object(members) }

  /// The row as JSON; events of the voltage log have phases, voltage and duration, too.
  public var detailedJSON: JSONValue {
    guard let voltage = VoltageEvent(record) else { return json }
    return .object(
      members + [
        ("phases", .integer(voltage.phases)),
        ("voltage_V", .fixed(Int128(voltage.extreme_dV), decimals: 1)),
        ("duration_s", .fixed(Int128(voltage.duration_ms), decimals: 3)),
      ])
  }

  private var record: EventRecord {
    var record = EventRecord(sequence: number, instant: instant, code: code)
    for n in 0..<8 { record.parameter[n] = UInt8(truncatingIfNeeded: parameter >> UInt64(8 * n)) }
    return record
  }
}
