import LegalMeter
import MeterTime
import Metrology
import Quantities

/// The quality of the supply in the energy model: spans of constant voltages instead of windows.
///
/// A span ends at the latest where ten minutes do, or where something has lasted long enough to
/// count; dips and swells within a window it does not have.
extension Meter {
  /// When a span must end for the quality of the supply, on the owner's time line.
  @inline(__always)
  func voltageDeadline(after from: Instant) -> Instant {
    let number = legal.zone.standardSeconds(at: legal.time(at: from)) / 600
    let interval = legal.ownersTime(
      of: legal.zone.instant(standardSeconds: (number + 1) * 600), near: from)
    let patience = Instant.Duration.seconds(Int64(voltageQuality.life.limits.duration_10s) * 10)
    guard let due = voltageQuality.slow.nextDue(patience: patience), due > from else {
      return interval
    }
    return min(interval, due)
  }

  /// Takes the span that `legal.window` stands for.
  @inline(never)
  mutating func watchVoltages(span from: Instant, to now: Instant) {
    watchSlowly(from: from, now: now)
    let (began, ended) = (standardSeconds(at: from), standardSeconds(at: now))
    turnInterval(to: began)
    addSpan(from: from, to: now)
    addFrequency(from: began, to: ended)
    turnInterval(to: ended)
  }

  // Inlined: a copy of the whole meter would be made for the call.
  @inline(__always)
  private func standardSeconds(at now: Instant) -> Int64 {
    max(legal.zone.standardSeconds(at: legal.time(at: now)), 0)
  }

  private mutating func turnInterval(to seconds: Int64) {
    let number = UInt32(clamping: seconds / 600)
    if voltageQuality.intervalNumber != number { closeInterval(next: number) }
  }

  private mutating func addSpan(from: Instant, to now: Instant) {
    let length = now - from
    // As many windows as samples would have given.
    let windows = UInt64(max(length.wholeMilliseconds, 0) + 100) / 200
    for k in 0..<3 {
      let u = UInt64(max(legal.window[k].voltage_mV, 0))
      voltageQuality.interval.squares[k] &+= u &* u &* windows
    }
    voltageQuality.interval.windows = UInt16(
      clamping: UInt64(voltageQuality.interval.windows) + windows)
    voltageQuality.interval.covered_ms &+= UInt32(clamping: length.wholeMilliseconds)
    let seconds = UInt16(clamping: length.wholeSeconds)
    if seconds > 0, legal.parameters.connection == .fourWire,
      let ratio = VoltageUnbalance.ratio(legal.window)
    {
      voltageQuality.interval.unbalance &+= UInt32(ratio) &* UInt32(seconds)
      voltageQuality.interval.unbalances &+= seconds
    }
  }

  /// Five windows a second, in slots of ten seconds of the meter's time.
  private mutating func addFrequency(from: Int64, to: Int64) {
    let frequency = legal.window.frequency_mHz
    let slot = UInt8(truncatingIfNeeded: from / 10)
    if slot != voltageQuality.frequencySlot { openFrequencySlot(slot) }
    let slots = to / 10 - from / 10
    guard slots > 0 else {
      addWindows(seconds: to - from, frequency)
      return
    }
    addWindows(seconds: 10 - from % 10, frequency)
    openFrequencySlot(UInt8(truncatingIfNeeded: to / 10))
    if slots > 1 && frequency > 0 {
      voltageQuality.week.count(
        frequency_mHz: frequency, nominal_Hz: UInt32(legal.nominalHertz),
        times: UInt16(clamping: slots - 1))
    }
    addWindows(seconds: to % 10, frequency)
  }

  private mutating func addWindows(seconds: Int64, _ frequency_mHz: UInt32) {
    let windows = UInt8(clamping: max(seconds, 0) * 5)
    guard frequency_mHz > 0, voltageQuality.frequencyWindows <= 50 else { return }
    voltageQuality.frequencySum_mHz &+= frequency_mHz &* UInt32(windows)
    voltageQuality.frequencyWindows &+= windows
  }
}
