import Foundation
import Metrology
import Waveforms

/// The bench as samples, without end: what its owner sets is heard within one cycle.
///
/// A class, so that a front end around it and the owner of the bench share it; only the thread
/// that owns the meter may touch it, which is why nothing is locked here. Waves are sums of
/// cosines below half the rate. When something changes, the old waves fade into the new ones
/// over 20 ms, and the phase goes on where it was, so that nothing steps.
///
/// Truth is the sum of the products of the ideal waves in binary64 over exactly the samples
/// delivered: what a perfect meter would register at the same terminals. `consumption` is the
/// same at the loads.
public final class BenchSource: SampleSource {
  /// What is set; a change is played from the next sample on.
  public var bench: Bench {
    didSet { if bench != oldValue { retarget() } }
  }
  public let rate = SampleRate(4000)
  public let scales: [ChannelScale]
  public let connected = [true, true, true]
  /// Sample sets delivered.
  public private(set) var position: UInt64 = 0

  /// ±1000 V and ±400 A: a floating star point must not reach the end stop.
  private static let fullScale = SampleScale(volts: 1000 / 8_388_608, amperes: 400 / 8_388_608)
  private static let blockSamples = 256
  private static let fadeSamples = 80
  /// Cosine and sine coefficients of 12 channels (six at the meter, six at the house) by order.
  private typealias Coefficients = [Double]
  private static let channels = 12
  private static let stride = 2 * channels

  private let isLively: Bool
  private var noise: SeededNoise
  private var factors = [Double](repeating: 1, count: 6)
  private var from: Coefficients
  private var to: Coefficients
  /// Samples of the fade that are done; `fadeSamples` while nothing changes.
  private var faded = BenchSource.fadeSamples
  /// Angle of the fundamental, 2^-64 turns, and its step.
  private var phase: UInt64 = 0
  private var step: UInt64 = 0
  /// The house has waves of its own, beside those at the terminals.
  private var isHouseApart = false
  private var wasHouseApart = false
  private var channelsPlayed = 6
  private var atMeter: TruthAccumulator
  private var atHouse: TruthAccumulator
  private var values: [Double]
  private var older: [Double]
  private var cosines: [Double]
  private var sines: [Double]

  /// - Parameters:
  ///   - seed: decides how voltages and loads wander.
  ///   - isLively: voltages wander by 0.2 % and loads by 1 %, anew each second.
  public init(_ bench: Bench = Bench(), seed: UInt64 = 1, isLively: Bool = false) {
    self.bench = bench
    self.isLively = isLively
    noise = SeededNoise(seed: seed)
    scales = [ChannelScale](repeating: Self.fullScale.channelScale, count: 3)
    let none = [Double](repeating: 0, count: (Bench.highestOrder + 1) * Self.stride)
    from = none
    to = none
    atMeter = TruthAccumulator(rate: rate)
    atHouse = TruthAccumulator(rate: rate)
    values = [Double](repeating: 0, count: Self.channels * Self.blockSamples)
    older = values
    cosines = [Double](repeating: 0, count: Self.blockSamples)
    sines = cosines
    if isLively { wander() }
    retarget()
    from = to
    faded = Self.fadeSamples
    wasHouseApart = isHouseApart
  }

  public var description: String { "bench of loads and network, 4000 sample sets per second" }

  public var truth: EnergyTruth? {
    atMeter.truth("sum of the products of the ideal waves at the terminals, split per 200 ms")
  }

  /// The truth at the loads, whatever the wiring makes the meter see.
  public var consumption: EnergyTruth {
    atHouse.truth("sum of the products of the ideal waves at the loads, split per 200 ms")
  }

  public func read(into buffer: inout SampleBuffer, limit: Int) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = min(limit, buffer.capacity)
    let second = Int(rate.numerator)
    while buffer.count < wanted {
      let place = Int(position % UInt64(second))
      if isLively, place == 0, position > 0 {
        wander()
        retarget()
      }
      var count = min(wanted - buffer.count, Self.blockSamples, atMeter.room, second - place)
      if faded < Self.fadeSamples { count = min(count, Self.fadeSamples - faded) }
      compute(count)
      addTruth(count)
      buffer.extend(by: count) { channel, out in convert(channel, out) }
      position += UInt64(count)
      phase = phase &+ step &* UInt64(count)
    }
    return buffer.count
  }

  // MARK: what is played

  /// Chooses how far voltages and loads are off in the second that begins.
  private func wander() {
    for phase in 0..<3 {
      factors[phase] = 1 + 0.002 * (2 * noise.uniform() - 1)
      factors[3 + phase] = 1 + 0.01 * (2 * noise.uniform() - 1)
    }
  }

  /// Takes the waves of the bench as the new target; the present mixture fades out.
  private func retarget() {
    if faded < Self.fadeSamples {
      let share = Self.share(faded)
      for n in from.indices { from[n] += (to[n] - from[n]) * share }
      wasHouseApart = wasHouseApart || isHouseApart
    } else {
      from = to
      wasHouseApart = isHouseApart
    }
    faded = 0
    var now = bench
    for phase in 0..<3 {
      now.voltages_V[phase] *= factors[phase]
      now.loads[phase].i_A *= factors[3 + phase]
    }
    isHouseApart = !now.wiring.seesHouse
    for n in to.indices { to[n] = 0 }
    for order in now.orders() {
      for k in 0..<3 {
        put(order.order, 2 * k, order.voltages[k])
        put(order.order, 2 * k + 1, order.currents[k])
        put(order.order, 6 + 2 * k, order.houseVoltages[k])
        put(order.order, 7 + 2 * k, order.houseCurrents[k])
      }
    }
    // 2^64 turns times hertz over rate, from the frequency in whole microhertz.
    let microhertz = UInt64((bench.frequency_Hz * 1e6).rounded())
    step = (UInt64(rate.numerator) * 1_000_000).dividingFullWidth((microhertz, 0)).quotient
  }

  private func put(_ order: Int, _ channel: Int, _ phasor: Phasor) {
    let at = order * Self.stride + 2 * channel
    to[at] = phasor.re * 2.0.squareRoot()
    to[at + 1] = phasor.im * 2.0.squareRoot()
  }

  /// Share of the new waves after so many samples of the fade: half a cosine.
  private static func share(_ sample: Int) -> Double {
    (1 - cos(.pi * Double(sample) / Double(fadeSamples))) / 2
  }

  // MARK: samples

  private func compute(_ count: Int) {
    let isFading = faded < Self.fadeSamples
    let channels = isHouseApart || (isFading && wasHouseApart) ? 12 : 6
    channelsPlayed = channels
    Self.clear(&values, channels)
    if isFading { Self.clear(&older, channels) }
    for order in 1...Bench.highestOrder {
      let at = order * Self.stride
      let range = at..<at + 2 * channels
      let isNew = to[range].contains { $0 != 0 }
      let isOld = isFading && from[range].contains { $0 != 0 }
      guard isNew || isOld else { continue }
      rotate(order, count)
      if isNew { accumulate(&values, to, at, channels, count) }
      if isOld { accumulate(&older, from, at, channels, count) }
    }
    guard isFading else { return }
    for n in 0..<count {
      let share = Self.share(faded + n)
      for channel in 0..<channels {
        let k = channel * Self.blockSamples + n
        values[k] = older[k] + (values[k] - older[k]) * share
      }
    }
    faded += count
  }

  private static func clear(_ values: inout [Double], _ channels: Int) {
    values.withUnsafeMutableBufferPointer {
      $0.extracting(0..<channels * blockSamples).update(repeating: 0)
    }
  }

  /// Cosine and sine of an order over the block; its first angle is exact.
  private func rotate(_ order: Int, _ count: Int) {
    let multiple = UInt64(order)
    let start = Double(phase &* multiple) * 0x1p-64 * 2 * .pi
    let turn = Double(step &* multiple) * 0x1p-64 * 2 * .pi
    var (c, s) = (cos(start), sin(start))
    let (dc, ds) = (cos(turn), sin(turn))
    cosines.withUnsafeMutableBufferPointer { cosines in
      sines.withUnsafeMutableBufferPointer { sines in
        for n in 0..<count {
          cosines[n] = c
          sines[n] = s
          (c, s) = (c * dc - s * ds, s * dc + c * ds)
        }
      }
    }
  }

  private func accumulate(
    _ values: inout [Double], _ coefficients: Coefficients, _ at: Int, _ channels: Int,
    _ count: Int
  ) {
    values.withUnsafeMutableBufferPointer { values in
      cosines.withUnsafeBufferPointer { cosines in
        sines.withUnsafeBufferPointer { sines in
          for channel in 0..<channels {
            let (re, im) = (coefficients[at + 2 * channel], coefficients[at + 2 * channel + 1])
            if re == 0 && im == 0 { continue }
            let first = channel * Self.blockSamples
            for n in 0..<count { values[first + n] += re * cosines[n] - im * sines[n] }
          }
        }
      }
    }
  }

  private func addTruth(_ count: Int) {
    let meter = products(0, count)
    atMeter.add(meter, samples: count)
    atHouse.add(channelsPlayed > 6 ? products(6, count) : meter, samples: count)
  }

  /// Sums of u·i of the three pairs of channels from `first` on.
  private func products(_ first: Int, _ count: Int) -> SIMD3<Double> {
    var sums = SIMD3<Double>()
    values.withUnsafeBufferPointer { values in
      for phase in 0..<3 {
        let u = (first + 2 * phase) * Self.blockSamples
        let i = u + Self.blockSamples
        var sum = 0.0
        for n in 0..<count { sum += values[u + n] * values[i + n] }
        sums[phase] = sum
      }
    }
    return sums
  }

  /// Counts of the converter, held at its end stops.
  private func convert(_ channel: Int, _ out: UnsafeMutableBufferPointer<Int32>) {
    let scale = scales[channel / 2]
    let gain = 1 / (channel % 2 == 0 ? scale.volts : scale.amperes)
    let first = channel * Self.blockSamples
    values.withUnsafeBufferPointer { values in
      for n in 0..<out.count {
        let counts = (values[first + n] * gain).rounded()
        out[n] = Int32(min(max(counts, -8_388_608), 8_388_607))
      }
    }
  }
}
