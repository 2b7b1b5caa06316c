/// A table in columns, for terminals.
public struct TextTable: Sendable {
  public enum Side: Sendable { case left, right }

  private let sides: [Side]
  private var rows: [[String]] = []

  public init(_ sides: [Side]) { self.sides = sides }

  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines, without blanks at their ends.
  public var text: String {
    var widths = [Int](repeating: 0, count: sides.count)
    for row in rows {
      for (at, cell) in row.enumerated() where at < widths.count {
        widths[at] = max(widths[at], cell.count)
      }
    }
    return rows.map { row in
      let cells = row.enumerated().map { at, cell in
        let blanks = String(repeating: " ", count: max(0, widths[at] - cell.count))
        return sides[at] == .left ? cell + blanks : blanks + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
