import CBoard
import MeterTime

/// The meter's time base. It begins at an instant, normally the clock chip's, and then follows
/// either the core's own counter or, while samples are fed, the number of sample sets: then a
/// meter on the bench is exactly as far in time as in its samples, whatever the emulator's speed.
public struct BoardClock: Sendable {
  private var start: Instant
  private var startCycles: UInt64

  public init(start: Instant) {
    self.start = start
    startCycles = board_cycles()
  }

  /// The time by the core's counter.
  public mutating func now() -> Instant {
    let cycles = board_cycles()
    let elapsed = Int64(bitPattern: cycles &- startCycles)
    let hertz = Int64(BOARD_CORE_HERTZ)
    let (seconds, rest) = elapsed.quotientAndRemainder(dividingBy: hertz)
    if seconds > 0 {
      // Whole seconds are taken out at once, so that the product below stays small for ever.
      start = start + .seconds(seconds)
      startCycles &+= UInt64(bitPattern: seconds * hertz)
    }
    return start + Instant.Duration(ticks: rest * Instant.ticksPerSecond / hertz)
  }
}
