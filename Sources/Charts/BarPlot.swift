/// Bars over named categories, one or more beside each other: harmonics, tariffs, months.
///
/// Where there are more categories than every third pixel, neighbours share a bar that shows
/// their largest magnitude.
public struct BarPlot: Plot {
  /// The bars of one colour, one per category.
  public struct Group: Sendable {
    public var label: String
    public var tone: Tone
    /// A value per category in the base unit of the axis; missing and `nan` are no bar.
    public var values: [Double]

    /// A group of bars.
    public init(_ label: String, _ values: [Double], tone: Tone = .one) {
      self.label = label
      self.values = values
      self.tone = tone
    }
  }

  public var frame: PlotFrame
  /// What the categories are, such as "Harmonic order".
  public var categoryTitle: String
  /// The names along the x axis.
  public var categories: [String]
  /// The bars.
  public var groups: [Group]
  /// A limit per category, drawn as a cap across its bars; `nan` is none.
  public var limits: [Double]
  /// What the limits are.
  public var limitLabel: String
  /// The vertical axis; bars begin at its anchor.
  public var yAxis: Axis

  /// A bar plot.
  public init(
    _ frame: PlotFrame, categoryTitle: String = "", categories: [String], y: Axis,
    groups: [Group], limits: [Double] = [], limitLabel: String = ""
  ) {
    self.frame = frame
    self.categoryTitle = categoryTitle
    self.categories = categories
    self.groups = groups
    self.limits = limits
    self.limitLabel = limitLabel
    yAxis = y
    if yAxis.scale == .linear { yAxis.anchor = yAxis.anchor ?? 0 }
  }

  /// The value of a bar that stands for some categories: that of the largest magnitude.
  private func value(_ values: [Double], _ categories: Range<Int>) -> Double? {
    values[categories.clamped(to: values.indices)].lazy.filter(\.isFinite)
      .max { abs($0) < abs($1) }
  }

  private var range: ClosedRange<Double>? {
    if let range = yAxis.range { return range }
    var low = yAxis.anchor ?? .infinity
    var high = yAxis.anchor ?? -.infinity
    for values in groups.map(\.values) + [limits] {
      for value in values.prefix(categories.count)
      where value.isFinite && (yAxis.scale == .linear || value > 0) {
        low = min(low, value)
        high = max(high, value)
      }
    }
    return low <= high ? low...high : nil
  }

  public func svgBytes(_ form: SVGForm) -> [UInt8] {
    var svg = SVGText()
    frame.open(&svg, form)
    var entries = groups.filter { !$0.label.isEmpty }.prefix(24).map {
      Legend.Entry(label: $0.label, tone: $0.tone, sample: .box, dash: nil, marker: nil)
    }
    if !limitLabel.isEmpty, !limits.isEmpty {
      entries.append(
        Legend.Entry(label: limitLabel, tone: .limit, sample: .line, dash: nil, marker: nil))
    }
    let legend = Legend(entries: entries, width: Double(frame.width))
    legend.write(&svg, top: frame.headHeight)
    let count = Double(max(1, categories.count))
    var layout = PlotLayout(
      frame: frame, top: frame.headHeight + legend.height, x: axis(width: 1e9), y: yAxis,
      hasStrip: false)
    layout.setWindow(-0.5...count - 0.5, labels: 44)
    layout.setValues(range)
    layout.x = axis(width: layout.width)
    layout.setWindow(-0.5...count - 0.5, labels: layout.labelWidth)
    layout.writeGrid(&svg, vertical: false)
    layout.openArea(&svg)
    writeBars(&svg, layout)
    layout.writeZero(&svg)
    layout.closeArea(&svg)
    layout.writeLabels(&svg)
    frame.close(&svg)
    return svg.bytes
  }

  /// The names as marks, as many as have room.
  private func axis(width: Double) -> Axis {
    let widest = categories.prefix(1000).map { TextWidth.of($0) }.max() ?? 0
    let room = width / Double(max(1, categories.count))
    let every = max(1, Int(((widest + 6) / max(room, 1e-3)).rounded(.up)))
    let ticks = stride(from: 0, to: categories.count, by: every).map {
      Tick(Double($0), categories[$0])
    }
    return Axis(categoryTitle, ticks: ticks)
  }

  private func writeBars(_ svg: inout SVGText, _ layout: PlotLayout) {
    let slots = max(1, min(categories.count, Int(layout.width / 3)))
    let slot = layout.width / Double(slots)
    let gap = min(slot * 0.25, 14)
    let bar = (slot - gap) / Double(max(1, groups.count))
    for (number, group) in groups.enumerated() {
      svg.raw("<g")
      svg.attribute("class", "bars \(group.tone.rawValue)")
      svg.attribute("color", group.tone.fallback)
      svg.raw(">")
      if !group.label.isEmpty { svg.element("title", text: group.label) }
      svg.raw("<path fill=\"currentColor\" d=\"")
      for place in 0..<slots {
        guard let value = value(group.values, members(of: place, slots)) else { continue }
        let left = Double(place) * slot + gap / 2 + Double(number) * bar
        let right = left + bar - min(1, bar * 0.2)
        let end = max(-4, min(layout.py(value), layout.height + 4))
        svg.path([
          PixelPoint(left, layout.baseline), PixelPoint(left, end), PixelPoint(right, end),
          PixelPoint(right, layout.baseline),
        ])
        svg.raw("z")
      }
      svg.raw("\"/></g>\n")
    }
    writeLimits(&svg, layout, slots: slots, slot: slot)
  }

  private func members(of place: Int, _ slots: Int) -> Range<Int> {
    place * categories.count / slots..<(place + 1) * categories.count / slots
  }

  private func writeLimits(
    _ svg: inout SVGText, _ layout: PlotLayout, slots: Int, slot: Double
  ) {
    guard !limits.isEmpty else { return }
    svg.raw("<g class=\"limit tl\" color=\"\(Tone.limit.fallback)\">")
    if !limitLabel.isEmpty { svg.element("title", text: limitLabel) }
    svg.raw("<path stroke=\"currentColor\" stroke-width=\"1.6\" stroke-linecap=\"butt\" d=\"")
    for place in 0..<slots {
      guard let limit = value(limits, members(of: place, slots)) else { continue }
      let y = layout.py(limit)
      svg.path([
        PixelPoint(Double(place) * slot + slot * 0.06, y),
        PixelPoint(Double(place + 1) * slot - slot * 0.06, y),
      ])
    }
    svg.raw("\"/></g>\n")
  }

  public func writeCSV(_ line: (String) -> Void) {
    let head = [categoryTitle.isEmpty ? "category" : categoryTitle] + groups.map(\.label)
    line(CSVLine.join(head + (limits.isEmpty ? [] : [limitLabel.isEmpty ? "limit" : limitLabel])))
    for (index, category) in categories.enumerated() {
      let columns = groups.map(\.values) + (limits.isEmpty ? [] : [limits])
      line(
        CSVLine.join(
          [category] + columns.map { index < $0.count ? NumberText.table($0[index]) : "" }))
    }
  }
}
