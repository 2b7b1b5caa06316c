import IEC62056_21
import MeterTime
import Quantities

/// The argument of a command: address(value) with at most one more value behind.
struct CommandArgument {
  var address: DataSetAddress
  var value: Range<Int>

  /// Nil for what is no such argument.
  init?(_ text: Span<UInt8>) {
    var cursor = DataSetCursor()
    guard let set = (try? cursor.next(in: text)) ?? nil,
      let address = DataSetAddress(parsing: text.extracting(set.address))
    else { return nil }
    // A second value, such as the number of lines of a block, is allowed and says nothing here.
    if cursor.offset < text.count {
      guard let more = (try? cursor.next(in: text)) ?? nil, more.address.isEmpty,
        cursor.offset == text.count
      else { return nil }
    }
    self.address = address
    value = set.value
  }

  /// The value as a number of so many decimal digits; nil for anything else.
  static func digits(_ text: Span<UInt8>, _ range: Range<Int>, _ count: Int) -> UInt64? {
    guard range.count == count, count <= 18 else { return nil }
    var value: UInt64 = 0
    for k in range {
      guard text[k] >= 0x30, text[k] <= 0x39 else { return nil }
      value = value * 10 + UInt64(text[k] - 0x30)
    }
    return value
  }

  /// A byte from two hexadecimal digits.
  static func byte(_ text: Span<UInt8>, at offset: Int) -> UInt8? {
    guard offset + 1 < text.count, let high = nibble(text[offset]),
      let low = nibble(text[offset + 1])
    else { return nil }
    return high << 4 | low
  }

  private static func nibble(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x41...0x46: character - 0x41 + 10
    case 0x61...0x66: character - 0x61 + 10
    default: nil
    }
  }
}

/// A time stamp of the readout: [season] yymmddhhmm [ss].
///
/// The season is 0 for standard time, 1 for daylight saving time, 2 for UTC; without one the time
/// is local.
enum ReadoutTime {
  /// Reads a stamp; nil for what is none.
  static func instant(_ text: Span<UInt8>, _ range: Range<Int>, _ zone: ZoneRules) -> Instant? {
    var start = range.lowerBound
    var season: UInt8?
    if range.count == 11 || range.count == 13 {
      season = text[start] &- 0x30
      start += 1
    }
    let digits = range.upperBound - start
    guard digits == 10 || digits == 12,
      let date = CommandArgument.digits(text, start..<(start + 6), 6),
      let hour = CommandArgument.digits(text, (start + 6)..<(start + 10), 4)
    else { return nil }
    let seconds =
      digits == 12 ? CommandArgument.digits(text, (start + 10)..<(start + 12), 2) : 0
    guard let seconds,
      let civil = CivilDateTime(yymmdd: UInt32(date), hhmmss: UInt32(hour * 100 + seconds))
    else { return nil }
    switch season {
    case nil: return zone.instant(ofLocalTime: civil)
    case 0: return zone.instant(ofStandardTime: civil)
    case 1:
      return zone.instant(ofStandardTime: civil)
        - .minutes(Int64(zone.daylightSaving.shiftMinutes))
    case 2: return Instant(utc: civil)
    default: return nil
    }
  }

  /// Writes a stamp of thirteen digits in local time.
  static func write(_ instant: Instant, _ zone: ZoneRules, into writer: inout TextWriter) {
    let local = zone.localTime(at: instant)
    writer.put(local.isDaylightSaving ? UInt8(ascii: "1") : UInt8(ascii: "0"))
    writer.decimal(UInt64(local.civil.date.yymmdd), width: 6)
    writer.decimal(UInt64(local.civil.hhmmss), width: 6)
  }
}
