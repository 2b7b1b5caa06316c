extension Canvas {
  /// Columns and rows that `draw(glass:x:y:)` paints.
  static let glassSize = (width: 60, height: 13)

  /// Paints the glass with its frame: symbols, identification and text, value and unit, in the
  /// height ratio 3 : 5 : 7 as far as character cells allow.
  mutating func draw(glass: GlassPicture, x: Int, y: Int) {
    let (width, height) = Self.glassSize
    put("╭" + String(repeating: "─", count: width - 2) + "╮", x, y, .faint)
    put("╰" + String(repeating: "─", count: width - 2) + "╯", x, y + height - 1, .faint)
    for row in y + 1..<y + height - 1 {
      put("│", x, row, .faint)
      put("│", x + width - 1, row, .faint)
    }
    fill(x: x + 1, y: y + 1, width: width - 2, height: height - 2, .face)

    drawSymbols(glass.symbols, x: x + 2, y: y + 1, width: width - 4)
    for (n, digit) in glass.identification.enumerated() {
      drawSmall(digit, x: x + 3 + 4 * n, y: y + 3)
      put(".", x + 6 + 4 * n, y + 5, style(glass.identificationPoints >> n & 1 == 1))
    }
    put(glass.text, x + 35, y + 4, .lit)
    drawQuadrants(glass.quadrants, x: x + 47, y: y + 3)
    for (n, digit) in glass.value.enumerated() {
      drawLarge(digit, x: x + 3 + 6 * n, y: y + 6)
      put("●", x + 8 + 6 * n, y + 10, style(glass.points >> n & 1 == 1))
      if glass.colons >> n & 1 == 1 {
        put("●", x + 8 + 6 * n, y + 7, .lit)
        put("●", x + 8 + 6 * n, y + 9, .lit)
      }
    }
    put(glass.unit, x + 53, y + 8, .lit)
  }

  private func style(_ isLit: Bool) -> Style { isLit ? .lit : .ghost }

  private mutating func drawSymbols(
    _ symbols: [(name: String, isLit: Bool)], x: Int, y: Int, width: Int
  ) {
    var column = x
    for symbol in symbols {
      guard column + symbol.name.count <= x + width else { return }
      put(symbol.name, column, y, style(symbol.isLit))
      column += symbol.name.count + 1
    }
  }

  /// 5 columns by 5 rows.
  private mutating func drawLarge(_ digit: GlassPicture.Digit, x: Int, y: Int) {
    func lit(_ segment: Int) -> Style { style(digit >> segment & 1 == 1) }
    put("━━━", x + 1, y, lit(0))
    put("┃", x + 4, y + 1, lit(1))
    put("┃", x + 4, y + 3, lit(2))
    put("━━━", x + 1, y + 4, lit(3))
    put("┃", x, y + 3, lit(4))
    put("┃", x, y + 1, lit(5))
    put("━━━", x + 1, y + 2, lit(6))
  }

  /// 3 columns by 3 rows.
  private mutating func drawSmall(_ digit: GlassPicture.Digit, x: Int, y: Int) {
    func lit(_ segment: Int) -> Style { style(digit >> segment & 1 == 1) }
    put("_", x + 1, y, lit(0))
    put("|", x + 2, y + 1, lit(1))
    put("|", x + 2, y + 2, lit(2))
    put("_", x + 1, y + 2, lit(3))
    put("|", x, y + 2, lit(4))
    put("|", x, y + 1, lit(5))
    put("_", x + 1, y + 1, lit(6))
  }

  /// QII QI over QIII QIV, each an arrow pointing into its quadrant.
  private mutating func drawQuadrants(_ quadrants: [Bool], x: Int, y: Int) {
    let places = [("◥", 4, 0), ("◤", 2, 0), ("◣", 2, 2), ("◢", 4, 2)]
    for (n, place) in places.enumerated() where n < quadrants.count {
      put(place.0, x + place.1, y + place.2, style(quadrants[n]))
    }
    put("+P", x + 6, y + 1, .ghost)
    put("-P", x, y + 1, .ghost)
    put("┼", x + 3, y + 1, .ghost)
  }
}
