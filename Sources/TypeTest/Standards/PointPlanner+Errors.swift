/// Points at reference conditions, and changes by influences.
extension PointPlanner {
  // MARK: intrinsic error

  mutating func addErrors(_ row: LimitRow, _ limit: Double) {
    guard let span = row.currents else { return }
    for factor in row.factors {
      for (number, register) in registers(factor).enumerated() {
        // The first direction as a whole curve, the other one at its ends.
        let density: TypeCurrents.Density =
          row.load == .balanced && number == 0 ? .curve : .ends
        for amperes in currents.steps(span, density) {
          addError(row, limit, amperes, factor, register)
        }
      }
    }
  }

  private mutating func addError(
    _ row: LimitRow, _ limit: Double, _ amperes: Double, _ factor: LoadFactor,
    _ register: EnergyRegister
  ) {
    let sets = row.load == .onePhase ? systems : [.all]
    for loaded in sets {
      append(
        row, .error, .errorLimit(percent: limit),
        load(amperes, factor, register, loaded: loaded))
      // The other quadrant of a reactive register, where sine 1 is one and the same.
      if factor.isReactive, factor != .sineUnity, row.load == .balanced {
        append(
          row, .error, .errorLimit(percent: limit),
          load(amperes, factor, register, loaded: loaded, isReturned: true))
      }
    }
  }

  mutating func addDifferences(_ row: LimitRow, _ limit: Double) {
    guard let span = row.currents, let factor = row.factors.first else { return }
    let amperes = currents.amperes(span.from)
    for register in registers(factor) {
      for loaded in systems {
        append(
          row, .change, .changeLimit(percent: limit),
          load(amperes, factor, register, loaded: loaded),
          reference: load(amperes, factor, register))
      }
    }
  }

  mutating func addRepeats(_ row: LimitRow, _ share: Double) {
    guard let span = row.currents, let factor = row.factors.first else { return }
    let amperes = currents.amperes(span.from)
    let base = errorLimit(amperes, factor) ?? 1
    let percent = (share * base * 1e6).rounded() / 1e6
    append(
      row, .repeatability, .spreadLimit(percent: percent),
      load(amperes, factor, mainRegister(factor)))
  }

  /// The limit of the intrinsic error of a balanced load at a current.
  func errorLimit(_ amperes: Double, _ factor: LoadFactor) -> Double? {
    standard.rows.first { row in
      guard row.subject == .error, row.load == .balanced, row.factors.contains(factor),
        let span = row.currents
      else { return false }
      let low = currents.amperes(span.from) * 0.999_9
      let high = currents.amperes(span.to) * (span.includesEnd ? 1.000_1 : 0.999_9)
      return amperes >= low && amperes <= high
    }?.limits[meterClass]
  }

  // MARK: influences

  mutating func addInfluence(_ row: LimitRow, _ limit: Double) {
    guard let span = row.currents, let factor = row.factors.first else { return }
    let register = mainRegister(factor)
    let middle = currents.steps(span, .middle)
    switch row.subject {
    case .voltage:
      for amperes in currents.steps(span, .ends) {
        for part in [0.9, 1.1] { addVoltage(row, .change, limit, amperes, part) }
      }
    case .voltageWide:
      for part in [0.8, 1.15] { addVoltage(row, .change, limit, middle[0], part) }
    case .voltageLow:
      for part in [0.4, 0.5, 0.6, 0.7] { addVoltage(row, .error, limit, middle[0], part) }
    case .frequency:
      for amperes in currents.steps(span, .ends) {
        for part in [0.98, 1.02] {
          var conditions = load(amperes, factor, register)
          conditions.frequencyFactor = part
          append(
            row, .change, .changeLimit(percent: limit), conditions, name: "\(part)fn",
            detail: "\(part) fn")
        }
      }
    case .temperature: addTemperatures(row, limit, middle[0], factor)
    case .selfHeating:
      append(row, .selfHeating, .changeLimit(percent: limit), load(middle[0], factor, register))
    default:
      append(
        row, .shortOvercurrent, .changeLimit(percent: limit), load(middle[0], factor, register))
    }
  }

  private mutating func addVoltage(
    _ row: LimitRow, _ procedure: TestProcedure, _ limit: Double, _ amperes: Double, _ part: Double
  ) {
    guard let factor = row.factors.first else { return }
    var conditions = load(amperes, factor, mainRegister(factor))
    conditions.voltageFactor = part
    append(
      row, procedure,
      procedure == .error
        ? .errorRange(lowest: row.lower(limit), highest: limit) : .changeLimit(percent: limit),
      conditions, name: "\(part)Un", detail: "\(part) Un")
  }

  private mutating func addTemperatures(
    _ row: LimitRow, _ limit: Double, _ amperes: Double, _ factor: LoadFactor
  ) {
    for celsius in [-40.0, -10, 40, 70] {
      var conditions = load(amperes, factor, mainRegister(factor))
      conditions.temperature_C = celsius
      append(
        row, .temperatureCoefficient, .temperatureCoefficient(percentPerKelvin: limit),
        conditions, name: "\(Self.short(celsius))C", detail: "\(Self.short(celsius)) °C")
    }
  }

  // MARK: waveforms and network

  /// Marks of cut waves: 0.5 Iref is the whole sine that is cut; Imax/√2 is what remains of Imax
  /// when one direction is cut away.
  mutating func addWaveform(_ row: LimitRow, _ limit: Double) {
    guard let span = row.currents, let factor = row.factors.first else { return }
    let waves: [WaveformID]
    switch row.subject {
    case .fifthHarmonic: waves = [.fifthHarmonic]
    case .halfWave: waves = [.halfWave]
    case .subHarmonics: waves = [.burst]
    default: waves = [.phaseFired]
    }
    let mark = currents.amperes(span.from)
    for wave in waves {
      var conditions = load(
        wave == .halfWave ? mark * 2.0.squareRoot() : mark, factor, mainRegister(factor))
      conditions.waveform = wave
      append(row, .change, .changeLimit(percent: limit), conditions, name: wave.rawValue)
    }
  }

  mutating func addSequence(_ row: LimitRow, _ limit: Double) {
    guard let span = row.currents, let factor = row.factors.first else { return }
    var conditions = load(currents.amperes(span.from), factor, mainRegister(factor))
    conditions.isSequenceReversed = true
    append(row, .change, .changeLimit(percent: limit), conditions, name: "reversed")
  }

  mutating func addUnbalance(_ row: LimitRow, _ limit: Double) {
    guard let span = row.currents, let factor = row.factors.first else { return }
    for word in 1..<UInt8(7) {
      let energised = PhaseSet(rawValue: word).intersection(all)
      guard !energised.isEmpty, energised != all, energised.rawValue == word else { continue }
      var conditions = load(currents.amperes(span.from), factor, mainRegister(factor))
      conditions.energised = energised
      append(
        row, .change, .changeLimit(percent: limit), conditions,
        name: "only.\(energised.text)", detail: "voltage on \(energised.text) only")
    }
  }

  // MARK: errors in operation

  mutating func addComposite(_ row: LimitRow, _ limit: Double) {
    guard let span = row.currents else { return }
    let edges: [Double]
    switch row.subject {
    case .compositeNear: edges = [5, 30]
    case .compositeMiddle: edges = [-10, 40]
    case .compositeWide: edges = [-25, 55]
    default: edges = [-40, 70]
    }
    for celsius in edges {
      for factor in row.factors {
        let isCurve = row.load == .balanced && factor == .unity
        if !isCurve, !span.includesEnd { continue }
        if row.load == .onePhase, factor != .unity { continue }
        let steps = currents.steps(span, isCurve ? .ends : .middle)
        for amperes in isCurve && !span.includesEnd ? [steps[0]] : steps {
          for loaded in row.load == .onePhase ? systems : [.all] {
            var conditions = load(amperes, factor, .activeImport, loaded: loaded)
            conditions.temperature_C = celsius
            append(
              row, .composite, .errorLimit(percent: limit), conditions,
              name: "\(Self.short(celsius))C", detail: "\(Self.short(celsius)) °C")
          }
        }
      }
    }
  }
}
