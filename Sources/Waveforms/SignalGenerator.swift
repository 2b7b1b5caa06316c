import Foundation
import Metrology

/// Plays a `Signal` as integer samples and knows what it is worth.
///
/// Waves are Fourier series below half the rate. Where they repeat within 16,384 samples (50 Hz
/// at 4 kHz after 80) they are computed once. Truth is the sum of the products of the ideal
/// waves in binary64 over the samples delivered: without noise, offsets and rounding.
public struct SignalGenerator: SampleSource {
  /// Values that follow from the series in closed form, over whole periods and without dips.
  public struct Analytic: Equatable, Sendable {
    public var voltageRMS_V: Double
    public var currentRMS_A: Double
    /// Active power, signed.
    public var active_W: Double
    /// Reactive power of the fundamental; positive is inductive at import.
    public var reactive_var: Double
  }

  public let signal: Signal
  public let rate: SampleRate
  public let scales: [ChannelScale]
  public let connected: [Bool]
  public let description: String
  /// L1, L2, L3.
  public let analytic: [Analytic]
  /// Samples that had to be held at the end stop of the converter, all channels.
  public private(set) var clippedCount: UInt64 = 0

  private static let periodLimit = 16_384
  private var synthesiser: WaveSynthesiser
  /// One repetition of the six waves, empty where there is none of reasonable length.
  private var period: [[Double]] = []
  private let sampleTotal: UInt64
  private var position: UInt64 = 0
  private var truthSums: TruthAccumulator
  /// One per channel, so that noise does not depend on how blocks are cut.
  private var noise: [SeededNoise]
  /// Counts per volt or ampere, offset and noise in counts, per channel.
  private let gain: [Double]
  private let offset: [Double]
  private let deviation: [Double]
  private let limit: Double
  /// Channels that can reach the end stop; the others need no test.
  private let mayClip: [Bool]
  /// Places where a dip begins or ends, in samples, ascending.
  private let edges: [UInt64]
  private var block: [[Double]]

  /// - Throws: `SourceError` of category `usage` where the signal cannot be played.
  public init(_ signal: Signal) throws(SourceError) {
    try signal.validate()
    self.signal = signal
    rate = signal.rate
    let series = Self.series(of: signal)
    analytic = (0..<3).map { phase in
      let (u, i) = (series[2 * phase], series[2 * phase + 1])
      let (active, reactive) = u.power(with: i)
      return Analytic(
        voltageRMS_V: u.rms, currentRMS_A: i.rms, active_W: active, reactive_var: reactive)
    }
    limit = Double(1 << (signal.bits - 1))
    let scale = SampleScale(
      volts: signal.fullScale_V / limit, amperes: signal.fullScale_A / limit
    ).channelScale
    scales = [ChannelScale](repeating: scale, count: 3)
    connected = signal.phases.map { $0.voltage_V > 0 || $0.current_A > 0 }
    gain = (0..<6).map { 1 / ($0 % 2 == 0 ? scale.volts : scale.amperes) }
    offset = signal.phases.flatMap {
      [$0.voltageOffset_V / scale.volts, $0.currentOffset_A / scale.amperes]
    }
    let fullScaleRMS = limit / 2.0.squareRoot()
    deviation = signal.phases.flatMap { phase in
      [phase.voltageNoise_dB, phase.currentNoise_dB].map { level in
        level.map { fullScaleRMS * pow(10, -$0 / 20) } ?? 0
      }
    }
    mayClip = Self.mayClip(signal, series, gain, offset, deviation)
    noise = (0..<6).map { SeededNoise(seed: signal.seed &* 8 &+ $0) }
    let hertz = signal.rate.hertz
    edges = Set(
      signal.dips.flatMap {
        [Self.sample($0.start_s, hertz), Self.sample($0.start_s + $0.duration_s, hertz)]
      }
    ).sorted()
    sampleTotal = signal.duration_s.map { Self.sample($0, hertz) } ?? .max
    truthSums = TruthAccumulator(rate: signal.rate)
    synthesiser = WaveSynthesiser(
      series, microhertz: UInt64((signal.frequency_Hz * 1e6).rounded()), rate: signal.rate)
    block = [[Double]](
      repeating: [Double](repeating: 0, count: WaveSynthesiser.blockSamples), count: 6)
    description =
      "generator: \(signal.frequency_Hz) Hz at \(hertz) Hz, \(signal.bits) bits, "
      + "seed \(signal.seed)"
    if let length = synthesiser.period(limit: Self.periodLimit) { tabulate(length) }
  }

  private static func sample(_ seconds: Double, _ hertz: Double) -> UInt64 {
    UInt64((seconds * hertz).rounded())
  }

  /// Six series with one base.
  private static func series(of signal: Signal) -> [FourierSeries] {
    let belowHalf = Int((signal.rate.hertz / 2 / signal.frequency_Hz).rounded(.up)) - 1
    let highest = max(1, min(signal.highestOrder, belowHalf))
    var all: [FourierSeries] = []
    for (index, phase) in signal.phases.enumerated() {
      let angle = (phase.angle_deg ?? -120 * Double(index)) * .pi / 180
      all.append(
        .wave(rms: phase.voltage_V, harmonics: phase.voltageHarmonics, shift: angle))
      all.append(
        .current(
          phase.currentWave, rms: phase.current_A, harmonics: phase.currentHarmonics,
          shift: angle - phase.lag_deg * .pi / 180, highest: highest))
    }
    func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }
    let base = all.reduce(1) { common, wave in
      common / greatestDivisor(common, wave.cyclesPerBase) * wave.cyclesPerBase
    }
    return all.map { $0.withBase(base) }
  }

  /// Channels whose wave with offset, noise and dips can pass the end stop.
  private static func mayClip(
    _ signal: Signal, _ series: [FourierSeries], _ gain: [Double], _ offset: [Double],
    _ deviation: [Double]
  ) -> [Bool] {
    // Dips may overlap, so their factors are multiplied.
    let largest = signal.dips.reduce(1) {
      $0 * max(1, abs($1.voltageFactor), abs($1.currentFactor))
    }
    return (0..<6).map { channel in
      let end =
        series[channel].bound * largest * gain[channel] + abs(offset[channel])
        + 3.5 * deviation[channel]
      return !(end < Double(1 << (signal.bits - 1)) - 2)
    }
  }

  private mutating func tabulate(_ length: Int) {
    period = [[Double]](repeating: [], count: 6)
    var start = 0
    while start < length {
      let count = min(WaveSynthesiser.blockSamples, length - start)
      synthesiser.compute(from: UInt64(start), count: count)
      for channel in 0..<6 { period[channel] += synthesiser.values[channel].prefix(count) }
      start += count
    }
  }

  public mutating func read(
    into buffer: inout SampleBuffer, limit: Int
  ) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = Int(min(UInt64(min(limit, buffer.capacity)), sampleTotal - position))
    while buffer.count < wanted {
      var count = min(wanted - buffer.count, WaveSynthesiser.blockSamples, truthSums.room)
      if let edge = edges.first(where: { $0 > position }) {
        count = min(count, Int(clamping: edge - position))
      }
      computeIdeal(count)
      applyDips(count)
      addTruth(count)
      convert(count, into: &buffer)
      buffer.count += count
      position += UInt64(count)
    }
    return buffer.count
  }

  private mutating func computeIdeal(_ count: Int) {
    guard let length = period.first?.count else {
      synthesiser.compute(from: position, count: count)
      swap(&block, &synthesiser.values)
      return
    }
    let start = Int(position % UInt64(length))
    for channel in 0..<6 {
      block[channel].withUnsafeMutableBufferPointer { block in
        period[channel].withUnsafeBufferPointer { wave in
          var (place, n) = (start, 0)
          while n < count {
            let run = min(count - n, length - place)
            for index in 0..<run { block[n + index] = wave[place + index] }
            n += run
            place = place + run == length ? 0 : place + run
          }
        }
      }
    }
  }

  private mutating func applyDips(_ count: Int) {
    for dip in signal.dips {
      let hertz = rate.hertz
      guard position >= Self.sample(dip.start_s, hertz),
        position < Self.sample(dip.start_s + dip.duration_s, hertz)
      else { continue }
      for phase in 0..<3 where dip.phases[phase] {
        for n in 0..<count { block[2 * phase][n] *= dip.voltageFactor }
        for n in 0..<count { block[2 * phase + 1][n] *= dip.currentFactor }
      }
    }
  }

  private mutating func addTruth(_ count: Int) {
    var sums = SIMD3<Double>()
    for phase in 0..<3 where connected[phase] {
      sums[phase] = block[2 * phase].withUnsafeBufferPointer { u in
        block[2 * phase + 1].withUnsafeBufferPointer { i in
          var total = 0.0
          for n in 0..<count { total += u[n] * i[n] }
          return total
        }
      }
    }
    truthSums.add(sums, samples: count)
  }

  private mutating func convert(_ count: Int, into buffer: inout SampleBuffer) {
    let (capacity, start) = (buffer.capacity, buffer.count)
    buffer.storage.withUnsafeMutableBufferPointer { all in
      for channel in 0..<6 {
        let first = channel * capacity + start
        let out = all.extracting(first..<first + count)
        // Taken out for the call, so that the rest of the generator can be changed in it.
        var wave: [Double] = []
        swap(&wave, &block[channel])
        wave.withUnsafeMutableBufferPointer { values in
          prepare(channel, values.extracting(0..<count))
          Self.round(values.extracting(0..<count), to: out)
        }
        swap(&wave, &block[channel])
      }
    }
  }

  /// Turns volts or amperes into counts with offset and noise, within the end stops.
  private mutating func prepare(_ channel: Int, _ values: UnsafeMutableBufferPointer<Double>) {
    let (gain, offset, deviation) = (gain[channel], offset[channel], deviation[channel])
    for n in 0..<values.count { values[n] = values[n] * gain + offset }
    if deviation > 0 {
      var noise = self.noise[channel]
      for n in 0..<values.count { values[n] += deviation * noise.normal() }
      self.noise[channel] = noise
    }
    guard mayClip[channel] else { return }
    for n in 0..<values.count where values[n] > limit - 1 || values[n] < -limit {
      values[n] = min(max(values[n], -limit), limit - 1)
      clippedCount += 1
    }
  }

  /// Rounds: adding 1.5 * 2^52 leaves the whole number in the low 32 bits.
  private static func round(
    _ values: UnsafeMutableBufferPointer<Double>, to out: UnsafeMutableBufferPointer<Int32>
  ) {
    for n in 0..<out.count {
      out[n] = Int32(truncatingIfNeeded: (values[n] + 6_755_399_441_055_744.0).bitPattern)
    }
  }

  public var truth: EnergyTruth? {
    truthSums.truth("sum of the products of the ideal waves in binary64, split per 200 ms")
  }
}
