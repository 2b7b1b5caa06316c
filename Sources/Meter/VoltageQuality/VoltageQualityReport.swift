import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// A week of the supply, judged by EN 50160.
public struct VoltageQualityReport: Sendable {
  /// Counts of the week.
  public var week: VoltageWeek
  /// Nominal voltage, mV.
  public var nominal_mV: Int32
  /// Nominal frequency, Hz.
  public var nominal_Hz: UInt8
  /// Phases that are connected, L1 is bit 0.
  public var phases: UInt8
  /// False while the week is still running.
  public var isOver: Bool
  /// Zone of standard time, minutes.
  public var zoneMinutes: Int16

  /// Beginning of the week: Monday, 0:00 standard time.
  public var start: Instant {
    let seconds: Int64 = (Int64(week.number) * 7 + 2) * 86_400
    return Instant(seconds: seconds - Int64(zoneMinutes) * 60)
  }

  /// Shares of the ten-minute means of a phase, 1/10000: within ± 10 %, and within +10/-15 %; nil
  /// without means.
  public func shares(phase: Int) -> (within10: UInt16, within15: UInt16)? {
    var all: UInt32 = 0
    for k in 0..<VoltageWeek.classCount { all += UInt32(week.count(phase: phase, class: k)) }
    if all == 0 { return nil }
    var inner: UInt32 = 0
    var outer: UInt32 = 0
    // Class 1 begins at 85 %, 3 at 90 %; the last is above 110 %.
    for k in 1..<(VoltageWeek.classCount - 1) {
      let count = UInt32(week.count(phase: phase, class: k))
      outer += count
      if k >= 3 { inner += count }
    }
    return (UInt16(inner * 10_000 / all), UInt16(outer * 10_000 / all))
  }

  /// Whether 95 % of the means of each phase are within ± 10 % and all within +10/-15 %; nil
  /// without means.
  public var isVoltageRight: Bool? {
    var verdict: Bool?
    for k in 0..<3 where phases >> UInt8(k) & 1 != 0 {
      guard let share = shares(phase: k) else { continue }
      verdict = verdict ?? true && share.within10 >= 9500 && share.within15 == 10_000
    }
    return verdict
  }

  /// Whether 95 % of the means of unbalance are at most 2 %; nil without means.
  public var isUnbalanceRight: Bool? {
    if week.unbalances == 0 { return nil }
    return UInt32(week.unbalancesWithin) * 100 >= UInt32(week.unbalances) * 95
  }

  /// Whether 99.5 % of the frequencies are within 1 % and all within -6...+4 %; nil without means.
  public var isFrequencyRight: Bool? {
    if week.frequencies == 0 { return nil }
    return UInt32(week.frequenciesWithin1) * 1000 >= UInt32(week.frequencies) * 995
      && week.frequenciesWithin6 == week.frequencies
  }
}

extension Meter {
  /// Which week is asked for.
  public enum VoltageWeekChoice: UInt8, Sendable {
    case running
    /// The last one that is over.
    case last
  }

  /// The week of EN 50160; nil for the last one as long as none is over.
  @inline(never)
  public func voltageQualityReport(
    _ choice: VoltageWeekChoice, memory: borrowing some PageMemory & ~Copyable
  ) -> VoltageQualityReport? {
    var week = voltageQuality.week
    if choice == .last {
      var bytes = InlineArray<240, UInt8>(repeating: 0)
      var room = bytes.mutableSpan
      var length = 0
      var record = voltageQuality.lastRecord
      _ = record.recover(from: memory, into: &room, length: &length)
      guard let last = VoltageWeek(bytes, length: length) else { return nil }
      week = last
    }
    var phases: UInt8 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      phases |= 1 << UInt8(phase.index)
    }
    return VoltageQualityReport(
      week: week, nominal_mV: legal.parameters.nominalVoltage_mV, nominal_Hz: legal.nominalHertz,
      phases: phases, isOver: choice == .last, zoneMinutes: legal.zone.zoneMinutes)
  }

  /// Counters and extremes of the whole life, and the limits.
  public var voltageLife: VoltageLife { voltageQuality.life }

  /// Unbalance u2/u1 of the window closed last, 0.01 %; nil without three voltages.
  public var voltageUnbalance: UInt16? {
    legal.parameters.connection == .fourWire ? VoltageUnbalance.ratio(legal.window) : nil
  }

  /// Changes the limits of under- and over-voltage; events under way go on by the new ones.
  @inline(never)
  public mutating func setVoltageLimits(_ limits: VoltageLimits) throws(LegalRefusal) {
    guard limits.isPlausible(nominal_mV: legal.parameters.nominalVoltage_mV) else {
      throw .implausible
    }
    if limits == voltageQuality.life.limits { return }
    voltageQuality.life.limits = limits
    voltageQuality.lifeNeedsCommit = true
    legal.log(
      .voltageLimitsChanged, now: now,
      UInt64(limits.low_V) | UInt64(limits.high_V) << 16 | UInt64(limits.duration_10s) << 32)
  }
}
