import Foundation
import Metrology

/// A source seen through shunt, divider, anti-alias filter and converter.
///
/// The truth stays that of the source. Filters delay everything by two samples, which delivers
/// two samples of zero first and drops the last two; the delay is the same in all channels.
public struct FrontEnd<Source: SampleSource>: SampleSource {
  public let parameters: FrontEndParameters
  public let scales: [ChannelScale]
  /// Samples at the end stop of the converter, all channels.
  public private(set) var clippedCount: UInt64 = 0
  /// Temperature of the parts in °C; may be changed while it runs.
  public var temperature_C: Double

  private var source: Source
  private var inner = SampleBuffer(capacity: FrontEnd.blockSamples)
  private var channels: [Channel]
  /// Share that a sample moves the anti-alias filter; 1 for none.
  private let share: Double
  private var filtered = InlineArray<6, Double>(repeating: 0)
  /// Rise of the shunts by their own loss, kelvin.
  private var selfHeating_K = [0.0, 0.0, 0.0]
  private let limit: Double
  /// Volts and amperes of a block, channel by channel, each behind its history.
  private var work = [Double](repeating: 0, count: 6 * FrontEnd.lane)
  private static var blockSamples: Int { 256 }
  /// Samples before the block that the filter still needs.
  private static var historySamples: Int { 4 }
  private static var lane: Int { historySamples + blockSamples }

  /// State and constants of one converter channel.
  private struct Channel {
    /// Volts or amperes per count of the source.
    var unit: Double
    var countsPerUnit: Double
    var gain: Double
    var offset: Double
    var deviation: Double
    var noise: SeededNoise
    /// Decimator and fractional delay in one filter of five taps, the newest sample first.
    var taps: InlineArray<5, Double>
  }

  public var rate: SampleRate { source.rate }
  public var connected: [Bool] { source.connected }
  public var truth: EnergyTruth? { source.truth }
  public var description: String {
    source.description + ", front end of \(parameters.bits) bits at \(temperature_C) °C"
  }

  /// - Throws: `SourceError` of category `usage` where a parameter is out of its range.
  public init(_ source: Source, _ parameters: FrontEndParameters) throws(SourceError) {
    try parameters.validate()
    self.source = source
    self.parameters = parameters
    temperature_C = parameters.temperature_C
    let limit = Double(1 << (parameters.bits - 1))
    self.limit = limit
    let scale = SampleScale(
      volts: parameters.fullScale_V / limit, amperes: parameters.fullScale_A / limit
    ).channelScale
    scales = [scale, scale, scale]
    let hertz = source.rate.hertz
    for system in parameters.systems where abs(system.delay_deg) / 360 / 50 * hertz > 1 {
      throw SourceError(
        .usage, "front end", expected: "a delay of at most one sample",
        found: "\(system.delay_deg)° at \(hertz) Hz", nextStep: "Lower the delay or the rate.")
    }
    share = parameters.antiAlias_Hz.map { 1 - exp(-2 * .pi * $0 / hertz) } ?? 1
    channels = (0..<6).map { index in
      let system = parameters.systems[index / 2]
      let isVoltage = index % 2 == 0
      let noise = isVoltage ? system.voltageNoise_dB : system.currentNoise_dB
      let delay = isVoltage ? 0 : system.delay_deg / 360 / 50 * hertz
      return Channel(
        unit: isVoltage ? source.scales[index / 2].volts : source.scales[index / 2].amperes,
        countsPerUnit: 1 / (isVoltage ? scale.volts : scale.amperes),
        gain: 1 + (isVoltage ? system.voltageGain : system.currentGain),
        offset: isVoltage ? system.voltageOffset_LSB : system.currentOffset_LSB,
        deviation: noise.map { limit / 2.0.squareRoot() * pow(10, -$0 / 20) } ?? 0,
        noise: SeededNoise(seed: parameters.seed &* 8 &+ UInt64(index)),
        taps: Self.taps(delay: delay, decimator: parameters.decimator))
    }
  }

  /// Parabolic interpolation at 1 + `delay` samples, then the three-tap droop of a sinc³ filter
  /// (1 − ω²/8, its expansion), together two samples late.
  private static func taps(
    delay: Double, decimator: FrontEndParameters.Decimator
  ) -> InlineArray<5, Double> {
    let lag = [delay * (delay - 1) / 2, 1 - delay * delay, delay * (delay + 1) / 2]
    let droop: [Double] = decimator == .sinc3 ? [0.125, 0.75, 0.125] : [0, 1, 0]
    var taps = InlineArray<5, Double>(repeating: 0)
    for a in 0..<3 { for b in 0..<3 { taps[a + b] += lag[a] * droop[b] } }
    return taps
  }

  public mutating func read(
    into buffer: inout SampleBuffer, limit: Int
  ) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = min(limit, buffer.capacity, Self.blockSamples)
    let count = try source.read(into: &inner, limit: wanted)
    guard count > 0 else { return 0 }
    takeUnits(count)
    // Taken out, so that the rest of the front end can be changed while it is used.
    var lanes: [Double] = []
    swap(&lanes, &work)
    defer { swap(&lanes, &work) }
    for phase in 0..<3 {
      let crosstalk = parameters.systems[phase].crosstalk_A_per_V
      lanes.withUnsafeMutableBufferPointer { all in
        let voltage = Self.block(2 * phase, count, all)
        let current = Self.block(2 * phase + 1, count, all)
        heat(phase, current)
        if crosstalk != 0 { for n in 0..<count { current[n] += crosstalk * voltage[n] } }
      }
    }
    lanes.withUnsafeMutableBufferPointer { filter(count, $0) }
    buffer.count = count
    let capacity = buffer.capacity
    buffer.storage.withUnsafeMutableBufferPointer { out in
      lanes.withUnsafeMutableBufferPointer { all in
        for index in 0..<6 {
          let start = index * capacity
          convert(index, Self.block(index, count, all), to: out.extracting(start..<start + count))
        }
      }
    }
    return count
  }

  /// The block of a channel, without the history before it.
  private static func block(
    _ index: Int, _ count: Int, _ all: UnsafeMutableBufferPointer<Double>
  ) -> UnsafeMutableBufferPointer<Double> {
    let start = index * lane + historySamples
    return all.extracting(start..<start + count)
  }

  /// Counts of the source as volts and amperes.
  private mutating func takeUnits(_ count: Int) {
    inner.storage.withUnsafeBufferPointer { counts in
      work.withUnsafeMutableBufferPointer { all in
        for index in 0..<6 {
          let (unit, start) = (channels[index].unit, index * inner.capacity)
          let block = Self.block(index, count, all)
          for n in 0..<count { block[n] = Double(counts[start + n]) * unit }
        }
      }
    }
  }

  /// First-order rise towards Rth · R · I², once per block.
  private mutating func heat(_ phase: Int, _ current: UnsafeMutableBufferPointer<Double>) {
    let system = parameters.systems[phase]
    guard system.thermalResistance_K_per_W > 0 else { return }
    var square = 0.0
    for value in current { square += value * value }
    let loss_W = system.shunt_uOhm * 1e-6 * square / Double(current.count)
    let seconds = Double(current.count) / rate.hertz
    selfHeating_K[phase] +=
      (system.thermalResistance_K_per_W * loss_W - selfHeating_K[phase])
      * (1 - exp(-seconds / system.thermalTime_s))
  }

  private func drift(_ index: Int) -> Double {
    let system = parameters.systems[index / 2]
    let ambient = temperature_C - 23
    if index % 2 == 0 { return 1 + system.voltageDrift_ppm_per_K * 1e-6 * ambient }
    let shunt = ambient + selfHeating_K[index / 2]
    return 1
      + (system.currentDrift_ppm_per_K + system.currentDrift_ppm_per_K2 * shunt) * shunt * 1e-6
  }

  /// The anti-alias filter. Each value waits for the one before it, so the six channels go
  /// side by side.
  private mutating func filter(_ count: Int, _ all: UnsafeMutableBufferPointer<Double>) {
    let share = self.share
    let (x0, x1) = (Self.block(0, count, all), Self.block(1, count, all))
    let (x2, x3) = (Self.block(2, count, all), Self.block(3, count, all))
    let (x4, x5) = (Self.block(4, count, all), Self.block(5, count, all))
    var (y0, y1, y2) = (filtered[0], filtered[1], filtered[2])
    var (y3, y4, y5) = (filtered[3], filtered[4], filtered[5])
    for n in 0..<count {
      y0 += (x0[n] - y0) * share
      y1 += (x1[n] - y1) * share
      y2 += (x2[n] - y2) * share
      y3 += (x3[n] - y3) * share
      y4 += (x4[n] - y4) * share
      y5 += (x5[n] - y5) * share
      (x0[n], x1[n], x2[n], x3[n], x4[n], x5[n]) = (y0, y1, y2, y3, y4, y5)
    }
    filtered = [y0, y1, y2, y3, y4, y5]
  }

  /// Turns a filtered block into counts.
  private mutating func convert(
    _ index: Int, _ block: UnsafeMutableBufferPointer<Double>,
    to out: UnsafeMutableBufferPointer<Int32>
  ) {
    let (taps, count) = (channels[index].taps, block.count)
    let lane = UnsafeMutableBufferPointer(
      start: block.baseAddress! - Self.historySamples, count: count + Self.historySamples)
    let factor = channels[index].gain * drift(index) * channels[index].countsPerUnit
    let offset = channels[index].offset
    let (t0, t1, t2, t3, t4) = (taps[0], taps[1], taps[2], taps[3], taps[4])
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { exact in
      for n in 0..<count {
        let value =
          t0 * lane[n + 4] + t1 * lane[n + 3] + t2 * lane[n + 2] + t3 * lane[n + 1] + t4 * lane[n]
        exact[n] = value * factor + offset
      }
      addNoise(index, exact)
      round(exact, to: out)
    }
    for n in 0..<Self.historySamples { lane[n] = lane[count + n] }
  }

  private mutating func addNoise(_ index: Int, _ exact: UnsafeMutableBufferPointer<Double>) {
    let deviation = channels[index].deviation
    guard deviation > 0 else { return }
    var noise = channels[index].noise
    for n in 0..<exact.count { exact[n] += deviation * noise.normal() }
    channels[index].noise = noise
  }

  /// Rounds within the end stops: adding 1.5 · 2^52 leaves the whole number in the low 32 bits.
  private mutating func round(
    _ exact: UnsafeMutableBufferPointer<Double>, to out: UnsafeMutableBufferPointer<Int32>
  ) {
    let (low, high) = (-limit, limit - 1)
    var clipped: UInt64 = 0
    for n in 0..<exact.count {
      let whole = exact[n]
      if whole >= high + 0.5 || whole < low - 0.5 { clipped &+= 1 }
      let held = min(max(whole, low), high)
      out[n] = Int32(truncatingIfNeeded: (held + 6_755_399_441_055_744.0).bitPattern)
    }
    clippedCount += clipped
  }
}
