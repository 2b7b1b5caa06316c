import MeterTime
import Quantities

/// Settings of a pulse output of a module.
public struct ModulePulseParameters: Equatable, Sendable {
  public var isOn = false
  public var register = EnergyKind.activeImport
  /// Power of ten: 0...4 for 1...10,000 impulses per kWh or kvarh.
  public var decade: UInt8 = 3
  /// 80 ms instead of 30 ms; the pause is at least as long.
  public var isLong = false

  public init() {}

  public var isValid: Bool { decade <= 4 }
  /// Impulses per kWh or kvarh.
  public var impulses: Int64 {
    switch decade {
    case 0: 1
    case 1: 10
    case 2: 100
    case 3: 1000
    default: 10_000
    }
  }
  /// Length of a pulse, and of the shortest pause.
  public var width: Instant.Duration { .milliseconds(isLong ? 80 : 30) }
}

/// A pulse output of a module: pulses of a fixed length with a pause at least as long.
///
/// Above the power that this allows the pulses queue up; the queue is bounded, and what does not
/// fit is lost and told, which the S0 output of the meter never does.
public struct ModulePulseOutput: Sendable {
  /// Pulses that may wait.
  public static let capacity: UInt16 = 250

  /// Pulses that wait for their turn.
  public private(set) var waiting: UInt16 = 0
  /// Pulses sent.
  public private(set) var count: UInt32 = 0
  /// Pulses that found no room.
  public private(set) var lost: UInt32 = 0
  /// Energy that stood before the window being played out, µWs.
  private var standing: Int64 = 0
  private var windowEnergy: Int64 = 0
  private var windowPulses: Int64 = 0
  private var windowStart = Instant(ticks: 0)
  private var windowEnd = Instant(ticks: 0)
  private var quantum: Int64 = 3_600_000_000
  /// The earliest start of the next pulse.
  private var free = Instant(ticks: .min / 2)

  public init() {}

  /// Hands over the energy booked in the window that has just closed; it is played out evenly over
  /// the same length of time.
  /// - Parameter energy: µWs or µvars, >= 0.
  public mutating func take(
    _ energy: Int64, from start: Instant, to end: Instant, _ parameters: ModulePulseParameters
  ) {
    standing = standing &+ windowEnergy &- windowPulses &* quantum
    let wanted = 3_600_000_000_000 / parameters.impulses
    if wanted != quantum || standing < 0 { standing = 0 }
    quantum = wanted
    windowEnergy = max(energy, 0)
    windowPulses = 0
    windowStart = start
    windowEnd = max(end, start)
  }

  /// The start of the next pulse before the end of the window, nil if there is none.
  public mutating func next(_ parameters: ModulePulseParameters) -> Instant? {
    let period = parameters.width * 2
    // Bounded: each round takes a pulse out of the window, and a window has at most some thousand.
    while true {
      if waiting > 0 && free < windowEnd {
        waiting -= 1
        return send(at: free, period)
      }
      guard let due = takeDue() else { return nil }
      if waiting == 0 && due >= free { return send(at: due, period) }
      if waiting < Self.capacity {
        waiting += 1
      } else if lost < .max {
        lost += 1
      }
    }
  }

  private mutating func send(at start: Instant, _ period: Instant.Duration) -> Instant {
    free = start + period
    count &+= 1
    return start
  }

  private mutating func takeDue() -> Instant? {
    let needed = quantum &* (windowPulses &+ 1) &- standing
    if needed > windowEnergy { return nil }
    windowPulses &+= 1
    if needed <= 0 { return windowStart }
    // Shares in 2^-26: the energy of a window is far below 2^37 µWs.
    let part = (needed << 26) / windowEnergy
    let length = (windowEnd - windowStart).ticks
    return windowStart + Instant.Duration(ticks: (part &* length) >> 26)
  }
}
