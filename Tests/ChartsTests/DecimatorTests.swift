import Testing

@testable import Charts

@Suite struct DecimatorTests {
  /// A series with clusters of gaps, plateaus and, if irregular, equal places.
  static func series(_ random: inout SplitMix64, count: Int, isRegular: Bool) throws -> Series {
    var gap = 0
    let values = (0..<count).map { _ -> Double in
      if gap == 0, random.fraction() < 0.05 { gap = 1 + Int(random.next() % 40) }
      gap = max(0, gap - 1)
      if gap > 0 { return random.fraction() < 0.5 ? .nan : .infinity }
      return (random.fraction() * 20).rounded() - 10
    }
    if isRegular { return try Series(start: -3.7, step: 0.37, values: values) }
    var x = -5.0
    let places = values.map { _ in
      if random.fraction() < 0.8 { x += random.fraction() }
      return x
    }
    return try Series(x: places, values: values)
  }

  /// What the cut must be, by looking at each column's samples separately.
  static func bruteForce(_ series: Series, _ map: ColumnMap) -> [Decimation.Column] {
    let x = (0..<series.count).map { series.abscissa.x(at: $0) }
    let inside = x.indices.filter { map.window.contains(x[$0]) }
    var byColumn: [Int: [Int]] = [:]
    for index in inside {
      let column = max(0, min(Int(map.position(x[index])), map.columns - 1))
      byColumn[column, default: []].append(index)
    }
    if let left = x.lastIndex(where: { $0 < map.window.lowerBound }) { byColumn[-1] = [left] }
    if let right = x.firstIndex(where: { $0 > map.window.upperBound }) {
      byColumn[map.columns] = [right]
    }
    return byColumn.keys.sorted().map { column in
      var run = Run()
      for index in byColumn[column]! { run.add(series.values[index], index: Int32(index)) }
      return .init(number: column, run: run)
    }
  }

  @Test(arguments: 0..<60)
  func keepsEveryExtremeAndEveryGap(seed: Int) throws {
    var random = SplitMix64(UInt64(seed))
    let count = [0, 1, 2, 7, 8, 9, 63, 64, 65, 513, 2000, 4096][seed % 12]
    let series = try Self.series(&random, count: count, isRegular: seed % 2 == 0)
    let pyramid = SeriesPyramid(series)
    let extent = series.extent ?? 0...1
    let length = extent.upperBound - extent.lowerBound
    for columns in [1, 3, 50, 801] {
      for _ in 0..<4 {
        let a = extent.lowerBound + length * (random.fraction() * 1.4 - 0.2)
        let b = extent.lowerBound + length * (random.fraction() * 1.4 - 0.2)
        let map = ColumnMap(window: min(a, b)...max(a, b), columns: columns)
        let expected = Self.bruteForce(series, map)
        let direct = Decimator.reduce(series, onto: map)
        #expect(direct.columns == expected)
        #expect(pyramid.reduce(onto: map).columns == expected)
        let pulled = Decimator.reduce(
          count: series.count, at: series.abscissa, onto: map, blockLength: 100
        ) { Array(series.values[$0]) }
        #expect(pulled == direct)
        Self.check(expected, series)
      }
    }
  }

  /// The corners of each run hold its extremes and ends; its marks tell of each missing sample.
  static func check(_ columns: [Decimation.Column], _ series: Series) {
    for run in columns.map(\.run) where run.hasValues {
      let members = series.values[Int(run.firstIndex)...Int(run.lastIndex)]
      let finite = members.filter(\.isFinite)
      #expect(run.lowest == finite.min() && run.highest == finite.max())
      #expect(run.first == members.first && run.last == members.last)
      #expect(run.gapInside == (finite.count < members.count))
      #expect(series.values[Int(run.lowestIndex)] == run.lowest)
      #expect(series.values[Int(run.highestIndex)] == run.highest)
    }
  }

  @Test func logarithmicColumns() throws {
    let x = (0..<1000).map { 0.01 * Double($0) }
    let series = try Series(x: x, values: x.map { $0 * $0 })
    let map = ColumnMap(window: 0.1...10, columns: 100, scale: .logarithmic)
    let cut = Decimator.reduce(series, onto: map)
    #expect(SeriesPyramid(series).reduce(onto: map).columns == cut.columns)
    #expect(cut.columns.first?.number == -1)
    #expect(cut.columns.dropFirst().first?.number == 0)
    #expect(cut.bounds(columnCount: 100)?.upperBound == 9.99 * 9.99)
  }

  /// A live curve appended sample by sample has the same pyramid as one built at once.
  @Test(arguments: [0, 1, 7, 8, 9, 64, 65, 511, 512, 513, 700])
  func appendedPyramid(count: Int) throws {
    var random = SplitMix64(9)
    let whole = try Self.series(&random, count: count, isRegular: true)
    var grown = SeriesPyramid(try Series(start: -3.7, step: 0.37, values: []))
    for value in whole.values { try grown.append(value) }
    for columns in [1, 2, 17] {
      for window in [-3.7...300.0, 0...20, 3...3.5] {
        let map = ColumnMap(window: window, columns: columns)
        #expect(grown.reduce(onto: map) == SeriesPyramid(whole).reduce(onto: map))
      }
    }
    var fixed = SeriesPyramid(try Series(x: [1], values: [1]))
    #expect(throws: SeriesError.abscissa) { try fixed.append(2) }
  }

  /// The cost by count: a pan over a year looks at some samples per column, not at the year.
  @Test func costOfAYear() throws {
    let series = try Samples.year()
    let pyramid = SeriesPyramid(series)
    let columns = 1200
    for days in [365.0, 200, 90, 30, 7, 1] {
      for part in [0.0, 0.31, 0.77] {
        let start = Samples.year2026 + part * (365 - days) * Samples.day
        let map = ColumnMap(window: start...start + days * Samples.day, columns: columns)
        let direct = Decimator.reduce(series, onto: map)
        let quick = pyramid.reduce(onto: map)
        #expect(quick.columns == direct.columns)
        #expect(direct.visited <= Int(days * 288) + 3)
        #expect(quick.visited <= min(direct.visited, columns * 28))
      }
    }
    let map = ColumnMap(
      window: Samples.year2026...Samples.year2026 + 365 * Samples.day, columns: columns)
    #expect(pyramid.reduce(onto: map).visited * 5 < series.count)
  }

  /// Pulling touches no block outside the window.
  @Test func pullsOnlyTheWindow() throws {
    var pulled: [Range<Int>] = []
    let map = ColumnMap(window: 1000...2000, columns: 100)
    let cut = Decimator.reduce(
      count: 57_000, at: .regular(start: 0, step: 1), onto: map, blockLength: 256
    ) { range in
      pulled.append(range)
      return Array(repeating: 1, count: range.count - 1)  // One row has been overwritten.
    }
    #expect(pulled.first?.lowerBound == 999 && pulled.last?.upperBound == 2002)
    #expect(pulled.allSatisfy { $0.count <= 256 })
    #expect(cut.columns.contains { $0.run.hasGap })
  }

  @Test func missingRecordsAreGaps() throws {
    let series = try Series(x: [0, 900, 1800, 9000, 9900], values: [1, 2, 3, 4, 5], interval: 900)
    #expect(series.count == 7)
    #expect(series.values[3].isNaN && series.abscissa.x(at: 3) == 2700)
    #expect(series.extent == 0...10_800)
  }

  @Test func refusesWhatIsNoSeries() {
    #expect(throws: SeriesError.count) { try Series(x: [1], values: []) }
    #expect(throws: SeriesError.abscissa) { try Series(x: [1, 0], values: [1, 2]) }
    #expect(throws: SeriesError.abscissa) { try Series(x: [.nan], values: [1]) }
    #expect(throws: SeriesError.abscissa) { try Series(start: 0, step: 0, values: [1]) }
    #expect(throws: SeriesError.abscissa) { try Series(start: .infinity, step: 1, values: [1]) }
    #expect(throws: SeriesError.abscissa) { try Series(x: [1], values: [1], interval: -1) }
  }
}
