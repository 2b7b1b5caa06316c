import Metrology

/// What every recording does after its format has been decoded to volts and amperes.
///
/// A first pass over the file finds mean and peak of each channel; the second delivers. Samples
/// that are integers of at most 24 bits go through as they are; others are rounded to a scale in
/// which the peak of the channel is 8,000,000 counts, so nothing clips and the rounding stays
/// 10^-7 of the peak. Truth is that of contracts: binary64, whole-file mean removed, 200 ms.
struct RecordingChannels {
  /// Largest count given to `Metrology`.
  static let countLimit = 8_388_608.0
  /// Count of the peak where values must be rounded to counts.
  static let peakCount = 8_000_000.0

  /// Mean, in units of the file.
  private(set) var mean = [Double](repeating: 0, count: 6)
  /// Largest magnitude, in units of the file.
  private(set) var peak = [Double](repeating: 0, count: 6)
  /// Value of a unit of the file in volts or amperes.
  let unit: [Double]
  /// Counts per unit of the file; 1 where samples go through.
  private(set) var countsPerUnit = [Double](repeating: 1, count: 6)
  private(set) var scales = [ChannelScale](repeating: .meter, count: 3)
  private var sum = [Double](repeating: 0, count: 6)
  private var surveyed = [Double](repeating: 0, count: 3)
  private var truthSums: TruthAccumulator

  /// - Parameter unit: volts or amperes per unit of the file, of u1 i1 u2 i2 u3 i3.
  init(unit: [Double], rate: SampleRate) {
    self.unit = unit
    truthSums = TruthAccumulator(rate: rate)
  }

  /// First pass: takes `count` frames of one phase, `frames[channel][n]`.
  mutating func survey(phase: Int, _ frames: [[Double]], count: Int) {
    for channel in 2 * phase...2 * phase + 1 {
      var (total, top) = (0.0, peak[channel])
      for n in 0..<count {
        let value = frames[channel][n]
        total += value
        top = max(top, abs(value))
      }
      sum[channel] += total
      peak[channel] = top
    }
    surveyed[phase] += Double(count)
  }

  /// Ends the first pass.
  ///
  /// - Parameter integral: per phase, whether the values are whole numbers of an integer format.
  mutating func finishSurvey(integral: [Bool]) {
    let means = (0..<6).map { sum[$0] / max(1, surveyed[$0 / 2]) }
    setSurvey(means: means, peaks: peak, integral: integral)
  }

  /// Takes means and peaks that were found elsewhere, in units of the file.
  mutating func setSurvey(
    means: [Double], peaks: [Double], integral: [Bool] = [false, false, false]
  ) {
    mean = means
    peak = peaks
    for phase in 0..<3 {
      let (u, i) = (2 * phase, 2 * phase + 1)
      let through = integral[phase] && max(peak[u], peak[i]) <= Self.countLimit
      let perCount = [u, i].map { channel in
        through || peak[channel] * unit[channel] < 1e-6
          ? (through ? unit[channel] : 1e-6) : peak[channel] * unit[channel] / Self.peakCount
      }
      scales[phase] = SampleScale(volts: perCount[0], amperes: perCount[1]).channelScale
      if !through {
        countsPerUnit[u] = unit[u] / scales[phase].volts
        countsPerUnit[i] = unit[i] / scales[phase].amperes
      }
    }
  }

  /// Refuses peaks that no meter sees, above 1 MV or 1 MA; usually a wrong scale.
  func checkPeaks(file: String) throws(SourceError) {
    for channel in 0..<6 where !(peak[channel] * unit[channel] <= SampleTable.valueLimit) {
      throw SourceError.badData(
        file, .whole, expected: "peaks up to 1 MV and 1 MA",
        found: "\(peak[channel] * unit[channel]) \(channel % 2 == 0 ? "V" : "A")",
        nextStep: "Check the scale.")
    }
  }

  /// Second pass: counts to `buffer`, products to the truth.
  mutating func deliver(_ frames: [[Double]], count: Int, into buffer: inout SampleBuffer) {
    for channel in 0..<6 {
      let (start, factor) = (channel * buffer.capacity, countsPerUnit[channel])
      for n in 0..<count {
        // Clamped, since a file may change between the passes.
        let exact = (frames[channel][n] * factor).rounded()
        buffer.storage[start + n] = Int32(min(max(exact, -Self.countLimit), Self.countLimit))
      }
    }
    buffer.count = count
    var from = 0
    while from < count {
      let to = min(count, from + truthSums.room)
      var sums = SIMD3<Double>()
      for phase in 0..<3 {
        let (u, i) = (2 * phase, 2 * phase + 1)
        var total = 0.0
        for n in from..<to {
          total += (frames[u][n] - mean[u]) * (frames[i][n] - mean[i])
        }
        sums[phase] = total * unit[u] * unit[i]
      }
      truthSums.add(sums, samples: to - from)
      from = to
    }
  }

  /// Energy over the samples delivered.
  var truth: EnergyTruth {
    truthSums.truth(
      "source samples in binary64, whole-file mean removed, split per 200 ms")
  }
}
