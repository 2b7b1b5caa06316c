import MeterTime
import Metrology

/// One edge of the S0 output and the LED.
public struct PulseEdge: Equatable, Sendable {
  /// Rising edge, 1/65536 of a sample since the meter was started.
  public var time: Int64
  /// Number of the pulse since the start, from 1.
  public var number: UInt32
}

/// Turns booked energy into evenly spaced pulses.
///
/// The energy of a window is spread evenly over the window that follows, so an edge is known to
/// a fraction of a sample; the delay of one window is constant. Pulses are never dropped: where
/// the pause would be shorter than 15 ms the edge is late (DIN 43864 wants 30 ms, which 1000
/// imp/kWh cannot keep above 86 A: `isAboveStandard`).
public struct PulseOutput: Sendable {
  /// µWs (or µvars) per pulse.
  private let quantum: Int64
  /// Energy that stood before the window being played out.
  private var standing: Int64 = 0
  private var windowEnergy: Int64 = 0
  private var windowStart: Int64 = 0
  private var windowLength: Int64 = 1
  private var windowPulses: Int64 = 0
  private var lastEdge: Int64 = .min
  private let shortestPeriod: Int64
  private let standardPeriod: Int64
  /// True while the energy of the window asks for no shorter period than the standard's.
  private var isRateStandard = true
  /// Pulses since the start.
  public private(set) var count: UInt32 = 0
  /// True when the last two edges were closer than DIN 43864 allows.
  public private(set) var isAboveStandard = false

  /// - Parameters:
  ///   - impulsesPerKilowattHour: the meter constant, 1...10,000.
  ///   - rate: sets per second; edge times are in sets.
  public init(impulsesPerKilowattHour: Int32, rate: SampleRate) {
    quantum = 3_600_000_000_000 / Int64(max(impulsesPerKilowattHour, 1))
    let second = (Int64(rate.numerator) << 16) / Int64(max(rate.denominator, 1))
    shortestPeriod = second * 45 / 1000
    standardPeriod = second * 60 / 1000
  }

  /// Hands over the energy booked at the end of a window.
  /// - Parameters:
  ///   - energy: µWs, >= 0.
  ///   - end: end of the window, in sets since the start.
  ///   - samples: sets in the window.
  mutating func take(_ energy: Int64, end: Int64, samples: UInt32) {
    standing = standing &+ windowEnergy &- windowPulses &* quantum
    windowEnergy = max(energy, 0)
    windowPulses = 0
    windowStart = end << 16
    windowLength = Int64(max(samples, 1)) << 16
    // In the standard's periods, 1/65536 of one; energy in quanta of the same fraction.
    let periods = (windowLength << 16) / standardPeriod
    isRateStandard = windowEnergy <= (quantum >> 16) &* periods
  }

  /// Drops what has not yet become a pulse, when another register is chosen.
  mutating func restart() {
    standing = 0
    windowEnergy = 0
    windowPulses = 0
  }

  /// The next edge that the energy so far gives, nil if none.
  mutating func next() -> PulseEdge? {
    let needed = quantum &* (windowPulses &+ 1) &- standing
    if needed > windowEnergy { return nil }
    windowPulses &+= 1
    var at = windowStart
    if needed > 0 {
      let part = (needed << 26) / windowEnergy
      at &+= (part &* (windowLength >> 16)) >> 10
    }
    if lastEdge != .min {
      // What has waited, behind the creep rule or in the queue, comes as fast as may be; what is
      // due, to a thirtieth of a period, keeps to the standard where the energy allows it.
      let isDue = at >= lastEdge &+ standardPeriod &- standardPeriod / 32
      at = max(at, lastEdge &+ (isDue && isRateStandard ? standardPeriod : shortestPeriod))
      isAboveStandard = at &- lastEdge < standardPeriod
    }
    lastEdge = at
    count &+= 1
    return PulseEdge(time: at, number: count)
  }
}
