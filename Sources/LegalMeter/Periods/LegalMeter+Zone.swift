import MeterTime

extension LegalMeter {
  /// Zone and daylight saving of the meter's time.
  var zone: ZoneRules { .utc }
  /// False while the clock does not know the time.
  var isClockValid: Bool { true }
}
