/// Where things are in a plot with two axes, and its grid and labels.
struct PlotLayout {
  let frame: PlotFrame
  let top: Double
  var x: Axis
  let y: Axis
  let hasStrip: Bool
  private(set) var left = 0.0, width = 0.0, areaTop = 0.0, height = 0.0
  private(set) var map = ColumnMap(window: 0...1, columns: 1)
  private(set) var values: ClosedRange<Double> = 0...1
  private(set) var xMarking = Axis.Marking()
  private(set) var yMarking = Axis.Marking()
  /// What the curves come to in this layout.
  var cuts: [Decimation] = []
  private var valueOrigin = 0.0, pixelsPerValue = 1.0
  /// Room for half a line at the upper and lower edge, so that it is not cut.
  private static let bleed = 4.0

  init(frame: PlotFrame, top: Double, x: Axis, y: Axis, hasStrip: Bool) {
    self.frame = frame
    self.top = top
    self.x = x
    self.y = y
    self.hasStrip = hasStrip
  }

  /// The width of the widest y label.
  var labelWidth: Double {
    max(20, (yMarking.ticks.map { TextWidth.of($0.label) }.max() ?? 0)).rounded(.up)
  }

  /// Lays the window of the x axis out, leaving room for y labels of a width.
  mutating func setWindow(_ window: ClosedRange<Double>, labels: Double) {
    left = labels + 20
    width = max(32, (Double(frame.width) - left - 22).rounded(.down))
    map = ColumnMap(window: window, columns: Int(width), scale: x.scale)
    xMarking = x.marking(of: map.window, count: max(2, Int(width / 84)))
    areaTop = top + (y.title.isEmpty && !hasUnit ? 6 : 22)
    let rows = xMarking.title.isEmpty && xMarking.ticks.allSatisfy(\.context.isEmpty) ? 1.0 : 2.0
    height = max(24, Double(frame.height) - areaTop - (hasStrip ? 8 : 0) - 10 - rows * 15)
  }

  private var hasUnit: Bool {
    if case .value(let unit) = y.kind { return !unit.symbol.isEmpty }
    return false
  }

  /// Lays the y axis out around a range, with whole marks at its ends unless the range is given.
  mutating func setValues(_ range: ClosedRange<Double>?) {
    let count = max(2, Int(height / 38))
    let range = range ?? (y.scale == .linear ? 0...1 : 1...10)
    switch y.scale {
    case .linear:
      values =
        y.range == nil
        ? ValueTicks.rounded(range, intervals: count)
        : ColumnMap.drawable(range, scale: .linear)
      valueOrigin = values.lowerBound
      pixelsPerValue = height / (values.upperBound - valueOrigin)
    case .logarithmic:
      values = ColumnMap.drawable(range, scale: .logarithmic)
      valueOrigin = PortableMath.log10(values.lowerBound)
      pixelsPerValue = height / (PortableMath.log10(values.upperBound) - valueOrigin)
    }
    yMarking = y.marking(of: values, count: count)
  }

  /// Distance from the left edge of the area.
  func px(_ value: Double) -> Double { map.position(value) }

  /// Distance from the upper edge of the area.
  func py(_ value: Double) -> Double {
    switch y.scale {
    case .linear: height - (value - valueOrigin) * pixelsPerValue
    case .logarithmic:
      value > 0
        ? height - (PortableMath.log10(value) - valueOrigin) * pixelsPerValue : 2 * height
    }
  }

  /// Where areas and bars begin: at the anchor if it is seen, or at the nearer edge.
  var baseline: Double { max(0, min(py(y.anchor ?? values.lowerBound), height)) }

  private static let hair = " stroke=\"currentColor\" stroke-width=\"1\""

  func writeGrid(_ svg: inout SVGText, vertical: Bool = true) {
    svg.raw("<g class=\"grid\" stroke=\"currentColor\" stroke-opacity=\".13\">\n")
    for tick in yMarking.ticks {
      let y = areaTop + py(tick.value)
      svg.line(class: "h", from: PixelPoint(left, y), to: PixelPoint(left + width, y))
    }
    for place in xMarking.ticks.map(\.value) where vertical {
      let x = left + px(place)
      svg.line(class: "v", from: PixelPoint(x, areaTop), to: PixelPoint(x, areaTop + height))
    }
    svg.raw("</g>\n")
    guard !xMarking.minor.isEmpty || !yMarking.minor.isEmpty else { return }
    svg.raw("<g class=\"grid minor\" stroke=\"currentColor\" stroke-opacity=\".06\">\n")
    for place in xMarking.minor {
      let x = left + px(place)
      svg.line(class: "v", from: PixelPoint(x, areaTop), to: PixelPoint(x, areaTop + height))
    }
    for value in yMarking.minor {
      let y = areaTop + py(value)
      svg.line(class: "h", from: PixelPoint(left, y), to: PixelPoint(left + width, y))
    }
    svg.raw("</g>\n")
  }

  /// Opens the area: a picture of its own that cuts off what is outside, with the edge at 0, 0.
  func openArea(_ svg: inout SVGText) {
    let bleed = Self.bleed
    svg.raw("<svg class=\"plot\"")
    svg.attribute("x", Tenths(left))
    svg.attribute("y", Tenths(areaTop - bleed))
    svg.attribute("width", Tenths(width))
    svg.attribute("height", Tenths(height + 2 * bleed))
    svg.raw(" viewBox=\"0 -4 ")
    svg.number(Tenths(width))
    svg.raw(" ")
    svg.number(Tenths(height + 2 * bleed))
    svg.raw("\" data-area=\"")
    for (index, length) in [left, areaTop, width, height].enumerated() {
      if index > 0 { svg.raw(" ") }
      svg.number(Tenths(length))
    }
    svg.raw("\"")
    svg.attribute("data-x", Self.range(map.window))
    svg.attribute("data-y", Self.range(values))
    svg.raw(">\n")
  }

  private static func range(_ range: ClosedRange<Double>) -> String {
    "\(NumberText.table(range.lowerBound)) \(NumberText.table(range.upperBound))"
  }

  func closeArea(_ svg: inout SVGText) { svg.raw("</svg>\n") }

  /// A firmer line at zero, if zero is inside.
  func writeZero(_ svg: inout SVGText) {
    guard y.scale == .linear, values.lowerBound < 0, values.upperBound > 0 else { return }
    svg.line(
      class: "zero", from: PixelPoint(0, py(0)), to: PixelPoint(width, py(0)),
      Self.hair + " stroke-opacity=\".5\"")
  }

  func writeLabels(_ svg: inout SVGText) {
    let bottom = areaTop + height
    svg.line(
      class: "edge", from: PixelPoint(left, bottom), to: PixelPoint(left + width, bottom),
      Self.hair + " stroke-opacity=\".5\"")
    svg.raw("<g class=\"labels\" fill=\"currentColor\" fill-opacity=\".82\">\n")
    svg.label(
      yMarking.title, class: "y title", at: PixelPoint(12, areaTop - 9), " font-size=\"11\"")
    for tick in yMarking.ticks {
      svg.label(
        tick.label, class: "y", at: PixelPoint(left - 8, areaTop + py(tick.value) + 4),
        anchor: "end")
    }
    writePlaceLabels(&svg, row: bottom + (hasStrip ? 8 : 0) + 16)
    svg.raw("</g>\n")
  }

  private func writePlaceLabels(_ svg: inout SVGText, row: Double) {
    var free = -Double.infinity
    var contextFree = -Double.infinity
    var context = ""
    let titleWidth = xMarking.title.isEmpty ? 0 : TextWidth.of(xMarking.title, size: 11) + 12
    let edge = left + width - titleWidth
    for tick in xMarking.ticks {
      let place = left + px(tick.value)
      let half = TextWidth.of(tick.label) / 2
      if place - half >= free {
        svg.label(tick.label, class: "x", at: PixelPoint(place, row), anchor: "middle")
        free = place + half + 6
      }
      guard tick.context != context else { continue }
      let begin = place - min(half, 14)
      let length = TextWidth.of(tick.context)
      if begin >= contextFree, begin + length < max(edge, left + 24) {
        svg.label(
          tick.context, class: "x context", at: PixelPoint(begin, row + 15),
          " font-weight=\"600\"")
        contextFree = begin + length + 10
      }
      context = tick.context
    }
    svg.label(
      xMarking.title, class: "x title", at: PixelPoint(left + width, row + 15), anchor: "end",
      " font-size=\"11\"")
  }
}
