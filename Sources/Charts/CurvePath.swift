/// The unbroken lines of one decimated curve in the pixels of the plot area.
struct CurvePath {
  private(set) var lines: [[PixelPoint]] = []
  private var line: [PixelPoint] = []
  private var markers: [PixelPoint] = []
  private let curve: Curve
  private let layout: PlotLayout
  private let width: Double
  /// Where the last point is before cutting at the edge.
  private var previous: (x: Double, y: Double)?
  /// Where the last value of a stair ceases to hold.
  private var hold: Double?

  init(curve: Curve, cut: Decimation, layout: PlotLayout) {
    self.curve = curve
    self.layout = layout
    width = layout.width
    for column in cut.columns {
      guard column.run.hasValues else {
        lift()
        continue
      }
      if column.run.gapBefore { lift() }
      switch curve.shape {
      case .steps: addStairs(column)
      case .slopes: addSlopes(column)
      case .points: break
      }
      addMarkers(column)
      if column.run.gapAfter { lift() }
    }
    lift()
  }

  /// How many points the lines have.
  var pointCount: Int { lines.reduce(0) { $0 + $1.count } }

  /// Ends the line at a gap or at the end of the data.
  private mutating func lift() {
    if let hold, let last = line.last {
      let end = Tenths(max(0, min(layout.px(hold), width)))
      if end > last.x { line.append(PixelPoint(end, last.y)) }
    }
    if !line.isEmpty { lines.append(line) }
    line = []
    previous = nil
    hold = nil
  }

  private mutating func put(_ point: PixelPoint) {
    if line.last != point { line.append(point) }
  }

  // MARK: Slopes

  private mutating func addSlopes(_ column: Decimation.Column) {
    for corner in column.run.corners {
      let x = layout.px(curve.series.abscissa.x(at: corner.index))
      slope(to: (x, layout.py(corner.value)))
    }
  }

  /// Draws to a point; of a neighbour outside the window only the part inside is drawn.
  private mutating func slope(to point: (x: Double, y: Double)) {
    defer { previous = point }
    if point.x < 0 { return }
    if let previous, previous.x < 0 {
      put(PixelPoint(0, Self.height(between: previous, point, at: 0)))
    }
    if point.x > width {
      guard let previous else { return }
      put(PixelPoint(width, Self.height(between: previous, point, at: width)))
    } else {
      put(PixelPoint(point.x, point.y))
    }
  }

  private static func height(
    between a: (x: Double, y: Double), _ b: (x: Double, y: Double), at x: Double
  ) -> Double {
    b.x > a.x ? a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x)) : b.y
  }

  // MARK: Stairs

  /// One or two samples are drawn as they are, more as an upright from lowest to highest.
  private mutating func addStairs(_ column: Decimation.Column) {
    let run = column.run
    let abscissa = curve.series.abscissa
    let first = layout.px(abscissa.x(at: Int(run.firstIndex)))
    let last = Int(run.lastIndex)
    if first > width {
      // The neighbour on the right only ends the tread before it.
      if line.isEmpty { return }
      hold = abscissa.x(at: Int(run.firstIndex))
      return
    }
    if run.lastIndex - run.firstIndex <= 1 {
      tread(at: first, run.first)
      if run.lastIndex > run.firstIndex { tread(at: layout.px(abscissa.x(at: last)), run.last) }
    } else {
      let x = Tenths(max(0, first))
      let isOpen = !line.isEmpty
      if isOpen, let end = line.last { put(PixelPoint(x, end.y)) }
      // Toward the far end first, so that the line leaves at the last value.
      let lowestFirst = run.lowestIndex < run.highestIndex
      put(PixelPoint(x, Tenths(layout.py(lowestFirst ? run.lowest : run.highest))))
      put(PixelPoint(x, Tenths(layout.py(lowestFirst ? run.highest : run.lowest))))
      put(PixelPoint(x, Tenths(layout.py(run.last))))
    }
    hold = curve.series.end(ofValueAt: last)
  }

  private mutating func tread(at x: Double, _ value: Double) {
    let x = Tenths(max(0, x))
    let y = Tenths(layout.py(value))
    if let end = line.last { put(PixelPoint(x, end.y)) }
    put(PixelPoint(x, y))
  }

  // MARK: Markers

  private mutating func addMarkers(_ column: Decimation.Column) {
    guard curve.marker != nil || curve.shape == .points else { return }
    for corner in column.run.corners {
      let x = layout.px(curve.series.abscissa.x(at: corner.index))
      guard x >= 0, x <= width else { continue }
      markers.append(PixelPoint(x, layout.py(corner.value)))
    }
  }

  // MARK: Writing

  func write(_ svg: inout SVGText) {
    guard !lines.isEmpty || !markers.isEmpty else { return }
    svg.raw("<g")
    svg.attribute("class", "curve \(curve.tone.rawValue)")
    svg.attribute("color", curve.tone.fallback)
    svg.raw(curve.isFaint ? " opacity=\".35\">" : ">")
    if !curve.label.isEmpty { svg.element("title", text: curve.label) }
    if !lines.isEmpty {
      if curve.isFilled { writeArea(&svg) }
      svg.raw("<path class=\"line\" stroke=\"currentColor\"")
      svg.raw(curve.isFaint ? " stroke-width=\"1\"" : " stroke-width=\"1.6\"")
      if !curve.isSolid, let dash = curve.tone.dash {
        svg.raw(" stroke-linecap=\"butt\" stroke-dasharray=\"\(dash)\"")
      }
      svg.raw(" d=\"")
      for line in lines { svg.path(line) }
      svg.raw("\"/>")
    }
    writeMarkers(&svg)
    svg.raw("</g>\n")
  }

  private func writeArea(_ svg: inout SVGText) {
    let base = Tenths(layout.baseline)
    svg.raw("<path class=\"area\" fill=\"currentColor\" fill-opacity=\".16\" d=\"")
    for line in lines {
      guard let first = line.first, let last = line.last, line.count > 1 else { continue }
      svg.path([PixelPoint(first.x, base)] + line + [PixelPoint(last.x, base)])
      svg.raw("z")
    }
    svg.raw("\"/>")
  }

  /// Markers are for readers who look at single points: where they would touch, the line alone
  /// is clearer. A curve of points only is drawn with dots instead.
  private func writeMarkers(_ svg: inout SVGText) {
    let hasRoom = Double(markers.count) * 8 <= width
    if let marker = curve.marker, hasRoom {
      let isCross = marker == .cross
      svg.raw("<path class=\"markers\" stroke=\"currentColor\" stroke-width=\"1.2\"")
      svg.raw(isCross ? " d=\"" : " fill=\"currentColor\" d=\"")
      for point in markers {
        svg.raw("M")
        svg.number(point.x)
        svg.raw(",")
        svg.number(point.y)
        svg.raw(marker.outline)
      }
      svg.raw("\"/>")
    } else if curve.shape == .points {
      svg.raw("<path class=\"markers\" stroke=\"currentColor\" stroke-width=\"2.4\" d=\"")
      for point in markers { svg.path([point]) }
      svg.raw("\"/>")
    }
  }
}
