import Foundation
import Testing

@testable import Charts

@Suite struct PlotTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Vectors/Charts")

  /// `UPDATE_GOLDEN=1` writes the files anew; look at them as pictures before committing them.
  @Test func goldenFiles() throws {
    for (name, plot) in try GoldenPlots.all() {
      let forms: [(String, SVGForm)] = [
        ("light.svg", .document(.light)), ("dark.svg", .document(.dark)),
        ("fragment.svg", .fragment),
      ]
      // The year is large, and a file of it says no more than its cut, tested elsewhere.
      for (suffix, form) in name == "year" ? [forms[0]] : name == "load-curve" ? forms : [forms[0]]
      {
        try compare(plot.svg(form), with: "\(name).\(suffix)")
      }
      if name != "year" { try compare(plot.csv(), with: "\(name).csv") }
    }
    try compare(ChartTheme.pageStyle, with: "charts.css")
  }

  private func compare(_ text: String, with name: String) throws {
    let file = Self.folder.appending(path: name)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    let golden = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    #expect(golden == text, "\(name) differs; UPDATE_GOLDEN=1 writes it anew")
  }

  /// A small reader of XML that knows what these files use: elements, attributes, entities.
  static func isWellFormed(_ xml: String) -> Bool {
    var open: [Substring] = []
    var rest = Substring(xml)
    if rest.hasPrefix("<?xml") { rest = rest[rest.firstRange(of: "?>")!.upperBound...] }
    var roots = 0
    while let start = rest.firstIndex(of: "<") {
      guard isText(rest[..<start]) else { return false }
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
        continue
      }
      let name = tag.prefix { $0.isLetter }
      guard !name.isEmpty, areAttributes(tag.dropFirst(name.count)) else { return false }
      if open.isEmpty { roots += 1 }
      if !tag.hasSuffix("/") { open.append(name) }
    }
    return open.isEmpty && roots == 1 && rest.allSatisfy(\.isWhitespace)
  }

  private static func isText(_ text: Substring) -> Bool {
    for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
      let entities = ["amp;", "lt;", "gt;", "quot;", "#39;"]
      guard entities.contains(where: part.hasPrefix) else { return false }
    }
    return text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" }
  }

  private static func areAttributes(_ text: Substring) -> Bool {
    var rest = text
    var names: Set<Substring> = []
    while let first = rest.first, first != "/" {
      guard first == " " else { return false }
      rest = rest.dropFirst()
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
      guard !name.isEmpty, names.insert(name).inserted else { return false }
      rest = rest.dropFirst(name.count)
      guard rest.hasPrefix("=\"") else { return false }
      rest = rest.dropFirst(2)
      guard let end = rest.firstIndex(of: "\"") else { return false }
      guard isText(rest[..<end]) else { return false }
      rest = rest[rest.index(after: end)...]
    }
    return rest.isEmpty || rest == "/"
  }

  @Test func everyPlotIsWellFormed() throws {
    for (_, plot) in try GoldenPlots.all() {
      for form in [SVGForm.fragment, .document(.adaptive), .document(.dark)] {
        let svg = plot.svg(form)
        #expect(Self.isWellFormed(svg))
        #expect(svg == plot.svg(form))
        // A strict content security policy forbids these in a page.
        if case .fragment = form {
          #expect(!svg.contains("<style") && !svg.contains(" style=") && !svg.contains(" id="))
        }
        #expect(!svg.contains("script") && !svg.contains("nan") && !svg.contains("inf\""))
      }
    }
    #expect(!Self.isWellFormed("<a><b></a>"))
    #expect(!Self.isWellFormed("<a x=\"1\" x=\"2\"/>"))
    #expect(!Self.isWellFormed("<a>&nbsp;</a>"))
  }

  @Test func textIsEscaped() throws {
    let evil = "<script>alert(\"1\")</script> & 'x'\u{0}\u{1B}\u{FFFE}\n]]>"
    let series = try Series(x: [1, 2], values: [1, 2])
    let plots: [any Plot] = [
      LinePlot(
        PlotFrame(title: evil, summary: evil, className: evil), x: Axis(evil, unit: Unit(evil)),
        y: Axis(evil, unit: Unit(evil), ticks: [Tick(1, evil, context: evil)]),
        curves: [Curve(evil, series)], limits: [LimitBand(evil, [.init(from: 1, to: 2, limit: 3)])],
        marks: [.line(1.5, label: evil), .span(1...2, label: evil, tone: .two)]),
      BarPlot(
        PlotFrame(title: evil), categoryTitle: evil, categories: [evil], y: Axis(evil),
        groups: [.init(evil, [1])], limits: [2], limitLabel: evil),
      PhasorPlot(PlotFrame(title: evil), phasors: []),
    ]
    for plot in plots {
      let svg = plot.svg(.document(.adaptive))
      #expect(Self.isWellFormed(svg))
      #expect(!svg.contains("<script"))
      #expect(svg.contains("&lt;script&gt;"))
    }
    #expect(
      CSVLine.join(["a,b", "say \"hi\"", "two\r\nlines", "plain", ""])
        == "\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",plain,\r\n")
  }

  static let oddValues: [[Double]] = [
    [], [5], [0], [.nan], [.nan, .nan, .nan], [.infinity, -.infinity], [1, .nan], [.nan, 1, .nan],
    [1e308, -1e308], [5e-324, 0], [.greatestFiniteMagnitude], [7, 7, 7], [1, .infinity, 2],
    [1e15, 1e15 + 1], [-1, -2, .nan, -3],
  ]

  @Test(arguments: oddValues)
  func oddInput(values: [Double]) throws {
    let regular = try Series(start: 0, step: 1, values: values)
    let irregular = try Series(x: values.map { _ in 3 }, values: values)
    for series in [regular, irregular] {
      for scale in [AxisScale.linear, .logarithmic] {
        for shape in [Curve.Shape.slopes, .steps, .points] {
          var curve = Curve("c", series, shape: shape, marker: .circle)
          curve.isFilled = true
          let plot = LinePlot(
            PlotFrame(title: "t"), x: Axis(scale: scale), y: Axis(scale: scale), curves: [curve])
          let svg = plot.svg()
          #expect(Self.isWellFormed(svg))
          #expect(!svg.contains("nan") && !svg.contains("inf") && svg.utf8.count < 20_000)
          #expect(plot.csv().split(separator: "\r\n").count <= values.count + 1)
        }
      }
    }
    let bars = BarPlot(
      PlotFrame(), categories: values.map { "\($0)" }, y: Axis(unit: .watts),
      groups: [.init("g", values)])
    #expect(Self.isWellFormed(bars.svg()))
    let phasors = values.map { PhasorPlot.Phasor(.voltage, phase: 1, magnitude: $0, angle: $0) }
    #expect(Self.isWellFormed(PhasorPlot(phasors: phasors).svg()))
  }

  @Test(
    arguments: [
      -1e300...1e300, 0...0, 5...5, -(.infinity)...(.infinity), 1e-320...1e-310,
      820e6...820e6 + 1e-9,
      1e17...1e17, -5...(-1),
    ] as [ClosedRange<Double>])
  func oddWindows(window: ClosedRange<Double>) throws {
    let series = try Series(start: -10, step: 1, values: (0..<100).map(Double.init))
    for x in [Axis(range: window), .time(range: window), Axis(scale: .logarithmic, range: window)] {
      for shape in [Curve.Shape.slopes, .steps] {
        let plot = LinePlot(
          PlotFrame(width: 1, height: 1), x: x, y: Axis(unit: .watts, range: window),
          curves: [Curve("c", series, shape: shape)],
          limits: [LimitBand("l", [.init(from: -1e9, to: 1e9, limit: 1e200)])])
        let svg = plot.svg()
        #expect(Self.isWellFormed(svg))
        #expect(svg.utf8.count < 20_000)
      }
    }
  }
}
