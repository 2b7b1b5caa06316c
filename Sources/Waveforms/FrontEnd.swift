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
  /// Rise of the shunts by their own loss, kelvin.
  private var selfHeating_K = [0.0, 0.0, 0.0]
  private let limit: Double
  private var work = [[Double]](
    repeating: [Double](repeating: 0, count: FrontEnd.blockSamples), count: 6)
  private static var blockSamples: Int { 256 }

  /// State and constants of one converter channel.
  private struct Channel {
    /// Volts or amperes per count of the source.
    var unit: Double
    var countsPerUnit: Double
    var gain: Double
    var offset: Double
    var deviation: Double
    var noise: SeededNoise
    /// Decimator and fractional delay in one filter of five taps.
    var taps: [Double]
    var history = [0.0, 0.0, 0.0, 0.0]
    /// Share that a sample moves the anti-alias filter; 1 for none.
    var share: Double
    var filtered = 0.0
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
    let share = parameters.antiAlias_Hz.map { 1 - exp(-2 * .pi * $0 / hertz) } ?? 1
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
        taps: Self.taps(delay: delay, decimator: parameters.decimator), share: share)
    }
  }

  /// Parabolic interpolation at 1 + `delay` samples, then the three-tap droop of a sinc³ filter
  /// (1 − ω²/8, its expansion), together two samples late.
  private static func taps(delay: Double, decimator: FrontEndParameters.Decimator) -> [Double] {
    let lag = [delay * (delay - 1) / 2, 1 - delay * delay, delay * (delay + 1) / 2]
    let droop: [Double] = decimator == .sinc3 ? [0.125, 0.75, 0.125] : [0, 1, 0]
    var taps = [0.0, 0.0, 0.0, 0.0, 0.0]
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
    for index in 0..<6 {
      let unit = channels[index].unit
      for n in 0..<count {
        work[index][n] = Double(inner.storage[index * inner.capacity + n]) * unit
      }
    }
    for phase in 0..<3 {
      heat(phase, count)
      let crosstalk = parameters.systems[phase].crosstalk_A_per_V
      if crosstalk != 0 {
        for n in 0..<count { work[2 * phase + 1][n] += crosstalk * work[2 * phase][n] }
      }
    }
    buffer.count = count
    for index in 0..<6 { convert(index, count, &buffer) }
    return count
  }

  /// First-order rise towards Rth · R · I², once per block.
  private mutating func heat(_ phase: Int, _ count: Int) {
    let system = parameters.systems[phase]
    guard system.thermalResistance_K_per_W > 0 else { return }
    var square = 0.0
    for n in 0..<count { square += work[2 * phase + 1][n] * work[2 * phase + 1][n] }
    let loss_W = system.shunt_uOhm * 1e-6 * square / Double(count)
    let seconds = Double(count) / rate.hertz
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

  private mutating func convert(_ index: Int, _ count: Int, _ buffer: inout SampleBuffer) {
    var channel = channels[index]
    let factor = channel.gain * drift(index) * channel.countsPerUnit
    let (taps, start) = (channel.taps, index * buffer.capacity)
    var (x1, x2, x3, x4) = (
      channel.history[0], channel.history[1], channel.history[2], channel.history[3]
    )
    for n in 0..<count {
      channel.filtered += (work[index][n] - channel.filtered) * channel.share
      let x0 = channel.filtered
      let value = taps[0] * x0 + taps[1] * x1 + taps[2] * x2 + taps[3] * x3 + taps[4] * x4
      (x4, x3, x2, x1) = (x3, x2, x1, x0)
      var exact = value * factor + channel.offset
      if channel.deviation > 0 { exact += channel.deviation * channel.noise.normal() }
      exact = exact.rounded()
      if exact > limit - 1 || exact < -limit {
        clippedCount += 1
        exact = min(max(exact, -limit), limit - 1)
      }
      buffer.storage[start + n] = Int32(exact)
    }
    channel.history = [x1, x2, x3, x4]
    channels[index] = channel
  }
}
