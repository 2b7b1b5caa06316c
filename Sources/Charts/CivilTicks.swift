/// A civil date and time that a mark on a time axis stands for.
public struct CivilTick: Equatable, Sendable {
  /// What the distance between two marks is counted in.
  public enum Unit: Int, Comparable, Sendable {
    case second, minute, hour, day, month, year
    public static func < (a: Unit, b: Unit) -> Bool { a.rawValue < b.rawValue }
  }

  /// The parts in local time; year may be negative, month and day count from 1.
  public var year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
  /// Seconds that local time is ahead of UTC.
  public var offset: Int
  /// The step of the axis.
  public var unit: Unit

  /// The local date and time of a number of seconds since 2000-01-01T00:00:00Z.
  public init(seconds: Int, offset: Int, unit: Unit) {
    let local = seconds + offset
    let days = local.flooredQuotient(86_400)
    let rest = local - days * 86_400
    (year, month, day) = Self.date(days: days)
    (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    self.offset = offset
    self.unit = unit
  }

  /// Days from 2000-01-01 to a date of the Gregorian calendar.
  static func days(year: Int, month: Int, day: Int) -> Int {
    // Years begin in March here, so that the leap day is the last.
    let year = month > 2 ? year : year - 1
    let era = year.flooredQuotient(400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 730_425
  }

  static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 730_425
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// `2026-03-29T02:00:00+01:00`.
  public var iso8601: String {
    let sign = offset < 0 ? "-" : "+"
    let minutes = abs(offset) / 60
    return
      "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))T\(clock(seconds: true))"
      + (offset == 0 ? "Z" : "\(sign)\(Self.padded(minutes / 60)):\(Self.padded(minutes % 60))")
  }

  /// `02:00`, or `02:00:00`.
  public func clock(seconds: Bool) -> String {
    "\(Self.padded(hour)):\(Self.padded(minute))" + (seconds ? ":\(Self.padded(second))" : "")
  }

  private static func padded(_ number: Int, _ width: Int = 2) -> String {
    let text = String(abs(number))
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.count))
      + text
  }
}

extension Int {
  /// The quotient rounded down, for a positive divisor.
  func flooredQuotient(_ divisor: Int) -> Int {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// How marks of a time axis are placed and written: the caller's time zone and language.
public struct CivilLabels: Sendable {
  /// Seconds that local time is ahead of UTC at a number of seconds since 2000-01-01T00:00:00Z.
  public var offset: @Sendable (_ seconds: Int) -> Int
  /// The label of a mark, and the context it belongs to, written where it changes.
  public var label: @Sendable (CivilTick) -> (label: String, context: String)

  /// Labels by closures.
  public init(
    offset: @escaping @Sendable (_ seconds: Int) -> Int,
    label: @escaping @Sendable (CivilTick) -> (label: String, context: String)
  ) {
    self.offset = offset
    self.label = label
  }

  /// `14:00` of `5 Mar 2026`, `5 Mar` of `2026`, `Mar` of `2026`, `2026`.
  ///
  /// - Parameters:
  ///   - months: twelve short names.
  ///   - offset: the zone; UTC without one.
  public static func english(
    months: [String] = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ], offset: @escaping @Sendable (_ seconds: Int) -> Int = { _ in 0 }
  ) -> CivilLabels {
    CivilLabels(offset: offset) { tick in
      let month = tick.month <= months.count ? months[tick.month - 1] : String(tick.month)
      return switch tick.unit {
      case .second: (tick.clock(seconds: true), "\(tick.day) \(month) \(tick.year)")
      case .minute, .hour: (tick.clock(seconds: false), "\(tick.day) \(month) \(tick.year)")
      case .day: ("\(tick.day) \(month)", "\(tick.year)")
      case .month: (month, "\(tick.year)")
      case .year: ("\(tick.year)", "")
      }
    }
  }

  /// A place on the axis as a civil date and time.
  func civil(_ x: Double, unit: CivilTick.Unit = .second) -> CivilTick {
    let seconds = CivilTicks.seconds(x)
    return CivilTick(seconds: seconds, offset: boundedOffset(seconds), unit: unit)
  }

  /// No zone is more than a day away from UTC.
  func boundedOffset(_ seconds: Int) -> Int { max(-86_400, min(offset(seconds), 86_400)) }
}

/// Marks of a time axis at whole minutes, hours, days, months and years of local time.
enum CivilTicks {
  struct Step: Equatable {
    var unit: CivilTick.Unit
    var count: Int
    /// Its length; of months and years the mean.
    var seconds: Double
  }

  static let steps: [Step] =
    [1, 2, 5, 10, 15, 30].map { Step(unit: .second, count: $0, seconds: Double($0)) }
    + [1, 2, 5, 10, 15, 30].map { Step(unit: .minute, count: $0, seconds: Double($0 * 60)) }
    + [1, 2, 3, 6, 12].map { Step(unit: .hour, count: $0, seconds: Double($0 * 3600)) }
    + [1, 2, 7].map { Step(unit: .day, count: $0, seconds: Double($0 * 86_400)) }
    + [1, 2, 3, 6].map { Step(unit: .month, count: $0, seconds: Double($0) * 2_629_746) }

  /// A place in whole seconds; some 30,000 years around the present are enough for a calendar.
  static func seconds(_ x: Double) -> Int { Int(max(-1e12, min(x, 1e12)).rounded(.down)) }

  /// The finest step with at most so many marks in a length.
  static func step(_ length: Double, atMost count: Int) -> Step {
    let raw = length / Double(max(1, count))
    if let step = steps.first(where: { $0.seconds >= raw }) { return step }
    let year = 31_556_952.0
    let years = ValueTicks.step(max(length, year) / year, intervals: count)
    let count = Int(max(1, min(years.value, 1e6)))
    return Step(unit: .year, count: count, seconds: Double(count) * year)
  }

  static func ticks(
    _ window: ClosedRange<Double>, atMost count: Int, _ labels: CivilLabels
  ) -> [Tick] {
    let low = Int(max(-1e12, min(window.lowerBound, 1e12)).rounded(.up))
    let high = seconds(window.upperBound)
    guard low <= high else { return [] }
    let step = step(window.upperBound - window.lowerBound, atMost: count)
    let places =
      step.unit < .day
      ? clockPlaces(low, high, step: Int(step.seconds), labels)
      : datePlaces(low, high, step, labels)
    return places.map { place in
      let (label, context) = labels.label(labels.civil(Double(place), unit: step.unit))
      return Tick(Double(place), label, context: context)
    }
  }

  /// Where the local clock shows a multiple of the step; twice in the hour that is repeated.
  private static func clockPlaces(
    _ low: Int, _ high: Int, step: Int, _ labels: CivilLabels
  ) -> [Int] {
    let grid = min(step, 900)  // Zones differ by quarters of an hour.
    var places: [Int] = []
    var place = -(-low).flooredQuotient(grid) * grid
    while place <= high {
      let local = place + labels.boundedOffset(place)
      if local.flooredQuotient(step) * step == local { places.append(place) }
      place += grid
    }
    return places
  }

  /// Local midnights of the days, Mondays, months or years that the step names.
  private static func datePlaces(
    _ low: Int, _ high: Int, _ step: Step, _ labels: CivilLabels
  ) -> [Int] {
    let first = labels.civil(Double(low))
    var places: [Int] = []
    // One step early, because midnight depends on the zone; the bound holds for any closure.
    var number = number(of: first, step) - 1
    for _ in 0..<1000 {
      let local = localSeconds(number, step)
      var place = local - labels.boundedOffset(local)
      place = local - labels.boundedOffset(place)
      if place > high { break }
      if place >= low, place > places.last ?? .min { places.append(place) }
      number += 1
    }
    return places
  }

  /// Which step from the epoch a date belongs to.
  private static func number(of tick: CivilTick, _ step: Step) -> Int {
    switch step.unit {
    case .month: (tick.year * 12 + tick.month - 1).flooredQuotient(step.count)
    case .year: tick.year.flooredQuotient(step.count)
    default:
      (CivilTick.days(year: tick.year, month: tick.month, day: tick.day) - firstDay(step))
        .flooredQuotient(step.count)
    }
  }

  private static func localSeconds(_ number: Int, _ step: Step) -> Int {
    let months = number * step.count
    let days =
      switch step.unit {
      case .month:
        CivilTick.days(
          year: months.flooredQuotient(12), month: months - months.flooredQuotient(12) * 12 + 1,
          day: 1)
      case .year: CivilTick.days(year: number * step.count, month: 1, day: 1)
      default: number * step.count + firstDay(step)
      }
    return days * 86_400
  }

  /// Weeks begin on Monday, and 2000-01-03 was one.
  private static func firstDay(_ step: Step) -> Int { step.count == 7 ? 2 : 0 }
}
