import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory

/// Class 8: the clock.
extension MeterObjects {
  static func writeClock(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter, now: Instant
  ) {
    let zone = meter.legal.zone
    let status: UInt8 = meter.legal.isClockValid ? 0 : 1
    let time = meter.legal.time(at: now)
    switch attribute {
    case 2: writer.octets(COSEMDateTime(local: time, in: zone, status: status))
    // UTC minus standard time, as a deviation counts.
    case 3: writer.long(0 &- zone.zoneMinutes)
    case 4:
      writer.unsigned(status | (zone.localTime(at: time).isDaylightSaving ? 0x80 : 0))
    case 5, 6: writer.octets(daylightSaving(isBegin: attribute == 5, time, zone))
    case 7: writer.integer(Int8(clamping: zone.daylightSaving.shiftMinutes))
    case 8: writer.boolean(zone.daylightSaving.count > 0)
    // Internal crystal.
    default: writer.enumeration(1)
    }
  }

  /// Begin or end of daylight saving: the rule where it goes by one, else the next date.
  private static func daylightSaving(
    isBegin: Bool, _ time: Instant, _ zone: ZoneRules
  ) -> COSEMDateTime {
    let table = zone.daylightSaving
    for k in 0..<table.count where table[k].end > time {
      let at = isBegin ? table[k].begin : table[k].end
      // What the clock on the wall shows before it moves.
      var out = COSEMDateTime(local: at - .seconds(1), in: zone)
      let standard = COSEMDateTime(standard: at, in: zone)
      let shift = isBegin ? UInt8(0) : table.shiftMinutes / 60
      (out.hour, out.minute, out.second) = (standard.hour + shift, standard.minute, 0)
      if table.followsDefaultRule {
        // The last Sunday of the month, each year.
        (out.year, out.day, out.weekday) = (0xFFFF, 0xFE, Weekday.sunday.rawValue)
        out.deviation = nil
        out.status = 0
      }
      return out
    }
    return .unspecified
  }

  /// Sets time; a time without deviation is local.
  static func setClock(
    _ value: Span<UInt8>, _ meter: inout Meter, now: Instant
  ) -> DataAccessResult {
    var reader = COSEMReader(value)
    let time: COSEMDateTime
    do throws(COSEMError) { time = try reader.dateTime() } catch { return .typeUnmatched }
    guard let wanted = time.instant(in: meter.legal.zone) else { return .otherReason }
    return move(to: wanted, &meter, now: now) ? .success : .otherReason
  }

  /// Sets the zone, or turns daylight saving on by the rule of the European Union and off.
  static func setZone(
    _ attribute: UInt8, _ value: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    var wanted = meter.configuration
    if attribute == 3 {
      let minutes = Int16(try reader.integer(in: -840...840))
      guard
        let zone = ZoneRules(
          zoneMinutes: 0 - minutes, daylightSaving: wanted.zone.daylightSaving)
      else { throw .outOfRange }
      wanted.zone = zone
    } else {
      let isOn = try reader.boolean()
      if isOn == (wanted.zone.daylightSaving.count > 0) { return .success }
      let year = meter.legal.localTime(at: now).civil.year
      wanted.zone.daylightSaving =
        isOn ? DaylightSavingTable(europeanUnionFrom: min(year, 9984)) : .off
    }
    return change(.clock, to: wanted, &meter, &memory, now: now)
  }

  private static func move(to wanted: Instant, _ meter: inout Meter, now: Instant) -> Bool {
    do throws(ClockRefusal) {
      try meter.legal.setClock(to: wanted, by: .command, now: now)
      return true
    } catch { return false }
  }

  /// Methods 1, 2, 3 and 6.
  static func moveClock(
    _ method: UInt8, _ parameters: Span<UInt8>, _ meter: inout Meter, now: Instant
  ) -> ActionResult {
    var reader = COSEMReader(parameters)
    let number: Int64
    do throws(COSEMError) {
      number = try reader.integer(in: -900...900)
    } catch { return .typeUnmatched }
    let time = meter.legal.time(at: now)
    let wanted: Instant
    switch method {
    case 1: wanted = rounded(time, 900)
    case 2: wanted = rounded(time, meter.legal.periodSettings.length.seconds)
    case 3: wanted = rounded(time, 60)
    default: wanted = time + .seconds(number)
    }
    return move(to: wanted, &meter, now: now) ? .success : .otherReason
  }

  /// The nearest full quarter, period or minute; whole hours of a zone do not matter to it.
  private static func rounded(_ time: Instant, _ step: Int64) -> Instant {
    let ticks = step * Instant.ticksPerSecond
    return Instant(ticks: (time.ticks + ticks / 2) / ticks * ticks)
  }
}
