import Foundation
import Testing

@testable import TypeTest

@Suite struct ReportTypesTests {
  @Test func spreadOfRepeatsAndMeters() {
    let spread = FigureSpread(repeats: [[1, 3], [-2, -2]])
    #expect(spread.count == 2)
    #expect(spread.meters == [2, -2])
    #expect(spread.mean == 0)
    #expect(spread.rms == 2)
    #expect(spread.worst == 2)
    #expect(abs(spread.standardDeviation - 8.0.squareRoot()) < 1e-12)
    #expect(abs(spread.repeatDeviation - 2.0.squareRoot()) < 1e-12)
  }

  static let loads: [(found: Double, expected: Double)] = [
    (LoadAngle.active(1), 0), (LoadAngle.active(0.5), 60),
    (LoadAngle.active(0.5, isInductive: false), 300), (LoadAngle.active(1, isExport: true), 180),
    (LoadAngle.reactive(1), 90), (LoadAngle.reactive(0.5), 30),
    (LoadAngle.reactive(0.5, isExport: true), 150),
    (LoadAngle.reactive(1, isInductive: false), 270),
  ]

  @Test("angles of loads", arguments: loads)
  func angles(load: (found: Double, expected: Double)) {
    #expect(abs(load.found - load.expected) < 1e-9)
  }

  @Test func pointsSurviveJSON() throws {
    let point = TestPoint(
      id: "a.b", title: "A", procedure: .error, clause: "c",
      conditions: TestConditions(current_A: 5, lag_deg: 60),
      criterion: .errorRange(lowest: -100, highest: 10))
    let bytes = try JSONEncoder().encode(point)
    #expect(try JSONDecoder().decode(TestPoint.self, from: bytes) == point)
  }
}
