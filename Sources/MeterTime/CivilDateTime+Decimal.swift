/// Dates and times as the six decimal digits that a display and the registers of the optical
/// port carry: YYMMDD and HHMMSS.

extension CivilDate {
  /// YYMMDD, for example 261122; the century is lost.
  public var yymmdd: UInt32 {
    UInt32(year % 100) * 10_000 + UInt32(month) * 100 + UInt32(day)
  }

  /// Reads YYMMDD as a date of 2000...2099; nil where there is no such date.
  public init?(yymmdd: UInt32) {
    guard yymmdd <= 991_231 else { return nil }
    self.init(
      year: UInt16(2000 + yymmdd / 10_000), month: UInt8(yymmdd / 100 % 100),
      day: UInt8(yymmdd % 100))
  }
}

extension CivilDateTime {
  /// HHMMSS, for example 235959.
  public var hhmmss: UInt32 {
    UInt32(hour) * 10_000 + UInt32(minute) * 100 + UInt32(second)
  }

  /// Joins a date with HHMMSS; nil where the day has no such time.
  public init?(date: CivilDate, hhmmss: UInt32) {
    guard hhmmss <= 235_959 else { return nil }
    self.init(
      date: date, hour: UInt8(hhmmss / 10_000), minute: UInt8(hhmmss / 100 % 100),
      second: UInt8(hhmmss % 100))
  }

  /// Reads YYMMDD and HHMMSS as a time of 2000...2099; nil where there is none.
  public init?(yymmdd: UInt32, hhmmss: UInt32) {
    guard let date = CivilDate(yymmdd: yymmdd) else { return nil }
    self.init(date: date, hhmmss: hhmmss)
  }
}
