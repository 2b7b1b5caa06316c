import MeterTime

/// When something happens again and again, in local time.
public enum Recurrence: Equatable, Sendable {
  case never
  /// Every so many days, counted from 2000-01-01. 1...366.
  case days(UInt16)
  /// On a day of the week.
  case weekly(Weekday)
  /// On a day of some months: bit 0 is January. A day that a month does not have is its last one.
  case monthly(day: UInt8, months: UInt16)

  /// Every month on a day.
  public static func monthly(day: UInt8) -> Recurrence { .monthly(day: day, months: 0xFFF) }

  /// False where it never happens although it is meant to, or a part is out of range.
  public var isValid: Bool {
    switch self {
    case .never, .weekly: true
    case .days(let count): count >= 1 && count <= 366
    case .monthly(let day, let months):
      day >= 1 && day <= 31 && months != 0 && months <= 0xFFF
    }
  }

  /// Whether a date is one of its days.
  func matches(_ date: CivilDate) -> Bool {
    switch self {
    case .never: return false
    case .days(let count): return count > 0 && date.dayNumber % Int32(count) == 0
    case .weekly(let weekday): return date.weekday == weekday
    case .monthly(let day, let months):
      guard months >> UInt16(date.month - 1) & 1 != 0 else { return false }
      return date.day == min(day, CivilDate.dayCount(year: date.year, month: date.month))
    }
  }

  /// The first instant later than another at which it happens.
  ///
  /// - Parameters:
  ///   - minute: of the day, 0..<1440, in the zone's local time. Where that comes twice in autumn
  ///     the first counts; where it is skipped in spring it happens when the hour is over.
  /// - Returns: nil for never.
  func next(after time: Instant, minute: UInt16, in zone: ZoneRules) -> Instant? {
    if self == .never { return nil }
    let today = zone.localTime(at: time).civil.date.dayNumber
    // A single month of the year comes within 366 days.
    for ahead in Int32(0)...367 {
      let date = CivilDate(clampingDayNumber: today + ahead)
      guard matches(date) else { continue }
      let local = CivilDateTime(
        clampingSeconds: Int64(date.dayNumber) * 86_400 + Int64(minute) * 60)
      let at = zone.instant(ofLocalTime: local)
      if at > time { return at }
    }
    return nil
  }

  // MARK: four bytes

  /// As a number, for the memory.
  public var encoded: UInt32 {
    switch self {
    case .never: 0
    case .days(let count): 1 << 24 | UInt32(count)
    case .weekly(let weekday): 2 << 24 | UInt32(weekday.rawValue)
    case .monthly(let day, let months): 3 << 24 | UInt32(day) << 16 | UInt32(months)
    }
  }

  /// Nil where the number stands for nothing valid.
  public init?(encoded: UInt32) {
    let low = UInt16(truncatingIfNeeded: encoded)
    switch encoded >> 24 {
    case 0: self = .never
    case 1: self = .days(low)
    case 2:
      guard let weekday = Weekday(rawValue: UInt8(truncatingIfNeeded: low)) else { return nil }
      self = .weekly(weekday)
    case 3:
      self = .monthly(day: UInt8(truncatingIfNeeded: encoded >> 16), months: low)
    default: return nil
    }
    guard isValid, self.encoded == encoded else { return nil }
  }
}

/// When billing periods end, and when the second logger stores.
public struct BillingSettings: Equatable, Sendable {
  /// Billing resets by themselves; as delivered at the start of each month.
  public var reset: Recurrence
  /// Minute of the day of these resets, 0..<1440.
  public var resetMinute: UInt16
  /// Second logger: daily as delivered, weekly or monthly, at midnight.
  public var secondLogger: Recurrence

  public init(
    reset: Recurrence = .monthly(day: 1), resetMinute: UInt16 = 0,
    secondLogger: Recurrence = .days(1)
  ) {
    self.reset = reset
    self.resetMinute = resetMinute
    self.secondLogger = secondLogger
  }

  /// True where every part is in its range.
  public var isValid: Bool { reset.isValid && secondLogger.isValid && resetMinute < 1440 }
}

/// Why a billing period was closed.
public enum BillingCause: UInt8, CaseIterable, Sendable {
  case calendar, command
}

/// Why a billing reset was refused.
public enum BillingRefusal: UInt8, CaseIterable, Error, Sendable {
  /// The last one is less than 60 seconds ago.
  case lockedOut
  /// The last one is not in the memory yet.
  case busy
  /// The memory takes nothing.
  case memory
}
