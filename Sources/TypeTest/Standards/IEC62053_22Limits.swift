/// IEC 62053-22:2003, classes 0.2S and 0.5S, for information only: that standard is for
/// transformer-operated meters. Its nominal current In is taken as the basic current Ib of the
/// direct connected type. Figures are corrected here and nowhere else.
enum IEC62053_22Limits {
  private static let pf1: [LoadFactor] = [.unity]
  private static let half: [LoadFactor] = [.halfInductive]
  private static let both: [LoadFactor] = [.halfInductive, .capacitive08]

  static let rows: [LimitRow] = [
    row("8.1 table 4", .error, .balanced, pf1, .below(.iN(0.01), .iN(0.05)), sClasses(0.4, 1.0)),
    row("8.1 table 4", .error, .balanced, pf1, .through(.iN(0.05), .imax), sClasses(0.2, 0.5)),
    row("8.1 table 4", .error, .balanced, both, .below(.iN(0.02), .iN(0.1)), sClasses(0.5, 1.0)),
    row("8.1 table 4", .error, .balanced, both, .through(.iN(0.1), .imax), sClasses(0.3, 0.6)),
    row("8.2 table 6", .voltage, .balanced, pf1, .through(.iN(0.1), .imax), sClasses(0.1, 0.2)),
    row("8.2 table 6", .voltage, .balanced, half, .through(.iN(0.2), .imax), sClasses(0.2, 0.4)),
    row(
      "8.2 table 6", .voltageWide, .balanced, pf1, .through(.iN(0.1), .imax),
      sClasses(0.3, 0.6)),
    row(
      "8.2 table 6", .voltageWide, .balanced, half, .through(.iN(0.2), .imax),
      sClasses(0.6, 1.2)),
    row("8.2 table 6", .voltageLow, .balanced, pf1, .through(.iN(0.1), .imax), sClasses(10, 10)),
    row("8.2 table 6", .frequency, .balanced, pf1, .through(.iN(0.1), .imax), sClasses(0.1, 0.2)),
    row(
      "8.2 table 6", .frequency, .balanced, half, .through(.iN(0.2), .imax), sClasses(0.1, 0.2)),
    row(
      "8.2 table 6", .temperature, .balanced, pf1, .through(.iN(0.1), .imax),
      sClasses(0.01, 0.03)),
    row(
      "8.2 table 6", .temperature, .balanced, half, .through(.iN(0.2), .imax),
      sClasses(0.02, 0.05)),
    row("8.2 table 6", .fifthHarmonic, .balanced, pf1, .at(.halfImax), sClasses(0.4, 0.5)),
    row("8.2 table 6", .subHarmonics, .balanced, pf1, .at(.iN(0.5)), sClasses(0.6, 1.5)),
    row("8.2 table 6", .phaseSequence, .balanced, pf1, .at(.iN(0.1)), sClasses(0.05, 0.1)),
    row("8.2 table 6", .voltageUnbalance, .balanced, pf1, .at(.iN(1)), sClasses(0.5, 1.0)),
    row("8.2 table 6", .constantMagnet, .balanced, pf1, .at(.iN(1)), sClasses(2.0, 2.0)),
    row("8.2 table 6", .alternatingField, .balanced, pf1, .at(.iN(1)), sClasses(0.5, 1.0)),
    row("8.2 table 6", .radiatedField, .balanced, pf1, .at(.iN(1)), sClasses(1.0, 2.0)),
    row("8.2 table 6", .conductedField, .balanced, pf1, .at(.iN(1)), sClasses(1.0, 2.0)),
    row("8.2 table 6", .fastBurst, .balanced, pf1, .at(.iN(1)), sClasses(1.0, 2.0)),
    row("8.2 table 6", .accessories, .balanced, pf1, .at(.iN(0.05)), sClasses(0.05, 0.1)),
    row("7.2", .overcurrent, .balanced, pf1, .at(.iN(1)), sClasses(0.05, 0.05)),
    row("7.3", .selfHeating, .balanced, pf1, .at(.imax), sClasses(0.1, 0.2)),
    row("7.3", .selfHeating, .balanced, half, .at(.imax), sClasses(0.1, 0.2)),
    row("8.3.3", .startingCurrent, .none, [], nil, sClasses(0.001, 0.001)),
  ]
}
