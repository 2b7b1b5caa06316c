/// A series cut to a window and to pixel columns.
public struct Decimation: Equatable, Sendable {
  /// One pixel column that has samples.
  public struct Column: Equatable, Sendable {
    /// 0 is the leftmost; -1 and the number of columns are the neighbours outside the window.
    public let number: Int
    /// What its samples come to.
    public let run: Run
  }

  /// The columns that have samples, from left to right.
  public internal(set) var columns: [Column] = []
  /// How many samples and runs were looked at: what the cut cost.
  public internal(set) var visited = 0

  /// Lowest and highest value inside the window; `nil` without any.
  public func bounds(columnCount: Int) -> ClosedRange<Double>? {
    var whole = Run()
    for column in columns where column.number >= 0 && column.number < columnCount {
      whole.append(column.run)
    }
    return whole.hasValues ? whole.lowest...whole.highest : nil
  }
}

/// Cuts a series to a window and to first, lowest, highest and last value of each pixel column.
///
/// The window is found by binary search and each of its samples is looked at once; nothing else
/// is touched, so that a file of any length can be behind `pull`.
public enum Decimator {
  /// Decimates values that lie in memory.
  public static func reduce<Values: RandomAccessCollection>(
    _ values: Values, at abscissa: Abscissa, onto map: ColumnMap
  ) -> Decimation where Values.Element == Double {
    let range = abscissa.indices(in: map.window, count: values.count)
    var collector = Collector(abscissa: abscissa, map: map)
    let from = values.index(values.startIndex, offsetBy: range.lowerBound)
    let to = values.index(from, offsetBy: range.count)
    collector.take(values[from..<to], startingAt: range.lowerBound)
    return collector.finish()
  }

  /// Decimates values that are fetched block by block, such as the rows of a load profile.
  ///
  /// - Parameters:
  ///   - count: how many samples there are.
  ///   - pull: gives the values of an index range. A short answer counts as gaps, so that a
  ///     profile overwritten meanwhile does no harm.
  public static func reduce<Failure: Error>(
    count: Int, at abscissa: Abscissa, onto map: ColumnMap, blockLength: Int = 4096,
    pull: (Range<Int>) throws(Failure) -> [Double]
  ) throws(Failure) -> Decimation {
    let range = abscissa.indices(in: map.window, count: count)
    var collector = Collector(abscissa: abscissa, map: map)
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, start + max(1, blockLength))
      var block = try pull(start..<end)
      if block.count < end - start {
        block += Array(repeating: .nan, count: end - start - block.count)
      }
      collector.take(block.prefix(end - start), startingAt: start)
      start = end
    }
    return collector.finish()
  }

  /// Decimates a series.
  public static func reduce(_ series: Series, onto map: ColumnMap) -> Decimation {
    reduce(series.values, at: series.abscissa, onto: map)
  }

  /// Gathers samples into runs, one per column.
  private struct Collector {
    let abscissa: Abscissa
    let map: ColumnMap
    var result = Decimation()
    var number = Int.min
    var run = Run()

    mutating func take(_ values: some Collection<Double>, startingAt start: Int) {
      var index = start
      for value in values {
        let column = map.column(abscissa.x(at: index))
        if column != number {
          close()
          number = column
          run = Run()
        }
        run.add(value, index: Int32(index))
        index += 1
      }
      result.visited += index - start
    }

    mutating func close() {
      if number != .min { result.columns.append(.init(number: number, run: run)) }
    }

    mutating func finish() -> Decimation {
      close()
      return result
    }
  }
}
