import Charts
import MeterTime
import Synchronization
import VirtualMeter

/// A year of 5-minute values: what house, car and roof of the demo come to, 105,120 of them.
///
/// It is made when it is first asked for, and then kept with its runs computed in advance.
final class YearFile: Sendable {
  /// Seconds between values.
  static let step: Int64 = 300
  /// Values in the year.
  static let count = HouseholdYear.rows * 3

  private let making = Mutex<Task<SeriesPyramid?, Never>?>(nil)

  /// Begins to make it, so that it is there when it is asked for.
  func prepare() { _ = task() }

  /// The series.
  ///
  /// - Throws: `not_found` where the household year is not installed.
  func pyramid() async throws(Refusal) -> SeriesPyramid {
    guard let pyramid = await task().value else {
      throw .notFound("the household year is not installed")
    }
    return pyramid
  }

  private func task() -> Task<SeriesPyramid?, Never> {
    making.withLock { making in
      if let making { return making }
      let task = Task.detached(priority: .utility) { Self.make() }
      making = task
      return task
    }
  }

  private static func make() -> SeriesPyramid? {
    guard let year = try? HouseholdYear() else { return nil }
    let roof = SolarRoof(seed: 1)
    var values: [Double] = []
    values.reserveCapacity(count)
    for n in 0..<count {
      let row = n / 3
      let used = Double(year.houseWatts[row]) + Double(year.carWatts[row])
      let instant = HouseholdYear.start + .seconds(Int64(n) * step + step / 2)
      values.append((used - roof.watts(at: instant)).rounded())
    }
    let start = Double(HouseholdYear.start.seconds)
    return (try? Series(start: start, step: Double(step), values: values)).map { SeriesPyramid($0) }
  }
}
