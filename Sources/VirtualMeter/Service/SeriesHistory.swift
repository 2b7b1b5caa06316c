import MeterTime

/// One row of values for each simulated second of the last 24 hours.
struct SeriesHistory: Sendable {
  /// p1 p2 p3 u1 u2 u3 i1 i2 i3 error f; NaN where there is none.
  struct Row: Sendable {
    var values = [Float](repeating: .nan, count: SeriesHistory.columns)
  }

  static let columns = 11
  /// Seconds kept.
  static let capacity = 86_400

  /// `values[column]` is a ring; it grows to `capacity` and no further.
  private var values = [[Float]](repeating: [], count: SeriesHistory.columns)
  /// Place of the oldest value once the ring is full.
  private var oldest = 0
  /// The second after the newest row.
  private var end: Int64 = 0

  /// Seconds held.
  var count: Int { values[0].count }

  /// Adds the row of a second; seconds left out become gaps.
  mutating func append(_ row: Row, second: Int64) {
    if count > 0 {
      let gap = second - end
      guard gap >= 0 else { return }
      if gap >= Int64(Self.capacity) {
        self = SeriesHistory()
      } else {
        for _ in 0..<gap { push(Row()) }
      }
    }
    push(row)
    end = second + 1
  }

  private mutating func push(_ row: Row) {
    let isFull = count == Self.capacity
    for column in 0..<Self.columns {
      if isFull {
        values[column][oldest] = row.values[column]
      } else {
        values[column].append(row.values[column])
      }
    }
    if isFull { oldest = oldest + 1 == Self.capacity ? 0 : oldest + 1 }
  }

  /// The stretch from one instant to before another, cut to what is held.
  func slice(_ name: SeriesName, from: Instant?, to: Instant?) -> SeriesSlice {
    let first = end - Int64(count)
    let start = min(max(from?.seconds ?? first, first), end)
    let stop = min(max(to?.seconds ?? end, start), end)
    let (offset, length) = (Int(start - first), Int(stop - start))
    let columns = Self.names(name).map { column, title in
      SeriesSlice.Column(name: title, values: read(column, offset, length))
    }
    return SeriesSlice(start: Instant(seconds: start), step_s: 1, columns: columns)
  }

  private func read(_ column: Int, _ offset: Int, _ length: Int) -> [Float] {
    let ring = values[column]
    guard length > 0 else { return [] }
    let first = (oldest + offset) % ring.count
    let tail = min(length, ring.count - first)
    return Array(ring[first..<first + tail]) + ring[0..<length - tail]
  }

  private static func names(_ name: SeriesName) -> [(Int, String)] {
    switch name {
    case .power: [(0, "p1_W"), (1, "p2_W"), (2, "p3_W")]
    case .voltage: [(3, "u1_V"), (4, "u2_V"), (5, "u3_V")]
    case .current: [(6, "i1_A"), (7, "i2_A"), (8, "i3_A")]
    case .error: [(9, "error_percent")]
    case .frequency: [(10, "f_Hz")]
    }
  }
}
