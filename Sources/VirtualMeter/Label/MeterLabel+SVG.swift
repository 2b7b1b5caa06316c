import Meter

extension MeterLabel {
  /// The label as a picture of 100 by 64 mm.
  public var svg: String {
    var canvas = SVGCanvas()
    canvas.rectangle(6, 6, 988, 628, radius: 22, fill: "#fdfdfb", strokeWidth: 3)
    drawHead(&canvas)
    drawRatings(&canvas)
    drawDetails(&canvas)
    drawNumber(&canvas)
    canvas.line(506, 146, 506, 612, width: 1.5, color: SVGCanvas.faint)
    ConnectionDiagram(setup.variant).draw(on: &canvas, x: 514, y: 168)
    return canvas.document(
      width: 1000, height: 640,
      title: "Type label of virtual meter \(setup.designation) no. \(setup.meterNumberText)")
  }

  private func drawHead(_ canvas: inout SVGCanvas) {
    drawQuadrants(&canvas, x: 66, y: 75, radius: 36)
    canvas.text(118, 78, 54, title, bold: true, color: SVGCanvas.accent, spacing: 1)
    canvas.text(118, 108, 19, subtitle, color: SVGCanvas.grey)
    canvas.text(640, 78, 40, setup.designation, bold: true, anchor: .end)
    canvas.rectangle(
      668, 40, 302, 66, radius: 10, fill: "#f4f6f7", stroke: SVGCanvas.grey, dash: "8 5")
    canvas.text(819, 80, 20, Self.approvalNote, bold: true, anchor: .middle)
    canvas.line(30, 130, 970, 130, width: 2.5)
  }

  /// The P-Q plane with the quadrants of the registered energies filled.
  private func drawQuadrants(_ canvas: inout SVGCanvas, x: Double, y: Double, radius: Double) {
    let (cx, cy, r) = (Int(x), Int(y), Int(radius))
    let right = "M\(cx) \(cy - r)A\(r) \(r) 0 0 1 \(cx) \(cy + r)z"
    let left = "M\(cx) \(cy - r)A\(r) \(r) 0 0 0 \(cx) \(cy + r)z"
    let quadrants = [
      "M\(cx + 3) \(cy - 3)v\(3 - r)a\(r - 3) \(r - 3) 0 0 1 \(r - 3) \(r - 3)z",
      "M\(cx - 3) \(cy - 3)v\(3 - r)a\(r - 3) \(r - 3) 0 0 0 \(3 - r) \(r - 3)z",
      "M\(cx - 3) \(cy + 3)v\(r - 3)a\(r - 3) \(r - 3) 0 0 1 \(3 - r) \(3 - r)z",
      "M\(cx + 3) \(cy + 3)v\(r - 3)a\(r - 3) \(r - 3) 0 0 0 \(r - 3) \(3 - r)z",
    ]
    switch setup.variant.energyType {
    case .activeImport: canvas.path(right, fill: SVGCanvas.accent, stroke: nil)
    case .activeImportExport:
      canvas.path(right, fill: SVGCanvas.accent, stroke: nil)
      canvas.path(left, fill: "#7fb0c2", stroke: nil)
    case .fourQuadrant:
      for quadrant in quadrants { canvas.path(quadrant, fill: SVGCanvas.accent, stroke: nil) }
    }
    canvas.circle(x, y, radius, stroke: SVGCanvas.accent, strokeWidth: 2.5)
  }

  private func drawRatings(_ canvas: inout SVGCanvas) {
    canvas.text(36, 188, 36, supply, bold: true)
    canvas.text(480, 188, 36, current, bold: true, anchor: .end)
    canvas.text(36, 230, 26, frequency)
    canvas.text(480, 230, 26, accuracy, anchor: .end)
    canvas.text(36, 271, 26, Self.constant, bold: true)
    canvas.text(434, 270, 19, Self.temperatures, anchor: .end)
    // Protection class II (IEC 60417-5172): a square within a square.
    canvas.rectangle(446, 246, 34, 34, strokeWidth: 3)
    canvas.rectangle(454, 254, 18, 18, strokeWidth: 3)
    canvas.line(36, 292, 480, 292, width: 1.5, color: SVGCanvas.faint)
  }

  private func drawDetails(_ canvas: inout SVGCanvas) {
    let sum = setup.variant.summation == .vector ? "  (vector sum)" : ""
    let rows = [
      ("Energy", energies + sum), ("Type", TypeString(setup.variant).description),
      ("Fitted", functions), ("S0", Self.pulseOutput),
    ]
    for (index, row) in rows.enumerated() {
      let y = 326 + Double(index) * 32
      canvas.text(36, y, 16, row.0, color: SVGCanvas.grey)
      canvas.text(104, y, 16, row.1)
    }
    canvas.line(36, 440, 480, 440, width: 1.5, color: SVGCanvas.faint)
  }

  private func drawNumber(_ canvas: inout SVGCanvas) {
    canvas.text(36, 484, 18, "No.", color: SVGCanvas.grey)
    canvas.text(76, 484, 32, setup.meterNumberText, bold: true, spacing: 2)
    canvas.text(480, 484, 24, "\(setup.year)", anchor: .end)
    guard let code = Code128(setup.meterNumberText) else { return }
    let module = 4.0
    var x = 36 + 10 * module
    canvas.rectangle(
      36, 502, Double(code.moduleCount + 20) * module, 108, fill: "#ffffff", stroke: nil)
    for (index, width) in code.widths.enumerated() {
      let extent = Double(width) * module
      if index.isMultiple(of: 2) {
        canvas.rectangle(x, 508, extent, 96, fill: "#000000", stroke: nil)
      }
      x += extent
    }
  }
}
