import Foundation
import Testing

@testable import Charts

/// What a plot costs and how large it gets, by count; one time is printed for the reader.
@Suite struct CostTests {
  private static func layout(_ curve: Curve, _ window: ClosedRange<Double>) -> PlotLayout {
    var layout = PlotLayout(
      frame: PlotFrame(width: 1280, height: 400), top: 20, x: Axis(range: window),
      y: Axis(unit: .watts), hasStrip: true)
    layout.setWindow(window, labels: 40)
    layout.cuts = [curve.reduce(onto: layout.map)]
    layout.setValues(-10_000...10_000)
    return layout
  }

  /// At most four points per column, and every extreme of every column is on the path.
  @Test(arguments: [Curve.Shape.slopes, .steps], [365.0, 100, 20, 4, 1, 0.01])
  func pathsAreBoundedAndKeepExtremes(shape: Curve.Shape, days: Double) throws {
    let pyramid = SeriesPyramid(try Samples.year())
    for start in [0.0, 100, 120, 127.9, 291, 364] {
      let begin = Samples.year2026 + start * Samples.day
      let curve = Curve("P", pyramid, shape: shape)
      let layout = Self.layout(curve, begin...begin + days * Samples.day)
      let cut = layout.cuts[0]
      let path = CurvePath(curve: curve, cut: cut, layout: layout)
      // Two more for the neighbours at the edges.
      #expect(path.pointCount <= 4 * cut.columns.count + 2)
      let heights = Set(path.lines.joined().map(\.y.count))
      for column in cut.columns
      where column.number >= 0 && column.number < layout.map.columns && column.run.hasValues {
        #expect(heights.contains(Tenths(layout.py(column.run.highest)).count))
        #expect(heights.contains(Tenths(layout.py(column.run.lowest)).count))
      }
      let points = path.lines.joined()
      #expect(points.allSatisfy { $0.x.count >= 0 && $0.x <= Tenths(layout.width) })
    }
  }

  /// No line crosses a gap, and each gap narrower than a pixel is on the strip.
  @Test(arguments: [Curve.Shape.slopes, .steps])
  func gapsStayOpen(shape: Curve.Shape) throws {
    let values: [Double] = [1, 2, .nan, .nan, 3, 4, .nan, 5]
    let curve = Curve("c", try Series(start: 0, step: 1, values: values), shape: shape)
    let layout = Self.layout(curve, 0...8)
    let path = CurvePath(curve: curve, cut: layout.cuts[0], layout: layout)
    #expect(path.lines.count == 3)
    let ends = path.lines.map { [$0.first!.x, $0.last!.x] }
    let expected: [[Double]] =
      shape == .steps ? [[0, 2], [4, 6], [7, 8]] : [[0, 1], [4, 5], [7, 7]]
    #expect(ends == expected.map { $0.map { Tenths(layout.px($0)) } })

    var year = Samples.yearValues().map { $0.isNaN ? 0 : $0 }
    year[50_000] = .nan
    let long = Curve("y", try Series(start: 0, step: 1, values: year), shape: shape)
    var wide = Self.layout(long, 0...Double(year.count))
    wide.cuts = [long.reduce(onto: wide.map)]
    let plot = LinePlot(PlotFrame(), x: Axis(), y: Axis(), curves: [long])
    #expect(plot.missingSpans(wide).count == 1)
    #expect(plot.missingSpans(wide)[0].contains(wide.map.columns * 50_000 / year.count))
  }

  /// A line reaches both edges of a window that holds no sample.
  @Test func linesReachTheEdges() throws {
    let series = try Series(x: [0, 10], values: [0, 10])
    for (shape, ends) in [(Curve.Shape.slopes, [4.0, 6]), (.steps, [0, 0])] {
      let curve = Curve("c", series, shape: shape)
      let layout = Self.layout(curve, 4...6)
      let path = CurvePath(curve: curve, cut: layout.cuts[0], layout: layout)
      let expected = [
        PixelPoint(0, layout.py(ends[0])), PixelPoint(layout.width, layout.py(ends[1])),
      ]
      #expect(path.lines == [expected])
    }
  }

  /// The size of a picture depends on its pixels, not on the data.
  @Test func picturesAreBounded() throws {
    let pyramid = SeriesPyramid(try Samples.year())
    for shape in [Curve.Shape.slopes, .steps, .points] {
      var curve = Curve("P", pyramid, shape: shape, marker: .circle)
      curve.isFilled = true
      let plot = LinePlot(PlotFrame(), x: .time(), y: Axis(unit: .watts), curves: [curve])
      #expect(plot.svg().utf8.count < 800 * 100)
    }
    let many = BarPlot(
      PlotFrame(), categories: (0..<50_000).map(String.init), y: Axis(),
      groups: [.init("a", (0..<50_000).map { Double($0 % 977) })])
    #expect(many.svg().utf8.count < 30_000)
    let marks = (0..<100_000).map { PlotMark.line(Double($0), label: "mark") }
    let marked = LinePlot(PlotFrame(), x: Axis(range: 0...1e5), y: Axis(), curves: [], marks: marks)
    #expect(marked.svg().utf8.count < 150_000)
  }

  /// Pans a year by a pixel at a time, as a pulled pointer does, and prints the CPU time.
  @Test func panOfAYear() throws {
    let pyramid = SeriesPyramid(try Samples.year())
    let frame = PlotFrame(width: 1280, height: 400)
    var visited = 0
    var bytes = 0
    let steps = 40
    let begin = clock()
    for step in 0..<steps {
      let start = Samples.year2026 + Double(step) * 8 * 3600
      var plot = LinePlot(
        frame, x: .time(), y: Axis(unit: .watts), curves: [Curve("P", pyramid)])
      plot.xAxis.range = start...start + 350 * Samples.day
      bytes += plot.svgBytes(.fragment).count
    }
    let milliseconds = Double(clock() - begin) * 1000 / Double(CLOCKS_PER_SEC) / Double(steps)
    let beginCut = clock()
    for step in 0..<steps {
      let start = Samples.year2026 + Double(step) * 8 * 3600
      let map = ColumnMap(window: start...start + 350 * Samples.day, columns: 1200)
      visited += pyramid.reduce(onto: map).visited
    }
    let cut = Double(clock() - beginCut) * 1000 / Double(CLOCKS_PER_SEC) / Double(steps)
    print(
      "year pan: \(NumberText.padded(milliseconds, decimals: 2)) ms CPU per picture, of which cut",
      "\(NumberText.padded(cut, decimals: 2)) ms, \(visited / steps) runs looked at,",
      "\(bytes / steps) bytes")
    #expect(visited / steps < Samples.yearCount / 5)
    #expect(bytes / steps < 1280 * 60)
  }
}
