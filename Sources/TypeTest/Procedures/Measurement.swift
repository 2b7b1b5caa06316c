/// One thing that the bench does on one meter. Points are made of them, and share them: a change
/// and the intrinsic error need the same reference measurement once.
enum Measurement: Hashable, Sendable {
  case error(TestConditions, repeats: Int)
  /// The time limit bounds how long a meter that does not start is waited for.
  case starting(TestConditions, limit_s: Double)
  case noLoad(TestConditions, seconds: Double)
  case startUp(TestConditions)
  case agreement(TestConditions)
  case selfHeating(TestConditions)
  case dips(TestConditions)
  case shortOvercurrent(TestConditions)
  case pulseTiming(TestConditions)
  case overrange(TestConditions)
  case capacity(TestConditions, hours: Double)

  var conditions: TestConditions {
    switch self {
    case .error(let c, _), .starting(let c, _), .noLoad(let c, _), .startUp(let c),
      .agreement(let c), .selfHeating(let c), .dips(let c), .shortOvercurrent(let c),
      .pulseTiming(let c), .overrange(let c), .capacity(let c, _):
      c
    }
  }
}

/// A measurement on the calibrated or the uncalibrated meter.
struct BenchJob: Hashable, Sendable {
  var measurement: Measurement
  var isCalibrated = true
}

/// What a measurement on one meter gave.
struct Finding: Sendable {
  /// What is judged, one for each repeat; in the unit of the procedure.
  var values: [Double]
  var notes: [String] = []
  var simulated_s = 0.0
  /// Why nothing was measured.
  var refusal: String?
}

extension TestPoint {
  /// What has to be measured for this point; empty where nothing is.
  var jobs: [BenchJob] {
    switch procedure {
    case .error:
      let job = BenchJob(measurement: .error(conditions, repeats: 1))
      guard conditions == conditions.atReference else { return [job] }
      return [job, BenchJob(measurement: job.measurement, isCalibrated: false)]
    case .change, .temperatureCoefficient:
      return [conditions, referenceConditions].map { BenchJob(measurement: .error($0, repeats: 1)) }
    case .composite:
      return compositeConditions.map { BenchJob(measurement: .error($0, repeats: 1)) }
    case .repeatability: return [BenchJob(measurement: .error(conditions, repeats: 5))]
    case .meterConstant, .dial: return [BenchJob(measurement: .agreement(conditions))]
    case .starting:
      return [BenchJob(measurement: .starting(conditions, limit_s: startingLimit_s))]
    case .noLoad: return [BenchJob(measurement: .noLoad(conditions, seconds: noLoad_s))]
    case .startUp: return [BenchJob(measurement: .startUp(conditions))]
    case .selfHeating: return [BenchJob(measurement: .selfHeating(conditions))]
    case .dips: return [BenchJob(measurement: .dips(conditions))]
    case .shortOvercurrent: return [BenchJob(measurement: .shortOvercurrent(conditions))]
    case .pulseTiming: return [BenchJob(measurement: .pulseTiming(conditions))]
    case .overrange: return [BenchJob(measurement: .overrange(conditions))]
    case .registerCapacity:
      guard case .capacity(let hours) = criterion else { return [] }
      return [BenchJob(measurement: .capacity(conditions, hours: hours))]
    case .hardware: return []
    }
  }

  /// Reference, the temperature, 0.9 and 1.1 Un, 0.98 and 1.02 fn: in this order.
  var compositeConditions: [TestConditions] {
    let reference = conditions.atReference
    var all = [reference]
    func with(_ change: (inout TestConditions) -> Void) {
      var changed = reference
      change(&changed)
      all.append(changed)
    }
    with { $0.temperature_C = conditions.temperature_C }
    with { $0.voltageFactor = 0.9 }
    with { $0.voltageFactor = 1.1 }
    with { $0.frequencyFactor = 0.98 }
    with { $0.frequencyFactor = 1.02 }
    return all
  }

  private var startingLimit_s: Double {
    if case .startsWithin(let seconds) = criterion { seconds } else { 900 }
  }

  /// A register shows at once what a pulse takes its time to show.
  private var noLoad_s: Double {
    if case .pulsesAtMost(_, let seconds) = criterion { seconds } else { 120 }
  }
}
