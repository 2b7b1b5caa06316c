/// Several simulated meters, one after the other.
public enum SimulationRun {
  /// - Parameters:
  ///   - years: of each meter.
  ///   - meters: how many; each has a seed of its own.
  ///   - seed: of all of it.
  ///   - progress: is told after each meter.
  public static func run(
    years: Int, meters: Int, seed: UInt64, progress: (SimulationReport) -> Void = { _ in }
  ) throws -> SimulationReport {
    var sum = SimulationReport()
    for n in 0..<meters {
      var simulation = try YearSimulation.make(seed: seed &* 1_000_003 &+ UInt64(n))
      sum += try simulation.run(years: years)
      progress(sum)
    }
    return sum
  }
}
