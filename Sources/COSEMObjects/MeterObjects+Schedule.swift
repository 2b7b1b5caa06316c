import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory

/// Class 22: when billing periods end by themselves (IEC 62056-6-2, 4.5.7).
///
/// The meter's recurrence becomes dates with open parts: each day, a day of the week, a day of each
/// month or of some months. The day 31 is «last of the month», as the meter takes it. A recurrence
/// in days of more than one cannot be said so; it is told as no entry and left alone.
extension MeterObjects {
  static func writeResetSchedule(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let settings = meter.configuration.billing
    switch attribute {
    case 2:
      writer.structure(2)
      writer.logicalName(ScriptTable.billing.name)
      writer.longUnsigned(1)
    // 1: one entry, its date may be open; 3: several with the same time, their dates may be open.
    case 3: writer.enumeration(entryCount(settings.reset) > 1 ? 3 : 1)
    default: writeEntries(settings, &writer)
    }
  }

  private static func entryCount(_ reset: Recurrence) -> Int {
    switch reset {
    case .never: 0
    case .days(let days): days == 1 ? 1 : 0
    case .weekly: 1
    case .monthly(_, let months): months == 0xFFF ? 1 : months.nonzeroBitCount
    }
  }

  private static func writeEntries(_ settings: BillingSettings, _ writer: inout COSEMWriter) {
    writer.array(entryCount(settings.reset))
    var date = COSEMDate()
    switch settings.reset {
    case .never: break
    case .days(let days): if days == 1 { writeEntry(date, settings, &writer) }
    case .weekly(let weekday):
      date.weekday = weekday.rawValue
      writeEntry(date, settings, &writer)
    case .monthly(let day, let months):
      date.day = day == 31 ? 0xFE : day
      if months == 0xFFF {
        writeEntry(date, settings, &writer)
        return
      }
      for month in 1...12 as ClosedRange<UInt8> where months >> UInt16(month - 1) & 1 != 0 {
        date.month = month
        writeEntry(date, settings, &writer)
      }
    }
  }

  private static func writeEntry(
    _ date: COSEMDate, _ settings: BillingSettings, _ writer: inout COSEMWriter
  ) {
    let time: InlineArray<4, UInt8> = [
      UInt8(truncatingIfNeeded: settings.resetMinute / 60),
      UInt8(truncatingIfNeeded: settings.resetMinute % 60), 0, 0,
    ]
    let bytes = date.bytes
    writer.structure(2)
    writer.octets(time.span)
    writer.octets(bytes.span)
  }

  static func setResetSchedule(
    _ value: Span<UInt8>, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable,
    now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    let count = try reader.array(upTo: 12)
    var settings = meter.configuration.billing
    var months: UInt16 = 0
    var common: (minute: UInt16, day: UInt8)?
    if count == 0 { settings.reset = .never }
    for _ in 0..<count {
      try reader.structure(2)
      let minute = try reader.minuteOfDay()
      let date = try reader.date()
      guard date.year == 0xFFFF else { throw .outOfRange }
      if let common, common.minute != minute || common.day != date.day { throw .outOfRange }
      common = (minute, date.day)
      settings.resetMinute = minute
      switch (date.month, date.day, date.weekday) {
      case (0xFF, 0xFF, 0xFF) where count == 1: settings.reset = .days(1)
      case (0xFF, 0xFF, let weekday) where count == 1:
        guard let weekday = Weekday(rawValue: weekday) else { throw .outOfRange }
        settings.reset = .weekly(weekday)
      case (let month, let day, 0xFF) where day == 0xFE || day <= 28:
        if month == 0xFF && count == 1 {
          months = 0xFFF
        } else if (1...12).contains(month) {
          months |= 1 << UInt16(month - 1)
        } else {
          throw .outOfRange
        }
        settings.reset = .monthly(day: day == 0xFE ? 31 : day, months: months)
      // The meter has no such recurrence.
      default: throw .outOfRange
      }
    }
    var wanted = meter.configuration
    wanted.billing = settings
    return change(.billing, to: wanted, &meter, &memory, now: now)
  }
}
