/// One simultaneous set of converter readings of the three measuring systems.
///
/// Counts of the converter, offsets included, unscaled; |value| <= 2^23 (24 bit) is assumed by
/// the bounds in this module, larger counts are treated as an overrange by the front end.
/// The memory layout (24 bytes, u1 i1 u2 i2 u3 i3, native byte order) is that of the sample feed.
public struct SampleSet: Equatable, Sendable {
  public var u1: Int32, i1: Int32
  public var u2: Int32, i2: Int32
  public var u3: Int32, i3: Int32

  public init(u1: Int32, i1: Int32, u2: Int32, i2: Int32, u3: Int32, i3: Int32) {
    self.u1 = u1; self.i1 = i1
    self.u2 = u2; self.i2 = i2
    self.u3 = u3; self.i3 = i3
  }

  /// All channels at zero counts.
  public static let zero = SampleSet(u1: 0, i1: 0, u2: 0, i2: 0, u3: 0, i3: 0)
}
