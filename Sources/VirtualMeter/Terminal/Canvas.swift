/// A rectangle of character cells that is drawn in memory and sent to the terminal at once.
struct Canvas {
  /// How a cell looks. Colours are of the 256-colour table, so most terminals have them.
  enum Style: UInt8, Sendable {
    case plain, bold, faint
    /// A lit, an unlit segment and the bare face of the glass.
    case lit, ghost, face
    /// Energy from the grid, energy to the grid, the lamp of the LED.
    case imported, exported, lamp
    /// Phases L1, L2, L3.
    case l1, l2, l3

    /// Select Graphic Rendition parameters (ECMA-48).
    var parameters: String {
      switch self {
      case .plain: "0"
      case .bold: "0;1"
      case .faint: "0;2"
      case .lit: "0;1;38;5;233;48;5;187"
      case .ghost: "0;38;5;144;48;5;187"
      case .face: "0;38;5;233;48;5;187"
      case .imported: "0;38;5;208"
      case .exported: "0;38;5;35"
      case .lamp: "0;1;38;5;196"
      case .l1: "0;38;5;137"
      case .l2: "0;38;5;67"
      case .l3: "0;38;5;145"
      }
    }
  }

  private struct Cell {
    var character: Character = " "
    var style = Style.plain
  }

  let width: Int
  let height: Int
  private var cells: [Cell]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    cells = Array(repeating: Cell(), count: width * height)
  }

  /// Sets one cell; outside the rectangle nothing happens.
  mutating func put(_ character: Character, _ x: Int, _ y: Int, _ style: Style) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    cells[y * width + x] = Cell(character: character, style: style)
  }

  /// Writes text to the right; what does not fit is cut.
  mutating func put(_ text: String, _ x: Int, _ y: Int, _ style: Style = .plain) {
    for (n, character) in text.enumerated() { put(character, x + n, y, style) }
  }

  /// Writes text that ends before column `x`.
  mutating func putRight(_ text: String, _ x: Int, _ y: Int, _ style: Style = .plain) {
    put(text, x - text.count, y, style)
  }

  /// Fills a rectangle with blanks of a style.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ style: Style) {
    for row in y..<y + height {
      for column in x..<x + width { put(" ", column, row, style) }
    }
  }

  /// The picture as text.
  ///
  /// - Parameters:
  ///   - colours: false leaves all styles out, and with them the unlit segments.
  ///   - columns: what is further right is cut off.
  ///   - rows: what is further down is cut off.
  func text(colours: Bool, columns: Int = .max, rows: Int = .max) -> [String] {
    (0..<min(height, rows)).map { y in
      var line = ""
      var style = Style.plain
      for cell in cells[y * width..<y * width + min(width, columns)] {
        if colours, cell.style != style {
          line += "\u{1B}[\(cell.style.parameters)m"
          style = cell.style
        }
        line.append(!colours && cell.style == .ghost ? " " : cell.character)
      }
      if colours, style != .plain { line += "\u{1B}[0m" }
      return line
    }
  }
}
