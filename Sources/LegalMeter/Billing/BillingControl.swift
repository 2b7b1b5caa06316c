import MeterTime
import PermanentMemory

/// What is kept in RAM of billing periods and the second logger.
struct BillingControl: Sendable {
  /// Shortest time between two billing resets.
  static let lockOut = Instant.Duration.seconds(60)

  /// What a reset or the second logger waits for.
  enum Task: UInt8, Sendable { case none, waiting, programming }

  var settings = BillingSettings()
  var resets = SnapshotRing(region: MemoryMap.billing, kind: RegisterJournal.billing)
  var second = SnapshotRing(region: MemoryMap.secondLogger, halves: true, kind: 0x53)
  /// Owner's time of the next reset by calendar, and of the next record of the second logger.
  var nextReset = Instant(ticks: .max)
  var nextSecond = Instant(ticks: .max)
  /// Billing resets so far.
  var count: UInt32 = 0
  /// The meter's time of the last reset and of the last record of the second logger.
  var lastReset: Instant?
  var lastSecond: Instant?
  /// Owner's time of the last reset since the start.
  var lastResetOwner: Instant?
  var resetTask = Task.none
  var secondTask = Task.none
  /// The registers as they were at the instant of the reset, until they are in the memory.
  var snapshot = InlineArray<224, UInt8>(repeating: 0)

  init() {}

  var deadline: Instant { min(nextReset, nextSecond) }
  /// True while the snapshot is needed.
  var isBusy: Bool { resetTask != .none || secondTask != .none }
}
