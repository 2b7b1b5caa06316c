/// Settings of prepayment (Forudbetaling). What the family is not known to have is ours and off by
/// default: warning level, emergency credit, friendly hours.
public struct PrepaymentParameters: Equatable, Sendable {
  /// Credit below which the meter warns, Wh; 0 never. Ours.
  public var warning_Wh: UInt32 = 0
  /// Credit below zero that is still supplied, Wh, paid with the next top-up; 0 none. Ours.
  public var emergency_Wh: UInt32 = 0
  /// Power allowed after zero, W; 0 opens at once.
  public var limitedPower_W: UInt32 = 0
  /// How long limited power is allowed, seconds in operation; 0 opens at once.
  public var limitedTime_s: UInt32 = 0
  /// Friendly hours: no cut between these minutes of the local day; equal for none. Ours.
  public var friendlyFrom_min: UInt16 = 0
  public var friendlyTo_min: UInt16 = 0
  /// Working days, bit 0 for Monday: on other days nothing is cut. Exception days are other days.
  public var workingDays: UInt8 = 0b001_1111
  /// New credit closes the switch; otherwise it releases it for the button.
  public var isAutomatic = false

  public init() {}

  /// True for a power up to 100 kW, a time up to 40 days, and minutes of a day.
  public var isValid: Bool {
    limitedPower_W <= 100_000 && limitedTime_s <= 40 * 86_400 && friendlyFrom_min < 1440
      && friendlyTo_min < 1440 && workingDays < 128
  }

  /// True where credit used up does not open the switch yet.
  /// - Parameters:
  ///   - weekday: 0 for Monday.
  ///   - minute: of the local day.
  ///   - isException: an exception day of the period plan.
  public func isFriendly(weekday: UInt8, minute: UInt16, isException: Bool) -> Bool {
    if isException || workingDays >> (weekday & 7) & 1 == 0 { return true }
    if friendlyFrom_min <= friendlyTo_min {
      return minute >= friendlyFrom_min && minute < friendlyTo_min
    }
    return minute >= friendlyFrom_min || minute < friendlyTo_min
  }
}

/// Why credit is not changed.
public enum CreditRefusal: UInt8, Error, CaseIterable, Sendable {
  /// Prepayment is off.
  case off = 1
  /// The number has been used, or is so old that nobody can tell.
  case usedNumber = 2
  /// No amount, or more than the register holds (9,999,999 kWh).
  case amount = 3
  /// The last change is not yet in the memory.
  case busy = 4
  /// Credit is changed through a module port only, never through the optical head.
  case notThisWay = 5
  /// The memory cannot keep it.
  case notRemembered = 6
}
