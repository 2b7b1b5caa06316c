import Simulation
import Testing

@Suite struct YearSimulationTests {
  @Test(
    "a year with outages, torn programs, clock sets and folds keeps every rule",
    arguments: [1, 2, 3] as [UInt64])
  func years(seed: UInt64) throws {
    var simulation = try YearSimulation.make(seed: seed)
    let report = try simulation.run(years: 1)
    #expect(report.violations == [])
    #expect(report.intervals > 3_000 && report.rowsRead > report.intervals / 2)
    #expect(report.outages > 20 && report.tornPrograms > 10 && report.clockSets > 20)
    #expect(report.folds >= 1 && report.maxima >= 12 * 6)
  }

  @Test("the same seed gives the same year")
  func repeatable() throws {
    let first = try SimulationRun.run(years: 1, meters: 1, seed: 5)
    let second = try SimulationRun.run(years: 1, meters: 1, seed: 5)
    #expect(first.figures.map { $0.value } == second.figures.map { $0.value })
  }
}

@Suite struct PathComparisonTests {
  /// A whole day of samples is for optimised code: `kvadrant simulate --day`.
  @Test("samples and energy model fill the same registers, intervals and maxima")
  func sameEnergy() throws {
    let result = try PathComparison.run(
      seconds: 660, pieceSeconds: 97, length: .minutes5, seed: 3)
    #expect(result.agrees, "\(result)")
    #expect(result.intervals >= 2 && result.largest_mWh > 100_000)
  }
}
