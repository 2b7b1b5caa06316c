import Charts

/// The pictures of a report.
struct ReportCharts {
  let context: ReportContext
  /// What the five diagrams aim at, percent.
  static let goal = 0.1

  private static let tones: [Tone] = [.one, .two, .three, .four, .five, .six]
  private static let markers: [Charts.Curve.Marker] = [
    .circle, .square, .triangle, .diamond, .cross,
  ]

  init(_ context: ReportContext) { self.context = context }

  // MARK: the five diagrams

  /// As the data sheet draws it: −1 to +1 %, its ticks.
  func dataSheetPlot(_ diagram: Diagram) -> LinePlot {
    var limits = [goalBand(diagram)]
    if diagram.id == 5, !context.operatingTreads.isEmpty {
      limits.append(
        LimitBand("limit of the class, from Itr", context.operatingTreads, isShaded: false))
    }
    return LinePlot(
      PlotFrame(
        title: "\(diagram.id). \(diagram.title)", summary: summary(diagram), width: 560,
        height: 330),
      x: axis(diagram),
      y: Axis(
        "Error", unit: .percent, range: -1...1,
        ticks: [-1, -0.5, 0, 0.5, 1].map { Tick($0, FigureText.signed($0, 1)) }),
      curves: curves(diagram, hasSpread: false), limits: limits)
  }

  /// The same as large as the errors allow, with the lowest and highest meter.
  func magnifiedPlot(_ diagram: Diagram) -> LinePlot {
    let reach = Self.reach(max(diagram.worst, Self.goal))
    return LinePlot(
      PlotFrame(
        title: "\(diagram.id). magnified", summary: summary(diagram), width: 560, height: 330),
      x: axis(diagram), y: Axis("Error", unit: .percent, range: -reach...reach),
      curves: curves(diagram, hasSpread: true), limits: [goalBand(diagram)])
  }

  private func summary(_ diagram: Diagram) -> String {
    let curves = diagram.curves.map { curve in
      let worst = curve.places.map(\.error.worst).max() ?? 0
      return "\(curve.name): at most \(FigureText.plain(worst, 4)) %"
    }
    return curves.joined(separator: "; ") + "."
  }

  private func axis(_ diagram: Diagram) -> Axis {
    let places = diagram.curves.flatMap(\.places).map(\.x) + diagram.ticks
    let low = places.min() ?? 0
    let high = places.max() ?? 1
    let margin = (high - low) * 0.03
    return Axis(
      diagram.axis, scale: diagram.isLogarithmic ? .logarithmic : .linear,
      range: diagram.isLogarithmic
        ? max(low * 0.85, 1e-6)...max(high * 1.15, 1e-5) : low - margin...high + margin,
      ticks: diagram.ticks.map { Tick($0, FigureText.short($0)) })
  }

  private func goalBand(_ diagram: Diagram) -> LimitBand {
    let places = diagram.curves.flatMap(\.places).map(\.x)
    return LimitBand(
      "goal ±\(FigureText.short(Self.goal)) %",
      [.init(from: places.min() ?? 0, to: places.max() ?? 1, limit: Self.goal)], tone: .three,
      isShaded: false)
  }

  private func curves(_ diagram: Diagram, hasSpread: Bool) -> [Charts.Curve] {
    var all: [Charts.Curve] = []
    for (number, curve) in diagram.curves.enumerated() {
      let places = curve.places.sorted { $0.x < $1.x }
      let tone = Self.tones[number % Self.tones.count]
      let x = places.map(\.x)
      if hasSpread, places.contains(where: { $0.error.count > 1 }) {
        for values in [places.map(\.error.minimum), places.map(\.error.maximum)] {
          all += line("", x, values, tone, nil).map(faint)
        }
      }
      all += line(
        curve.name, x, places.map(\.error.mean), tone, Self.markers[number % Self.markers.count])
    }
    return all
  }

  private func faint(_ curve: Charts.Curve) -> Charts.Curve {
    var curve = curve
    curve.isFaint = true
    return curve
  }

  private func line(
    _ label: String, _ x: [Double], _ values: [Double], _ tone: Tone,
    _ marker: Charts.Curve.Marker?, shape: Charts.Curve.Shape = .slopes
  ) -> [Charts.Curve] {
    guard let series = try? Series(x: x, values: values), series.count > 0 else { return [] }
    return [Charts.Curve(label, series, tone: tone, shape: shape, marker: marker)]
  }

  /// A round number a little above a size: 1, 1.5, 2, 3, 5 or 7.5 times a power of ten.
  static func reach(_ size: Double) -> Double {
    var decade = 1e-6
    while decade < 1e6 {
      for mantissa in [1, 1.5, 2, 3, 5, 7.5] where mantissa * decade >= size * 1.15 {
        return mantissa * decade
      }
      decade *= 10
    }
    return size
  }

  // MARK: error curves with staircases

  /// Results at reference conditions that belong into one picture.
  struct ErrorFamily {
    var register: EnergyRegister
    var load: LoadPattern
    var results: [TestPointResult]

    var title: String {
      "\(register.rawValue), " + (load == .balanced ? "balanced load" : "one phase loaded")
    }
  }

  var families: [ErrorFamily] {
    var found: [ErrorFamily] = []
    for result in context.report.results where result.figures != nil {
      let point = result.point
      guard PointGroup(point) == .intrinsic, point.conditions.current_A > 0 else { continue }
      let load: LoadPattern = context.isBalanced(point.conditions) ? .balanced : .onePhase
      let register = point.conditions.register
      if let index = found.firstIndex(where: { $0.register == register && $0.load == load }) {
        found[index].results.append(result)
      } else {
        found.append(ErrorFamily(register: register, load: load, results: [result]))
      }
    }
    return found
  }

  /// Error over current between the limits; one curve for each power factor (and phase).
  func funnelPlot(_ family: ErrorFamily) -> LinePlot {
    let limits = staircases(family)
    let widest = limits.flatMap(\.treads).map(\.upper).max() ?? 1
    return errorPlot(
      family, title: family.title, reach: Self.reach(max(widest, worst(family))), limits: limits,
      hasSpread: false)
  }

  /// The same as large as the errors allow.
  func magnifiedFunnelPlot(_ family: ErrorFamily) -> LinePlot {
    errorPlot(
      family, title: "\(family.title), magnified", reach: Self.reach(max(worst(family), 0.01)),
      limits: [], hasSpread: true)
  }

  private func worst(_ family: ErrorFamily) -> Double {
    family.results.compactMap(\.figures?.worst).max() ?? 0
  }

  private func errorPlot(
    _ family: ErrorFamily, title: String, reach: Double, limits: [LimitBand], hasSpread: Bool
  ) -> LinePlot {
    var curves: [Charts.Curve] = []
    let sorted = Dictionary(grouping: family.results) { context.curveName($0.point, family.load) }
      .sorted { $0.key < $1.key }
    for (number, group) in sorted.enumerated() {
      let places = group.value.sorted {
        $0.point.conditions.current_A < $1.point.conditions.current_A
      }
      let x = places.map(\.point.conditions.current_A)
      let tone = Self.tones[number % Self.tones.count]
      if hasSpread, places.contains(where: { ($0.figures?.count ?? 0) > 1 }) {
        for pick in [\FigureSpread.minimum, \FigureSpread.maximum] {
          let values = places.map { $0.figures.map { $0[keyPath: pick] } ?? .nan }
          curves += line("", x, values, tone, nil).map(faint)
        }
      }
      curves += line(
        group.key, x, places.map { $0.figures?.mean ?? .nan }, tone,
        Self.markers[number % Self.markers.count])
    }
    let currents = family.results.map(\.point.conditions.current_A)
    let low = (currents.min() ?? 0.1) * 0.8
    let high = (currents.max() ?? 100) * 1.2
    return LinePlot(
      PlotFrame(
        title: title,
        summary: "Error in percent over current, at most \(FigureText.plain(worst(family), 4)) %.",
        width: 560, height: 330),
      x: Axis(
        "Current", unit: Unit("A", takesPrefix: false), scale: .logarithmic, range: low...high),
      y: Axis("Error", unit: .percent, range: -reach...reach), curves: curves, limits: limits)
  }

  /// The limits of the class, those of other power factors where they differ, and the classes of
  /// IEC 62053-22 for comparison.
  private func staircases(_ family: ErrorFamily) -> [LimitBand] {
    guard let standard = context.standard, let meterClass = context.meterClass else { return [] }
    let main: LoadFactor = family.register.isActive ? .unity : .sineUnity
    let other: LoadFactor = family.register.isActive ? .halfInductive : .sineHalfInductive
    let treads = context.staircase(standard, meterClass, load: family.load, factor: main)
    var bands = [
      LimitBand("\(standard.title) class \(meterClass.rawValue), \(main.title)", treads)
    ]
    let others = context.staircase(standard, meterClass, load: family.load, factor: other)
    if others != treads, !others.isEmpty {
      bands.append(LimitBand(other.title, others, tone: .six, isShaded: false))
    }
    if family.register.isActive, family.load == .balanced, !standard.isInformative {
      for (sClass, tone) in [(MeterClass.s05, Tone.five), (.s02, .neutral)] {
        let overlay = context.staircase(.iec62053_22, sClass, load: .balanced, factor: .unity)
        bands.append(
          LimitBand(
            "62053-22 \(sClass.rawValue), for information", overlay, tone: tone, isShaded: false))
      }
    }
    return bands.filter { !$0.treads.isEmpty }
  }

  // MARK: calibration

  /// Each meter at one load before and after calibration.
  func calibrationPlot(_ result: TestPointResult) -> LinePlot? {
    guard let after = result.figures, let before = result.uncalibrated else { return nil }
    let numbers = before.meters.indices.map { Double($0 + 1) }
    let reach = Self.reach(max(before.worst, after.worst))
    let curves =
      line("before calibration", numbers, before.meters, .two, .cross, shape: .points)
      + line(
        "after calibration", after.meters.indices.map { Double($0 + 1) }, after.meters, .one,
        .circle, shape: .points)
    return LinePlot(
      PlotFrame(
        title: result.point.title,
        summary: "Before: \(FigureText.plain(before.minimum, 3)) to "
          + "\(FigureText.plain(before.maximum, 3)) %; after: "
          + "\(FigureText.plain(after.minimum, 4)) to \(FigureText.plain(after.maximum, 4)) %.",
        width: 560, height: 300),
      x: Axis("Meter", range: 0...Double(before.meters.count + 1)),
      y: Axis("Error", unit: .percent, range: -reach...reach), curves: curves)
  }
}

extension ReportContext {
  /// True where every system of the meter is loaded.
  func isBalanced(_ conditions: TestConditions) -> Bool { conditions.loaded == .all }

  /// `cos φ 0.5 ind`, with the phase where one is loaded.
  func curveName(_ point: TestPoint, _ load: LoadPattern) -> String {
    let factor = LoadWords(point.conditions, LoadFactor.allCases).text
    return load == .balanced ? factor : "\(point.conditions.loaded.text), \(factor)"
  }
}
