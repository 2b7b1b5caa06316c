/// Turns findings into results: the arithmetic of each procedure, and the comparison with what is
/// allowed.
struct Evaluation {
  let point: TestPoint
  /// Findings of each meter.
  let meters: [[BenchJob: Finding]]

  var result: TestPointResult {
    if case .notTested(let reason) = point.criterion { return untested(reason) }
    let jobs = point.jobs
    guard !jobs.isEmpty else { return untested("only hardware can prove it") }
    for job in jobs {
      for meter in meters {
        if let refusal = meter[job]?.refusal { return untested(refusal) }
        if meter[job] == nil { return untested("not measured") }
      }
    }
    let values = meters.map { figures($0, jobs) }
    let spread = FigureSpread(repeats: values)
    let before = uncalibrated(jobs)
    let isMeasured = values.allSatisfy { $0.allSatisfy(\.isFinite) }
    let verdict: TestVerdict =
      point.criterion == .informative
      ? .informative : isMeasured && isPassed(values) ? .passed : .failed
    let simulated = meters.reduce(0) { sum, meter in
      jobs.reduce(sum) { $0 + (meter[$1]?.simulated_s ?? 0) }
    }
    return TestPointResult(
      point: point, verdict: verdict, unit: unit, figures: spread, uncalibrated: before,
      notes: notes(jobs), simulated_s: simulated)
  }

  private func untested(_ reason: String) -> TestPointResult {
    TestPointResult(point: point, verdict: .notTested(reason: reason), unit: unit)
  }

  private var unit: FigureUnit {
    switch point.procedure {
    case .temperatureCoefficient: return .percentPerKelvin
    case .starting, .startUp: return .seconds
    case .noLoad:
      if case .registerChange = point.criterion { return .wattHours }
      return .pulses
    case .meterConstant, .dial: return .wattHours
    case .dips: return .kilowattHours
    case .pulseTiming: return .milliseconds
    case .overrange: return .samples
    case .registerCapacity: return .hours
    default: return .percent
    }
  }

  /// What is judged on one meter; one figure for each repeat.
  private func figures(_ findings: [BenchJob: Finding], _ jobs: [BenchJob]) -> [Double] {
    func values(_ index: Int) -> [Double] { findings[jobs[index]]?.values ?? [] }
    func mean(_ index: Int) -> Double {
      let all = values(index)
      return all.reduce(0, +) / Double(max(all.count, 1))
    }
    switch point.procedure {
    case .change: return [mean(0) - mean(1)]
    case .temperatureCoefficient:
      let kelvin = point.conditions.temperature_C - point.referenceConditions.temperature_C
      return [kelvin == 0 ? 0 : (mean(0) - mean(1)) / kelvin]
    case .composite:
      let change = (1..<jobs.count).map { mean($0) - mean(0) }
      let voltage = max(abs(change[1]), abs(change[2]))
      let frequency = max(abs(change[3]), abs(change[4]))
      let squares = [mean(0), change[0], voltage, frequency].reduce(0) { $0 + $1 * $1 }
      return [squares.squareRoot()]
    case .repeatability:
      return [(values(0).max() ?? 0) - (values(0).min() ?? 0)]
    case .noLoad:
      if case .registerChange = point.criterion { return [values(0).last ?? 0] }
      return [values(0).first ?? 0]
    default: return values(0)
    }
  }

  private func uncalibrated(_ jobs: [BenchJob]) -> FigureSpread? {
    guard let job = jobs.first(where: { !$0.isCalibrated }) else { return nil }
    return FigureSpread(repeats: meters.map { $0[job]?.values ?? [] })
  }

  private func notes(_ jobs: [BenchJob]) -> [String] {
    // Of the first meter, and of every meter where there is more than a way of counting to tell.
    var notes = jobs.filter(\.isCalibrated).flatMap { meters.first?[$0]?.notes ?? [] }
    notes = notes.enumerated().filter { !notes.prefix($0.offset).contains($0.element) }.map(
      \.element)
    return Array(notes.prefix(4))
  }

  private func isPassed(_ values: [[Double]]) -> Bool {
    let all = values.flatMap { $0 }
    guard !all.isEmpty else { return false }
    // Limits in steps of a tenth are compared with some air for binary fractions.
    func within(_ limit: Double) -> Bool { all.allSatisfy { abs($0) <= limit + 1e-9 } }
    switch point.criterion {
    case .errorLimit(let limit), .changeLimit(let limit), .spreadLimit(let limit),
      .temperatureCoefficient(let limit), .startsWithin(let limit),
      .registerAgreement(let limit):
      return within(limit)
    case .registerChange(let limit):
      // No-load figures are in Wh, those of dips in kWh.
      return within(point.procedure == .noLoad ? limit * 1000 : limit)
    case .errorRange(let lowest, let highest):
      return all.allSatisfy { $0 >= lowest && $0 <= highest }
    case .pulsesAtMost(let count, _): return within(Double(count))
    case .pulseTiming(let width, let pause):
      return width <= MeasurementRunner.pulseWidth_ms && all.allSatisfy { $0 >= pause - 1e-6 }
    case .clippedAtMost(let count): return within(Double(count))
    case .capacity(let hours): return all.allSatisfy { $0 >= hours }
    case .informative: return true
    case .notTested: return false
    }
  }
}
