import Metrology

/// WAV recordings on one to three phases.
///
/// Files take phases in order: a file of 2 channels one phase, of 4 two, of 6 three (u1 i1 u2 i2
/// u3 i3). One file of 2 channels can stand on two or three phases (`phases`). Phases without a
/// file are 0 V. Files must have one rate; delivery ends with the shortest, which `description`
/// says. Integer samples of at most 24 bits are delivered as they are (an ideal front end).
public struct WAVSource: SampleSource {
  /// A file and the first of its two channels, for one phase.
  private struct Feed {
    var file: Int
    var channel: Int
  }

  public let rate: SampleRate
  public let description: String
  public let connected: [Bool]
  /// Sample sets that will be delivered.
  public let frameCount: UInt64
  private let files: [WAVFile]
  private let feeds: [Feed?]
  private var channels: RecordingChannels
  private var framesLeft: UInt64
  private var interleaved: [[Double]]
  private var frames = [[Double]](
    repeating: [Double](repeating: 0, count: WAVSource.blockFrames), count: 6)
  private static let blockFrames = 4096

  public var scales: [ChannelScale] { channels.scales }
  public var truth: EnergyTruth? { channels.truth }

  /// Opens files.
  ///
  /// - Parameters:
  ///   - paths: one to three files.
  ///   - scales: one for all, one per file, or one per phase.
  ///   - phases: 2 or 3 to set one file of 2 channels on so many phases; else nil or 1.
  public init(paths: [String], scales: [SampleScale], phases: Int? = nil) throws(SourceError) {
    var opened: [ByteSource] = []
    for path in paths { opened.append(try ByteSource(path: path)) }
    try self.init(opened, scales: scales, phases: phases)
  }

  /// As `init(paths:scales:phases:)`, from bytes.
  public init(
    _ inputs: [ByteSource], scales: [SampleScale], phases: Int? = nil
  ) throws(SourceError) {
    var files: [WAVFile] = []
    for input in inputs { files.append(try WAVFile(input)) }
    let feeds = try Self.assign(files, phases: phases)
    let perPhase = try Self.spread(scales, feeds, fileCount: files.count)
    let rate_Hz = files[0].rate_Hz
    for file in files where file.rate_Hz != rate_Hz {
      throw SourceError(
        .usage, file.name, expected: "the rate of \(files[0].name), \(rate_Hz) Hz",
        found: "\(file.rate_Hz) Hz", nextStep: "Resample one of the recordings.")
    }
    self.files = files
    self.feeds = feeds
    rate = SampleRate(rate_Hz)
    connected = feeds.map { $0 != nil }
    let shortest = files.map(\.frameCount).min() ?? 0
    frameCount = shortest
    framesLeft = shortest
    description = Self.describe(files, shortest)
    interleaved = [[Double]](repeating: [], count: files.count)
    channels = RecordingChannels(
      unit: perPhase.flatMap { [$0.volts, $0.amperes] }, rate: rate)
    try survey()
  }

  private static func assign(
    _ files: [WAVFile], phases: Int?
  ) throws(SourceError) -> [Feed?] {
    guard let first = files.first else {
      throw usage(expected: "one to three files", found: "none", "Give --wav FILE.")
    }
    if let phases, phases != 1 {
      guard (2...3).contains(phases) else {
        throw usage(
          expected: "1, 2 or 3 phases", found: "\(phases)", "Correct --phases.")
      }
      guard files.count == 1, first.channelCount == 2 else {
        throw usage(
          expected: "one file of 2 channels to set on \(phases) phases",
          found: "\(files.count) files, the first with \(first.channelCount) channels",
          "Leave --phases out.")
      }
      return (0..<3).map { $0 < phases ? Feed(file: 0, channel: 0) : nil }
    }
    var feeds: [Feed?] = []
    for (index, file) in files.enumerated() {
      for phase in 0..<file.channelCount / 2 {
        feeds.append(Feed(file: index, channel: 2 * phase))
      }
    }
    guard feeds.count <= 3 else {
      throw usage(
        expected: "at most three phases", found: "files for \(feeds.count)",
        "Leave files out; each pair of channels is a phase.")
    }
    return feeds + [Feed?](repeating: nil, count: 3 - feeds.count)
  }

  private static func spread(
    _ scales: [SampleScale], _ feeds: [Feed?], fileCount: Int
  ) throws(SourceError) -> [SampleScale] {
    let phaseCount = feeds.count { $0 != nil }
    switch scales.count {
    case 1: return [SampleScale](repeating: scales[0], count: 3)
    case phaseCount:
      return (0..<3).map { $0 < phaseCount ? scales[$0] : .meter }
    case fileCount where fileCount > 0:
      return feeds.map { feed in feed.map { scales[$0.file] } ?? .meter }
    default:
      throw usage(
        expected: "one scale, one per file (\(fileCount)) or one per phase (\(phaseCount))",
        found: "\(scales.count)", "Give --scale V,A as volts and amperes per count.")
    }
  }

  private static func usage(expected: String, found: String, _ next: String) -> SourceError {
    SourceError(.usage, "WAV input", expected: expected, found: found, nextStep: next)
  }

  private static func describe(_ files: [WAVFile], _ shortest: UInt64) -> String {
    let names = files.map(\.name).joined(separator: ", ")
    let seconds = Double(shortest) / Double(files[0].rate_Hz)
    let unequal = files.contains { $0.frameCount != shortest }
    let end = unequal ? ", ends with the shortest file" : ""
    return "WAV \(names): \(files[0].rate_Hz) Hz, \(shortest) samples, \(seconds) s\(end)"
  }

  /// First pass: whole files, each to its own end.
  private mutating func survey() throws(SourceError) {
    var integral = [true, true, true]
    for phase in 0..<3 {
      guard let feed = feeds[phase] else { continue }
      integral[phase] = !files[feed.file].encoding.isFloat
    }
    let longest = files.map(\.frameCount).max() ?? 0
    var done: UInt64 = 0
    while done < longest {
      // Files that have ended would dilute the mean, so each phase is surveyed apart.
      for (index, file) in files.enumerated() {
        let count = try file.read(frames: Self.blockFrames, into: &interleaved[index])
        guard count > 0 else { continue }
        for phase in 0..<3 {
          guard let feed = feeds[phase], feed.file == index else { continue }
          split(phase, feed, count)
          channels.survey(phase: phase, frames, count: count)
        }
      }
      done += UInt64(Self.blockFrames)
    }
    channels.finishSurvey(integral: integral)
    try channels.checkPeaks(file: files.map(\.name).joined(separator: ", "))
    for file in files { try file.rewind() }
  }

  private mutating func split(_ phase: Int, _ feed: Feed, _ count: Int) {
    let stride = files[feed.file].channelCount
    for n in 0..<count {
      frames[2 * phase][n] = interleaved[feed.file][n * stride + feed.channel]
      frames[2 * phase + 1][n] = interleaved[feed.file][n * stride + feed.channel + 1]
    }
  }

  public mutating func read(
    into buffer: inout SampleBuffer, limit: Int
  ) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = min(limit, buffer.capacity, Self.blockFrames, Int(clamping: framesLeft))
    guard wanted > 0 else { return 0 }
    for (index, file) in files.enumerated() {
      let got = try file.read(frames: wanted, into: &interleaved[index])
      guard got == wanted else { return 0 }
    }
    for phase in 0..<3 {
      if let feed = feeds[phase] { split(phase, feed, wanted) }
    }
    channels.deliver(frames, count: wanted, into: &buffer)
    framesLeft -= UInt64(wanted)
    return wanted
  }
}
