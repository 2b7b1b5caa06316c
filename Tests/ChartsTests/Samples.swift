import Charts

/// Seeded numbers for the tests: the same everywhere.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0..<1 with 53 bits.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// Plots of what the meter shows, without any function whose last bit a system may choose.
enum Samples {
  static let day = 86_400.0
  /// 2026-01-01T00:00:00Z in seconds since 2000.
  static let year2026 = 820_540_800.0
  static let yearCount = 105_120

  /// A household's power in W over a year in 5-minute steps: night, peaks, summer sun, an outage
  /// of two days in May and a missing hour in October.
  static func yearValues() -> [Double] {
    var random = SplitMix64(2026)
    var peak = 0
    return (0..<yearCount).map { index in
      let hour = Double(index % 288) / 12
      let season = Double(abs(index - yearCount / 2)) / Double(yearCount / 2)
      if (37_000..<37_576).contains(index) || (84_000..<84_012).contains(index) { return .nan }
      if peak == 0, random.fraction() < (hour > 16 && hour < 20 ? 0.05 : 0.006) {
        peak = 2 + Int(random.next() % 6)
      }
      peak = max(0, peak - 1)
      let base = 180 + 260 * random.fraction() + 500 * season
      let evening = max(0, 1 - abs(hour - 18.5) / 4) * 900
      let sun = max(0, 1 - abs(hour - 12.5) / 6) * (1 - season) * 5200 * random.fraction()
      return base + evening + (peak > 0 ? 2600 + 5200 * random.fraction() : 0) - sun
    }
  }

  static func year() throws -> Series {
    try Series(start: year2026, step: 300, values: yearValues())
  }

  /// Central European time in 2026, in seconds since 2000.
  static let danish = CivilLabels.english(offset: { seconds in
    (828_061_200..<846_205_200).contains(seconds) ? 7200 : 3600
  })
}
