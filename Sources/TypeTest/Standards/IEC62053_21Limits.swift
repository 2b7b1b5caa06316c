/// IEC 62053-21, static meters for active energy: the edition of 2003 with the classes 1 and 2,
/// and class 0.5 of the edition of 2020. Figures are corrected here and nowhere else.
enum IEC62053_21Limits {
  /// Classes 1 and 2 of 2003.
  static let rows2003: [LimitRow] = intrinsic + influence + waveforms + fields + counts

  private static let pf1: [LoadFactor] = [.unity]
  private static let half: [LoadFactor] = [.halfInductive]
  private static let cap: [LoadFactor] = [.capacitive08]

  private static let intrinsic: [LimitRow] = [
    row("8.1 table 4", .error, .balanced, pf1, .below(.ib(0.05), .ib(0.1)), oneTwo(1.5, 2.5)),
    row("8.1 table 4", .error, .balanced, pf1, .through(.ib(0.1), .imax), oneTwo(1.0, 2.0)),
    row("8.1 table 4", .error, .balanced, half, .below(.ib(0.1), .ib(0.2)), oneTwo(1.5, 2.5)),
    row("8.1 table 4", .error, .balanced, cap, .below(.ib(0.1), .ib(0.2)), [.one: 1.5]),
    row("8.1 table 4", .error, .balanced, half, .through(.ib(0.2), .imax), oneTwo(1.0, 2.0)),
    row("8.1 table 4", .error, .balanced, cap, .through(.ib(0.2), .imax), [.one: 1.0]),
    row(
      "8.1 table 4", .error, .balanced, [.quarterInductive], .through(.ib(0.2), .ib),
      [.one: 3.5]),
    row(
      "8.1 table 4", .error, .balanced, [.halfCapacitive], .through(.ib(0.2), .ib),
      [.one: 2.5]),
    row("8.1 table 5", .error, .onePhase, pf1, .through(.ib(0.1), .imax), oneTwo(2.0, 3.0)),
    row("8.1 table 5", .error, .onePhase, half, .through(.ib(0.2), .imax), oneTwo(2.0, 3.0)),
    row("8.1", .loadDifference, .onePhase, pf1, .at(.ib), oneTwo(1.5, 2.5)),
  ]

  private static let influence: [LimitRow] = [
    row("8.2 table 6", .voltage, .balanced, pf1, .through(.ib(0.1), .imax), oneTwo(0.7, 1.0)),
    row("8.2 table 6", .voltage, .balanced, half, .through(.ib(0.2), .imax), oneTwo(1.0, 1.5)),
    row(
      "8.2 table 6", .voltageWide, .balanced, pf1, .through(.ib(0.1), .imax), oneTwo(2.1, 3.0)),
    row(
      "8.2 table 6", .voltageWide, .balanced, half, .through(.ib(0.2), .imax),
      oneTwo(3.0, 4.5)),
    row("8.2 table 6", .voltageLow, .balanced, pf1, .through(.ib(0.1), .imax), oneTwo(10, 10)),
    row("8.2 table 6", .frequency, .balanced, pf1, .through(.ib(0.1), .imax), oneTwo(0.5, 0.8)),
    row(
      "8.2 table 6", .frequency, .balanced, half, .through(.ib(0.2), .imax), oneTwo(0.7, 1.0)),
    row(
      "8.2 table 6", .temperature, .balanced, pf1, .through(.ib(0.1), .imax),
      oneTwo(0.05, 0.10)),
    row(
      "8.2 table 6", .temperature, .balanced, half, .through(.ib(0.2), .imax),
      oneTwo(0.07, 0.15)),
    row("7.3", .selfHeating, .balanced, pf1, .at(.imax), oneTwo(0.7, 1.0)),
    row("7.3", .selfHeating, .balanced, half, .at(.imax), oneTwo(1.0, 1.5)),
    row("7.2", .overcurrent, .balanced, pf1, .at(.ib), oneTwo(1.5, 1.5)),
  ]

  private static let waveforms: [LimitRow] = [
    row("8.2 table 6", .fifthHarmonic, .balanced, pf1, .at(.halfImax), oneTwo(0.8, 1.0)),
    row("8.2 table 6", .halfWave, .balanced, pf1, .at(.imaxBySquareRoot2), oneTwo(3.0, 6.0)),
    row("8.2 table 6", .oddHarmonics, .balanced, pf1, .at(.ib(0.5)), oneTwo(3.0, 6.0)),
    row("8.2 table 6", .subHarmonics, .balanced, pf1, .at(.ib(0.5)), oneTwo(3.0, 6.0)),
    row("8.2 table 6", .phaseSequence, .balanced, pf1, .at(.ib(0.1)), oneTwo(1.5, 1.5)),
    row("8.2 table 6", .voltageUnbalance, .balanced, pf1, .at(.ib), oneTwo(2.0, 4.0)),
  ]

  private static let fields: [LimitRow] = [
    row("8.2 table 6", .constantMagnet, .balanced, pf1, .at(.ib), oneTwo(2.0, 3.0)),
    row("8.2 table 6", .alternatingField, .balanced, pf1, .at(.ib), oneTwo(2.0, 3.0)),
    row("8.2 table 6", .radiatedField, .balanced, pf1, .at(.ib), oneTwo(2.0, 3.0)),
    row("8.2 table 6", .conductedField, .balanced, pf1, .at(.ib), oneTwo(2.0, 3.0)),
    row("8.2 table 6", .fastBurst, .balanced, pf1, .at(.ib), oneTwo(4.0, 6.0)),
    row("8.2 table 6", .accessories, .balanced, pf1, .at(.ib(0.05)), oneTwo(0.5, 1.0)),
  ]

  private static let counts: [LimitRow] = [
    row("8.3.3", .startingCurrent, .none, [], nil, oneTwo(0.004, 0.005)),
    row("8.3.3", .startingTime, .balanced, pf1, nil, oneTwo(1.5, 1.5), .unsure),
    row("8.3.2", .noLoadTime, .none, [], nil, oneTwo(600e6, 480e6)),
    row("8.3.2", .noLoadPulses, .none, [], nil, oneTwo(1, 1)),
    row("8.3.1", .startUp, .none, [], nil, oneTwo(5, 5)),
  ]

  // MARK: 2020

  private static func c05(_ limit: Double) -> [MeterClass: Double] { [.half: limit] }

  /// Class 0.5 of 2020. The edition is known by its changes only, so every figure is marked
  /// unsure and is the stricter one of EN 50470-3 class C and IEC 62053-22 class 0.5S.
  static let rows2020: [LimitRow] =
    [
      ([.unity], .balanced, .below(.iN(0.05), .iN(0.1)), 1.0),
      ([.unity], .balanced, .through(.iN(0.1), .imax), 0.5),
      ([.halfInductive, .capacitive08], .balanced, .below(.iN(0.1), .iN(0.2)), 1.0),
      ([.halfInductive, .capacitive08], .balanced, .through(.iN(0.2), .imax), 0.6),
      ([.unity], .onePhase, .through(.iN(0.1), .imax), 0.6),
      ([.halfInductive], .onePhase, .through(.iN(0.2), .imax), 1.0),
    ].map(error2020) + influence2020 + counts2020

  private static func error2020(
    _ line: (factors: [LoadFactor], load: LoadPattern, currents: CurrentSpan, limit: Double)
  ) -> LimitRow {
    row("7.2", .error, line.load, line.factors, line.currents, c05(line.limit), .unsure)
  }

  private static let influence2020: [LimitRow] = [
    row("7.2", .loadDifference, .onePhase, pf1, .at(.iN(1)), c05(1.0), .unsure),
    row("7.3", .voltage, .balanced, pf1, .through(.iN(0.1), .imax), c05(0.2), .unsure),
    row("7.3", .voltage, .balanced, half, .through(.iN(0.2), .imax), c05(0.4), .unsure),
    row("7.3", .voltageWide, .balanced, pf1, .through(.iN(0.1), .imax), c05(0.6), .unsure),
    row("7.3", .voltageWide, .balanced, half, .through(.iN(0.2), .imax), c05(1.2), .unsure),
    row("7.3", .voltageLow, .balanced, pf1, .through(.iN(0.1), .imax), c05(10), .unsure),
    row("7.3", .frequency, .balanced, pf1, .through(.iN(0.1), .imax), c05(0.2), .unsure),
    row("7.3", .frequency, .balanced, half, .through(.iN(0.2), .imax), c05(0.2), .unsure),
    row("7.3", .temperature, .balanced, pf1, .through(.iN(0.1), .imax), c05(0.03), .unsure),
    row("7.3", .temperature, .balanced, half, .through(.iN(0.2), .imax), c05(0.05), .unsure),
    row("7.3", .selfHeating, .balanced, pf1, .at(.imax), c05(0.2), .unsure),
    row("7.3", .selfHeating, .balanced, half, .at(.imax), c05(0.2), .unsure),
    row("7.3", .overcurrent, .balanced, pf1, .at(.iN(1)), c05(0.5), .unsure),
    row("7.3", .fifthHarmonic, .balanced, pf1, .at(.halfImax), c05(0.5), .unsure),
    row("7.3", .halfWave, .balanced, pf1, .at(.imaxBySquareRoot2), c05(1.5), .unsure),
    row("7.3", .oddHarmonics, .balanced, pf1, .at(.iN(0.5)), c05(1.5), .unsure),
    row("7.3", .subHarmonics, .balanced, pf1, .at(.iN(0.5)), c05(1.5), .unsure),
    row("7.3", .phaseSequence, .balanced, pf1, .at(.iN(0.1)), c05(0.1), .unsure),
    row("7.3", .voltageUnbalance, .balanced, pf1, .at(.iN(1)), c05(1.0), .unsure),
    row("7.3", .constantMagnet, .balanced, pf1, .at(.iN(1)), c05(1.0), .unsure),
    row("7.3", .alternatingField, .balanced, pf1, .at(.iN(1)), c05(1.0), .unsure),
    row("7.3", .radiatedField, .balanced, pf1, .at(.iN(1)), c05(1.0), .unsure),
    row("7.3", .conductedField, .balanced, pf1, .at(.iN(1)), c05(1.0), .unsure),
    row("7.3", .fastBurst, .balanced, pf1, .at(.iN(1)), c05(2.0), .unsure),
  ]

  private static let counts2020: [LimitRow] = [
    row("7.2", .repeatability, .balanced, pf1, .at(.iN(0.05)), c05(1.0 / 3), .unsure),
    row("7.2", .repeatability, .balanced, pf1, .at(.iN(0.1)), c05(1.0 / 3), .unsure),
    row("7.4", .startingCurrent, .none, [], nil, c05(0.004), .unsure),
    row("7.4", .startingTime, .balanced, pf1, nil, c05(1.2), .unsure),
    row("7.4", .noLoadTime, .none, [], nil, c05(240_000)),
    row("7.4", .noLoadPulses, .none, [], nil, c05(1)),
    row("7.4", .startUp, .none, [], nil, c05(5)),
  ]
}
