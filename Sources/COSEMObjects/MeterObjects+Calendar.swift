import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Classes 20 and 11: the tariff plan, as it is read.
///
/// Day 1, 2, 3 are a working day, a day off and an exception in season A, 4, 5, 6 in season B.
extension MeterObjects {
  static func writeCalendar(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, now: Instant
  ) {
    // Attributes 2...5 are the plan in force, 6...9 the one that waits, 10 is when.
    let passive = meter.legal.passiveTariffPlan(now: now, memory: memory)
    if attribute == 10 {
      let zone = meter.legal.zone
      guard let passive, !isNever(passive.activation) else {
        writer.octets(COSEMDateTime.unspecified)
        return
      }
      writer.octets(COSEMDateTime(local: passive.activation, in: zone))
      return
    }
    let plan =
      attribute < 6 ? meter.legal.tariffPlan(now: now, memory: memory) : passive?.plan
    switch attribute {
    case 2, 6: writeCalendarName(plan, &writer)
    case 3, 7: writeSeasons(plan, &writer)
    case 4, 8: writeWeeks(plan, &writer)
    default: writeDays(plan, &writer)
    }
  }

  private static func writeCalendarName(_ plan: TariffPlan?, _ writer: inout COSEMWriter) {
    guard let plan else {
      writer.octets("")
      return
    }
    let number = plan.number
    let name: InlineArray<2, UInt8> = [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
    writer.octets(name.span)
  }

  private static func writeSeasons(_ plan: TariffPlan?, _ writer: inout COSEMWriter) {
    guard let plan else {
      writer.array(0)
      return
    }
    writer.array(2)
    for season in TariffPlan.Season.allCases {
      let name: InlineArray<1, UInt8> = [0x41 + season.rawValue]
      var start = COSEMDateTime.unspecified
      (start.month, start.day) = plan.start(of: season)
      (start.hour, start.minute, start.second, start.hundredths) = (0, 0, 0, 0)
      start.status = 0
      writer.structure(3)
      writer.octets(name.span)
      writer.octets(start)
      writer.octets(name.span)
    }
  }

  private static func day(_ season: TariffPlan.Season, _ kind: TariffPlan.DayKind) -> UInt8 {
    season.rawValue * 3 + kind.rawValue + 1
  }

  private static func writeWeeks(_ plan: TariffPlan?, _ writer: inout COSEMWriter) {
    guard let plan else {
      writer.array(0)
      return
    }
    writer.array(2)
    for season in TariffPlan.Season.allCases {
      let name: InlineArray<1, UInt8> = [0x41 + season.rawValue]
      writer.structure(8)
      writer.octets(name.span)
      for weekday in 0..<7 {
        let isWorking = plan.workingDays >> UInt8(weekday) & 1 != 0
        writer.unsigned(day(season, isWorking ? .working : .nonWorking))
      }
    }
  }

  private static func writeDays(_ plan: TariffPlan?, _ writer: inout COSEMWriter) {
    guard let plan else {
      writer.array(0)
      return
    }
    writer.array(6)
    for season in TariffPlan.Season.allCases {
      for kind in TariffPlan.DayKind.allCases {
        let schedule = plan.schedule(season, kind)
        writer.structure(2)
        writer.unsigned(day(season, kind))
        writer.array(schedule.count)
        for k in 0..<schedule.count {
          let (minute, tariff) = schedule[k]
          let time: InlineArray<4, UInt8> = [
            UInt8(truncatingIfNeeded: minute / 60), UInt8(truncatingIfNeeded: minute % 60), 0, 0,
          ]
          writer.structure(3)
          writer.octets(time.span)
          // The selector is the tariff.
          writer.logicalName(ScriptTable.tariffs.name)
          writer.longUnsigned(UInt16(tariff.rawValue) + 1)
        }
      }
    }
  }

  /// Exception days with their day; one that comes every year counts as in the running one.
  static func writeSpecialDays(
    _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, now: Instant
  ) {
    guard let plan = meter.legal.tariffPlan(now: now, memory: memory) else {
      writer.array(0)
      return
    }
    let thisYear = meter.legal.localTime(at: now).civil.year
    writer.array(plan.exceptionCount)
    for k in 0..<plan.exceptionCount {
      let exception = plan.exception(k)
      var bytes: InlineArray<5, UInt8> = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
      var season = TariffPlan.Season.a
      if let date = exception.date {
        bytes[0] = UInt8(truncatingIfNeeded: date.year >> 8)
        bytes[1] = UInt8(truncatingIfNeeded: date.year)
        (bytes[2], bytes[3]) = (date.month, date.day)
        season = plan.season(of: date)
      } else if let (month, day) = exception.everyYear {
        (bytes[2], bytes[3]) = (month, day)
        if let date = CivilDate(year: thisYear, month: month, day: day) {
          season = plan.season(of: date)
        }
      }
      writer.structure(3)
      writer.longUnsigned(UInt16(k + 1))
      writer.octets(bytes.span)
      writer.unsigned(day(season, .exception))
    }
  }
}
