@testable import Charts

/// The plots of the golden files: what the panel and the test bench draw, at small cost.
enum GoldenPlots {
  /// Every golden file's name and plot.
  static func all() throws -> [(name: String, plot: any Plot)] {
    [
      ("year", try year()), ("profile-day", try profileDay()), ("load-curve", try loadCurve()),
      ("temperature-bands", try temperatureBands()), ("scope", try scope()),
      ("harmonics", harmonics()), ("tariffs", tariffs()), ("phasors", phasors()),
      ("phasors-export", phasorsExport()),
    ]
  }

  static func year() throws -> LinePlot {
    var curve = Curve("P", SeriesPyramid(try Samples.year()), shape: .slopes)
    curve.isSolid = true
    return LinePlot(
      PlotFrame(
        title: "A year of 5-minute values",
        summary: "Active power of a household in 2026: import above zero, export below."),
      x: .time(labels: Samples.danish), y: Axis("Active power", unit: .watts),
      curves: [curve])
  }

  /// The night on which summer time ends, with an outage and doubtful data.
  static func profileDay() throws -> LinePlot {
    var random = SplitMix64(25)
    let start = Samples.year2026 + 297 * Samples.day - 7200
    var values = (0..<100).map { index -> Double in
      var value: Double = 80 + 90 * random.fraction()
      if index > 26 && index < 36 { value += 400 }
      if index > 66 && index < 84 { value += 700 * random.fraction() + 250 }
      return value
    }
    values.replaceSubrange(46..<51, with: repeatElement(.nan, count: 5))
    let imported = try Series(start: start, step: 900, values: values)
    let exported = try Series(
      start: start, step: 900,
      values: (0..<100).map { index -> Double in -30.0 * Double(max(0, 18 - abs(index - 54))) })
    var above = Curve("A+", imported, tone: .one, shape: .steps)
    above.isFilled = true
    var below = Curve("A−", exported, tone: .three, shape: .steps)
    below.isFilled = true
    below.isSolid = true
    return LinePlot(
      PlotFrame(title: "Load profile, 25 October 2026", summary: "Quarter-hour energies."),
      x: .time(labels: Samples.danish), y: Axis("Energy", unit: .wattHours, anchor: 0),
      curves: [below, above],
      marks: [
        .line(846_205_200, label: "02:00 again"),
        .span(start + 51 * 900...start + 57 * 900, label: "Clock adjusted", tone: .two),
      ])
  }

  static func loadCurve() throws -> LinePlot {
    let places: [Double] = [5, 10, 20, 50, 100, 200, 400, 840, 1680]
    func curve(_ label: String, _ tone: Tone, _ marker: Curve.Marker, _ seed: UInt64) throws
      -> Curve
    {
      var random = SplitMix64(seed)
      let values = places.map { _ in (random.fraction() - 0.5) * 0.16 }
      return Curve(label, try Series(x: places, values: values), tone: tone, marker: marker)
    }
    return LinePlot(
      PlotFrame(title: "Load curve", summary: "Error against load at three power factors."),
      x: Axis(
        "Load, % of Ib", scale: .logarithmic, range: 4...2000,
        ticks: [5, 20, 100, 200, 840, 1680].map { Tick($0, NumberText.table($0)) }),
      y: Axis("Error", unit: .percent, range: -2...2),
      curves: [
        try curve("cos φ 1", .one, .circle, 1), try curve("cos φ 0.5 ind", .two, .square, 2),
        try curve("cos φ 0.8 cap", .three, .triangle, 3),
      ],
      limits: [
        LimitBand(
          "EN 50470-3 class B",
          [
            .init(from: 5, to: 10, limit: 1.5), .init(from: 10, to: 1680, limit: 1),
          ]),
        LimitBand(
          "class C",
          [.init(from: 5, to: 10, limit: 1), .init(from: 10, to: 1680, limit: 0.5)],
          tone: .neutral, isShaded: false),
      ])
  }

  static func temperatureBands() throws -> LinePlot {
    let batch = try (0..<12).map { meter -> Curve in
      var random = SplitMix64(UInt64(meter))
      let slope = (random.fraction() - 0.5) * 0.006
      let places: [Double] = [-40, -25, -10, 5, 23, 40, 55, 70]
      var curve = Curve(
        "", try Series(x: places, values: places.map { ($0 - 23) * slope }), tone: .one)
      curve.isFaint = true
      return curve
    }
    let mean = try Series(x: [-40, 23, 70], values: [-0.03, 0, 0.02])
    let points = Curve(
      "Reference points", try Series(x: [-25, 23, 55], values: [-0.1, 0.01, 0.14]), tone: .six,
      shape: .points, marker: .cross)
    return LinePlot(
      PlotFrame(title: "Influence of temperature variation", width: 560, height: 360),
      x: Axis("Temperature", unit: .celsius),
      y: Axis("Error", unit: .percent, range: -1...1, decimalSeparator: ","),
      curves: batch + [Curve("Mean of 12 meters", mean, tone: .one, marker: .diamond), points],
      limits: [
        LimitBand(
          "Limit",
          [
            (-40.0, -25.0, 0.9), (-25, -10, 0.7), (-10, 5, 0.5), (5, 30, 0.3),
            (30, 40, 0.5), (40, 55, 0.7), (55, 70, 0.9),
          ].map {
            LimitBand.Tread(from: $0.0, to: $0.1, limit: $0.2)
          })
      ])
  }

  static func scope() throws -> LinePlot {
    let curves = try (0..<3).map { phase -> Curve in
      let values = (0..<161).map { index -> Double in
        let angle = Double(index) * 4.5 - Double(phase) * 120
        return 325 * PortableMath.direction(degrees: angle).sine
          + 12 * PortableMath.direction(degrees: 5 * angle).sine
      }
      return Curve(
        "U\(phase + 1)", try Series(start: 0, step: 0.000_25, values: values),
        tone: [.phase1, .phase2, .phase3][phase])
    }
    return LinePlot(
      PlotFrame(title: "Voltages", width: 480, height: 280),
      x: Axis("Time", unit: .seconds, range: 0...0.04), y: Axis(unit: .volts), curves: curves)
  }

  static func harmonics() -> BarPlot {
    let orders = Array(2...40)
    func values(_ level: Double) -> [Double] {
      orders.map { $0 % 2 == 1 ? level * 30 / Double($0) : level * 2 / Double($0) }
    }
    return BarPlot(
      PlotFrame(title: "Harmonics of the currents"), categoryTitle: "Order",
      categories: orders.map(String.init), y: Axis("of the fundamental", unit: .percent),
      groups: [
        .init("L1", values(1.3), tone: .phase1), .init("L2", values(0.8), tone: .phase2),
        .init("L3", values(1), tone: .phase3),
      ], limits: orders.map { $0 > 13 ? .nan : 14 - Double($0) * 0.8 }, limitLabel: "Limit")
  }

  static func tariffs() -> BarPlot {
    BarPlot(
      PlotFrame(title: "Energy by tariff", width: 360, height: 220),
      categories: ["T1", "T2", "T3", "T4"], y: Axis(unit: .wattHours),
      groups: [
        .init("A+", [1_843_000, 912_000, 377_000, 51_000], tone: .one),
        .init("A−", [-643_000, -12_000, -377_000, .nan], tone: .three),
      ])
  }

  static func phasors() -> PhasorPlot {
    PhasorPlot(
      PlotFrame(title: "Phasors", summary: "Inductive import.", width: 480, height: 400),
      phasors: [
        .init(.voltage, phase: 1, magnitude: 230.4, angle: 0),
        .init(.voltage, phase: 2, magnitude: 229.1, angle: -120.3),
        .init(.voltage, phase: 3, magnitude: 231, angle: 119.8),
        .init(.current, phase: 1, magnitude: 9.87, angle: -25),
        .init(.current, phase: 2, magnitude: 6.2, angle: -160.3),
        .init(.current, phase: 3, magnitude: 3.105, angle: 119.8),
      ], quadrants: [1])
  }

  static func phasorsExport() -> PhasorPlot {
    PhasorPlot(
      PlotFrame(title: "Phasors, solar noon", width: 480, height: 400),
      phasors: [
        .init(.voltage, phase: 1, magnitude: 236, angle: 40),
        .init(.voltage, phase: 2, magnitude: 0, angle: 0),
        .init(.voltage, phase: 3, magnitude: 234, angle: 160),
        .init(.current, phase: 1, magnitude: 14.2, angle: 200),
        .init(.current, phase: 3, magnitude: 2, angle: .nan),
      ], quadrants: [2, 3], reference: .current)
  }
}
