extension LinePlot {
  private static let mostMarks = 1000

  /// Tints the spans inside the area.
  func writeSpans(_ svg: inout SVGText, _ layout: PlotLayout) {
    for case .span(let span, let label, let tone) in marks.prefix(Self.mostMarks) {
      guard let (from, to) = pixels(span, layout) else { continue }
      svg.raw("<g")
      svg.attribute("class", "span \(tone.rawValue)")
      svg.attribute("color", tone.fallback)
      svg.raw(">")
      if !label.isEmpty { svg.element("title", text: label) }
      rectangle(&svg, x: from, width: to - from, y: 0, height: layout.height, opacity: ".1")
      svg.raw("</g>\n")
    }
  }

  private func pixels(
    _ span: ClosedRange<Double>, _ layout: PlotLayout
  ) -> (from: Double, to: Double)? {
    let from = max(0, layout.px(span.lowerBound))
    let to = min(layout.width, layout.px(span.upperBound))
    guard from.isFinite, to.isFinite, from <= to else { return nil }
    return (from, max(to, min(from + 1, layout.width)))
  }

  /// The strip below the area: hatched where a span is marked, solid where values are missing.
  func writeStrip(_ svg: inout SVGText, _ layout: PlotLayout) {
    let y = layout.areaTop + layout.height + 5
    for case .span(let span, let label, let tone) in marks.prefix(Self.mostMarks) {
      guard let (from, to) = pixels(span, layout) else { continue }
      svg.raw("<g")
      svg.attribute("class", "strip \(tone.rawValue)")
      svg.attribute("color", tone.fallback)
      svg.raw(">")
      if !label.isEmpty { svg.element("title", text: label) }
      svg.line(
        class: "hatch", from: PixelPoint(layout.left + from, y),
        to: PixelPoint(layout.left + to, y),
        " stroke=\"currentColor\" stroke-width=\"5\" stroke-linecap=\"butt\""
          + " stroke-dasharray=\"2 2\"")
      svg.raw("</g>\n")
    }
    let missing = missingSpans(layout)
    guard !missing.isEmpty else { return }
    svg.raw(
      "<path class=\"missing\" stroke=\"currentColor\" stroke-opacity=\".55\" stroke-width=\"2\""
        + " stroke-linecap=\"butt\" d=\"")
    for span in missing {
      svg.path([
        PixelPoint(layout.left + Double(span.lowerBound), y),
        PixelPoint(layout.left + Double(span.upperBound), y),
      ])
    }
    svg.raw("\"/>\n")
  }

  /// The pixel columns where a joined curve has a gap, neighbouring columns as one span: a gap
  /// narrower than a pixel is still seen.
  func missingSpans(_ layout: PlotLayout) -> [Range<Int>] {
    let columns = layout.map.columns
    var isMissing = [Bool](repeating: false, count: columns)
    for (curve, cut) in zip(curves, layout.cuts) where curve.shape != .points {
      for column in cut.columns where column.run.hasGap {
        if column.number >= 0, column.number < columns { isMissing[column.number] = true }
      }
      for (left, right) in zip(cut.columns, cut.columns.dropFirst())
      where left.run.gapAfter || !left.run.hasValues {
        // Nothing is known until the next value.
        let from = max(0, left.number + 1)
        let to = min(columns, right.number)
        if from < to, right.run.hasValues || right.run.gapBefore {
          for number in from..<to { isMissing[number] = true }
        }
      }
    }
    var spans: [Range<Int>] = []
    for number in isMissing.indices where isMissing[number] {
      if let last = spans.last, last.upperBound == number {
        spans[spans.count - 1] = last.lowerBound..<number + 1
      } else {
        spans.append(number..<number + 1)
      }
    }
    return spans
  }

  /// The upright lines and their words, each word beside the line where it has room.
  func writeLines(_ svg: inout SVGText, _ layout: PlotLayout) {
    var free = -Double.infinity
    for case .line(let place, let label) in marks.prefix(Self.mostMarks) {
      let x = layout.px(place)
      guard x >= 0, x <= layout.width else { continue }
      svg.line(
        class: "mark", from: PixelPoint(x, 0), to: PixelPoint(x, layout.height),
        " stroke=\"currentColor\" stroke-opacity=\".6\" stroke-dasharray=\"2 3\"")
      let length = TextWidth.of(label, size: 11)
      let begin = x + 4 + length > layout.width ? x - 4 - length : x + 4
      guard begin >= free else { continue }
      svg.label(
        label, class: "mark", at: PixelPoint(begin, 12),
        " font-size=\"11\" fill=\"currentColor\" fill-opacity=\".82\"")
      free = begin + length + 6
    }
  }

  /// The staircases of a band and the shade outside them.
  func writeBand(_ svg: inout SVGText, _ band: LimitBand, _ layout: PlotLayout) {
    let treads = band.treads.prefix(Self.mostMarks)
    svg.raw("<g")
    svg.attribute("class", "limit \(band.tone.rawValue)")
    svg.attribute("color", band.tone.fallback)
    svg.raw(">")
    if !band.label.isEmpty { svg.element("title", text: band.label) }
    svg.raw("\n")
    var upper: [[PixelPoint]] = []
    var lower: [[PixelPoint]] = []
    var end = Double.nan
    for tread in treads where tread.from <= tread.to {
      let from = max(0, layout.px(tread.from))
      let to = min(layout.width, layout.px(tread.to))
      guard from <= to else { continue }
      let (top, bottom) = (layout.py(tread.upper), layout.py(tread.lower))
      if band.isShaded {
        rectangle(&svg, x: from, width: to - from, y: -4, height: top + 4, opacity: ".08")
        rectangle(
          &svg, x: from, width: to - from, y: bottom, height: layout.height + 4 - bottom,
          opacity: ".08")
      }
      if tread.from != end {
        upper.append([])
        lower.append([])
      }
      upper[upper.count - 1] += [PixelPoint(from, top), PixelPoint(to, top)]
      lower[lower.count - 1] += [PixelPoint(from, bottom), PixelPoint(to, bottom)]
      end = tread.to
    }
    svg.raw("<path class=\"line\" stroke=\"currentColor\" stroke-width=\"1.4\"")
    if let dash = band.tone.dash {
      svg.raw(" stroke-linecap=\"butt\" stroke-dasharray=\"\(dash)\"")
    }
    svg.raw(" d=\"")
    for line in upper + lower { svg.path(line) }
    svg.raw("\"/></g>\n")
  }

  private func rectangle(
    _ svg: inout SVGText, x: Double, width: Double, y: Double, height: Double, opacity: String
  ) {
    guard width > 0, height > 0 else { return }
    svg.raw("<rect")
    svg.attribute("x", Tenths(x))
    svg.attribute("y", Tenths(y))
    svg.attribute("width", Tenths(width))
    svg.attribute("height", Tenths(height))
    svg.raw(" fill=\"currentColor\" fill-opacity=\"\(opacity)\"/>\n")
  }
}
