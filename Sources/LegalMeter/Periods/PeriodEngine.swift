import MeterTime
import Quantities

/// A period that is closed and on its way to the load profile.
struct ClosedPeriod: Sendable {
  /// Periods of this length since 2000-01-01T00:00 standard time.
  var number: UInt32
  var status: PeriodStatus
  /// 0.1 Wh or 0.1 varh by `EnergyKind`, 20 bits.
  var values = InlineArray<4, UInt32>(repeating: 0)
}

/// The registration periods: one open, one perhaps on its way to the memory.
///
/// An interval value is the difference of a register between the two ends of the period. What is
/// below 0.1 Wh, or beyond 20 bits, is carried into the next one, so that the values always add up
/// to the register.
struct PeriodEngine: Sendable {
  /// Largest interval value, 0.1 Wh.
  static let largestValue: UInt64 = 0xF_FFFF
  /// mWh in a unit of the profile.
  static let unit_mWh: UInt64 = 100

  var settings = PeriodSettings()
  var isOpen = false
  /// Number of the open period.
  var number: UInt32 = 0
  /// What has happened within it so far.
  var status: PeriodStatus = []
  /// Totals at its start, mWh or mvarh, by `EnergyKind`.
  var start = InlineArray<4, UInt64>(repeating: 0)
  /// What of earlier energy is not yet in any interval value, mWh.
  var carry = InlineArray<4, UInt32>(repeating: 0)
  /// Seconds in operation at its start.
  var operatingAtStart: UInt32 = 0
  var tariffAtStart = Tariff.t1
  /// When it ends, on the owner's time line.
  var end = Instant(ticks: .max)
  var closed: ClosedPeriod?
  var demand = DemandState()
  /// True when the checkpoint in the memory is behind.
  var needsCommit = false

  init() {}

  /// Energy of the open period so far, mWh or mvarh.
  func energy(_ kind: EnergyKind, _ value: UInt64) -> UInt64 { value &- start[kind.index] }

  /// The interval value of the open period; what it leaves is carried.
  mutating func takeValue(_ kind: EnergyKind, _ value: UInt64) -> UInt32 {
    let k = kind.index
    let energy = energy(kind, value) &+ UInt64(carry[k])
    let units = min(energy / Self.unit_mWh, Self.largestValue)
    carry[k] = UInt32(clamping: energy &- units &* Self.unit_mWh)
    return UInt32(truncatingIfNeeded: units)
  }
}
