import Foundation
import Metrology

/// A COMTRADE recording: configuration and data files, or both in one `.cff` file.
///
/// Data in ASCII, BINARY, BINARY32 or FLOAT32. The data are read twice (means and peaks first).
/// A recording with one rate throughout is taken; one section of a recording with several can be
/// chosen. Without a rate the time stamps tell it, and must be even.
public struct ComtradeSource: SampleSource {
  public let rate: SampleRate
  public let description: String
  public let connected: [Bool]
  private var rows: ComtradeRows
  private let dataName: String
  private let frame: Range<Int>
  private let gains: [(a: Double, b: Double)]
  private var channels: RecordingChannels
  private var frames = [[Double]](
    repeating: [Double](repeating: 0, count: ComtradeSource.blockSamples), count: 6)
  private static let blockSamples = 1024

  public var scales: [ChannelScale] { channels.scales }
  public var truth: EnergyTruth? { channels.truth }

  /// Opens `NAME.cfg` (with `NAME.dat` beside it, either spelling) or `NAME.cff`.
  public init(
    path: String, selection: ComtradeSelection = ComtradeSelection()
  ) throws(SourceError) {
    let configuration = try ByteSource(path: path)
    guard !path.lowercased().hasSuffix(".cff") else {
      try self.init(combined: configuration, selection: selection)
      return
    }
    let stem = path.lowercased().hasSuffix(".cfg") ? String(path.dropLast(4)) : path
    let data = [".dat", ".DAT", ".Dat"].map { stem + $0 }.first {
      FileManager.default.fileExists(atPath: $0)
    }
    try self.init(
      configuration: configuration, data: ByteSource(path: data ?? stem + ".dat"),
      selection: selection)
  }

  /// From the bytes of the two files.
  public init(
    configuration: ByteSource, data: ByteSource,
    selection: ComtradeSelection = ComtradeSelection()
  ) throws(SourceError) {
    var lines = LineReader(configuration)
    try self.init(
      ComtradeConfiguration(&lines), file: configuration.name, data: data, linesBefore: 0,
      selection: selection)
  }

  /// From the bytes of a combined file (2013).
  public init(
    combined: ByteSource, selection: ComtradeSelection = ComtradeSelection()
  ) throws(SourceError) {
    var lines = LineReader(combined)
    var configuration: ComtradeConfiguration?
    while try lines.advance() {
      guard let title = Self.sectionTitle(lines.text) else { continue }
      if title == "CFG" {
        configuration = try ComtradeConfiguration(&lines)
      } else if title.hasPrefix("DAT"), let configuration {
        try combined.seek(to: lines.nextOffset)
        try self.init(
          configuration, file: combined.name, data: combined, linesBefore: lines.number,
          selection: selection)
        return
      }
    }
    throw SourceError.badData(
      combined.name, .line(lines.number), expected: "a CFG and then a DAT section",
      found: configuration == nil ? "no CFG section" : "no DAT section",
      nextStep: "Export the recording again as CFF, or as CFG and DAT.")
  }

  /// `CFG` of `--- file type: CFG ---`.
  private static func sectionTitle(_ line: String) -> String? {
    let text = line.trimmingCharacters(in: .whitespaces).lowercased()
    guard text.hasPrefix("---"), let colon = text.firstIndex(of: ":"),
      text[..<colon].contains("file type")
    else { return nil }
    return text[text.index(after: colon)...].trimmingCharacters(
      in: CharacterSet(charactersIn: "- ")
    )
    .uppercased()
  }

  private init(
    _ configuration: ComtradeConfiguration, file: String, data: ByteSource, linesBefore: Int,
    selection: ComtradeSelection
  ) throws(SourceError) {
    let selected = try selection.resolve(configuration, file: file)
    let (frame, sectionRate) = try Self.frame(configuration, selection, file)
    let gains = Self.gains(configuration, selected, selection.side)
    let start = data.offset
    rows = ComtradeRows(configuration, selected: selected, bytes: data, linesBefore: linesBefore)
    var times = RateFromTimes()
    let quantum_s = 1e-6 * configuration.timeFactor
    var sums = [Double](repeating: 0, count: 6)
    var peaks = sums
    while try rows.advance() {
      guard frame.contains(rows.rowIndex - 1) else { continue }
      if sectionRate == nil {
        guard let stamp = rows.timeStamp, times.add(stamp * quantum_s, quantum_s: quantum_s) else {
          throw SourceError.badData(
            data.name, rows.place, expected: "even time stamps, since no rate is given",
            found: rows.timeStamp.map { "\($0)" } ?? "none",
            nextStep: "Resample the recording to one rate.")
        }
      }
      for channel in 0..<6 {
        let value = try Self.value(rows, channel, gains[channel], data.name)
        sums[channel] += value
        peaks[channel] = max(peaks[channel], abs(value))
      }
    }
    guard try !rows.hasMore() else {
      throw SourceError.badData(
        data.name, rows.place, expected: "an end after \(configuration.sampleCount) samples",
        found: "more data", nextStep: "Correct the last sample number in the configuration.")
    }
    guard let rate = sectionRate ?? times.rate(quantum_s: quantum_s) else {
      throw SourceError.badData(
        file, .whole, expected: "samples at 2,000 Hz to 32,000 Hz", found: "another rate",
        nextStep: "Resample the recording, with a filter.")
    }
    try data.seek(to: start)
    rows = ComtradeRows(configuration, selected: selected, bytes: data, linesBefore: linesBefore)
    self.rate = rate
    dataName = data.name
    self.frame = frame
    self.gains = gains
    connected = (0..<3).map { selected[2 * $0] != nil }
    channels = RecordingChannels(unit: [Double](repeating: 1, count: 6), rate: rate)
    channels.setSurvey(means: sums.map { $0 / Double(frame.count) }, peaks: peaks)
    let names = selected.map { $0.map { configuration.channels[$0].name } ?? "–" }
    description =
      "COMTRADE \(configuration.revision) \(file), \(configuration.station): "
      + "\(configuration.form.rawValue), \(rate.hertz) Hz, \(frame.count) samples, "
      + "u1 i1 u2 i2 u3 i3 = \(names.joined(separator: " "))"
    try channels.checkPeaks(file: data.name)
  }

  /// The samples to be used (from 0) and their rate; nil where time stamps must tell it.
  private static func frame(
    _ configuration: ComtradeConfiguration, _ selection: ComtradeSelection, _ file: String
  ) throws(SourceError) -> (Range<Int>, SampleRate?) {
    let sections = configuration.sections
    guard let first = sections.first else { return (0..<configuration.sampleCount, nil) }
    var frame = 0..<configuration.sampleCount
    var hertz = first.rate_Hz
    if let chosen = selection.section {
      guard sections.indices.contains(chosen) else {
        throw SourceError(
          .usage, file, expected: "a section from 0 to \(sections.count - 1)", found: "\(chosen)",
          nextStep: "Choose another section.")
      }
      frame = (chosen == 0 ? 0 : sections[chosen - 1].lastSample)..<sections[chosen].lastSample
      hertz = sections[chosen].rate_Hz
    } else if sections.contains(where: { $0.rate_Hz != hertz }) {
      throw SourceError.badData(
        file, .whole, expected: "one sample rate",
        found: sections.prefix(8).map { "\($0.rate_Hz) Hz" }.joined(separator: ", "),
        nextStep: "Choose one section of the recording by its number, from 0.")
    }
    guard hertz >= 2_000, hertz <= 32_000 else {
      throw SourceError.badData(
        file, .whole, expected: "a sample rate of 2,000 Hz to 32,000 Hz", found: "\(hertz) Hz",
        nextStep: "Resample the recording, with a filter.")
    }
    let rate =
      hertz == hertz.rounded()
      ? SampleRate(UInt32(hertz)) : SampleRate(UInt32((hertz * 100_000).rounded()), per: 100_000)
    return (frame, rate)
  }

  /// Factors to volts and amperes on the wanted side.
  private static func gains(
    _ configuration: ComtradeConfiguration, _ selected: [Int?], _ side: ComtradeSelection.Side
  ) -> [(a: Double, b: Double)] {
    selected.map { index in
      guard let index else { return (0, 0) }
      let channel = configuration.channels[index]
      var factor = channel.unitFactor
      if channel.primary > 0, channel.secondary > 0 {
        if side == .primary, !channel.isPrimary { factor *= channel.primary / channel.secondary }
        if side == .secondary, channel.isPrimary { factor *= channel.secondary / channel.primary }
      }
      return (channel.a * factor, channel.b * factor)
    }
  }

  private static func value(
    _ rows: ComtradeRows, _ channel: Int, _ gain: (a: Double, b: Double), _ file: String
  ) throws(SourceError) -> Double {
    let value = rows.values[channel] * gain.a + gain.b
    if abs(value) <= SampleTable.valueLimit { return value }
    throw SourceError.badData(
      file, rows.place, expected: "values up to 1 MV and 1 MA", found: "\(value)",
      nextStep: "Check the factors of the channel in the configuration.")
  }

  public mutating func read(
    into buffer: inout SampleBuffer, limit: Int
  ) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = min(limit, buffer.capacity, Self.blockSamples)
    var count = 0
    while count < wanted, try rows.advance() {
      let index = rows.rowIndex - 1
      guard index >= frame.lowerBound else { continue }
      guard index < frame.upperBound else { break }
      for channel in 0..<6 {
        frames[channel][count] = try Self.value(rows, channel, gains[channel], dataName)
      }
      count += 1
    }
    channels.deliver(frames, count: count, into: &buffer)
    return count
  }
}
