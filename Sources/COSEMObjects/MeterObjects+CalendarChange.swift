import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Setting of classes 20 and 11.
///
/// The passive attributes of the calendar are those of the plan that waits in the memory, and each
/// is stored there as it is set. Where none waits a copy of the plan in force does from then on,
/// until «activate» or its time. Names and numbers are those that the meter gives: seasons and
/// weeks A and B, days 1, 2 and 4, 5 for working days and days off, 3 and 6 for exception days.
extension MeterObjects {
  /// A plan that waits without a date waits for this.
  private static var never: Instant {
    Instant(
      utc: CivilDateTime(clampingSeconds: Int64(CivilDate.dayNumberMax) * 86_400))
  }

  static func isNever(_ activation: Instant) -> Bool { activation >= never }

  /// The plan that waits, or a copy of the one in force.
  @inline(never)
  private static func waiting(
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable, now: Instant
  ) -> (plan: TariffPlan, activation: Instant) {
    if let passive = meter.legal.passiveTariffPlan(now: now, memory: memory) { return passive }
    let plan = meter.legal.tariffPlan(now: now, memory: memory) ?? TariffPlan(number: 1)
    return (plan, never)
  }

  @inline(never)
  static func setCalendar(
    _ attribute: UInt8, _ value: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    var (plan, activation) = waiting(meter, memory, now: now)
    switch attribute {
    case 6: plan.number = try calendarName(&reader)
    case 7: try takeSeasons(&reader, &plan)
    case 8: try takeWeeks(&reader, &plan)
    case 9: try takeDays(&reader, &plan)
    default:
      let time = try reader.dateTime()
      if time == .unspecified {
        activation = never
      } else {
        guard let at = time.instant(in: meter.legal.zone) else { throw .outOfRange }
        activation = max(at, Instant(seconds: 0))
      }
    }
    return store(plan, from: activation, &meter, &memory, now: now)
  }

  /// Method 1: the plan that waits comes into force.
  @inline(never)
  static func activateCalendar(
    _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> ActionResult {
    guard let passive = meter.legal.passiveTariffPlan(now: now, memory: memory) else {
      return .objectUnavailable
    }
    let time = meter.legal.time(at: now)
    return store(passive.plan, from: time, &meter, &memory, now: now).ofAction
  }

  private static func calendarName(_ reader: inout COSEMReader) throws(COSEMError) -> UInt16 {
    let range = try reader.octets()
    guard range.count == 2 else { throw .outOfRange }
    let name = reader.part(range)
    return UInt16(name[0]) << 8 | UInt16(name[1])
  }

  /// The season that a name of one letter stands for.
  private static func season(
    _ reader: inout COSEMReader
  ) throws(COSEMError) -> TariffPlan.Season {
    let range = try reader.octets()
    guard range.count == 1,
      let season = TariffPlan.Season(rawValue: reader.part(range)[0] &- 0x41)
    else { throw .outOfRange }
    return season
  }

  private static func takeSeasons(
    _ reader: inout COSEMReader, _ plan: inout TariffPlan
  ) throws(COSEMError) {
    let count = try reader.array(upTo: 2)
    guard count > 0 else { throw .outOfRange }
    var starts: (a: (month: UInt8, day: UInt8)?, b: (month: UInt8, day: UInt8)?)
    for _ in 0..<count {
      try reader.structure(3)
      let name = try season(&reader)
      let start = try reader.dateTime()
      // A season begins each year at midnight, and has the week of its name.
      guard start.year == 0xFFFF, start.hour == 0 || start.hour == 0xFF,
        start.minute == 0 || start.minute == 0xFF, try season(&reader) == name
      else { throw .outOfRange }
      let day = (month: start.month, day: start.day)
      if name == .a {
        guard starts.a == nil else { throw .outOfRange }
        starts.a = day
      } else {
        guard starts.b == nil else { throw .outOfRange }
        starts.b = day
      }
    }
    guard let a = starts.a else { throw .outOfRange }
    do throws(TariffPlanError) {
      try plan.setSeasons(a: a, b: starts.b ?? a)
    } catch { throw .outOfRange }
  }

  private static func takeWeeks(
    _ reader: inout COSEMReader, _ plan: inout TariffPlan
  ) throws(COSEMError) {
    let count = try reader.array(upTo: 2)
    guard count > 0 else { throw .outOfRange }
    var working: UInt8?
    for _ in 0..<count {
      try reader.structure(8)
      let first = try season(&reader) == .a ? Int64(1) : 4
      var mask: UInt8 = 0
      for weekday in 0..<7 as Range<UInt8> {
        if try reader.integer(in: first...(first + 1)) == first { mask |= 1 << weekday }
      }
      // One set of working days for the whole year.
      if let working, working != mask { throw .outOfRange }
      working = mask
    }
    do throws(TariffPlanError) {
      try plan.setWorkingDays(working ?? 0x1F)
    } catch { throw .outOfRange }
  }

  private static func takeDays(
    _ reader: inout COSEMReader, _ plan: inout TariffPlan
  ) throws(COSEMError) {
    let count = try reader.array(upTo: 6)
    var seen: UInt8 = 0
    for _ in 0..<count {
      try reader.structure(2)
      let day = UInt8(try reader.integer(in: 1...6)) - 1
      guard seen >> day & 1 == 0, let season = TariffPlan.Season(rawValue: day / 3),
        let kind = TariffPlan.DayKind(rawValue: day % 3)
      else { throw .outOfRange }
      seen |= 1 << day
      let changes = try reader.array(upTo: TariffPlan.changesMax)
      var schedule = DaySchedule()
      for _ in 0..<changes {
        try reader.structure(3)
        let minute = try reader.minuteOfDay()
        guard try reader.logicalName() == ScriptTable.tariffs.name,
          let tariff = Tariff(rawValue: UInt8(try reader.integer(in: 1...4)) - 1)
        else { throw .outOfRange }
        do throws(TariffPlanError) {
          try schedule.add(tariff, from: minute)
        } catch { throw .outOfRange }
      }
      plan.set(schedule, season, kind)
    }
  }

  // MARK: exception days

  /// Takes the whole table, in force and in the plan that waits.
  @inline(never)
  static func setSpecialDays(
    _ value: Span<UInt8>, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable,
    now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let count = try reader.array(upTo: TariffPlan.exceptionsMax)
    var days = InlineArray<100, ExceptionDay?>(repeating: nil)
    for k in 0..<count { days[k] = try exception(&reader).day }
    return storeExceptions(days, count, &meter, &memory, now: now)
  }

  /// Methods 1, insert an entry (or replace the one of its index), and 2, delete one by its index.
  @inline(never)
  static func changeSpecialDays(
    _ method: UInt8, _ parameters: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> ActionResult {
    var reader = COSEMReader(parameters)
    var days = InlineArray<100, ExceptionDay?>(repeating: nil)
    var count = 0
    if let plan = meter.legal.tariffPlan(now: now, memory: memory) {
      count = plan.exceptionCount
      for k in 0..<count { days[k] = plan.exception(k) }
    }
    if method == 1 {
      let (index, day) = try exception(&reader)
      if index <= count {
        days[index - 1] = day
      } else {
        guard count < TariffPlan.exceptionsMax else { throw .outOfRange }
        days[count] = day
        count += 1
      }
    } else {
      let index = Int(try reader.integer(in: 1...Int64(TariffPlan.exceptionsMax)))
      guard index <= count else { throw .outOfRange }
      for k in index..<max(index, count) { days[k - 1] = days[k] }
      count -= 1
    }
    return storeExceptions(days, count, &meter, &memory, now: now).ofAction
  }

  private static func exception(
    _ reader: inout COSEMReader
  ) throws(COSEMError) -> (index: Int, day: ExceptionDay) {
    try reader.structure(3)
    let index = Int(try reader.integer(in: 1...0xFFFF))
    let date = try reader.date()
    // The day is the exception day of the season that it falls in.
    let day = try reader.integer(in: 1...6)
    guard day == 3 || day == 6 else { throw .outOfRange }
    if date.year == 0xFFFF {
      guard let found = ExceptionDay(everyYear: date.month, date.day) else { throw .outOfRange }
      return (index, found)
    }
    guard let found = CivilDate(year: date.year, month: date.month, day: date.day) else {
      throw .outOfRange
    }
    return (index, ExceptionDay(found))
  }

  /// The table belongs to the calendar in force and to the one that waits alike.
  private static func storeExceptions(
    _ days: InlineArray<100, ExceptionDay?>, _ count: Int, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> DataAccessResult {
    let passive = meter.legal.passiveTariffPlan(now: now, memory: memory)
    let active = meter.legal.tariffPlan(now: now, memory: memory) ?? TariffPlan(number: 1)
    let time = meter.legal.time(at: now)
    guard let plan = active.with(days, count) else { return .otherReason }
    let result = store(plan, from: time, &meter, &memory, now: now)
    guard result == .success, let passive, let next = passive.plan.with(days, count) else {
      return result
    }
    return store(next, from: passive.activation, &meter, &memory, now: now)
  }
}

extension TariffPlan {
  /// The same plan with other exception days.
  fileprivate func with(_ days: InlineArray<100, ExceptionDay?>, _ count: Int) -> TariffPlan? {
    var plan = TariffPlan(number: number)
    do throws(TariffPlanError) {
      try plan.setWorkingDays(workingDays)
      try plan.setSeasons(a: start(of: .a), b: start(of: .b))
      for season in Season.allCases {
        for kind in DayKind.allCases { plan.set(schedule(season, kind), season, kind) }
      }
      for k in 0..<count { if let day = days[k] { try plan.add(day) } }
    } catch { return nil }
    return plan
  }
}
