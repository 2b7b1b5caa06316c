import ArgumentParser
import Charts
import Foundation
import VirtualMeter

/// `kvadrant trip-curve`: the characteristic of smart disconnect, measured and drawn.
struct TripCurveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trip-curve",
    abstract: "Measure when smart disconnect opens, and draw it.",
    discussion: """
      kvadrant trip-curve basis=current limit_A=20 k1=1.5 k2=1.2 k3=1 t1_s=5 t2_s=10 t3_s=20

      For each load a meter is run on a bench until its contacts open. The line is the formula, the
      points are what was measured. The switch is never a safety function.
      """)

  @Argument(help: "Settings as NAME=VALUE.") var settings: [String] = []
  @Option(help: "Number of loads, 2 to 200.") var points = 30
  @Option(help: ArgumentHelp("The picture.", valueName: "file")) var output = "trip-curve.svg"

  func run() throws {
    let usual = ["basis=current", "limit_A=20", "t1_s=5", "t2_s=10", "t3_s=20"]
    let curve = try TripCurve.measure(
      settings: try TripCurve.settings(settings.isEmpty ? usual : settings),
      points: min(max(points, 2), 200))
    var worst = 0.0
    print(curve.byPower ? "       W   measured    formula" : "       A   measured    formula")
    for point in curve.points {
      print(
        String(
          format: "%8.2f %10@ %10@", point.value, Self.text(point.seconds) as NSString,
          Self.text(point.formula) as NSString))
      if let a = point.seconds, let b = point.formula { worst = max(worst, abs(a - b)) }
    }
    print("largest difference \(String(format: "%.2f", worst)) s")
    let svg = try Self.picture(curve)
    guard FileManager.default.createFile(atPath: output, contents: Data(svg.utf8)) else {
      throw Failure(
        .disk, file: output, what: "the picture cannot be written",
        expected: "a folder to write to", next: "name another file with --output")
    }
    print("written: \(output)")
  }

  private static func text(_ seconds: Double?) -> String {
    seconds.map { String(format: "%.2f s", $0) } ?? "never"
  }

  private static func picture(_ curve: TripCurve) throws -> String {
    func series(_ time: (TripCurve.Point) -> Double?) throws -> Series {
      let known = curve.points.filter { time($0) != nil }
      return try Series(x: known.map(\.value), values: known.compactMap(time))
    }
    let frame = PlotFrame(
      title: "Smart disconnect, measured",
      summary: "Time until the contacts are open, against the load on one phase.")
    let formula = Curve("formula", try series(\.formula), tone: .two, shape: .steps)
    let measured = Curve(
      "measured", try series(\.seconds), tone: .one, shape: .points, marker: .circle)
    let plot = LinePlot(
      frame, x: Axis("load", unit: Unit(curve.byPower ? "W" : "A")),
      y: Axis("time", unit: Unit("s", takesPrefix: false), anchor: 0), curves: [formula, measured])
    return plot.svg(.document(.light))
  }
}
