/// Curves, stairs and points over a linear, logarithmic or civil-time axis, with limits.
///
/// Cost: the decimation of the curves and about 60 bytes per pixel column and curve, whatever
/// the number of samples; a path has at most four points per column.
///
/// The group of class `plot` tells a page how to turn pixels into numbers: `data-area` is left,
/// top, width and height in the picture, `data-x` and `data-y` are the window.
public struct LinePlot: Plot {
  public var frame: PlotFrame
  /// The horizontal axis.
  public var xAxis: Axis
  /// The vertical axis.
  public var yAxis: Axis
  /// The curves, the first at the back.
  public var curves: [Curve]
  /// Limits behind the curves.
  public var limits: [LimitBand]
  /// Marks on the x axis; at most 1000 are drawn.
  public var marks: [PlotMark]

  /// A plot.
  public init(
    _ frame: PlotFrame, x: Axis, y: Axis, curves: [Curve], limits: [LimitBand] = [],
    marks: [PlotMark] = []
  ) {
    self.frame = frame
    xAxis = x
    yAxis = y
    self.curves = curves
    self.limits = limits
    self.marks = marks
  }

  public func svgBytes(_ form: SVGForm) -> [UInt8] {
    var svg = SVGText()
    frame.open(&svg, form)
    let legend = Legend(entries: legendEntries, width: Double(frame.width))
    let layout = layout(below: frame.headHeight + legend.height)
    legend.write(&svg, top: frame.headHeight)
    layout.writeGrid(&svg)
    layout.openArea(&svg)
    writeSpans(&svg, layout)
    for band in limits { writeBand(&svg, band, layout) }
    layout.writeZero(&svg)
    for (curve, cut) in zip(curves, layout.cuts) {
      CurvePath(curve: curve, cut: cut, layout: layout).write(&svg)
    }
    writeLines(&svg, layout)
    layout.closeArea(&svg)
    writeStrip(&svg, layout)
    layout.writeLabels(&svg)
    frame.close(&svg)
    return svg.bytes
  }

  private var legendEntries: [Legend.Entry] {
    curves.filter { !$0.label.isEmpty }.prefix(24).map { curve in
      Legend.Entry(
        label: curve.label, tone: curve.tone,
        sample: curve.shape == .points ? .none : curve.isFilled ? .area : .line,
        dash: curve.isSolid ? nil : curve.tone.dash, marker: curve.marker)
    }
      + limits.filter { !$0.label.isEmpty }.prefix(12).map { band in
        Legend.Entry(
          label: band.label, tone: band.tone, sample: .line, dash: band.tone.dash, marker: nil)
      }
  }

  /// The window of the x axis: the given one, or all data, limits and marks.
  public var window: ClosedRange<Double> {
    if let range = xAxis.range { return ColumnMap.drawable(range, scale: xAxis.scale) }
    var low = Double.infinity
    var high = -Double.infinity
    func include(_ value: Double) {
      guard value.isFinite, xAxis.scale == .linear || value > 0 else { return }
      low = min(low, value)
      high = max(high, value)
    }
    for curve in curves {
      guard let extent = curve.series.extent else { continue }
      include(extent.lowerBound)
      let last = curve.series.abscissa.x(at: curve.series.count - 1)
      include(curve.shape == .steps ? extent.upperBound : last)
    }
    for tread in limits.lazy.flatMap(\.treads) {
      include(tread.from)
      include(tread.to)
    }
    return low <= high
      ? ColumnMap.drawable(low...high, scale: xAxis.scale)
      : xAxis.scale == .linear ? 0...1 : 1...10
  }

  /// Decimates twice at most: the width of the y labels is known only with the data.
  private func layout(below top: Double) -> PlotLayout {
    let window = window
    var layout = PlotLayout(frame: frame, top: top, x: xAxis, y: yAxis, hasStrip: hasStrip)
    layout.setWindow(window, labels: 44)
    layout.cuts = curves.map { $0.reduce(onto: layout.map) }
    layout.setValues(valueRange(layout.cuts, columns: layout.map.columns))
    if abs(layout.labelWidth - 44) > 0.5 {
      layout.setWindow(window, labels: layout.labelWidth)
      layout.cuts = curves.map { $0.reduce(onto: layout.map) }
    }
    return layout
  }

  private var hasStrip: Bool {
    marks.contains { if case .span = $0 { true } else { false } }
      || curves.contains { $0.shape != .points }
  }

  /// What the y axis must take in.
  private func valueRange(_ cuts: [Decimation], columns: Int) -> ClosedRange<Double>? {
    if let range = yAxis.range { return range }
    var low = yAxis.anchor ?? .infinity
    var high = yAxis.anchor ?? -.infinity
    for cut in cuts {
      for column in cut.columns where column.run.hasValues {
        low = min(low, column.run.lowest)
        high = max(high, column.run.highest)
      }
    }
    for tread in limits.lazy.flatMap(\.treads) {
      if tread.lower.isFinite { low = min(low, tread.lower) }
      if tread.upper.isFinite { high = max(high, tread.upper) }
    }
    return low <= high ? low...high : nil
  }

  public func writeCSV(_ line: (String) -> Void) {
    let window = window
    line(CSVLine.join([Self.heading(xAxis)] + curves.map(\.label)))
    var cursors = curves.map { curve in
      let series = curve.series
      let inside = series.abscissa.indices(in: window, count: series.count)
      return Cursor(series: series, index: inside.lowerBound, window: window)
    }
    while let x = cursors.compactMap(\.x).min() {
      var fields = [Self.place(x, on: xAxis)]
      for index in cursors.indices { fields.append(cursors[index].take(at: x)) }
      line(CSVLine.join(fields))
    }
  }

  /// Walks through the samples of one curve inside the window.
  private struct Cursor {
    let series: Series
    var index: Int
    let window: ClosedRange<Double>
    private(set) var x: Double?

    init(series: Series, index: Int, window: ClosedRange<Double>) {
      self.series = series
      self.index = index
      self.window = window
      while self.index < series.count, series.abscissa.x(at: self.index) < window.lowerBound {
        self.index += 1
      }
      settle()
    }

    private mutating func settle() {
      x = index < series.count ? series.abscissa.x(at: index) : nil
      if let place = x, place > window.upperBound { x = nil }
    }

    mutating func take(at place: Double) -> String {
      guard x == place else { return "" }
      defer {
        index += 1
        settle()
      }
      return NumberText.table(series.values[index])
    }
  }

  private static func heading(_ axis: Axis) -> String {
    switch axis.kind {
    case .time: axis.title.isEmpty ? "time" : axis.title
    case .value(let unit):
      unit.symbol.isEmpty
        ? (axis.title.isEmpty ? "x" : axis.title) : "\(axis.title) (\(unit.symbol))"
    }
  }

  private static func place(_ x: Double, on axis: Axis) -> String {
    switch axis.kind {
    case .time(let labels): labels.civil(x).iso8601
    case .value: NumberText.table(x)
    }
  }
}
