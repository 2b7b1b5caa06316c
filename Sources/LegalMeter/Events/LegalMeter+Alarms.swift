import MeterTime
import PermanentMemory

extension LegalMeter {
  /// Alarms that stand: raised, committed to the memory and not acknowledged.
  public var alarms: AlarmSet { isMemoryLost ? alarmState.raised : committedAlarms }
  /// Alarms that stand and are to be shown on the display.
  public var displayedAlarms: AlarmSet { alarms.intersection(alarmState.masks.displayed) }
  /// Which events raise alarms, which show, which are sent.
  public var alarmMasks: AlarmMasks { alarmState.masks }

  /// When an alarm was raised last, in the meter's time; nil if never.
  public func raised(_ alarm: Alarm) -> Instant? { alarmState.time(alarm) }

  /// Alarms that stand and have not been sent yet.
  public var unsentAlarms: AlarmSet { alarmState.unsent.intersection(alarms) }

  /// Notes that alarms have been delivered; they still stand.
  @inline(never)
  public mutating func noteSent(_ sent: AlarmSet) {
    if alarmState.unsent.isDisjoint(with: sent) { return }
    alarmState.unsent.subtract(sent)
    alarmsNeedCommit = true
  }

  /// Takes flags off. No log changes by it but for the entry that says so.
  @inline(never)
  public mutating func acknowledge(_ flags: AlarmSet, now: Instant) {
    let taken = alarmState.raised.intersection(flags)
    if taken.isEmpty { return }
    alarmState.raised.subtract(taken)
    alarmState.unsent.subtract(taken)
    alarmsNeedCommit = true
    log(.alarmsAcknowledged, now: now, UInt64(taken.rawValue))
  }

  /// Changes the masks; alarms that stand go on standing.
  @inline(never)
  public mutating func setAlarmMasks(_ masks: AlarmMasks, now: Instant) {
    let known = AlarmMasks(
      raised: masks.raised.intersection(.all), displayed: masks.displayed.intersection(.all),
      pushed: masks.pushed.intersection(.all))
    if known == alarmState.masks { return }
    alarmState.masks = known
    alarmsNeedCommit = true
    log(.alarmMasksChanged, now: now, UInt64(known.raised.rawValue))
  }

  /// Records of a log that a reader has not read; those that the ring has lost meanwhile included.
  public func unreadEvents(
    _ log: EventLogID, by reader: EventReader, memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32 {
    let ring = logs.readable(log, memory)
    let first = UInt32(ring.capacity)
    if ring.newest == 0 { return 0 }
    let border = max(alarmState.border(reader, log), first - 1)
    return ring.newest > border ? ring.newest - border : 0
  }

  /// Logs with something unread, bit by number of the log.
  public func unreadLogs(
    by reader: EventReader, memory: borrowing some PageMemory & ~Copyable
  ) -> UInt8 {
    var bits: UInt8 = 0
    for log in EventLogID.allCases where unreadEvents(log, by: reader, memory: memory) > 0 {
      bits |= 1 << log.rawValue
    }
    return bits
  }

  /// Moves the border of what a reader has read to the newest record that it has read.
  ///
  /// It never moves back, and never beyond what is in the log: what comes between reading and this
  /// call stays unread. Records skipped below the border count as read.
  @inline(never)
  public mutating func markRead(
    _ log: EventLogID, upTo sequence: UInt32, by reader: EventReader
  ) {
    let border = min(sequence, logs[log].newest)
    if alarmState.moveBorder(reader, log, to: border) { alarmsNeedCommit = true }
  }

  /// Raises what an event brings.
  /// - Parameter time: the meter's.
  mutating func raiseAlarm(_ event: LegalEvent, at time: Instant, _ parameter: UInt64) {
    guard let alarm = event.alarm(parameter), alarmState.raise(alarm, at: time) else { return }
    alarmsNeedCommit = true
  }

  // MARK: memory

  mutating func restoreAlarms(
    report: inout StartReport, memory: borrowing some PageMemory & ~Copyable
  ) {
    var bytes = InlineArray<205, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    let found = alarmRecord.recover(from: memory, into: &room, length: &length)
    report.bytesRead += found.bytesRead
    guard length == AlarmState.recordBytes, let state = AlarmState(bytes) else { return }
    alarmState = state
    committedAlarms = state.raised
  }

  /// Takes the record of the alarms a step further; false when there is nothing to do.
  ///
  /// It goes before the events that raised them: an event that is committed has its alarm. What
  /// changes while it is under way makes the verification fail, and it is programmed anew.
  mutating func storeAlarms(_ memory: inout some PageMemory & ~Copyable) -> Bool {
    var bytes = InlineArray<205, UInt8>(repeating: 0)
    if alarmRecord.isIdle {
      if !alarmsNeedCommit { return false }
      alarmsNeedCommit = false
      alarmState.encode(into: &bytes)
      _ = alarmRecord.begin(bytes.span)
    } else {
      alarmState.encode(into: &bytes)
    }
    switch alarmRecord.pump(bytes.span, to: &memory) {
    case .failed: alarmsNeedCommit = true
    case .committed: committedAlarms = alarmState.raised
    case .busy, .idle: break
    }
    return true
  }
}
