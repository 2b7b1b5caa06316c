/// EN 50470-3:2006, static meters for active energy of class A, B and C, with the currents of
/// EN 50470-1:2006. Figures are corrected here and nowhere else.
enum EN50470Limits {
  static let rows: [LimitRow] = intrinsic + influence + waveforms + disturbances + counts

  private static let load: CurrentSpan = .through(.itr, .imax)
  private static let half: [LoadFactor] = [.halfInductive]

  private static let intrinsic: [LimitRow] = [
    row("8.2", .error, .balanced, [.unity], .below(.imin, .itr), abc(2.5, 1.5, 1.0)),
    row("8.2", .error, .balanced, [.unity], load, abc(2.0, 1.0, 0.5)),
    row("8.2", .error, .balanced, [.halfInductive, .capacitive08], load, abc(2.0, 1.0, 0.6)),
    row("8.2", .error, .onePhase, [.unity], load, abc(3.0, 2.0, 1.0)),
    row("8.2", .error, .onePhase, half, load, abc(3.0, 2.0, 1.0)),
    row("8.2", .loadDifference, .onePhase, [.unity], .at(.iref), [.a: 2.5, .b: 1.5]),
    row("8.2", .loadDifference, .onePhase, [.unity], .at(.iref), [.c: 1.0], .unsure),
  ]

  private static let influence: [LimitRow] = [
    row("8.3", .voltage, .balanced, [.unity], load, abc(1.0, 0.7, 0.2)),
    row("8.3", .voltage, .balanced, half, load, abc(1.5, 1.0, 0.4)),
    row("8.3", .voltageWide, .balanced, [.unity], load, abc(3.0, 2.1, 0.6)),
    row("8.3", .voltageWide, .balanced, half, load, abc(4.5, 3.0, 1.2)),
    row("8.3", .voltageLow, .balanced, [.unity], load, abc(10, 10, 10)),
    row("8.3", .frequency, .balanced, [.unity], load, abc(0.8, 0.5, 0.2)),
    row("8.3", .frequency, .balanced, half, load, abc(1.0, 0.7, 0.2)),
    row("8.3", .temperature, .balanced, [.unity], load, abc(0.10, 0.05, 0.03)),
    row("8.3", .temperature, .balanced, half, load, abc(0.15, 0.07, 0.05)),
    row("8.7", .selfHeating, .balanced, [.unity], .at(.imax), [.a: 1.0, .b: 0.7]),
    row("8.7", .selfHeating, .balanced, [.unity], .at(.imax), [.c: 0.2], .unsure),
    row("8.7", .selfHeating, .balanced, half, .at(.imax), [.a: 1.5, .b: 1.0]),
    row("8.7", .selfHeating, .balanced, half, .at(.imax), [.c: 0.4], .unsure),
    row("8.7", .overcurrent, .balanced, [.unity], .at(.iref), [.a: 1.5, .b: 1.5]),
    row("8.7", .overcurrent, .balanced, [.unity], .at(.iref), [.c: 0.5], .unsure),
  ]

  private static let waveforms: [LimitRow] = [
    row("8.5", .fifthHarmonic, .balanced, [.unity], .at(.halfImax), abc(1.0, 0.8, 0.5)),
    row("8.5", .halfWave, .balanced, [.unity], .at(.imaxBySquareRoot2), abc(6.0, 3.0, 1.5)),
    row(
      "8.5", .oddHarmonics, .balanced, [.unity], .at(CurrentMark(0.5, .iref)),
      abc(6.0, 3.0, 1.5)),
    row(
      "8.5", .subHarmonics, .balanced, [.unity], .at(CurrentMark(0.5, .iref)),
      abc(6.0, 3.0, 1.5)),
    row("8.5", .phaseSequence, .balanced, [.unity], .at(.itr), abc(1.5, 1.5, 0.3)),
    row("8.5", .voltageUnbalance, .balanced, [.unity], .at(.iref), abc(4.0, 2.0, 1.0)),
  ]

  private static let disturbances: [LimitRow] = [
    row("8.5", .constantMagnet, .balanced, [.unity], .at(.iref), abc(3, 2, 1)),
    row("8.5", .alternatingField, .balanced, [.unity], .at(.iref), abc(3, 2, 1)),
    row("8.5", .radiatedField, .balanced, [.unity], .at(.iref), abc(3, 2, 1)),
    row("8.5", .conductedField, .balanced, [.unity], .at(.iref), abc(3, 2, 1)),
    row("8.5", .fastBurst, .balanced, [.unity], .at(.iref), abc(6, 4, 2)),
    row("8.5", .oscillatoryWaves, .balanced, [.unity], .at(.iref), abc(3, 2, 1)),
    row(
      "8.5", .accessories, .balanced, [.unity], .at(CurrentMark(0.5, .itr)), abc(1.0, 0.5, 0.3),
      .unsure),
  ]

  private static let counts: [LimitRow] = [
    row("EN 50470-1, 3.5", .minimumCurrent, .none, [], nil, abc(0.5, 0.5, 0.3)),
    row("EN 50470-1, 3.5", .startingCurrent, .none, [], nil, abc(0.05, 0.04, 0.04)),
    row("8.7", .startingTime, .balanced, [.unity], nil, abc(1.2, 1.2, 1.2), .unsure),
    row("8.7", .noLoadTime, .none, [], nil, abc(240_000, 240_000, 240_000)),
    row("8.7", .noLoadPulses, .none, [], nil, abc(1, 1, 1)),
    row("8.7", .startUp, .none, [], nil, abc(5, 5, 5)),
  ]
}
