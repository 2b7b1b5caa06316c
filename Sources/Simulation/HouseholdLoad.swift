import MeterFaults
import Metrology

/// The load of a household with some photovoltaics, in pieces that do not change.
struct HouseholdLoad {
  private var random: SplitMix64
  private let hasRoof: Bool

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    hasRoof = random.below(3) == 0
  }

  /// The next piece.
  /// - Parameter second: of the day.
  mutating func next(at second: Int64) -> ConstantLoad {
    let hour = Int(second / 3600 % 24)
    var load = ConstantLoad(active_mW: InlineArray(repeating: 0))
    for k in 0..<3 {
      var watts = 40 + random.below(160)
      if hour > 5 && hour < 23 && random.below(4) == 0 { watts += random.below(3_000) }
      if random.below(60) == 0 { watts += random.below(11_000) }
      if random.below(50) == 0 { watts = 0 }
      if hasRoof && hour > 8 && hour < 18 { watts -= random.below(2_500) }
      // Between zero and the starting power nothing is defined by the physics alone.
      if abs(watts) < 10 { watts = 0 }
      load.active_mW[k] = Int32(watts * 1000 + (watts == 0 ? 0 : random.below(1000)))
      let vars = random.below(5) == 0 ? 0 : random.below(800) - 200
      load.reactive_mvar[k] = abs(vars) < 10 ? 0 : Int32(vars * 1000 + random.below(1000))
      load.voltage_mV[k] = 228_000 + Int32(random.below(5_000))
    }
    return load
  }

  /// Seconds until the load changes: from a minute to two hours.
  mutating func length() -> Int64 { 60 + Int64(random.below(random.below(4) == 0 ? 7_140 : 1_800)) }
}
