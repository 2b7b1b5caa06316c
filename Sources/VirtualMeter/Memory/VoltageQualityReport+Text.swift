import LegalMeter
import Meter
import MeterTime

extension VoltageQualityReport {
  private func share(_ value: UInt16?) -> JSONValue {
    value.map { .fixed(Int128($0), decimals: 2) } ?? .null
  }

  private func volts(_ value: UInt16?) -> JSONValue {
    value.map { .fixed(Int128($0), decimals: 1) } ?? .null
  }

  private func verdict(_ value: Bool?) -> JSONValue { value.map { .bool($0) } ?? .null }

  private var connected: [Int] { (0..<3).filter { phases >> UInt8($0) & 1 != 0 } }

  /// The week as JSON.
  public var json: JSONValue {
    let rows = ["A", "B", "C", "D", "X"], swellRows = ["S", "T"]
    return .object([
      ("week_start", .string(MemoryImage.standardTime(start))), ("is_over", .bool(isOver)),
      ("nominal_V", .fixed(Int128(nominal_mV), decimals: 3)),
      ("intervals", .integer(week.intervals)), ("flagged", .integer(week.flagged)),
      ("voltage_ok", verdict(isVoltageRight)), ("unbalance_ok", verdict(isUnbalanceRight)),
      ("frequency_ok", verdict(isFrequencyRight)),
      (
        "phases",
        .array(
          connected.map { k in
            .object([
              ("phase", .integer(k + 1)),
              ("within_10_percent", share(shares(phase: k)?.within10)),
              ("within_10_15_percent", share(shares(phase: k)?.within15)),
              ("lowest_V", volts(week.lowest_dV(phase: k))),
              ("highest_V", volts(week.highest_dV(phase: k))),
              (
                "classes",
                .array(
                  (0..<VoltageWeek.classCount).map { .integer(week.count(phase: k, class: $0)) })
              ),
            ])
          })
      ),
      (
        "unbalance",
        .object([
          ("means", .integer(week.unbalances)), ("within_2", .integer(week.unbalancesWithin)),
          ("highest_percent", .fixed(Int128(week.highestUnbalance), decimals: 2)),
        ])
      ),
      (
        "frequency",
        .object([
          ("means", .integer(week.frequencies)), ("within_1", .integer(week.frequenciesWithin1)),
          ("within_6_4", .integer(week.frequenciesWithin6)),
          (
            "lowest_Hz",
            week.frequencies == 0 ? .null : .fixed(Int128(week.lowestFrequency_mHz), decimals: 3)
          ),
          (
            "highest_Hz",
            week.frequencies == 0 ? .null : .fixed(Int128(week.highestFrequency_mHz), decimals: 3)
          ),
        ])
      ),
      (
        "dips",
        .object(
          rows.indices.map { row in
            (rows[row], .array((0..<5).map { .integer(week.dips(row: row, column: $0)) }))
          })
      ),
      (
        "swells",
        .object(
          swellRows.indices.map { row in
            (swellRows[row], .array((0..<3).map { .integer(week.swells(row: row, column: $0)) }))
          })
      ),
      (
        "interruptions",
        .object([
          ("short", .integer(week.shortInterruptions)),
          ("short_s", .integer(week.shortInterruption_s)),
          ("long", .integer(week.longInterruptions)),
          ("long_s", .integer(week.longInterruption_s)),
        ])
      ),
    ])
  }

  /// The week as a table for people.
  public var text: String {
    func word(_ value: Bool?) -> String { value.map { $0 ? "kept" : "not kept" } ?? "no values" }
    func cell(_ text: String) -> String {
      String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
    var lines = [
      "week from \(MemoryImage.standardTime(start))\(isOver ? "" : ", still running")",
      "ten-minute means: \(week.intervals), left out: \(week.flagged)",
      "voltage    \(word(isVoltageRight)): 95 % within ±10 %, all within +10/-15 %",
    ]
    for k in connected {
      let found = shares(phase: k)
      lines.append(
        "  L\(k + 1)  ±10 % \(share(found?.within10).text) %, +10/-15 % "
          + "\(share(found?.within15).text) %, "
          + "\(volts(week.lowest_dV(phase: k)).text)...\(volts(week.highest_dV(phase: k)).text) V")
    }
    lines += [
      "unbalance  \(word(isUnbalanceRight)): 95 % at most 2 %",
      "frequency  \(word(isFrequencyRight)): 99.5 % within 1 %, all within -6...+4 %",
      "interruptions: \(week.shortInterruptions) short (\(week.shortInterruption_s) s), "
        + "\(week.longInterruptions) long (\(week.longInterruption_s) s)",
      "dips       " + ["≤0.2 s", "≤0.5 s", "≤1 s", "≤5 s", "≤60 s"].map(cell).joined(),
    ]
    for (row, name) in ["80-90 %", "70-80 %", "40-70 %", "5-40 %", "<5 %"].enumerated() {
      let cells = (0..<5).map { cell("\(week.dips(row: row, column: $0))") }.joined()
      lines.append("  \(name)" + String(repeating: " ", count: 9 - name.count) + cells)
    }
    lines.append("swells     " + ["≤0.5 s", "≤5 s", "≤60 s"].map(cell).joined())
    for (row, name) in ["≥120 %", "110-120 %"].enumerated() {
      let cells = (0..<3).map { cell("\(week.swells(row: row, column: $0))") }.joined()
      lines.append("  \(name)" + String(repeating: " ", count: 9 - name.count) + cells)
    }
    return lines.joined(separator: "\n")
  }
}
