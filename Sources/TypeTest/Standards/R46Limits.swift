/// OIML R 46-1/-2:2012, classes A to D. Figures are corrected here and nowhere else.
enum R46Limits {
  private static func abcd(_ a: Double, _ b: Double, _ c: Double, _ d: Double)
    -> [MeterClass: Double]
  { [.a: a, .b: b, .c: c, .d: d] }

  private static let both: [LoadFactor] = [.halfInductive, .capacitive08]
  private static let low: CurrentSpan = .below(.imin, .itr)
  private static let load: CurrentSpan = .through(.itr, .imax)
  private static let third: [MeterClass: Double] = abcd(1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3)

  static let rows: [LimitRow] = [
    row("3.3.3 table 2", .error, .balanced, [.unity], low, abcd(2.5, 1.5, 1, 0.4)),
    row("3.3.3 table 2", .error, .balanced, [.unity], load, abcd(2, 1, 0.5, 0.2)),
    row("3.3.3 table 2", .error, .balanced, both, low, abcd(2.5, 1.8, 1, 0.5)),
    row("3.3.3 table 2", .error, .balanced, both, load, abcd(2.5, 1.5, 0.6, 0.3)),
    row("6.2.1", .repeatability, .balanced, [.unity], .at(.imin), third),
    row("6.2.1", .repeatability, .balanced, [.unity], .at(.itr), third),
    row("6.2.3", .startingTime, .balanced, [.unity], nil, abcd(1.5, 1.5, 1.5, 1.5)),
    row("6.2.4", .noLoadTime, .none, [], nil, abcd(100e3, 100e3, 100e3, 100e3)),
    row("6.2.4", .noLoadPulses, .none, [], nil, abcd(1, 1, 1, 1)),
    row("6.2.5", .meterConstant, .balanced, [.unity], nil, abcd(1000, 1000, 1000, 1000)),
    row("3.3.2 table 1", .rangeOverMinimum, .none, [], nil, abcd(100, 125, 250, 250)),
    row("3.3.2 table 1", .rangeOverStart, .none, [], nil, abcd(1000, 1250, 1250, 1250)),
  ]
}

/// IEC 62052-11:2003, what of the general requirements software can prove. Figures are corrected
/// here and nowhere else.
enum IEC62052_11Limits {
  static let rows: [LimitRow] = [
    row("7.1.2", .dips, .none, [], nil, [.general: 1]),
    row("5.10", .capacity, .balanced, [.unity], .at(.imax), [.general: 1500], .unsure),
  ]
}
