/// A physical unit with its number in the unit enumeration of COSEM (Blue Book, 4.3.2).
public enum Unit: UInt8, CaseIterable, Sendable {
  case hour = 5
  case minute = 6
  case second = 7
  /// Degree of a phase angle.
  case degree = 8
  case degreeCelsius = 9
  case watt = 27
  case voltAmpere = 28
  case voltAmpereReactive = 29
  case wattHour = 30
  case voltAmpereHour = 31
  case varHour = 32
  case ampere = 33
  case volt = 35
  case hertz = 44
  case percent = 56
  /// A number without a unit: counts, states, power factor, dates.
  case count = 255
}
