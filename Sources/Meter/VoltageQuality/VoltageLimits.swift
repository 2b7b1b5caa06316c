/// Limits of slow voltage events, as the family's set-up has them.
public struct VoltageLimits: Equatable, Sendable {
  /// Below is under-voltage, V; of a system of 230 V.
  public var low_V: UInt16
  /// Above is over-voltage, V.
  public var high_V: UInt16
  /// How long it must last, in units of 10 s; 0 is at once.
  public var duration_10s: UInt8

  /// As delivered: 230 V ± 10 %, for a minute.
  public static var standard: VoltageLimits {
    VoltageLimits(low_V: 207, high_V: 253, duration_10s: 6)
  }

  public init(low_V: UInt16, high_V: UInt16, duration_10s: UInt8) {
    (self.low_V, self.high_V, self.duration_10s) = (low_V, high_V, duration_10s)
  }

  /// Above the limit of dropouts, below each other, within what is measured.
  public func isPlausible(nominal_mV: Int32) -> Bool {
    let dropout = Self.dropout(nominal_mV: nominal_mV)
    return Int32(low_V) * 1000 > dropout && low_V < high_V
      && Int32(high_V) * 1000 <= nominal_mV / 2 * 3
  }

  /// Below a phase counts as missing: 160 V of 230 V. The phase indicators follow the same limit.
  public static func dropout(nominal_mV: Int32) -> Int32 { nominal_mV / 23 * 16 }

  /// Below a phase has no voltage at all: 5 % (EN 50160, 3.9).
  static func interruption(nominal_mV: Int32) -> Int32 { nominal_mV / 20 }

  /// What a voltage must be inside a limit again by to end an event: 1.6 %.
  static func hysteresis(nominal_mV: Int32) -> Int32 { nominal_mV / 64 }
}
