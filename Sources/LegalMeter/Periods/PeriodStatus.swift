/// What is to be known of a registration period beside its energies, as in the IDIS profile
/// status.
public struct PeriodStatus: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The supply was away during a part of it.
  public static let powerDown = PeriodStatus(rawValue: 0x80)
  /// The clock was set within it by more than an adjustment.
  public static let clockAdjusted = PeriodStatus(rawValue: 0x20)
  /// It lies in daylight saving time, though it is counted in standard time.
  public static let daylightSaving = PeriodStatus(rawValue: 0x08)
  /// The values may not be used for billing.
  public static let notValid = PeriodStatus(rawValue: 0x04)
  /// The clock did not know the time.
  public static let clockInvalid = PeriodStatus(rawValue: 0x02)
  /// The meter has an error that is shown on its display.
  public static let error = PeriodStatus(rawValue: 0x01)

  /// All bits that have a meaning.
  public static let all = PeriodStatus(rawValue: 0xAF)
}
