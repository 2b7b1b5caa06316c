import Foundation
import LegalMeter
import Meter
import MeterTime
import Quantities

/// Records of a meter as a table: for people, as RFC 4180, and as JSON.
public struct RecordTable: Equatable, Sendable {
  public struct Column: Equatable, Sendable {
    /// Name in CSV and JSON.
    public var name: String
    public var isNumber: Bool
  }

  public var columns: [Column]
  /// As many cells as columns; an empty one is a value that is not there.
  public var rows: [[String]]

  /// Columns side by side, numbers at the right.
  public var text: String {
    let widths = columns.indices.map { k in
      max(columns[k].name.count, rows.map { $0[k].count }.max() ?? 0)
    }
    func line(_ cells: [String]) -> String {
      var line = cells.indices.map { k in
        let gap = String(repeating: " ", count: widths[k] - cells[k].count)
        return columns[k].isNumber ? gap + cells[k] : cells[k] + gap
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    return ([columns.map(\.name)] + rows).map(line).joined(separator: "\n")
  }

  /// Texts of these tables need no quotes: they are times, numbers and words.
  public var csv: String {
    ([columns.map(\.name)] + rows).map { $0.joined(separator: ",") }.joined(separator: "\r\n")
      + "\r\n"
  }

  public var json: JSONValue {
    .array(
      rows.map { row in
        .object(
          zip(columns, row).map { column, cell in
            if cell.isEmpty { return (column.name, .null) }
            return (column.name, column.isNumber ? .number(cell) : .string(cell))
          })
      })
  }
}

extension RecordTable {
  /// Kinds of energy that a meter keeps, with their codes.
  private static func kinds(_ type: EnergyType) -> [(kind: EnergyKind, code: String)] {
    EnergyKind.allCases.filter { type.registers($0) }.map { ($0, "\($0.rawValue + 1).8") }
  }

  /// The load profile: what each interval brought, or how the registers stood at its end. kWh and
  /// kvarh with the four decimals that are kept.
  public static func profile(
    _ rows: [ProfileInterval], type: EnergyType, zone: ZoneRules, isAbsolute: Bool
  ) -> RecordTable {
    let kinds = kinds(type)
    let codes = kinds.map { isAbsolute ? "\($0.code).0" : "\($0.kind.rawValue + 1).29.0" }
    let columns = [("end", false), ("status", false)] + codes.map { ($0, true) }
    return RecordTable(
      columns: columns.map { Column(name: $0.0, isNumber: $0.1) },
      rows: rows.map { row in
        let values = kinds.map { entry -> String in
          let index = entry.kind.index
          let value = isAbsolute ? row.totals.map { Int128($0[index]) } : Int128(row.values[index])
          return value.map { Decimals.text($0, decimals: 4) } ?? ""
        }
        return [time(row.end, zone), row.status.text] + values
      })
  }

  /// Closed billing periods with everything that is kept of them.
  public static func billing(
    _ records: [BillingRecord], type: EnergyType, zone: ZoneRules
  ) -> RecordTable {
    let registers = kinds(type).flatMap { entry in
      [("\(entry.code).0", Register.total(entry.kind))]
        + Tariff.allCases.map {
          ("\(entry.code).\($0.rawValue + 1)", Register.tariff(entry.kind, $0))
        }
    }
    let maxima = QuantityID.allCases.filter { quantity in
      if case .extremeDemand(let extreme) = quantity.meaning,
        extreme != .lifetimeMaximum, extreme != .lifetimeMinimum
      {
        return quantity.isMeasured(by: type)
      }
      return false
    }
    var columns: [(String, Bool)] = [
      ("number", true), ("end", false), ("cause", false), ("status", false), ("hours", true),
    ]
    columns += registers.map { ($0.0, true) }
    columns += maxima.flatMap { quantity in
      let code = QuantityNames.obis(quantity)
      return [(code, true), (code + " at", false)]
    }
    columns += [("1.2.0", true), ("1.36.0", true)]
    return RecordTable(
      columns: columns.map { Column(name: $0.0, isNumber: $0.1) },
      rows: records.map { record in
        var row = [
          "\(record.number)", time(record.time, zone), "\(record.cause)", record.status.text,
          "\(record.operatingSeconds / 3600)",
        ]
        row += registers.map { milli(record[$0.1]) }
        for quantity in maxima {
          let maximum = record.maximum(quantity)
          row.append(milli(maximum.map { UInt64($0.power_mW) }))
          row.append(maximum?.end.map { time($0, zone) } ?? "")
        }
        row.append(milli(record.cumulativeAfter(.activeImport)))
        row.append("\(record.periodsAboveThreshold)")
        return row
      })
  }

  /// The second logger: registers without maxima.
  public static func secondLogger(
    _ records: [SecondLoggerRecord], type: EnergyType, zone: ZoneRules
  ) -> RecordTable {
    let registers = kinds(type).flatMap { entry in
      [("\(entry.code).0", Register.total(entry.kind))]
        + Tariff.allCases.map {
          ("\(entry.code).\($0.rawValue + 1)", Register.tariff(entry.kind, $0))
        }
    }
    let columns =
      [("end", false), ("status", false), ("hours", true)] + registers.map { ($0.0, true) }
    return RecordTable(
      columns: columns.map { Column(name: $0.0, isNumber: $0.1) },
      rows: records.map { record in
        [time(record.time, zone), record.status.text, "\(record.operatingSeconds / 3600)"]
          + registers.map { milli(record[$0.1]) }
      })
  }

  /// mWh as kWh, mW as kW.
  private static func milli(_ value: UInt64?) -> String {
    value.map { Decimals.text(Int128($0), decimals: 6) } ?? ""
  }

  /// Local time with its offset.
  private static func time(_ instant: Instant, _ zone: ZoneRules) -> String {
    ISOTime.localText(instant, zone)
  }
}

extension PeriodStatus {
  /// Letters in the order of the bits from the highest: P power down, A clock adjusted, D daylight
  /// saving, N not valid, C clock invalid, E error; `-` for none.
  public var text: String {
    let letters: [(PeriodStatus, String)] = [
      (.powerDown, "P"), (.clockAdjusted, "A"), (.daylightSaving, "D"), (.notValid, "N"),
      (.clockInvalid, "C"), (.error, "E"),
    ]
    let text = letters.filter { contains($0.0) }.map(\.1).joined()
    return text.isEmpty ? "-" : text
  }
}
