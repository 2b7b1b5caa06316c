import Meter
import Testing

@testable import TypeTest

/// 0.1 % over 10,000 to 1: a few currents here, the whole curve in `kvadrant typetest --range`.
@Suite struct RangeTests {
  @Test("spread at the ends of the range keeps to the statistical bound")
  func range() async throws {
    let curve = try await RangeCurve.measure(
      MutantTests.variant, currents: [105, 10.5, 1.05], seeds: 24, firstSeed: 1)
    #expect(curve.hasPassed, "\(curve.places)")
    for place in curve.places { #expect(place.ratio >= 0.5) }
  }
}
