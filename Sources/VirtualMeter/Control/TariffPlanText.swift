import LegalMeter
import MeterTime
import Quantities

/// A tariff plan of one season as a command writes it: changes such as `06:00=2 22:00=1` for each
/// kind of day, and exception days such as `2026-12-24 12-25`, the latter one of every year.
public struct TariffPlanText: Equatable, Sendable {
  /// 1...65535.
  public var number: UInt16
  /// Changes on working days, on other days, on exception days.
  public var working = ""
  public var other = ""
  public var exception = ""
  public var exceptions = ""

  public init(number: UInt16) { self.number = number }

  init(_ reader: CommandReader) throws(Failure) {
    number = UInt16(try reader.integer("number", 1...65_535))
    func text(_ key: String) throws(Failure) -> String {
      reader.has(key) ? try reader.text(key, expected: "a text such as 06:00=2 22:00=1") : ""
    }
    working = try text("working")
    other = try text("other")
    exception = try text("exception")
    exceptions = try text("exceptions")
    _ = try plan()
  }

  /// The members that `init(_:)` reads.
  var members: [(key: String, value: JSONValue)] {
    [("number", JSONValue.integer(number))]
      + [
        ("working", working), ("other", other), ("exception", exception),
        ("exceptions", exceptions),
      ].filter { !$0.1.isEmpty }.map { ($0.0, JSONValue.string($0.1)) }
  }

  /// The plan.
  ///
  /// - Throws: `protocolError` for a change or a day that is none.
  public func plan() throws(Failure) -> TariffPlan {
    var plan = TariffPlan(number: number)
    for (kind, key, text) in [
      (TariffPlan.DayKind.working, "working", working), (.nonWorking, "other", other),
      (.exception, "exception", exception),
    ] {
      let schedule = try Self.schedule(text, key)
      for season in TariffPlan.Season.allCases { plan.set(schedule, season, kind) }
    }
    for word in exceptions.split(separator: " ") {
      guard let day = Self.day(word), (try? plan.add(day)) != nil else {
        throw CommandReader.wrong("exceptions", expected: "days such as 2026-12-24 12-25")
      }
    }
    return plan
  }

  private static func schedule(_ text: String, _ key: String) throws(Failure) -> DaySchedule {
    var schedule = DaySchedule()
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=").map(String.init)
      let clock = (parts.first ?? "").split(separator: ":").compactMap { UInt16($0) }
      guard parts.count == 2, clock.count == 2, clock[0] < 24, clock[1] < 60,
        let number = UInt8(parts[1]), let tariff = Tariff(rawValue: number &- 1),
        (try? schedule.add(tariff, from: clock[0] * 60 + clock[1])) != nil
      else {
        throw CommandReader.wrong(
          key, expected: "at most eight changes in order, such as 06:00=2 22:00=1")
      }
    }
    return schedule
  }

  private static func day(_ word: Substring) -> ExceptionDay? {
    let parts = word.split(separator: "-").compactMap { UInt16($0) }
    if parts.count == 2, let month = UInt8(exactly: parts[0]), let day = UInt8(exactly: parts[1]) {
      return ExceptionDay(everyYear: month, day)
    }
    guard parts.count == 3, let month = UInt8(exactly: parts[1]),
      let day = UInt8(exactly: parts[2]),
      let date = CivilDate(year: parts[0], month: month, day: day)
    else { return nil }
    return ExceptionDay(date)
  }
}
