import Foundation

/// Voltages and currents of three phases as arrows, drawn with the eight dots of braille cells.
struct PhasorDrawing {
  /// One arrow: length 0...1 and angle in degrees, counter-clockwise from the right.
  struct Arrow {
    var length: Double
    var degrees: Double
    var style: Canvas.Style
  }

  private let columns: Int
  private let rows: Int
  private var dots: [UInt8]
  private var styles: [Canvas.Style]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    dots = Array(repeating: 0, count: columns * rows)
    styles = Array(repeating: .faint, count: columns * rows)
  }

  /// Draws from the centre outwards; currents should be drawn after voltages.
  mutating func add(_ arrow: Arrow) {
    // Dots are about square: a cell is twice as high as wide and holds 2 x 4 of them.
    let radius = Double(min(2 * columns, 4 * rows)) / 2 - 1
    let steps = Int((radius * min(max(arrow.length, 0), 1)).rounded())
    let angle = arrow.degrees * .pi / 180
    for step in 0...max(0, steps) {
      let x = Double(columns) + cos(angle) * Double(step)
      let y = Double(2 * rows) - sin(angle) * Double(step)
      set(Int(x), Int(y), arrow.style)
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ style: Canvas.Style) {
    guard x >= 0, y >= 0, x < 2 * columns, y < 4 * rows else { return }
    let cell = y / 4 * columns + x / 2
    // Unicode 10.5, braille patterns: dots 1-3 and 7 left, 4-6 and 8 right.
    let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    dots[cell] |= bits[y % 4][x % 2]
    styles[cell] = style
  }

  /// Paints the arrows onto a canvas.
  func paint(on canvas: inout Canvas, x: Int, y: Int) {
    for cell in dots.indices where dots[cell] != 0 {
      guard let scalar = Unicode.Scalar(0x2800 + UInt32(dots[cell])) else { continue }
      canvas.put(Character(scalar), x + cell % columns, y + cell / columns, styles[cell])
    }
  }
}
