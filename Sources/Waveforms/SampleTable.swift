/// Rows of a CSV file of samples: voltage and current of one to three phases.
///
/// - A header names the columns: `time_s` (or `t`, `time`, `time_ms`), then `u1_V`, `i1_A`,
///   `u2_V`, … in any order; `mV`, `kV`, `mA` and `kA` are known, `v1` is as good as `u1`, `u` and
///   `i` alone are L1. Every phase needs both. Without a header the columns are u1 i1 u2 i2 u3 i3,
///   with the time in front where their number is odd.
/// - Separators: comma, semicolon (then a decimal comma is allowed) or tab. `#` begins a comment.
struct SampleTable {
  /// Largest value in V or A.
  static let valueLimit = 1e6

  private struct Column {
    var field: Int
    /// 0...5 are u1 i1 u2 i2 u3 i3.
    var channel: Int
    var factor: Double
  }

  private(set) var lines: LineReader
  /// Phases with columns.
  private(set) var phases = [false, false, false]
  /// Field and seconds per unit of the time, where there is one.
  private(set) var timeColumn: (field: Int, factor: Double)?
  /// Volts and amperes of the last row.
  private(set) var values = [Double](repeating: 0, count: 6)
  /// Seconds of the last row.
  private(set) var time_s = 0.0
  /// The smallest step that the digits of the time can show, in seconds.
  private(set) var timeQuantum_s = 1.0

  private var separator = UInt8(ascii: ",")
  private var columns: [Column] = []
  private var fieldCount = 0
  private var fields: [Range<Int>] = []
  /// The first row where there is no header.
  private var isAhead = false

  var name: String { lines.bytes.name }

  init(_ bytes: ByteSource, isLive: Bool = false) throws(SourceError) {
    lines = LineReader(bytes, isLive: isLive)
    repeat {
      guard try lines.advance() else { throw headerError(found: "an empty file") }
    } while lines.isBlank || lines.isComment
    for candidate in [UInt8(ascii: ";"), 0x09]
    where lines.line.contains(where: { lines.buffer[$0] == candidate }) {
      separator = candidate
      break
    }
    lines.split(at: separator, into: &fields)
    fieldCount = fields.count
    if let first = fields.first, number(first) != nil {
      try takeUnnamedColumns()
      isAhead = true
    } else {
      try takeNamedColumns()
    }
    for column in columns { phases[column.channel / 2] = true }
    for phase in 0..<3 where phases[phase] {
      for channel in [2 * phase, 2 * phase + 1]
      where columns.count(where: { $0.channel == channel }) != 1 {
        let title = "\(channel % 2 == 0 ? "u" : "i")\(phase + 1)"
        throw headerError(found: "no or two columns for \(title)")
      }
    }
    guard !columns.isEmpty else { throw headerError(found: "no u and i columns") }
  }

  private mutating func takeUnnamedColumns() throws(SourceError) {
    guard (2...7).contains(fieldCount) else {
      throw headerError(found: "\(fieldCount) columns without a header")
    }
    let shift = fieldCount % 2
    if shift == 1 { timeColumn = (0, 1) }
    for channel in 0..<(fieldCount - shift) {
      columns.append(Column(field: channel + shift, channel: channel, factor: 1))
    }
  }

  private mutating func takeNamedColumns() throws(SourceError) {
    for (index, field) in fields.enumerated() {
      let title = String(decoding: lines.buffer[field], as: UTF8.self).lowercased()
      let parts = title.split(separator: "_", maxSplits: 1)
      guard let head = parts.first else { throw headerError(found: lines.quoted(field)) }
      let unit = parts.count == 2 ? parts[1] : ""
      if ["t", "time", "second", "seconds"].contains(head) {
        guard timeColumn == nil, let factor = ["": 1, "s": 1, "ms": 1e-3, "us": 1e-6][unit] else {
          throw headerError(found: lines.quoted(field))
        }
        timeColumn = (index, factor)
        continue
      }
      let isVoltage = head.first == "u" || head.first == "v"
      let factors: [Substring: Double] =
        isVoltage
        ? ["": 1, "v": 1, "mv": 1e-3, "kv": 1e3] : ["": 1, "a": 1, "ma": 1e-3, "ka": 1e3]
      let phase = ["": 0, "1": 0, "2": 1, "3": 2][head.dropFirst()]
      guard isVoltage || head.first == "i", let factor = factors[unit], let phase else {
        throw headerError(found: lines.quoted(field))
      }
      columns.append(
        Column(field: index, channel: 2 * phase + (isVoltage ? 0 : 1), factor: factor))
    }
  }

  private func headerError(found: String) -> SourceError {
    SourceError.badData(
      name, .line(max(1, lines.number)), expected: "a header such as time_s,u1_V,i1_A,u2_V,i2_A",
      found: found, nextStep: "Name a voltage and a current column for each phase.")
  }

  private func number(_ field: Range<Int>) -> Double? {
    if let value = DecimalNumber.parse(lines.buffer, field) { return value }
    guard separator == UInt8(ascii: ";") else { return nil }
    return DecimalNumber.parse(lines.buffer, field, decimalComma: true)
  }

  /// Moves to the next row; false at the end.
  mutating func advance() throws(SourceError) -> Bool {
    if isAhead {
      isAhead = false
    } else {
      repeat {
        guard try lines.advance() else { return false }
      } while lines.isBlank || lines.isComment
      lines.split(at: separator, into: &fields)
    }
    guard fields.count == fieldCount else {
      throw SourceError.badData(
        name, .line(lines.number), expected: "\(fieldCount) columns as in the first line",
        found: "\(fields.count)", nextStep: "Complete or delete the row.")
    }
    if let timeColumn {
      time_s = try value(timeColumn.field, limit: 1e12) * timeColumn.factor
      let field = fields[timeColumn.field]
      let decimals = max(
        DecimalNumber.decimals(lines.buffer, field, decimalComma: false),
        separator == UInt8(ascii: ";")
          ? DecimalNumber.decimals(lines.buffer, field, decimalComma: true) : 0)
      var quantum = timeColumn.factor
      for _ in 0..<min(decimals, 15) { quantum /= 10 }
      timeQuantum_s = min(timeQuantum_s, quantum)
    }
    for column in columns {
      values[column.channel] =
        try value(column.field, limit: Self.valueLimit / column.factor) * column.factor
    }
    return true
  }

  private func value(_ field: Int, limit: Double) throws(SourceError) -> Double {
    if let value = number(fields[field]), abs(value) <= limit { return value }
    throw SourceError.badData(
      name, .line(lines.number), expected: "a finite number up to \(limit) in column \(field + 1)",
      found: lines.quoted(fields[field]), nextStep: "Fill in the value or delete the row.")
  }
}
