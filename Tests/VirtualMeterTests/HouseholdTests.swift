import MeterTime
import Testing

@testable import VirtualMeter

@Suite("The household year of the demo")
struct HouseholdTests {
  private static let year = Result { () throws(Failure) in try HouseholdYear() }
  private var year: HouseholdYear { get throws { try Self.year.get() } }

  @Test("it holds the energies of its source")
  func energies() throws {
    let year = try year
    let house = year.houseWatts.reduce(0.0) { $0 + Double($1) } / 4000
    let car = year.carWatts.reduce(0.0) { $0 + Double($1) } / 4000
    #expect(abs(house - 4173.5) < 1)
    #expect(abs(car - 3074.6) < 1)
    #expect(year.carWatts.max() == 11_000)
  }

  @Test("its first row is the first quarter-hour of 2021 in standard time, and it repeats")
  func rows() throws {
    let year = try year
    #expect(ISOTime.text(HouseholdYear.start) == "2020-12-31T23:00:00Z")
    #expect(year.row(at: HouseholdYear.start) == 0)
    #expect(year.row(at: HouseholdYear.start + .seconds(899)) == 0)
    #expect(year.row(at: HouseholdYear.start + .seconds(900)) == 1)
    #expect(year.row(at: HouseholdYear.start + .seconds(365 * 86_400)) == 0)
    #expect(year.row(at: HouseholdYear.start + .seconds(-1)) == HouseholdYear.rows - 1)
  }

  @Test(
    "damage is told with its line",
    arguments: [
      ("house_W;car_W\n", 1), ("# x\nhouse_W,car_W\n1,2\n-1,0\n", 4),
      ("house_W,car_W\n1,2,3\n", 2), ("house_W,car_W\n70000,0\n", 2),
      ("house_W,car_W\n1,\n", 2), ("house_W,car_W\n1,2\n", 3), ("", 1),
    ])
  func damage(_ text: String, _ line: Int) {
    #expect {
      try HouseholdYear(csv: Array(text.utf8), name: "x.csv")
    } throws: { error in
      let failure = error as? Failure
      return failure?.status == .badData && failure?.line == line && failure?.file == "x.csv"
    }
  }

  @Test("phases add up to house and car less roof; every quarter-hour keeps its mean")
  func sums() throws {
    let year = try year
    let household = DemoHousehold(year: year, seed: 5)
    for quarter in stride(from: Int64(0), to: 35_040, by: 1357) {
      let start = HouseholdYear.start + .seconds(quarter * 900)
      var mean = 0.0
      for second in 0..<Int64(900) {
        let power = household.power(at: start + .seconds(second))
        let sum = power.phases.0 + power.phases.1 + power.phases.2
        #expect(abs(sum - (power.house + power.car - power.solar)) < 1e-6)
        mean += power.house / 900
      }
      #expect(abs(mean - Double(year.houseWatts[Int(quarter)])) < 1e-6)
    }
  }

  @Test("the same seed gives the same house, another gives another")
  func seeded() throws {
    let a = DemoHousehold(year: try year, seed: 1)
    let b = DemoHousehold(year: try year, seed: 1)
    let c = DemoHousehold(year: try year, seed: 2)
    let noon = DemoHousehold.interestingStart
    #expect(a.power(at: noon) == b.power(at: noon))
    #expect(a.power(at: noon) != c.power(at: noon))
  }

  @Test("the roof is dark at night, bright at noon, and plausible over the year")
  func roof() {
    let roof = SolarRoof(seed: 3)
    // 2021-06-21 and 2021-12-21, midnight and solar noon at 8 degrees east.
    let june = Instant(seconds: 677_548_800)
    let december = Instant(seconds: 693_360_000)
    #expect(roof.watts(at: june) == 0)
    #expect(roof.watts(at: june + .seconds(41_400)) > 500)
    #expect(roof.watts(at: december + .seconds(41_400)) > 100)
    var year = 0.0
    var peak = 0.0
    for quarter in 0..<Int64(35_040) {
      let watts = roof.watts(at: HouseholdYear.start + .seconds(quarter * 900))
      #expect(watts >= 0)
      year += watts / 4000
      peak = max(peak, watts)
    }
    // 6 kWp in the middle of Germany: 850 to 1100 kWh for each kWp.
    #expect((4800...6900).contains(year), "\(year) kWh")
    #expect(peak < 6600)
  }
}
