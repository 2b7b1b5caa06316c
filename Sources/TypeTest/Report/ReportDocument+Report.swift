extension ReportDocument {
  /// A report with its head, as a file.
  public init(_ report: TypeTestReport, _ head: ReportHead) {
    date = head.date
    software = head.software
    let subject = report.subject
    self.subject = Subject(
      variant: subject.variant, standard: subject.standard,
      standardTitle: Standard(named: subject.standard)?.title ?? subject.standard,
      accuracyClass: subject.accuracyClass, seed: String(subject.seed), meters: subject.meters,
      device: subject.device)
    passed = report.hasPassed
    counts = Counts(report.results)
    simulated_s = rounded(report.simulated_s, 1e3)
    elapsed_s = rounded(report.elapsed_s, 1e3)
    secondsPerSimulatedHour = rounded(report.secondsPerSimulatedHour, 1e6)
    points = report.results.map(Point.init)
    diagrams = report.diagrams.map(DiagramRecord.init)
  }
}

/// A number of so many parts of one.
private func rounded(_ value: Double, _ parts: Double) -> Double {
  value.isFinite && abs(value) < 1e6 ? (value * parts).rounded() / parts : value
}

extension ReportDocument.Counts {
  /// Counts verdicts.
  init(_ results: [TestPointResult]) {
    for result in results {
      switch result.verdict {
      case .passed: passed += 1
      case .failed: failed += 1
      case .informative: informative += 1
      case .notTested: notTested += 1
      }
    }
  }
}

extension ReportDocument.Point {
  fileprivate init(_ result: TestPointResult) {
    let point = result.point
    id = point.id
    title = point.title
    procedure = point.procedure.rawValue
    clause = point.clause
    confidence = point.confidence.mark
    conditions = ReportDocument.Conditions(point.conditions)
    criterion = ReportDocument.Criterion(point.criterion, result.unit)
    switch result.verdict {
    case .passed: verdict = "passed"
    case .failed: verdict = "failed"
    case .informative: verdict = "informative"
    case .notTested: verdict = "not_tested"
    }
    reason = result.verdict.reason
    unit = result.unit.rawValue
    figures = result.figures.map(ReportDocument.Spread.init)
    uncalibrated = result.uncalibrated.map(ReportDocument.Spread.init)
    notes = result.notes
    simulated_s = rounded(result.simulated_s, 1e3)
  }
}

extension ReportDocument.Conditions {
  fileprivate init(_ conditions: TestConditions) {
    voltageFactor = conditions.voltageFactor
    energised = conditions.energised.names
    current_A = rounded(conditions.current_A, 1e9)
    loaded = conditions.loaded.names
    reversed = conditions.reversed.names
    lag_deg = rounded(conditions.lag_deg, 1e9)
    factor = rounded(conditions.factor, 1e9)
    register = conditions.register.rawValue
    frequencyFactor = conditions.frequencyFactor
    temperature_C = conditions.temperature_C
    waveform = conditions.waveform.rawValue
    isSequenceReversed = conditions.isSequenceReversed
  }
}

extension PhaseSet {
  /// `["L1", "L3"]`.
  fileprivate var names: [String] { (0..<3).filter(contains(index:)).map { "L\($0 + 1)" } }
}

extension ReportDocument.Criterion {
  fileprivate init(_ criterion: TestCriterion, _ unit: FigureUnit) {
    kind = "informative"
    switch criterion {
    case .errorLimit(let percent): self.set("errorLimit", -percent, percent)
    case .errorRange(let lowest, let highest): self.set("errorRange", lowest, highest)
    case .changeLimit(let percent): self.set("changeLimit", -percent, percent)
    case .temperatureCoefficient(let percent):
      self.set("temperatureCoefficient", -percent, percent)
    case .spreadLimit(let percent): self.set("spreadLimit", nil, percent)
    case .startsWithin(let seconds): self.set("startsWithin", nil, seconds)
    case .pulsesAtMost(let count, let seconds):
      self.set("pulsesAtMost", nil, Double(count))
      duration_s = rounded(seconds, 1e3)
    case .registerAgreement(let wattHours):
      self.set("registerAgreement", -wattHours, wattHours)
    case .registerChange(let kilowattHours):
      self.set("registerChange", nil, unit == .wattHours ? kilowattHours * 1000 : kilowattHours)
    case .pulseTiming(let width, let pause):
      kind = "pulseTiming"
      width_ms = width
      pause_ms = pause
    case .clippedAtMost(let count): self.set("clippedAtMost", nil, Double(count))
    case .capacity(let hours): self.set("capacity", hours, nil)
    case .informative: break
    case .notTested: kind = "notTested"
    }
  }

  private mutating func set(_ kind: String, _ lower: Double?, _ upper: Double?) {
    self.kind = kind
    self.lower = lower.map { rounded($0, 1e9) }
    self.upper = upper.map { rounded($0, 1e9) }
  }
}

extension ReportDocument.Spread {
  fileprivate init(_ spread: FigureSpread) {
    count = spread.count
    mean = rounded(spread.mean, 1e9)
    minimum = rounded(spread.minimum, 1e9)
    maximum = rounded(spread.maximum, 1e9)
    rms = rounded(spread.rms, 1e9)
    deviation = rounded(spread.standardDeviation, 1e9)
    repeatDeviation = rounded(spread.repeatDeviation, 1e9)
    meters = spread.meters.map { rounded($0, 1e9) }
  }
}

extension ReportDocument.DiagramRecord {
  fileprivate init(_ diagram: Diagram) {
    id = diagram.id
    title = diagram.title
    axis = diagram.axis
    ticks = diagram.ticks
    logarithmic = diagram.isLogarithmic
    worst = rounded(diagram.worst, 1e9)
    curves = diagram.curves.map { curve in
      ReportDocument.CurveRecord(
        name: curve.name,
        places: curve.places.map { place in
          ReportDocument.Place(
            x: place.x, error: ReportDocument.Spread(place.error),
            uncalibrated: place.uncalibrated.map(ReportDocument.Spread.init))
        })
    }
  }
}
