import LegalMeter
import MeterTime
import PermanentMemory

extension MemoryImage {
  /// Why a meter would not start from this memory, or not with what it had; nil for a good one.
  public var failure: Failure? {
    let journal = store("registerJournal")
    if let journal, journal.intact == 0, journal.damaged > 1 {
      return Failure(
        .badData, file: path, what: "no register record is intact",
        expected: "at least one of \(journal.damaged)",
        next: "put back a copy, or move it away to start with a new meter")
    }
    if condition.isTableLost {
      return Failure(
        .badData, file: path, what: "the table of replaced pages is damaged",
        expected: "one intact copy of four", next: "put back a copy of the file")
    }
    return nil
  }

  // MARK: verify

  /// Slots by store.
  public var verification: JSONValue {
    .object([
      ("file", .string(path)),
      (
        "stores",
        .array(
          stores.map { store in
            .object([
              ("name", .string(store.name)), ("first", .integer(store.region.first)),
              ("pages", .integer(store.region.count)), ("blank", .integer(store.blank)),
              ("intact", .integer(store.intact)), ("damaged", .integer(store.damaged)),
              ("newest", .integer(store.newest)),
            ])
          })
      ), ("replaced_pages", .integer(condition.replaced)),
      ("spare_pages", .integer(condition.spares)), ("good", .bool(failure == nil)),
    ])
  }

  public var verificationText: String {
    var lines = ["store               pages      intact  damaged   blank      newest"]
    for store in stores where store.intact + store.damaged > 0 {
      let pages = "\(store.region.first)+\(store.region.count)"
      lines.append(
        store.name.padded(20) + pages.padded(9)
          + [store.intact, store.damaged, store.blank].map { "\($0)".leading(8) }.joined()
          + "\(store.newest)".leading(12))
    }
    lines.append(
      "replaced pages \(condition.replaced), spare pages \(condition.spares); "
        + (failure == nil ? "good" : "NOT GOOD"))
    return lines.joined(separator: "\n")
  }

  // MARK: dump

  /// Registers in mWh and mvarh, with the seconds in operation.
  private var registerRows: [(name: String, value: UInt64)] {
    guard let payload = registers else { return [] }
    let names = ResultTable.registers.compactMap { row in
      Register(row.quantity).map { (row.obis, Int($0.index)) }
    }
    return names.map { name, index in
      (name, Self.number(payload.dropFirst(6 * index).prefix(6)))
    }
  }

  /// Seconds that the meter has run, from the newest journal record.
  var operatingSeconds: UInt64 {
    registers.map { Self.number($0.dropFirst(RegisterBank.recordBytes).prefix(4)) } ?? 0
  }

  private var eventRows: [(number: UInt64, ticks: Int64, code: UInt16)] {
    var rows: [(UInt64, Int64, UInt16)] = []
    let region = MemoryMap.eventLogs
    for place in (Int(region.first) * 8)..<(Int(region.first + region.count) * 8) {
      let record = bytes[(place * 32)..<(place * 32 + 32)]
      guard record.contains(where: { $0 != 0xFF }) else { continue }
      rows.append(
        (
          Self.number(record.prefix(4)),
          Int64(bitPattern: Self.number(record.dropFirst(4).prefix(8))),
          UInt16(truncatingIfNeeded: Self.number(record.dropFirst(12).prefix(2)))
        ))
    }
    return rows.sorted { ($0.1, $0.0) > ($1.1, $1.0) }
  }

  /// What is stored.
  public var dump: JSONValue {
    .object([
      ("file", .string(path)),
      (
        "registers",
        .object(
          registerRows.map { ($0.name, .fixed(Int128($0.value), decimals: 6)) })
      ), ("operating_s", .integer(operatingSeconds)),
      (
        "events",
        .array(
          eventRows.map { row in
            .object([
              ("number", .integer(row.number)), ("code", .integer(row.code)),
              ("time", .string(Self.time(row.ticks))), ("name", .string(Self.name(row.code))),
            ])
          })
      ), ("stores", verification["stores"] ?? .null),
    ])
  }

  public var dumpText: String {
    var lines = [path, "", "registers, kWh and kvarh"]
    for row in registerRows {
      lines.append(
        "  " + row.name.padded(14) + Decimals.text(Int128(row.value), decimals: 6).leading(18))
    }
    lines.append("hours in operation \(operatingSeconds / 3600)")
    lines += ["", "events, the newest first"]
    for row in eventRows.prefix(20) {
      lines.append("  \(row.number)".padded(8) + Self.time(row.ticks) + "  " + Self.name(row.code))
    }
    return (lines + ["", verificationText]).joined(separator: "\n")
  }

  private static func time(_ ticks: Int64) -> String {
    ISOTime.text(Instant(ticks: ticks))
  }

  private static func name(_ code: UInt16) -> String {
    LegalEvent(rawValue: code).map { "\($0)" } ?? "event\(code)"
  }
}

extension String {
  func leading(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
