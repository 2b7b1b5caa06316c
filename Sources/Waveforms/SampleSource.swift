import Metrology

/// Where samples come from: a recording, a power file, a live feed or a generator.
///
/// A source is read block by block, in bounded memory, until a read returns 0. It knows the
/// energy that it has delivered, computed in binary64 apart from the integer samples, so that
/// what a meter registers can be held against it.
public protocol SampleSource {
  /// What it is, in words for a report: file names, channels, rate.
  var description: String { get }
  /// Sample sets per second; fixed for the life of the source.
  var rate: SampleRate { get }
  /// What a count means, one entry per measuring system, always three.
  var scales: [ChannelScale] { get }
  /// Measuring systems that carry a signal; the others deliver zeros.
  var connected: [Bool] { get }
  /// Replaces the content of `buffer` by the next at most `limit` sample sets.
  ///
  /// - Parameter limit: 1 or more; the capacity of the buffer bounds it further.
  /// - Returns: the number delivered, 0 only at the end.
  /// - Throws: `SourceError`; samples delivered before stay valid, the source is at its end.
  mutating func read(into buffer: inout SampleBuffer, limit: Int) throws(SourceError) -> Int
  /// Energy over exactly the samples delivered so far; nil where a source cannot know it.
  var truth: EnergyTruth? { get }
}

extension SampleSource {
  /// Replaces the content of `buffer`, as much as fits. Returns 0 only at the end.
  public mutating func read(into buffer: inout SampleBuffer) throws(SourceError) -> Int {
    try read(into: &buffer, limit: buffer.capacity)
  }
}

extension SampleRate {
  /// Hertz.
  public var hertz: Double { Double(numerator) / Double(denominator) }
}
