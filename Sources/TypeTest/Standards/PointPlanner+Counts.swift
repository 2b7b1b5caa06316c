/// Starting, no load, dips, capacity, and what every laboratory adds.
extension PointPlanner {
  mutating func addCount(_ row: LimitRow, _ limit: Double) {
    switch row.subject {
    case .startingTime: addStarting(row, limit)
    case .noLoadPulses: addNoLoad(row, limit)
    case .startUp:
      append(
        row, .startUp, .startsWithin(seconds: limit),
        load(currents.basic_A, usualFactor, mainRegister(usualFactor)))
    case .dips: addDips(row, limit)
    case .capacity:
      append(
        row, .registerCapacity, .capacity(hours: limit),
        load(currents.maximum_A, .unity, .activeImport))
    // Currents and durations are used by other points; ratios belong to the type, not to a meter.
    default: break
    }
  }

  private var usualFactor: LoadFactor { standard.isReactive ? .sineUnity : .unity }

  // MARK: starting and no load

  /// First pulse within `share` times the time between pulses, and again.
  private mutating func addStarting(_ row: LimitRow, _ share: Double) {
    let amperes = currents.starting_A
    let energy_Ws = 3.6e6 / Self.pulsesPerKilowattHour
    for register in registers(usualFactor) {
      let seconds = share * energy_Ws / power_W(amperes)
      append(
        row, .starting, .startsWithin(seconds: seconds), load(amperes, usualFactor, register))
    }
    guard systems.count > 1, !isAron, !standard.isReactive else { return }
    for loaded in systems {
      let seconds = share * energy_Ws / power_W(amperes, systems: 1)
      append(
        row, .starting, .startsWithin(seconds: seconds),
        load(amperes, usualFactor, .activeImport, loaded: loaded))
    }
  }

  private mutating func addNoLoad(_ row: LimitRow, _ limit: Double) {
    let parts: [Double] = standard == .mid ? [0.8, 1.1] : [1.15]
    for register in registers(usualFactor).prefix(standard.isReactive ? 2 : 1) {
      for part in parts {
        var conditions = load(0, usualFactor, register)
        conditions.voltageFactor = part
        append(
          row, .noLoad,
          .pulsesAtMost(count: Int(limit), seconds: noLoad_s(part)), conditions,
          name: "\(register.rawValue).\(part)Un",
          detail: "\(register.rawValue), \(part) Un")
      }
    }
  }

  /// Duration of the test without load, s, by the formula of the standard.
  private func noLoad_s(_ voltagePart: Double) -> Double {
    let elements = Double(systems.count)
    let pulses = Self.pulsesPerKilowattHour
    let coefficient =
      standard.limit(.noLoadTime, meterClass)
      ?? Standard.en50470.limit(.noLoadTime, .b) ?? 240_000
    switch standard {
    case .iec62053_21, .iec62053_23:
      return coefficient / (pulses * elements * nominal_V * currents.maximum_A) * 60
    case .r46:
      let base = errorLimit(currents.minimum_A, .unity) ?? 1
      return coefficient / (base * pulses * elements * nominal_V * currents.minimum_A) * 3600
    default:
      let volts = nominal_V * voltagePart
      return coefficient / (pulses * elements * volts * currents.starting_A) * 60
    }
  }

  // MARK: dips

  private mutating func addDips(_ row: LimitRow, _ limit: Double) {
    let change = limit * 1e-6 * Double(systems.count) * nominal_V * currents.maximum_A
    let waves: [(WaveformID, String)] = [
      (.interruptions, "three interruptions of 1 s, 50 ms between"),
      (.cycleInterruption, "interruption of one cycle"), (.dip, "dip to half for one minute"),
    ]
    for (wave, detail) in waves {
      var conditions = load(0, .unity, .activeImport)
      conditions.waveform = wave
      append(
        row, .dips, .registerChange(kilowattHours: change), conditions, name: wave.rawValue,
        detail: detail)
    }
  }

  // MARK: what every laboratory adds

  /// Meter constant, dial, pulses, converter range and the waveforms of dimmed lamps.
  mutating func addCommon() {
    guard standard != .iec62052_11, !standard.isInformative else { return }
    let clause = standard == .en50470 ? "8.7" : standard == .r46 ? "6.2.5" : "8.4"
    let factor = usualFactor
    let constant = row(clause, .meterConstant, .balanced, [factor], nil, [meterClass: 1])
    for register in registers(factor) {
      append(
        constant, .meterConstant, .registerAgreement(wattHours: 1),
        load(currents.basic_A, factor, register), name: "pulses")
    }
    append(
      constant, .dial, .registerAgreement(wattHours: 1),
      load(currents.maximum_A, factor, mainRegister(factor)), name: "dial", detail: "dial test")
    guard !standard.isReactive else { return }
    addPulses()
    append(
      special(
        "overrange", "samples at the end stops of the converter, 1.2 Imax", .overrange,
        .clippedAtMost(count: 0), currents.maximum_A * 1.2, "bench"))
    guard standard == .en50470 || standard == .iec62053_21_2020 else { return }
    addDimmers()
  }

  private mutating func addPulses() {
    // Up to 60 kW, which is 86 A on three phases, DIN 43864 can be kept at 1000 imp/kWh.
    let limit_A = 60_000 / power_W(1)
    append(
      special(
        "pulses.standard", "light and S0 output up to 60 kW", .pulseTiming,
        .pulseTiming(width_ms: 30, pause_ms: 30), min(limit_A * 0.999, currents.maximum_A),
        "DIN 43864"))
    guard currents.maximum_A > limit_A else { return }
    append(
      special(
        "pulses.maximum", "light and S0 output above 60 kW, outside DIN 43864", .pulseTiming,
        .pulseTiming(width_ms: 30, pause_ms: 15), currents.maximum_A, "bench"))
  }

  /// Pulsed currents of lamps behind a dimmer, which led real meters astray; limited as the
  /// phase-fired wave is.
  private mutating func addDimmers() {
    guard let limit = standard.limit(.oddHarmonics, meterClass) else { return }
    for (wave, angle) in [(WaveformID.dimmer45, 45), (.dimmer90, 90), (.dimmer135, 135)] {
      var point = special(
        "dimmer.\(angle)", "dimmed LED and fluorescent lamps at \(angle)°", .change,
        .changeLimit(percent: limit), currents.basic_A / 5, "bench, limit of odd harmonics")
      point.confidence = .unsure
      point.conditions.waveform = wave
      append(point)
    }
  }

  private func special(
    _ id: String, _ title: String, _ procedure: TestProcedure, _ criterion: TestCriterion,
    _ amperes: Double, _ clause: String
  ) -> TestPoint {
    TestPoint(
      id: id, title: title, procedure: procedure, clause: clause,
      conditions: load(amperes, .unity, .activeImport), criterion: criterion)
  }
}
