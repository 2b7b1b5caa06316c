import Meter
import Testing

@testable import TypeTest

/// 0.1 % over 10,000 to 1: a few seeds here, the judgement in `kvadrant typetest --range`.
@Suite struct RangeTests {
  @Test("four seeds at three currents stay within 0.1 % and near the statistical bound")
  func range() async throws {
    let curve = try await RangeCurve.measure(
      MutantCheck.variant, currents: [105, 10.5, 1.05], seeds: 4, firstSeed: 1)
    #expect(curve.places.map(\.seeds) == [4, 4, 4])
    for place in curve.places {
      #expect(place.largest <= RangeCurve.limit)
      // The spread of four is known to a third only.
      #expect((0.2...2.2).contains(place.ratio), "\(place)")
    }
  }

  @Test("the curve is judged at each current")
  func judgement() {
    func place(_ rms: Double, largest: Double) -> RangeCurve.Place {
      RangeCurve.Place(
        current_A: 1, seconds: 4, seeds: 400, rms: rms, largest: largest, bound: 0.01)
    }
    func passes(_ places: [RangeCurve.Place]) -> Bool {
      RangeCurve(places: places, simulated_s: 0).hasPassed
    }
    #expect(passes([place(0.011, largest: 0.05), place(0.009, largest: 0.1)]))
    #expect(!passes([place(0.0111, largest: 0.05), place(0.001, largest: 0.05)]))
    #expect(!passes([place(0.01, largest: 0.1001)]))
    #expect(!passes([]))
  }
}
