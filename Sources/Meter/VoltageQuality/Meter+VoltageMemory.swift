import Bytes
import LegalMeter
import MeterTime
import PermanentMemory

extension Meter {
  /// Brings week, counters and the last week into the memory, and takes them out of it first.
  /// - Returns: true when nothing is left to do.
  @inline(never)
  mutating func serviceVoltageQuality(
    now: Instant, memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    if !voltageQuality.isRecovered { recoverVoltageQuality(memory) }
    for _ in 0..<12 {
      if !memory.isReady { return false }
      if !storeVoltageQuality(now: now, &memory) { return true }
    }
    return false
  }

  /// Takes logs and quality of the supply out of a memory that is only looked at; a meter that runs
  /// does it by itself.
  @inline(never)
  public mutating func openRecords(_ memory: borrowing some PageMemory & ~Copyable) {
    legal.openLogs(memory)
    recoverVoltageQuality(memory)
  }

  private mutating func recoverVoltageQuality(_ memory: borrowing some PageMemory & ~Copyable) {
    voltageQuality.isRecovered = true
    var bytes = InlineArray<240, UInt8>(repeating: 0)
    var length = 0
    var room = bytes.mutableSpan
    _ = voltageQuality.weekRecord.recover(from: memory, into: &room, length: &length)
    if let week = VoltageWeek(bytes, length: length) { voltageQuality.week = week }
    length = 0
    var again = bytes.mutableSpan
    _ = voltageQuality.lifeRecord.recover(from: memory, into: &again, length: &length)
    let life = VoltageLife(
      bytes, length: length, nominal_mV: legal.parameters.nominalVoltage_mV)
    if let life {
      voltageQuality.life = life
      tellOutage(storedAt: Int64(life.storedAt))
    }
    length = 0
    var third = bytes.mutableSpan
    _ = voltageQuality.lastRecord.recover(from: memory, into: &third, length: &length)
    voltageQuality.startedAt = nil
  }

  /// Counts the outage before the start: from the last record of the journal to the start.
  ///
  /// Two bytes of that record say when it was, to the second, within 18 hours; the record of the
  /// counters is at most ten minutes older and says within which.
  private mutating func tellOutage(storedAt: Int64) {
    guard let start = voltageQuality.startedAt, storedAt > 0 else { return }
    var from = storedAt
    if let low = legal.lastAlive {
      from += Int64(low &- UInt16(truncatingIfNeeded: storedAt))
    }
    countOutage(from: Instant(seconds: min(from, start.seconds)), to: start)
  }

  /// One step; false when there is nothing to do. A record that changes on its way fails its
  /// verification and is programmed anew.
  private mutating func storeVoltageQuality(
    now: Instant, _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    if !voltageQuality.lastRecord.isIdle || voltageQuality.lastNeedsCommit {
      let bytes = voltageQuality.week.encoded()
      if voltageQuality.lastRecord.isIdle {
        voltageQuality.lastNeedsCommit = false
        _ = voltageQuality.lastRecord.begin(bytes.span)
      }
      switch voltageQuality.lastRecord.pump(bytes.span, to: &memory) {
      case .failed: voltageQuality.lastNeedsCommit = true
      case .committed: openWeek(now: now)
      case .busy, .idle: break
      }
      return true
    }
    if !voltageQuality.weekRecord.isIdle || voltageQuality.weekNeedsCommit {
      let bytes = voltageQuality.week.encoded()
      if voltageQuality.weekRecord.isIdle {
        voltageQuality.weekNeedsCommit = false
        _ = voltageQuality.weekRecord.begin(bytes.span)
      }
      if voltageQuality.weekRecord.pump(bytes.span, to: &memory) == .failed {
        voltageQuality.weekNeedsCommit = true
      }
      return true
    }
    guard !voltageQuality.lifeRecord.isIdle || voltageQuality.lifeNeedsCommit else {
      return false
    }
    if voltageQuality.lifeRecord.isIdle {
      voltageQuality.lifeNeedsCommit = false
      voltageQuality.life.storedAt = UInt32(clamping: now.seconds)
      let bytes = voltageQuality.life.encoded()
      _ = voltageQuality.lifeRecord.begin(bytes.span)
    }
    let bytes = voltageQuality.life.encoded()
    if voltageQuality.lifeRecord.pump(bytes.span, to: &memory) == .failed {
      voltageQuality.lifeNeedsCommit = true
    }
    return true
  }

  /// The week before is safe as the last week: the new one begins.
  private mutating func openWeek(now: Instant) {
    let day = legal.zone.standardSeconds(at: legal.time(at: now)) / 86_400
    let number = UInt16(clamping: max(day - 2, 0) / 7)
    voltageQuality.week = VoltageWeek(number: number)
    voltageQuality.isClosing = false
    voltageQuality.weekNeedsCommit = true
  }
}
