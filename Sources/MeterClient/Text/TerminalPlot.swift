import Foundation

/// A series as bars of block characters.
public enum TerminalPlot {
  private static let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Bars from zero, or from the least value where some are negative; each column shows the
  /// greatest value of its share. A missing value leaves its column empty.
  ///
  /// - Parameters:
  ///   - values: in order of time; nil where there is none.
  ///   - width: columns of the plot at most.
  ///   - height: lines.
  public static func text(
    _ values: [Double?], unit: String, width: Int = 72, height: Int = 10
  ) -> String {
    let known = values.compactMap { $0 }
    guard let most = known.max(), let least = known.min(), width > 0, height > 0 else {
      return "nothing to plot"
    }
    let columns = min(width, values.count)
    let bars: [Double?] = (0..<columns).map { column in
      let first = column * values.count / columns
      let last = max(first + 1, (column + 1) * values.count / columns)
      return values[first..<last].compactMap { $0 }.max()
    }
    let floor = min(0, least)
    let span = most > floor ? most - floor : 1
    let label = [number(most), number(floor)].map(\.count).max() ?? 0
    var lines: [String] = []
    for line in 0..<height {
      let head = line == 0 ? number(most) : line == height - 1 ? number(floor) : ""
      let below = Double(height - 1 - line)
      let cells = bars.map { bar -> Character in
        guard let bar else { return " " }
        let level = (bar - floor) / span * Double(height) - below
        return eighths[min(8, max(0, Int((level * 8).rounded())))]
      }
      let blanks = String(repeating: " ", count: label - head.count)
      var text = String(cells)
      while text.last == " " { text.removeLast() }
      lines.append("\(blanks)\(head) ┤\(text)")
    }
    return lines.joined(separator: "\n") + (unit.isEmpty ? "" : "\n\(unit)")
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9
      ? String(Int(value)) : String(format: "%.4g", value)
  }
}
