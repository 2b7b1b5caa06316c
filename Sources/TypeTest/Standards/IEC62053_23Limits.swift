/// IEC 62053-23:2003, static meters for reactive energy of class 2 and 3; the standard defines
/// reactive energy for sinusoidal quantities of the fundamental frequency. Figures are corrected
/// here and nowhere else.
enum IEC62053_23Limits {
  static let rows: [LimitRow] = intrinsic + influence + fields + counts

  private static let full: [LoadFactor] = [.sineUnity]
  private static let half: [LoadFactor] = [.sineHalfInductive, .sineHalfCapacitive]
  private static let quarter: [LoadFactor] = [.sineQuarterInductive, .sineQuarterCapacitive]
  private static let point1: CurrentSpan = .through(.ib(0.1), .imax)
  private static let point2: CurrentSpan = .through(.ib(0.2), .imax)

  private static let intrinsic: [LimitRow] = [
    row("8.1 table 6", .error, .balanced, full, .below(.ib(0.05), .ib(0.1)), twoThree(2.5, 4.0)),
    row("8.1 table 6", .error, .balanced, full, point1, twoThree(2.0, 3.0)),
    row("8.1 table 6", .error, .balanced, half, .below(.ib(0.1), .ib(0.2)), twoThree(2.5, 4.0)),
    row("8.1 table 6", .error, .balanced, half, point2, twoThree(2.0, 3.0)),
    row("8.1 table 6", .error, .balanced, quarter, point2, twoThree(2.5, 4.0)),
    row("8.1 table 7", .error, .onePhase, full, point1, twoThree(3.0, 4.0)),
    row("8.1 table 7", .error, .onePhase, half, point2, twoThree(3.0, 4.0)),
  ]

  private static let sine05: [LoadFactor] = [.sineHalfInductive]

  private static let influence: [LimitRow] = [
    row("8.2 table 8", .voltage, .balanced, full, point1, twoThree(1.0, 2.0)),
    row("8.2 table 8", .voltage, .balanced, sine05, point2, twoThree(1.5, 3.0)),
    row("8.2 table 8", .voltageWide, .balanced, full, point1, twoThree(3.0, 6.0)),
    row("8.2 table 8", .voltageWide, .balanced, sine05, point2, twoThree(4.5, 9.0)),
    row("8.2 table 8", .voltageLow, .balanced, full, point1, twoThree(10, 10)),
    row("8.2 table 8", .frequency, .balanced, full, point1, twoThree(2.5, 2.5)),
    row("8.2 table 8", .frequency, .balanced, sine05, point2, twoThree(2.5, 2.5)),
    row("8.2 table 8", .temperature, .balanced, full, point1, twoThree(0.10, 0.15)),
    row("8.2 table 8", .temperature, .balanced, sine05, point2, twoThree(0.15, 0.25)),
    row(
      "8.2 table 8", .halfWave, .balanced, full, .at(.imaxBySquareRoot2), twoThree(6.0, 6.0),
      .unsure),
    row("7.3", .selfHeating, .balanced, full, .at(.imax), [.two: 1.0]),
    row("7.3", .selfHeating, .balanced, sine05, .at(.imax), [.two: 1.5]),
    row("7.2", .overcurrent, .balanced, full, .at(.ib), twoThree(1.5, 1.5)),
  ]

  private static let fields: [LimitRow] = [
    row("8.2 table 8", .constantMagnet, .balanced, full, .at(.ib), twoThree(3.0, 3.0)),
    row("8.2 table 8", .alternatingField, .balanced, full, .at(.ib), twoThree(3.0, 3.0)),
    row("8.2 table 8", .radiatedField, .balanced, full, .at(.ib), twoThree(3.0, 3.0)),
    row("8.2 table 8", .conductedField, .balanced, full, .at(.ib), twoThree(3.0, 3.0)),
    row("8.2 table 8", .fastBurst, .balanced, full, .at(.ib), twoThree(4.0, 4.0)),
    row("8.2 table 8", .accessories, .balanced, full, .at(.ib(0.05)), twoThree(0.5, 1.0)),
  ]

  private static let counts: [LimitRow] = [
    row("8.3.3", .startingCurrent, .none, [], nil, twoThree(0.005, 0.01)),
    row("8.3.3", .startingTime, .balanced, full, nil, twoThree(1.5, 1.5), .unsure),
    row("8.3.2", .noLoadTime, .none, [], nil, twoThree(480e6, 300e6), .unsure),
    row("8.3.2", .noLoadPulses, .none, [], nil, twoThree(1, 1)),
    row("8.3.1", .startUp, .none, [], nil, twoThree(5, 5)),
  ]
}
