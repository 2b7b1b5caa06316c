import MeterTime

/// The crystal of a clock chip: how its count runs against true time.
///
/// Integers only: the same ageing, temperatures and steps give the same count everywhere. The
/// count is what the owner of a meter passes on as `now`.
public struct RTCModel: Equatable, Sendable {
  /// Error at the turning point, 1e-9; typically within 5,000.
  public var offset_ppb: Int32
  /// Curvature of a tuning fork, 1e-9 per square kelvin; always slower away from the turning point.
  public var curvature_ppb: Int32
  /// Turning point, tenths of a degree Celsius.
  public var turningPoint_dC: Int16
  /// The chip's count.
  public private(set) var count: Instant
  /// What is left below 1/65536 s, 1e-11 of it.
  private var remainder: Int64 = 0

  public init(
    count: Instant, offset_ppb: Int32 = 0, curvature_ppb: Int32 = -35,
    turningPoint_dC: Int16 = 250
  ) {
    self.count = count
    self.offset_ppb = offset_ppb
    self.curvature_ppb = curvature_ppb
    self.turningPoint_dC = turningPoint_dC
  }

  /// Error at a temperature in 1e-11, so that tenths of a degree keep their weight.
  private func error(at temperature_dC: Int16) -> Int64 {
    let distance = Int64(temperature_dC) - Int64(turningPoint_dC)
    return Int64(offset_ppb) * 100 + Int64(curvature_ppb) * distance * distance
  }

  /// Error at a temperature, 1e-9; positive where the clock gains.
  public func error_ppb(at temperature_dC: Int16) -> Int64 { error(at: temperature_dC) / 100 }

  /// Lets true time pass at one temperature.
  /// - Returns: the count.
  @discardableResult
  public mutating func advance(
    by duration: Instant.Duration, temperature_dC: Int16
  ) -> Instant {
    precondition(duration.ticks >= 0, "time does not pass backwards")
    let unit: Int128 = 100_000_000_000
    let exact =
      Int128(duration.ticks) * (unit + Int128(error(at: temperature_dC))) + Int128(remainder)
    let whole = exact / unit
    remainder = Int64(exact - whole * unit)
    count += Instant.Duration(ticks: Int64(whole))
    return count
  }
}
