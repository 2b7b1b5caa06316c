import Foundation
import Metrology

/// Samples of six Fourier series of one base frequency in binary64.
///
/// Each partial is a rotating pair of four neighbouring samples; all channels share it. The
/// angle is taken anew from integers at the start of every block, so it never drifts.
struct WaveSynthesiser {
  static let blockSamples = 256

  private struct Rotor {
    var multiple: UInt64
    /// Cosine and sine of the step from a sample to the 1st, 2nd, 3rd and 4th next.
    var steps: [(cosine: Double, sine: Double)]
    /// Channels that hold this partial, with their coefficients.
    var uses: [(channel: Int, cosine: Double, sine: Double)]
  }

  /// Steps in one turn of the base, and the step of one sample.
  private let turn: UInt64
  private let step: UInt64
  private var rotors: [Rotor] = []
  private let means: [Double]
  /// `values[channel][n]` of the last block.
  var values: [[Double]]

  /// - Parameters:
  ///   - series: six, of one base.
  ///   - microhertz: mains frequency.
  init(_ series: [FourierSeries], microhertz: UInt64, rate: SampleRate) {
    turn = UInt64(rate.numerator) * 1_000_000 * UInt64(series[0].cyclesPerBase)
    step = microhertz * UInt64(rate.denominator)
    means = series.map(\.mean)
    values = [[Double]](
      repeating: [Double](repeating: 0, count: Self.blockSamples), count: series.count)
    for multiple in Set(series.flatMap { $0.partials.map(\.multiple) }).sorted() {
      var uses: [(Int, Double, Double)] = []
      for (channel, wave) in series.enumerated() {
        for partial in wave.partials where partial.multiple == multiple {
          uses.append((channel, partial.cosine, partial.sine))
        }
      }
      let steps = (1...4).map { count in
        let angle = self.angle(multiple: UInt64(multiple), sample: UInt64(count))
        return (cos(angle), sin(angle))
      }
      rotors.append(Rotor(multiple: UInt64(multiple), steps: steps, uses: uses))
    }
  }

  /// Samples after which everything repeats; nil where that is more than `limit`.
  func period(limit: Int) -> Int? {
    var (a, b) = (turn, step)
    while b != 0 { (a, b) = (b, a % b) }
    let period = turn / a
    return period <= UInt64(limit) ? Int(period) : nil
  }

  /// Radians of a partial at a sample, from exact remainders.
  private func angle(multiple: UInt64, sample: UInt64) -> Double {
    func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
      turn.dividingFullWidth((a % turn).multipliedFullWidth(by: b % turn)).remainder
    }
    return 2 * .pi * (Double(product(product(step, sample), multiple)) / Double(turn))
  }

  /// Computes samples `start ..< start + count` into `values`; count up to `blockSamples`.
  mutating func compute(from start: UInt64, count: Int) {
    for channel in values.indices {
      values[channel].withUnsafeMutableBufferPointer { $0.update(repeating: means[channel]) }
    }
    let groups = (count + 3) / 4
    for rotor in rotors {
      let base = angle(multiple: rotor.multiple, sample: start)
      let (c0, s0) = (cos(base), sin(base))
      var cosines = SIMD4<Double>(repeating: c0)
      var sines = SIMD4<Double>(repeating: s0)
      for lane in 1..<4 {
        let (c, s) = rotor.steps[lane - 1]
        cosines[lane] = c0 * c - s0 * s
        sines[lane] = s0 * c + c0 * s
      }
      let (c4, s4) = rotor.steps[3]
      withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: 2 * groups) { wave in
        for group in 0..<groups {
          wave[2 * group] = cosines
          wave[2 * group + 1] = sines
          let next = cosines * c4 - sines * s4
          sines = sines * c4 + cosines * s4
          cosines = next
        }
        for use in rotor.uses {
          Self.accumulate(&values[use.channel], wave, groups, use.cosine, use.sine)
        }
      }
    }
  }

  private static func accumulate(
    _ values: inout [Double], _ wave: UnsafeMutableBufferPointer<SIMD4<Double>>, _ groups: Int,
    _ cosine: Double, _ sine: Double
  ) {
    values.withUnsafeMutableBytes { bytes in
      for group in 0..<groups {
        let offset = group * MemoryLayout<SIMD4<Double>>.stride
        let sum =
          bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
          + wave[2 * group] * cosine + wave[2 * group + 1] * sine
        bytes.storeBytes(of: sum, toByteOffset: offset, as: SIMD4<Double>.self)
      }
    }
  }
}
