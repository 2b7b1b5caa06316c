/// The sums of one measuring system over one window, as they leave the sample path.
///
/// This is the value that crosses the internal bus: everything that is metered is made from it.
/// Bounds: 24-bit samples give products below 2^46, a window of 6400 samples (200 ms at 32 kHz)
/// stays below 2^59; phasor sums carry 26 fraction bits and stay below 2^62.
public struct WindowSums: Equatable, Sendable {
  /// Sum of u * i, counts squared.
  public var ui: Int64 = 0
  /// Sum of u * u, counts squared.
  public var uu: Int64 = 0
  /// Sum of i * i, counts squared.
  public var ii: Int64 = 0
  /// Sum of u, counts.
  public var u: Int64 = 0
  /// Sum of i, counts.
  public var i: Int64 = 0
  /// Sum of u * cosine of the reference, counts with 26 fraction bits.
  public var uc: Int64 = 0
  /// Sum of u * sine of the reference.
  public var uq: Int64 = 0
  /// Sum of i * cosine of the reference.
  public var ic: Int64 = 0
  /// Sum of i * sine of the reference.
  public var iq: Int64 = 0

  public init() {}
}

/// The open chunk of one system: phasor sums against the rotation table, Q30 counts.
struct ChunkSums {
  var u: Int32 = 0
  var i: Int32 = 0
  var uc: Int64 = 0
  var uq: Int64 = 0
  var ic: Int64 = 0
  var iq: Int64 = 0

  init() {}
}
