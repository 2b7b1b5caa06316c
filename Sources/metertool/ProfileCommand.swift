import ArgumentParser
import COSEM
import Foundation
import MeterClient
import Quantities

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Read the rows of a profile: load, billing, events.",
    discussion: """
      Times are ISO 8601, a date, or a length before now such as 2d. A connection that is cut is
      opened again, and reading goes on behind the last whole row.
      """)

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "The profile.") var name = "1-0:99.1.0"
  @Option(help: "So many of the newest rows, or a length of time such as 1d.") var last: String?
  @Option(help: "From this time on.") var from: String?
  @Option(help: "Up to this time.") var to: String?
  @Option(help: "Rows by number, such as 1-96; 1 is the oldest.") var entries: String?
  @Flag(help: "As CSV, with a line of titles.") var csv = false
  @Flag(help: "As bars in the terminal.") var plot = false
  @Option(help: "Column that is plotted, from 1; the first energy where nothing is said.")
  var column: Int?

  func validate() throws {
    let ways = [last != nil, from != nil || to != nil, entries != nil].filter { $0 }.count
    guard ways <= 1 else {
      throw ValidationError("--last, --from/--to and --entries exclude each other")
    }
  }

  func run() async throws {
    guard let code = ObjectName.code(name) else {
      throw ValidationError("«\(name)» is no profile; try 1-0:99.1.0")
    }
    let progress = ProgressLine(what: "rows")
    let (rows, dialect) = try await options.connected { meter in
      let choice = try await choice(meter)
      let rows = try await meter.profile(code, choice) { progress.show($0) }
      return (rows, meter.dialect)
    }
    progress.end()
    if plot { return try show(rows) }
    if output.json { return try printJSON(table(rows, dialect)) }
    var cells = [rows.shape.columns.map(Self.head)]
    for row in rows.rows.indices {
      cells.append(rows.shape.columns.indices.map { rows.text(row, $0, dialect) })
    }
    if csv { return print(cells.map { $0.joined(separator: ",") }.joined(separator: "\n")) }
    var table = TextTable(rows.shape.columns.map { $0.isClock ? .left : .right })
    for line in cells { table.add(line) }
    print(table.text)
  }

  private static func head(_ column: ProfileColumn) -> String {
    let unit = UnitSymbol.text(column.unit)
    return unit.isEmpty ? column.title : "\(column.title) \(unit)"
  }

  private func choice(_ meter: DLMSMeter) async throws -> ProfileChoice {
    if let entries {
      let parts = entries.split(separator: "-").map { UInt32($0) }
      guard parts.count == 2, let first = parts[0], let end = parts[1], first > 0 else {
        throw ValidationError("--entries takes two numbers such as 1-96")
      }
      return .entries(from: first, to: end)
    }
    if let last, let count = UInt32(last) { return .last(count) }
    guard last != nil || from != nil || to != nil else { return .all }
    let now = try await meter.time()
    let kind = meter.dialect.deviation
    func time(_ text: String) throws -> COSEMDateTime {
      guard let time = ReaderTime.parse(text, now: now, kind) else {
        throw ValidationError("«\(text)» is no time; try 2026-01-31T12:00, 2026-01-31 or 2d")
      }
      return time
    }
    if let last { return .range(from: try time(last), to: now) }
    let first = try from.map(time) ?? time("2000-01-01")
    return .range(from: first, to: try to.map(time) ?? now)
  }

  private struct Table: Encodable {
    var profile: String
    var period: Int64
    var columns: [Column]
    var rows: [[String]]
  }
  private struct Column: Encodable {
    var name: String
    var unit: String
  }

  private func table(_ rows: ProfileRows, _ dialect: MeterDialect) -> Table {
    Table(
      profile: "\(rows.shape.name)", period: rows.shape.period,
      columns: rows.shape.columns.map { Column(name: $0.title, unit: UnitSymbol.text($0.unit)) },
      rows: rows.rows.indices.map { row in
        rows.shape.columns.indices.map { rows.text(row, $0, dialect) }
      })
  }

  private func show(_ rows: ProfileRows) throws {
    let columns = rows.shape.columns
    let usual = columns.firstIndex { !$0.isClock && $0.unit != 255 }
    guard let chosen = column.map({ $0 - 1 }) ?? usual, columns.indices.contains(chosen) else {
      throw ValidationError("the profile has no such column; it has \(columns.count)")
    }
    let values = rows.rows.indices.map { Double(rows.text($0, chosen)) }
    var title = "\(columns[chosen].title) \(UnitSymbol.text(columns[chosen].unit))"
    if let first = rows.rows.indices.first, let last = rows.rows.indices.last,
      let start = rows.time(first), let end = rows.time(last)
    {
      title += ", \(start.text()) to \(end.text())"
    }
    print(TerminalPlot.text(values, unit: title))
  }
}
