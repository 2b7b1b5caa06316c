extension ConnectionDiagram {
  /// Draws the diagram, 470 wide and 400 high, with its upper left corner at a place.
  func draw(on canvas: inout SVGCanvas, x: Double, y: Double) {
    let frame = Frame(x: x, y: y)
    canvas.text(
      x + 235, y + 10, 17, "Connection diagram: \(title)", anchor: .middle, color: SVGCanvas.grey)
    canvas.rectangle(
      frame.left, frame.top, frame.right - frame.left, frame.terminals - frame.top, radius: 6,
      fill: "#f4f6f7", strokeWidth: 2.5)
    for path in paths { drawInside(path, frame, &canvas) }
    drawCommonRail(frame, &canvas)
    if hasSwitch { drawSwitchLink(frame, &canvas) }
    for (index, path) in paths.enumerated() { drawOutside(path, index, frame, &canvas) }
    drawTerminals(frame, &canvas)
    drawPulseOutput(frame, &canvas)
    drawDirection(frame, &canvas)
  }

  /// Coordinates of the drawing.
  private struct Frame {
    let x: Double
    let y: Double
    var left: Double { x + 34 }
    var right: Double { x + 436 }
    var top: Double { y + 28 }
    var rail: Double { y + 50 }
    var shunt: Double { y + 128 }
    var terminals: Double { y + 204 }

    func terminal(_ number: Int) -> Double {
      x + 54 + Double(number - 1) * 25 + Double((number - 1) / 3) * 5
    }

    func conductor(_ index: Int) -> Double { y + 262 + Double(index) * 34 }
  }

  private func drawInside(_ path: Path, _ frame: Frame, _ canvas: inout SVGCanvas) {
    let (a, b, c) = (
      frame.terminal(path.supplyTerminal), frame.terminal(path.supplyTerminal + 1),
      frame.terminal(path.supplyTerminal + 2)
    )
    let level = frame.shunt
    canvas.line(a, frame.terminals, a, level, width: 3)
    canvas.line(b, frame.terminals, b, level + 40)
    canvas.line(a, level + 40, b, level + 40)
    canvas.circle(a, level + 40, 3.5, fill: SVGCanvas.ink, stroke: nil)
    canvas.line(a, level, c, level, width: 3)
    guard path.isMeasured else {
      canvas.line(c, frame.terminals, c, level, width: 3)
      return
    }
    canvas.rectangle(b - 14, level - 7, 28, 14, fill: "#ffffff", strokeWidth: 2.5)
    canvas.line(a, level, a, level - 20)
    canvas.circle(a, level, 3.5, fill: SVGCanvas.ink, stroke: nil)
    canvas.rectangle(a - 7, level - 54, 14, 34, fill: "#ffffff")
    canvas.line(a, level - 54, a, frame.rail)
    canvas.circle(a, frame.rail, 3.5, fill: SVGCanvas.ink, stroke: nil)
    if hasSwitch {
      canvas.line(c, level, c, level + 16, width: 3)
      canvas.line(c, level + 42, c, frame.terminals, width: 3)
      canvas.line(c, level + 42, c - 11, level + 18, width: 3)
    } else {
      canvas.line(c, frame.terminals, c, level, width: 3)
    }
  }

  /// The common point of the voltage circuits, from the first system to terminals 10 to 12.
  private func drawCommonRail(_ frame: Frame, _ canvas: inout SVGCanvas) {
    let end = frame.terminal(11)
    canvas.line(frame.terminal(1), frame.rail, end, frame.rail)
    canvas.line(end, frame.rail, end, frame.shunt)
    canvas.circle(end, frame.shunt, 3.5, fill: SVGCanvas.ink, stroke: nil)
  }

  /// The dashed line that says that all contacts open together.
  private func drawSwitchLink(_ frame: Frame, _ canvas: inout SVGCanvas) {
    let measured = paths.filter(\.isMeasured)
    guard let first = measured.first, let last = measured.last, measured.count > 1 else { return }
    canvas.line(
      frame.terminal(first.supplyTerminal + 2) - 6, frame.shunt + 30,
      frame.terminal(last.supplyTerminal + 2) - 6, frame.shunt + 30, width: 1.5,
      color: SVGCanvas.grey, dash: "6 4")
  }

  private func drawOutside(
    _ path: Path, _ index: Int, _ frame: Frame, _ canvas: inout SVGCanvas
  ) {
    let level = frame.conductor(index)
    let supply = frame.terminal(path.supplyTerminal)
    let load = frame.terminal(path.supplyTerminal + 2)
    canvas.line(frame.x + 40, level, supply, level, width: 3)
    canvas.line(supply, level, supply, frame.terminals, width: 3)
    canvas.line(load, frame.terminals, load, level, width: 3)
    canvas.line(load, level, frame.x + 430, level, width: 3)
    canvas.text(frame.x + 32, level + 7, 20, path.conductor, bold: true, anchor: .end)
    canvas.text(frame.x + 438, level + 7, 20, path.conductor, bold: true)
  }

  private func drawTerminals(_ frame: Frame, _ canvas: inout SVGCanvas) {
    for number in 1...12 {
      let color = conductor(at: number) != nil ? SVGCanvas.ink : SVGCanvas.faint
      drawTerminal(frame.terminal(number), frame.terminals, "\(number)", color, &canvas)
    }
  }

  private func drawTerminal(
    _ x: Double, _ y: Double, _ number: String, _ color: String, _ canvas: inout SVGCanvas
  ) {
    canvas.circle(x, y, 11, fill: "#ffffff", stroke: color)
    canvas.text(x, y + 4.5, 12.5, number, bold: true, anchor: .middle, color: color)
  }

  private func drawPulseOutput(_ frame: Frame, _ canvas: inout SVGCanvas) {
    let (plus, minus) = (frame.x + 382, frame.x + 412)
    let level = frame.terminals
    canvas.rectangle(plus - 12, level - 100, 54, 44, fill: "#ffffff")
    canvas.path(
      "M\(Int(plus) - 5) \(Int(level) - 68)h8v-16h12v16h8v-16h10v16h5",
      stroke: SVGCanvas.accent)
    canvas.text(plus + 15, level - 108, 16, "S0", bold: true, anchor: .middle)
    for (x, number, sign) in [(plus, "20", "+"), (minus, "21", "\u{2212}")] {
      canvas.line(x, level - 56, x, level)
      drawTerminal(x, level, number, SVGCanvas.ink, &canvas)
      canvas.text(x, level + 30, 18, sign, bold: true, anchor: .middle)
    }
  }

  /// The direction of positive active power.
  private func drawDirection(_ frame: Frame, _ canvas: inout SVGCanvas) {
    let level = frame.conductor(paths.count - 1) + 36
    let x = frame.x + 190
    canvas.text(x, level + 6, 18, "P+", bold: true, anchor: .end, color: SVGCanvas.accent)
    canvas.line(x + 12, level, x + 92, level, width: 2.5, color: SVGCanvas.accent)
    canvas.path(
      "M\(Int(x) + 92) \(Int(level) - 7)l16 7l-16 7z", fill: SVGCanvas.accent, stroke: nil)
  }
}
