import Dispatch
import MeterTime

/// How fast simulated time may run against real time.
///
/// Real time is read here and nowhere below. Changing the speed starts a new ramp from the present
/// pair of times, so the meter never jumps.
struct Pace {
  /// Simulated seconds per real second; 0 for a pause, infinite for no sleeping.
  private(set) var speed: Double
  private var realStart: DispatchTime
  private var simulatedStart: Instant

  init(speed: Double, now: Instant) {
    self.speed = speed
    realStart = .now()
    simulatedStart = now
  }

  /// Simulated time stands still.
  var isPaused: Bool { speed == 0 }

  mutating func change(speed: Double, now: Instant) {
    self = Pace(speed: speed, now: now)
  }

  /// Seconds of real time by which simulated time is late at `instant`; 0 where it is not, or
  /// where there is no pace to keep.
  func lag_s(_ instant: Instant) -> Double {
    guard speed.isFinite, speed > 0 else { return 0 }
    let due = Double((instant - simulatedStart).ticks) / 65_536 / speed
    let real = Double(DispatchTime.now().uptimeNanoseconds &- realStart.uptimeNanoseconds) / 1e9
    return max(0, real - due)
  }

  /// When simulated time may reach `instant`; nil when it may at once.
  func deadline(_ instant: Instant) -> DispatchTime? {
    guard speed.isFinite, speed > 0 else { return nil }
    let seconds = Double((instant - simulatedStart).ticks) / 65_536 / speed
    guard seconds > 0 else { return nil }
    let nanoseconds = min(seconds * 1e9, 9e18)
    let at = DispatchTime(
      uptimeNanoseconds: realStart.uptimeNanoseconds &+ UInt64(nanoseconds))
    return at > .now() ? at : nil
  }
}
