/// Annex V (MI-003) of directive 2014/32/EU, public law, with the composite error of EN 50470-3,
/// 8.4. Figures are corrected here and nowhere else.
enum MIDLimits {
  static let rows: [LimitRow] = bands + effects + suitability

  /// Everything from 0.5 inductive to 0.8 capacitive.
  private static let all: [LoadFactor] = [.unity, .halfInductive, .capacitive08]
  private static let low: CurrentSpan = .below(.imin, .itr)
  private static let load: CurrentSpan = .through(.itr, .imax)

  private static let bands: [LimitRow] = [
    row("3 table 2", .compositeNear, .balanced, all, low, abc(3.5, 2, 1), .verified),
    row("3 table 2", .compositeMiddle, .balanced, all, low, abc(5, 2.5, 1.3), .verified),
    row("3 table 2", .compositeWide, .balanced, all, low, abc(7, 3.5, 1.7), .verified),
    row("3 table 2", .compositeFull, .balanced, all, low, abc(9, 4, 2), .verified),
    row("3 table 2", .compositeNear, .balanced, all, load, abc(3.5, 2, 0.7), .verified),
    row("3 table 2", .compositeMiddle, .balanced, all, load, abc(4.5, 2.5, 1), .verified),
    row("3 table 2", .compositeWide, .balanced, all, load, abc(7, 3.5, 1.3), .verified),
    row("3 table 2", .compositeFull, .balanced, all, load, abc(9, 4, 1.5), .verified),
    row("3 table 2", .compositeNear, .onePhase, all, load, abc(4, 2.5, 1)),
    row("3 table 2", .compositeMiddle, .onePhase, all, load, abc(5, 3, 1.3)),
    row("3 table 2", .compositeWide, .onePhase, all, load, abc(7, 4, 1.7)),
    row("3 table 2", .compositeFull, .onePhase, all, load, abc(9, 4.5, 2)),
  ]

  private static let pf1: [LoadFactor] = [.unity]

  private static let effects: [LimitRow] = [
    row("4.2 table 3", .phaseSequence, .balanced, pf1, .at(.itr), abc(1.5, 1.5, 0.3)),
    row("4.2 table 3", .voltageUnbalance, .balanced, pf1, .at(.iref), abc(4, 2, 1)),
    row("4.2 table 3", .fifthHarmonic, .balanced, pf1, .at(.halfImax), abc(1, 0.8, 0.5)),
    row("4.2 table 3", .halfWave, .balanced, pf1, .at(.imaxBySquareRoot2), abc(6, 3, 1.5)),
    row("4.2 table 3", .fastBurst, .balanced, pf1, .at(.iref), abc(6, 4, 2)),
    row("4.2 table 3", .alternatingField, .balanced, pf1, .at(.iref), abc(3, 2, 1)),
    row("4.2 table 3", .radiatedField, .balanced, pf1, .at(.iref), abc(3, 2, 1)),
    row("4.2 table 3", .conductedField, .balanced, pf1, .at(.iref), abc(3, 2, 1)),
    row("4.2 table 3", .oscillatoryWaves, .balanced, pf1, .at(.iref), abc(3, 2, 1)),
    row("4.3", .dips, .none, [], nil, abc(1, 1, 1)),
  ]

  private static let suitability: [LimitRow] = [
    row("5.1", .voltageLow, .balanced, pf1, load, abc(10, 10, 10)),
    row("5.2", .capacity, .balanced, pf1, .at(.imax), abc(4000, 4000, 4000)),
    row("5.3", .noLoadPulses, .none, [], nil, abc(0, 0, 0)),
    row("5.4", .startingCurrent, .none, [], nil, abc(0.05, 0.04, 0.04)),
  ]
}
