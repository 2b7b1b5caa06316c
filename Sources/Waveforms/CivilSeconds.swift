/// Times of rows: plain seconds, or ISO 8601 date and time.
enum CivilSeconds {
  /// Seconds since 2000-01-01T00:00:00 of `YYYY-MM-DD[T| ]hh:mm[:ss[.fff]][Z|±hh[:]mm]`.
  ///
  /// An offset is taken off, so the result is UTC then; without one it is the time as written.
  static func parse(_ text: String) -> Double? {
    var rest = Array(text.utf8)[...]
    func number(_ count: Int) -> Int? {
      guard rest.count >= count else { return nil }
      var value = 0
      for byte in rest.prefix(count) {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      rest = rest.dropFirst(count)
      return value
    }
    func take(_ characters: String) -> UInt8? {
      guard let first = rest.first, characters.utf8.contains(first) else { return nil }
      rest = rest.dropFirst()
      return first
    }
    guard let year = number(4), take("-") != nil, let month = number(2), take("-") != nil,
      let day = number(2), take("T ") != nil, let hour = number(2), take(":") != nil,
      let minute = number(2), (1900...9999).contains(year), (1...12).contains(month),
      (1...daysIn(month, year)).contains(day), hour < 24, minute < 60
    else { return nil }
    var seconds = 0.0
    if take(":") != nil {
      guard let whole = number(2), whole < 60 else { return nil }
      seconds = Double(whole)
      if take(".,") != nil {
        var weight = 0.1
        guard rest.first.map({ (0x30...0x39).contains($0) }) == true else { return nil }
        while let digit = number(1) {
          seconds += Double(digit) * weight
          weight /= 10
        }
      }
    }
    var offset_min = 0
    if let sign = take("+-") {
      guard let hours = number(2) else { return nil }
      _ = take(":")
      guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
      offset_min = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    } else {
      _ = take("Z")
    }
    guard rest.isEmpty else { return nil }
    let minutes = (daysSince2000(year, month, day) * 24 + hour) * 60 + minute - offset_min
    return Double(minutes) * 60 + seconds
  }

  private static func daysIn(_ month: Int, _ year: Int) -> Int {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days from 2000-01-01, proleptic Gregorian; years begin in March so that the leap day is last.
  private static func daysSince2000(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let monthFromMarch = (month + 9) % 12
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * monthFromMarch + 2) / 5 + day - 1
    return days - 730_425
  }
}
