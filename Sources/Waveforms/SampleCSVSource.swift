import Metrology

/// A CSV recording of voltages and currents; `SampleTable` tells its form.
///
/// The file is read twice: the first pass checks every row and finds rate, means and peaks, so a
/// broken row is known before anything has been delivered.
public struct SampleCSVSource: SampleSource {
  public let rate: SampleRate
  public let description: String
  public let connected: [Bool]
  /// Sample sets in the file.
  public let sampleCount: Int
  private var table: SampleTable
  private var channels: RecordingChannels
  private var frames = [[Double]](
    repeating: [Double](repeating: 0, count: SampleCSVSource.blockSamples), count: 6)
  private static let blockSamples = 1024

  public var scales: [ChannelScale] { channels.scales }
  public var truth: EnergyTruth? { channels.truth }

  /// Opens a file.
  ///
  /// - Parameter rate: needed where the file has no time column, and overrides it otherwise.
  public init(path: String, rate: SampleRate? = nil) throws(SourceError) {
    try self.init(ByteSource(path: path), rate: rate)
  }

  /// As `init(path:rate:)`, from bytes.
  public init(_ bytes: ByteSource, rate given: SampleRate? = nil) throws(SourceError) {
    let start = bytes.offset
    var survey = try SampleTable(bytes)
    guard survey.timeColumn != nil || given != nil else {
      throw SourceError(
        .usage, bytes.name, expected: "a time column or a sample rate", found: "neither",
        nextStep: "Add a column time_s or give the rate.")
    }
    var times = RateFromTimes()
    var (sums, peaks, count) = (
      [Double](repeating: 0, count: 6), [Double](repeating: 0, count: 6), 0
    )
    while try survey.advance() {
      if given == nil, !times.add(survey.time_s, quantum_s: survey.timeQuantum_s) {
        throw SourceError.badData(
          bytes.name, .line(survey.lines.number),
          expected: "an even step of \(times.expectedStep_s) s",
          found: "time \(survey.time_s)", nextStep: "Resample the recording, or give the rate.")
      }
      for channel in 0..<6 {
        sums[channel] += survey.values[channel]
        peaks[channel] = max(peaks[channel], abs(survey.values[channel]))
      }
      count += 1
    }
    guard let rate = given ?? times.rate(quantum_s: survey.timeQuantum_s),
      (2_000...32_000).contains(rate.hertz)
    else {
      throw SourceError.badData(
        bytes.name, .line(survey.lines.number),
        expected: "samples at 2,000 Hz to 32,000 Hz", found: "\(count) rows at another rate",
        nextStep: "Resample the recording, with a filter; check the unit of the time.")
    }
    try bytes.seek(to: start)
    table = try SampleTable(bytes)
    self.rate = rate
    sampleCount = count
    connected = survey.phases
    channels = RecordingChannels(unit: [Double](repeating: 1, count: 6), rate: rate)
    channels.setSurvey(means: sums.map { $0 / Double(max(1, count)) }, peaks: peaks)
    description = "CSV \(bytes.name): \(rate.hertz) Hz, \(count) samples"
  }

  public mutating func read(
    into buffer: inout SampleBuffer, limit: Int
  ) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = min(limit, buffer.capacity, Self.blockSamples)
    var count = 0
    while count < wanted, try table.advance() {
      for channel in 0..<6 { frames[channel][count] = table.values[channel] }
      count += 1
    }
    channels.deliver(frames, count: count, into: &buffer)
    return count
  }
}
