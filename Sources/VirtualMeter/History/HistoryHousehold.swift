import MeterTime
import Metrology

/// A household with a plausible past: the open year's house, with or without its car and a
/// computed roof.
///
/// Computed beside what `DemoHousehold` computes: reactive power by power factors (standby and
/// light capacitive, the rest inductive), voltages that sag and rise with the load behind 0.3 Ω,
/// outages and short undervoltages. Everything comes from the seed and the time.
public struct HistoryHousehold: Sendable {
  /// Which of its parts are there.
  public enum Kind: String, CaseIterable, Sendable {
    case family
    case familyCar = "family-car"
    case familySolar = "family-solar"
    case familySolarCar = "family-solar-car"

    var hasCar: Bool { self == .familyCar || self == .familySolarCar }
    var hasRoof: Bool { self == .familySolar || self == .familySolarCar }
  }

  /// A time without voltage, or with too little of it on one phase.
  public struct Disturbance: Equatable, Sendable {
    /// First second.
    public var begin: Instant
    /// First second after it.
    public var end: Instant
    /// The phase whose voltage is low, 0...2; nil where all three are gone.
    public var phase: Int?
    /// The low voltage, mV.
    public var voltage_mV: Int32 = 0
  }

  public let kind: Kind
  private let house: DemoHousehold
  private let seed: UInt64

  private static let outagesPerYear = 3.0
  private static let undervoltagesPerYear = 6.0
  /// Power below which the meter's creep threshold would have to be modelled, mW.
  private static let smallest_mW = 10_000.0

  /// - Throws: `fileMissing` or `badData` when the open year is not installed properly.
  public init(_ kind: Kind, seed: UInt64) throws(Failure) {
    self.kind = kind
    self.seed = seed
    house = DemoHousehold(year: try HouseholdYear(), seed: seed)
  }

  /// What flows in a stretch of at most 15 minutes without a disturbance: its middle's load.
  public func load(from begin: Instant, to end: Instant) -> ConstantLoad {
    let middle = Instant(seconds: (begin.seconds + end.seconds) / 2)
    let power = house.power(at: middle)
    var phases = [power.phases.0, power.phases.1, power.phases.2]
    var load = ConstantLoad(active_mW: InlineArray(repeating: 0))
    for k in 0..<3 {
      if !kind.hasCar { phases[k] -= power.car / 3 }
      if !kind.hasRoof { phases[k] += power.solar / 3 }
      // Between nothing and the starting power only the meter knows what is registered.
      let active = phases[k] * 1000
      load.active_mW[k] = abs(active) < Self.smallest_mW ? 0 : Int32(active)
      let standby = phases[k] < 250
      let reactive = abs(active) * (standby ? -0.25 : 0.12)
      load.reactive_mvar[k] = abs(reactive) < Self.smallest_mW ? 0 : Int32(reactive)
      let drift = SeededHash.unit(seed, 20 + UInt64(k), middle.seconds / 900)
      load.voltage_mV[k] = 228_000 + Int32(5_000 * drift) - Int32(1.3 * phases[k])
    }
    return load
  }

  /// What happens in a day of UTC, in order; none overlaps another.
  public func disturbances(day: Int64) -> [Disturbance] {
    var found: [Disturbance] = []
    if SeededHash.unit(seed, 30, day) < Self.outagesPerYear / 365 {
      let share = SeededHash.unit(seed, 31, day)
      // Most are short, as published statistics of supply have it; a few last for hours.
      let longest = share < 0.6 ? 180.0 : share < 0.9 ? 3_600 : 21_600
      found.append(disturbance(day, 32, longest))
    }
    if SeededHash.unit(seed, 40, day) < Self.undervoltagesPerYear / 365 {
      var low = disturbance(day, 42, 20)
      low.phase = Int(SeededHash.unit(seed, 44, day) * 3)
      low.voltage_mV = 115_000 + Int32(40_000 * SeededHash.unit(seed, 45, day))
      if found.allSatisfy({ $0.end.seconds + 60 < low.begin.seconds }) { found.append(low) }
    }
    return found
  }

  private func disturbance(_ day: Int64, _ stream: UInt64, _ longest_s: Double) -> Disturbance {
    let second = Int64(SeededHash.unit(seed, stream, day) * (86_000 - longest_s))
    let length = 2 + Int64(SeededHash.unit(seed, stream + 1, day) * (longest_s - 2))
    let begin = Instant(seconds: day * 86_400 + second)
    return Disturbance(begin: begin, end: begin + .seconds(length))
  }
}
