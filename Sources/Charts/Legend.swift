/// The rows under the heading that say which line is what.
struct Legend {
  struct Entry {
    enum Sample { case line, area, box, none }
    var label: String
    var tone: Tone
    var sample: Sample
    var dash: String?
    var marker: Curve.Marker?
  }

  private var rows: [[(entry: Entry, x: Double)]] = []
  private static let rowHeight = 18.0

  init(entries: [Entry], width: Double) {
    var x = 12.0
    for entry in entries {
      let length = 32 + TextWidth.of(entry.label) + 18
      if rows.isEmpty || x + length > width - 6 && x > 12 {
        rows.append([])
        x = 12
      }
      rows[rows.count - 1].append((entry, x))
      x += length
    }
  }

  var height: Double { Double(rows.count) * Self.rowHeight }

  func write(_ svg: inout SVGText, top: Double) {
    guard !rows.isEmpty else { return }
    svg.raw("<g class=\"legend\">\n")
    for (number, row) in rows.enumerated() {
      let middle = top + Double(number) * Self.rowHeight + 8
      for (entry, x) in row { Self.write(&svg, entry, x: x, middle: middle) }
    }
    svg.raw("</g>\n")
  }

  private static func write(_ svg: inout SVGText, _ entry: Entry, x: Double, middle: Double) {
    svg.raw("<g")
    svg.attribute("class", entry.tone.rawValue)
    svg.attribute("color", entry.tone.fallback)
    svg.raw(">")
    switch entry.sample {
    case .line, .area:
      if entry.sample == .area {
        svg.raw("<rect")
        svg.attribute("x", Tenths(x))
        svg.attribute("y", Tenths(middle))
        svg.raw(" width=\"26\" height=\"6\" fill=\"currentColor\" fill-opacity=\".2\"/>")
      }
      svg.line(
        class: "sample", from: PixelPoint(x, middle), to: PixelPoint(x + 26, middle),
        " stroke=\"currentColor\" stroke-width=\"2\""
          + (entry.dash.map { " stroke-linecap=\"butt\" stroke-dasharray=\"\($0)\"" } ?? ""))
    case .box:
      svg.raw("<rect")
      svg.attribute("x", Tenths(x + 7))
      svg.attribute("y", Tenths(middle - 6))
      svg.raw(" width=\"12\" height=\"12\" rx=\"2\" fill=\"currentColor\"/>")
    case .none: break
    }
    if let marker = entry.marker {
      svg.raw("<path fill=\"currentColor\" stroke=\"currentColor\" d=\"M")
      svg.number(Tenths(x + 13))
      svg.raw(",")
      svg.number(Tenths(middle))
      svg.raw(marker.outline)
      svg.raw("\"/>")
    }
    svg.raw("</g>\n")
    svg.label(
      entry.label, class: "name", at: PixelPoint(x + 32, middle + 4), " fill=\"currentColor\"")
  }
}
