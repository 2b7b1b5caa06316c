import MeterTime
import PermanentMemory

/// The state of switch, smart disconnect, prepayment and neutral watch in a meter.
struct SupplyControl: Sendable {
  var means = SecondMeans()
  var supplySwitch: SupplySwitch
  var smart = SmartDisconnect()
  var prepayment = Prepayment()
  var neutral = NeutralLoss()
  /// Phases with voltage behind the switch, as the owner measures it; nil where it does not.
  var loadVoltage: UInt8?
  /// The day that friendly hours and load plans go by.
  var day = SupplyDay()
  /// When smart disconnect last said that it was about to open; nil if never.
  var warnedAt: Instant?
  /// When the switch opened last, or the meter started: the reconnect wait counts from there.
  var openSince = Instant(ticks: 0)
  /// When the action that is staged was asked for; how long the memory takes must not matter.
  var askedAt = Instant(ticks: 0)
  /// The state before the start could not be read.
  private(set) var isUnknown = false
  /// The request refused last, so that a refusal that stands is logged once.
  private var refused: SwitchRequest?
  private var refusal: SwitchRefusal?
  private var switchRecord = AtomicRecord(region: MemoryMap.state(6), kind: 6)
  private var creditRecord = AtomicRecord(region: MemoryMap.state(7), kind: 7)

  /// Between two records of a warning: a load that comes and goes must not fill the log.
  static let warningPause = Instant.Duration.seconds(600)

  init(hasSwitch: Bool) { supplySwitch = SupplySwitch(isFitted: hasSwitch) }

  /// True the first time that a refusal stands.
  mutating func isNews(_ request: SwitchRequest, _ refusal: SwitchRefusal) -> Bool {
    defer {
      refused = request
      self.refusal = refusal
    }
    return refused != request || self.refusal != refusal
  }

  /// A request was accepted.
  mutating func forgetRefusal() {
    refused = nil
    refusal = nil
  }

  // MARK: memory

  /// Restores the state; what is unknown leaves the switch open.
  /// - Returns: bytes read.
  @inline(never)
  mutating func start(
    now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32 {
    openSince = now
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    var length = 0
    var found: RecoveryReport
    do {
      var room = bytes.mutableSpan
      found = switchRecord.recover(from: memory, into: &room, length: &length)
    }
    if found.outcome == .recovered && length == SupplySwitch.recordBytes {
      isUnknown = !supplySwitch.restore(bytes, now: now)
    } else if found.outcome != .blank {
      supplySwitch.restoreUnknown(now: now)
      isUnknown = true
    }
    // Blank: no action was ever committed, and the meter is delivered closed.
    var read = found.bytesRead
    var credit = InlineArray<48, UInt8>(repeating: 0)
    do {
      var room = credit.mutableSpan
      found = creditRecord.recover(from: memory, into: &room, length: &length)
    }
    if found.outcome == .recovered && length == PrepaymentAccount.recordBytes {
      _ = prepayment.restore(credit)
    }
    read += found.bytesRead
    return read
  }

  /// Brings what is staged into the memory; true when nothing is left to do.
  @inline(never)
  mutating func service(memory: inout some PageMemory & ~Copyable) -> Bool {
    for _ in 0..<16 {
      if !supplySwitch.needsCommit && !prepayment.needsCommit { return true }
      if !memory.isReady { return false }
      if supplySwitch.needsCommit {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        supplySwitch.encode(into: &bytes)
        if switchRecord.isIdle { _ = switchRecord.begin(bytes.span) }
        if switchRecord.pump(bytes.span, to: &memory) == .committed {
          let wasClosed = supplySwitch.state.isClosed
          supplySwitch.commit(now: askedAt)
          if wasClosed { openSince = askedAt }
        }
      } else {
        var bytes = InlineArray<48, UInt8>(repeating: 0)
        prepayment.encode(into: &bytes)
        if creditRecord.isIdle { _ = creditRecord.begin(bytes.span) }
        if creditRecord.pump(bytes.span, to: &memory) == .committed { prepayment.commit() }
      }
    }
    return false
  }
}
