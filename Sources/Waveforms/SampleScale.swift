import Metrology

/// Physical value of one unit of a recording: volts and amperes per count (`--scale V,A`).
///
/// For integer samples the unit is one count, for floating-point samples the value 1.0.
public struct SampleScale: Equatable, Sendable {
  /// Volts per unit, above 0.
  public var volts: Double
  /// Amperes per unit, above 0.
  public var amperes: Double

  public init(volts: Double, amperes: Double) {
    self.volts = volts
    self.amperes = amperes
  }

  /// The meter's own converter: 24 bits over ±500 V and ±200 A.
  public static let meter = SampleScale(volts: 500 / 8_388_608, amperes: 200 / 8_388_608)

  /// Reads `V,A`, for example `0.0627,0.0241`.
  ///
  /// - Throws: `SourceError` of category `usage`.
  public init(parsing text: String) throws(SourceError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    if parts.count == 2, let volts = Double(parts[0]), let amperes = Double(parts[1]),
      volts > 0, amperes > 0, volts <= 1000, amperes <= 1000
    {
      self.init(volts: volts, amperes: amperes)
      return
    }
    throw SourceError(
      .usage, "--scale", expected: "volts and amperes per count as V,A, each above 0 up to 1000",
      found: "\u{201C}\(text)\u{201D}", nextStep: "Write for example --scale 0.0627,0.0241.")
  }

  /// The same as whole femtovolts and femtoamperes, at least 1.
  public var channelScale: ChannelScale {
    ChannelScale(
      femtovoltsPerCount: Self.femto(volts), femtoamperesPerCount: Self.femto(amperes))
  }

  /// Rounds to whole 10^-15 within 1...10^18.
  private static func femto(_ value: Double) -> UInt64 {
    guard value > 0 else { return 1 }
    return UInt64(min(max((value * 1e15).rounded(), 1), 1e18))
  }
}

extension ChannelScale {
  /// Volts per count.
  public var volts: Double { Double(femtovoltsPerCount) * 1e-15 }
  /// Amperes per count.
  public var amperes: Double { Double(femtoamperesPerCount) * 1e-15 }
  /// 24 bits over ±500 V and ±200 A.
  public static let meter = SampleScale.meter.channelScale
}
