import Metrology

/// Samples that arrive while they are metered, on standard input or a pipe.
///
/// Two forms: frames of 34 bytes (`SampleFrame`), and text as of `SampleTable` (its times are
/// not used), in volts and amperes. A read returns what has arrived, at least one sample, and
/// waits for it. The end of the stream is the end of the source.
public struct LiveSource: SampleSource {
  public enum Form: Sendable, Equatable {
    case frames
    case text
  }

  /// What to do about frames that are damaged or missing.
  public enum Damage: Sendable, Equatable {
    /// An error: a pipe does not lose bytes, so something is wrong.
    case refuse
    /// Go on at the next good frame and count: a serial line may lose some.
    case resynchronise
  }

  public let rate: SampleRate
  public let scales: [ChannelScale]
  public let connected: [Bool]
  public let description: String
  private let bytes: ByteSource
  private let damage: Damage
  private var decoder = SampleFrameDecoder()
  private var table: SampleTable?
  private var piece = [UInt8](repeating: 0, count: 16_384)
  private var taken = 0
  private var filled = 0
  private var truthSums: TruthAccumulator
  /// Samples of text beyond the converter's range, held at its end stop.
  public private(set) var clippedCount: UInt64 = 0

  /// Frames with a wrong CRC, and frames missing by sequence.
  public var damagedCount: UInt64 { decoder.damagedCount }
  public var lostCount: UInt64 { decoder.lostCount }

  /// - Parameters:
  ///   - bytes: usually `ByteSource.standardInput()`.
  ///   - rate: 2,000 Hz to 32,000 Hz.
  ///   - scales: one for all systems or three. Text is rounded to them.
  public init(
    _ bytes: ByteSource, form: Form, rate: SampleRate, scales: [ChannelScale] = [.meter],
    damage: Damage = .refuse
  ) throws(SourceError) {
    guard scales.count == 1 || scales.count == 3, rate.denominator > 0,
      (2_000...32_000).contains(rate.hertz),
      scales.allSatisfy({ $0.femtovoltsPerCount > 0 && $0.femtoamperesPerCount > 0 })
    else {
      throw SourceError(
        .usage, bytes.name, expected: "a rate of 2,000 Hz to 32,000 Hz and one or three scales",
        found: "\(rate.numerator)/\(rate.denominator) Hz, \(scales.count) scales",
        nextStep: "Give the rate of the feed and its scales.")
    }
    self.bytes = bytes
    self.damage = damage
    self.rate = rate
    self.scales = scales.count == 3 ? scales : [scales[0], scales[0], scales[0]]
    truthSums = TruthAccumulator(rate: rate)
    let kind = form == .text ? "text" : "frames"
    description = "live \(kind) on \(bytes.name) at \(rate.hertz) Hz"
    if form == .text {
      let table = try SampleTable(bytes, isLive: true)
      connected = table.phases
      self.table = table
    } else {
      connected = [true, true, true]
    }
  }

  public mutating func read(
    into buffer: inout SampleBuffer, limit: Int
  ) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = min(limit, buffer.capacity)
    if table != nil {
      try readText(into: &buffer, wanted: wanted)
    } else {
      try readFrames(into: &buffer, wanted: wanted)
    }
    for n in 0..<buffer.count {
      let set = buffer[n]
      let products = SIMD3(
        Double(set.u1) * Double(set.i1), Double(set.u2) * Double(set.i2),
        Double(set.u3) * Double(set.i3))
      let units = SIMD3(
        scales[0].volts * scales[0].amperes, scales[1].volts * scales[1].amperes,
        scales[2].volts * scales[2].amperes)
      truthSums.add(products * units, samples: 1)
    }
    return buffer.count
  }

  private mutating func readFrames(
    into buffer: inout SampleBuffer, wanted: Int
  ) throws(SourceError) {
    while buffer.count < wanted {
      if taken == filled {
        guard buffer.count == 0 else { return }
        filled = try bytes.readAvailable(into: &piece)
        taken = 0
        if filled == 0 {
          if decoder.pendingCount > 0 { try refuse("a whole last frame", "an end of stream") }
          return
        }
      }
      let (damaged, lost) = (decoder.damagedCount, decoder.lostCount)
      let frame = decoder.receive(piece[taken])
      taken += 1
      if decoder.damagedCount != damaged { try refuse("sync and CRC-32 of a frame", "other bytes") }
      if decoder.lostCount != lost {
        try refuse("the next sequence number", "\(decoder.lostCount - lost) frames missing")
      }
      guard let frame else { continue }
      guard frame.samples.isWithinRange else {
        throw SourceError.badData(
          bytes.name, .offset(offset), expected: "counts within ±8,388,608",
          found: "a larger count", nextStep: "Scale the samples to 24 bits.")
      }
      buffer.append(frame.samples)
    }
  }

  /// Offset of the next byte that the decoder takes.
  private var offset: UInt64 { bytes.offset - UInt64(filled - taken) }

  private func refuse(_ expected: String, _ found: String) throws(SourceError) {
    guard damage == .refuse else { return }
    throw SourceError.badData(
      bytes.name, .offset(offset), expected: expected, found: found,
      nextStep: "Check the line and the sending program.")
  }

  private mutating func readText(
    into buffer: inout SampleBuffer, wanted: Int
  ) throws(SourceError) {
    while buffer.count < wanted {
      if buffer.count > 0, table?.lines.hasLine != true { return }
      guard try table?.advance() == true, let values = table?.values else { return }
      var counts = [Int32](repeating: 0, count: 6)
      for channel in 0..<6 {
        let scale = scales[channel / 2]
        let unit = channel % 2 == 0 ? scale.volts : scale.amperes
        let exact = (values[channel] / unit).rounded()
        if abs(exact) > 8_388_607 { clippedCount += 1 }
        counts[channel] = Int32(min(max(exact, -8_388_608), 8_388_607))
      }
      buffer.append(
        SampleSet(
          u1: counts[0], i1: counts[1], u2: counts[2], i2: counts[3], u3: counts[4],
          i3: counts[5]))
    }
  }

  public var truth: EnergyTruth? {
    truthSums.truth("counts of the feed in binary64, no mean removed, split per 200 ms")
  }
}

extension SampleSet {
  /// Whether all counts are within ±2^23.
  var isWithinRange: Bool {
    [u1, i1, u2, i2, u3, i3].allSatisfy { (-8_388_608...8_388_608).contains($0) }
  }
}
