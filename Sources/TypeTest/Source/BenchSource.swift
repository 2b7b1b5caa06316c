import Metrology
import Waveforms

/// What reaches the converter of one meter: the terminals seen through its parts, or the
/// terminals as they are for a device that stands for itself.
struct BenchSource {
  private var frontEnd: FrontEnd<SignalGenerator>?
  private var generator: SignalGenerator?
  private(set) var buffer = SampleBuffer(capacity: 256)

  /// - Parameters:
  ///   - signal: at the terminals.
  ///   - parts: nil for ideal ones, 24 bits over 500 V and 200 A.
  init(_ signal: Signal, parts: FrontEndParameters?) throws(SourceError) {
    if let parts {
      frontEnd = try FrontEnd(SignalGenerator(signal), parts)
    } else {
      var signal = signal
      signal.fullScale_V = 500
      signal.fullScale_A = 200
      generator = try SignalGenerator(signal)
    }
  }

  /// Fills `buffer` with at most `limit` sets; 0 only at the end.
  mutating func read(limit: Int) throws(SourceError) -> Int {
    if let count = try frontEnd?.read(into: &buffer, limit: limit) { return count }
    return try generator?.read(into: &buffer, limit: limit) ?? 0
  }

  /// Samples that stood at the end stop of the meter's converter.
  var clippedCount: UInt64 { frontEnd?.clippedCount ?? generator?.clippedCount ?? 0 }
}
