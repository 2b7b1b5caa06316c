import MeterTime

/// The house of the demo: the open household year, spread over three phases, plus a computed roof.
///
/// Computed, not data:
/// - **Phases.** Of the house, the first 250 W (standby, cold, light) lie 50 % on L1, 30 % on L2
///   and 20 % on L3; up to 2300 W more are one appliance on the phase that the seed picks for the
///   hour; what is left is a cooker on the other two. Car and roof are symmetrical.
/// - **Seconds.** Within a quarter-hour the appliance part ripples by +-20 %, the second half as
///   the mirror image of the first, so that every quarter-hour keeps the mean of the data.
/// - **Sun.** `SolarRoof`.
public struct DemoHousehold: Sendable {
  /// Active power of one moment, watts, positive from the grid.
  public struct Power: Equatable, Sendable {
    /// Consumption of the house without the car.
    public var house: Double
    public var car: Double
    /// Production, never negative.
    public var solar: Double
    /// What the meter sees on L1, L2 and L3.
    public var phases: (Double, Double, Double)

    public static func == (a: Power, b: Power) -> Bool {
      a.house == b.house && a.car == b.car && a.solar == b.solar && a.phases == b.phases
    }
  }

  private let year: HouseholdYear
  private let roof: SolarRoof
  private let seed: UInt64

  /// 2021-05-23T12:59:00 local time: the roof exports, and a minute later the car starts to charge.
  public static let interestingStart = Instant(seconds: 675_082_740)

  public init(year: HouseholdYear, seed: UInt64) {
    self.year = year
    self.seed = seed
    roof = SolarRoof(seed: seed)
  }

  /// The power in the second that contains an instant.
  public func power(at instant: Instant) -> Power {
    let second = Instant(seconds: instant.seconds)
    let row = year.row(at: second)
    let house = Double(year.houseWatts[row])
    let car = Double(year.carWatts[row])
    let base = min(house, 250)
    let appliance = min(house - base, 2300)
    let cooker = house - base - appliance
    let lively = appliance * ripple(second)
    var phases = [0.5 * base, 0.3 * base, 0.2 * base]
    let hour = second.seconds.quotientAndRemainderFloor(3600).0
    let plugged = Int(SeededHash.unit(seed, 11, hour) * 3)
    for n in 0..<3 {
      phases[n] += n == plugged ? lively : cooker / 2
    }
    let solar = roof.watts(at: second)
    for n in 0..<3 { phases[n] += (car - solar) / 3 }
    return Power(
      house: base + lively + cooker, car: car, solar: solar,
      phases: (phases[0], phases[1], phases[2]))
  }

  /// A factor around 1 whose mean over each quarter-hour is exactly 1.
  private func ripple(_ second: Instant) -> Double {
    let (row, place) = second.seconds.quotientAndRemainderFloor(HouseholdYear.secondsPerRow)
    let half = HouseholdYear.secondsPerRow / 2
    let mirrored = place < half ? place : HouseholdYear.secondsPerRow - 1 - place
    // Steps of 15 s look like a load that switches; 450 s hold 30 of them.
    let value = SeededHash.unit(seed, 12, row * 64 + mirrored / 15) * 2 - 1
    return 1 + (place < half ? 0.2 : -0.2) * value
  }
}
