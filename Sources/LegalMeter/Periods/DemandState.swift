import Quantities

/// What demand keeps from period to period.
struct DemandState: Equatable, Sendable {
  var maxima = DemandMaxima()
  /// Sums of the maxima of closed billing periods, mW or mvar, by `EnergyKind`.
  var cumulative_mW = InlineArray<4, UInt64>(repeating: 0)
  /// P+ over the life of the meter; never cleared.
  var lifetimeMaximum = DemandMaximum.none
  var lifetimeMinimum = DemandMaximum.none
  /// Periods whose P+ was above the threshold, over the life of the meter.
  var periodsAbove: UInt32 = 0
  /// Mean power of the last period that counted, mW or mvar, by `EnergyKind`.
  var last_mW = InlineArray<4, UInt32>(repeating: 0)
  /// Billing resets whose maxima were taken.
  var resets: UInt32 = 0

  init() {}

  /// Takes a period that is complete enough to count.
  mutating func count(
    _ power_mW: InlineArray<4, UInt32>, tariff: Tariff, end_s: UInt32, threshold_mW: UInt32
  ) {
    last_mW = power_mW
    let p = power_mW[EnergyKind.activeImport.index]
    _ = maxima.activeImport.take(p, end_s: end_s)
    if tariff == .t1 { _ = maxima.activeImportT1.take(p, end_s: end_s) }
    if tariff == .t2 { _ = maxima.activeImportT2.take(p, end_s: end_s) }
    _ = maxima.activeExport.take(power_mW[EnergyKind.activeExport.index], end_s: end_s)
    _ = maxima.reactiveImport.take(power_mW[EnergyKind.reactiveImport.index], end_s: end_s)
    _ = maxima.reactiveExport.take(power_mW[EnergyKind.reactiveExport.index], end_s: end_s)
    _ = lifetimeMaximum.take(p, end_s: end_s)
    if lifetimeMinimum.end_s == 0 || p < lifetimeMinimum.power_mW {
      lifetimeMinimum = DemandMaximum(power_mW: p, end_s: end_s)
    }
    if p > threshold_mW && periodsAbove < .max { periodsAbove += 1 }
  }

  /// Adds the maxima to the cumulative ones and clears them.
  mutating func reset(count: UInt32) {
    cumulative_mW[0] &+= UInt64(maxima.activeImport.power_mW)
    cumulative_mW[1] &+= UInt64(maxima.activeExport.power_mW)
    cumulative_mW[2] &+= UInt64(maxima.reactiveImport.power_mW)
    cumulative_mW[3] &+= UInt64(maxima.reactiveExport.power_mW)
    maxima = DemandMaxima()
    resets = count
  }

  static func == (a: DemandState, b: DemandState) -> Bool {
    for k in 0..<4
    where a.cumulative_mW[k] != b.cumulative_mW[k] || a.last_mW[k] != b.last_mW[k] { return false }
    return a.maxima == b.maxima && a.lifetimeMaximum == b.lifetimeMaximum
      && a.lifetimeMinimum == b.lifetimeMinimum && a.periodsAbove == b.periodsAbove
      && a.resets == b.resets
  }
}
