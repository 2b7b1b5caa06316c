import Bytes
import LegalMeter
import MeterTime
import Metrology
import PermanentMemory

/// The quality of the supply: events, counters, extremes, and the week of EN 50160.
///
/// It takes the windows of 200 ms and the dips and swells that the measuring systems found between
/// them. Means of ten minutes go into classes when they are complete, and with each of them week
/// and counters go into the memory; what a cut costs is the open interval.
struct VoltageQuality: Sendable {
  /// A dip or swell over all phases (IEC 61000-4-30, 5.4.2): from the first phase that is outside
  /// to the last that is inside again.
  struct Polyphase: Sendable {
    var start = Int64.max
    var end = Int64.min
    /// 1/1000 of nominal: the lowest, of a swell the highest.
    var extreme: Int32 = 0
    /// Phases that had no voltage.
    var dead: UInt8 = 0

    init() {}
    var isOpen: Bool { end != .min }
  }

  /// Sums of the running ten minutes.
  struct Interval: Sendable {
    var squares = InlineArray<3, UInt64>(repeating: 0)
    var windows: UInt16 = 0
    var covered_ms: UInt32 = 0
    var unbalance: UInt32 = 0
    var unbalances: UInt16 = 0
    var isFlagged = false

    init() {}
  }

  var week = VoltageWeek(number: 0)
  var life = VoltageLife()
  var slow = SlowVoltageWatch()
  var dip = Polyphase()
  var swell = Polyphase()
  var interval = Interval()
  /// Ten minutes since 2000, standard time, of the running interval; nil before the first.
  var intervalNumber: UInt32?
  /// The last ten-minute means, 0.1 V.
  var means = InlineArray<3, UInt16>(repeating: 0)
  var frequencySum_mHz: UInt32 = 0
  var frequencyWindows: UInt8 = 0
  /// Low bits of ten seconds since 2000.
  var frequencySlot: UInt8 = 0
  /// A window saw all phases without voltage since the last dip: that was an interruption.
  var sawInterruption = false
  /// Since when the meter has had no supply.
  var supplyLostAt: Instant?
  /// The start, while its outage is still to be told.
  var startedAt: Instant?
  // Memory.
  var weekRecord = AtomicRecord(region: MemoryMap.state(5), kind: 0x35)
  var lifeRecord = AtomicRecord(region: MemoryMap.state(13), kind: 0x36)
  var lastRecord = AtomicRecord(region: MemoryMap.state(14), kind: 0x37)
  var isRecovered = false
  var weekNeedsCommit = false
  var lifeNeedsCommit = false
  /// The week is over and on its way to the place of the last week.
  var isClosing = false
  var lastNeedsCommit = false

  init() {}
}
