/// Rows of a power file, read as they are needed.
///
/// Header line, then one row per interval; separators comma, semicolon (then a decimal comma is
/// allowed) or tab; lines that begin with `#` are comments.
///
/// - First column: `second` (or `time`, `time_s`, `timestamp`): seconds, or date and time in
///   ISO 8601. It must rise by the same step from row to row; the step is that of the first two
///   rows (1 s where there is one row) and each row holds from its time for one step.
/// - Then one to three columns for L1, L2, L3: `p1_W`, `p1_kW` (mean power), `e1_Wh`, `e1_kWh`
///   (energy of the interval), in any order; `p_W` is L1. Negative is export. Missing phases are
///   0 W.
public struct PowerTable {
  /// Mean power of the phases over one step.
  struct Row: Equatable {
    var line: Int
    /// Watts; positive is import.
    var power_W: SIMD3<Double>
  }

  private struct Column {
    var field: Int
    var phase: Int
    /// Watts per unit; energies are divided by the step too.
    var factor: Double
    var isEnergy: Bool
  }

  /// Largest power that is taken for one, 100 MW.
  static let powerLimit_W = 1e8

  /// Length of an interval in seconds.
  public private(set) var step_s = 1.0
  /// Time of the first row: seconds as written, or seconds since 2000-01-01 of a date.
  public private(set) var start_s = 0.0
  /// Whether the time column holds dates.
  public private(set) var hasDates = false
  /// Phases with a column.
  public private(set) var phases = [false, false, false]

  var name: String { lines.bytes.name }
  private var lines: LineReader
  private var separator = UInt8(ascii: ",")
  private var columns: [Column] = []
  private var fieldCount = 0
  private var fields: [Range<Int>] = []
  private var rowIndex = 0.0
  private var ahead: [(time_s: Double, row: Row)] = []

  init(_ bytes: ByteSource) throws(SourceError) {
    lines = LineReader(bytes)
    try readHeader()
    guard let first = try parseRow() else {
      throw SourceError.badData(
        name, .line(lines.number + 1), expected: "at least one row", found: "an end of file",
        nextStep: "Write one row per interval below the header.")
    }
    start_s = first.time_s
    ahead = [first]
    if let second = try parseRow() {
      step_s = second.time_s - first.time_s
      ahead.append(second)
      guard step_s >= 0.2, step_s <= 86_400 else {
        throw SourceError.badData(
          name, .line(second.row.line), expected: "a step of 0.2 s to one day",
          found: "\(step_s) s", nextStep: "Sort the rows by time.")
      }
    } else if hasDates {
      step_s = 900
    }
  }

  private mutating func readHeader() throws(SourceError) {
    repeat {
      guard try lines.advance() else {
        throw headerError(found: "an empty file")
      }
    } while lines.isBlank || lines.isComment
    let header = lines.line.map { lines.buffer[$0] }
    for candidate in [UInt8(ascii: ";"), 0x09] where header.contains(candidate) {
      separator = candidate
      break
    }
    lines.split(at: separator, into: &fields)
    fieldCount = fields.count
    for (index, field) in fields.enumerated() {
      let title = String(decoding: lines.buffer[field], as: UTF8.self).lowercased()
      if index == 0 {
        guard ["second", "seconds", "time", "time_s", "timestamp"].contains(title) else {
          throw headerError(found: lines.quoted(field))
        }
        continue
      }
      guard let column = Self.column(title, field: index), !phases[column.phase] else {
        throw headerError(found: lines.quoted(field))
      }
      phases[column.phase] = true
      columns.append(column)
    }
    guard !columns.isEmpty else { throw headerError(found: lines.quoted(lines.line)) }
  }

  private static func column(_ title: String, field: Int) -> Column? {
    let parts = title.split(separator: "_")
    guard parts.count == 2, let kind = parts[0].first, kind == "p" || kind == "e" else {
      return nil
    }
    let factors: [Substring: Double] =
      kind == "p" ? ["w": 1, "kw": 1000] : ["wh": 3600, "kwh": 3.6e6]
    guard let factor = factors[parts[1]] else { return nil }
    let phase: Int
    switch parts[0].dropFirst() {
    case "", "1": phase = 0
    case "2": phase = 1
    case "3": phase = 2
    default: return nil
    }
    return Column(field: field, phase: phase, factor: factor, isEnergy: kind == "e")
  }

  private func headerError(found: String) -> SourceError {
    SourceError.badData(
      name, .line(max(1, lines.number)),
      expected: "a header such as second,p1_W,p2_W,p3_W or time,e1_kWh", found: found,
      nextStep: "Name the time column and up to three columns of p in W or kW, or e in Wh or kWh.")
  }

  /// The next row; nil at the end.
  mutating func next() throws(SourceError) -> Row? {
    let item: (time_s: Double, row: Row)
    if !ahead.isEmpty {
      item = ahead.removeFirst()
    } else if let parsed = try parseRow() {
      item = parsed
    } else {
      return nil
    }
    let due = start_s + rowIndex * step_s
    guard abs(item.time_s - due) <= 1e-6 * max(1, step_s) else {
      throw SourceError.badData(
        name, .line(item.row.line), expected: "time \(due), a step of \(step_s) s",
        found: "\(item.time_s)",
        nextStep: "Fill missing rows and sort by time; one step must hold for the whole file.")
    }
    rowIndex += 1
    var row = item.row
    for column in columns where column.isEnergy { row.power_W[column.phase] /= step_s }
    for phase in 0..<3 where abs(row.power_W[phase]) > Self.powerLimit_W {
      throw SourceError.badData(
        name, .line(row.line), expected: "powers up to 100 MW", found: "\(row.power_W[phase]) W",
        nextStep: "Correct the value or the unit in the header.")
    }
    return row
  }

  private mutating func parseRow() throws(SourceError) -> (time_s: Double, row: Row)? {
    repeat {
      guard try lines.advance() else { return nil }
    } while lines.isBlank || lines.isComment
    lines.split(at: separator, into: &fields)
    guard fields.count == fieldCount else {
      throw SourceError.badData(
        name, .line(lines.number), expected: "\(fieldCount) columns as in the header",
        found: "\(fields.count)", nextStep: "Complete or delete the row.")
    }
    let comma = separator == UInt8(ascii: ";")
    let time_s = try parseTime(fields[0], comma: comma)
    var row = Row(line: lines.number, power_W: .zero)
    for column in columns {
      let field = fields[column.field]
      let value =
        DecimalNumber.parse(lines.buffer, field)
        ?? (comma ? DecimalNumber.parse(lines.buffer, field, decimalComma: true) : nil)
      guard let value else {
        throw SourceError.badData(
          name, .line(lines.number), expected: "a finite number in column \(column.field + 1)",
          found: lines.quoted(field), nextStep: "Fill in the value or delete the row.")
      }
      row.power_W[column.phase] = value * column.factor
    }
    return (time_s, row)
  }

  private mutating func parseTime(_ field: Range<Int>, comma: Bool) throws(SourceError) -> Double {
    if !hasDates, let value = DecimalNumber.parse(lines.buffer, field, decimalComma: comma),
      abs(value) < 1e12
    {
      return value
    }
    let isFirst = ahead.isEmpty && rowIndex == 0
    if isFirst || hasDates,
      let value = CivilSeconds.parse(String(decoding: lines.buffer[field], as: UTF8.self))
    {
      hasDates = true
      return value
    }
    throw SourceError.badData(
      name, .line(lines.number), expected: hasDates ? "a date and time" : "seconds",
      found: lines.quoted(field), nextStep: "Write all times in one form, seconds or ISO 8601.")
  }
}
