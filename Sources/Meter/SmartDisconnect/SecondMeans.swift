import Bytes
import LegalMeter
import MeterTime
import Metrology
import Quantities

/// RMS currents and power over one second, the values that limits act on.
///
/// Whole windows are added until a second is full: five at 50 Hz.
public struct SecondMeans: Sendable {
  /// RMS current by phase, mA.
  public private(set) var current_mA = InlineArray<3, Int32>(repeating: 0)
  /// Net active power over all phases, mW; negative where the house delivers.
  public private(set) var power_mW: Int64 = 0
  /// Time that the values stand for.
  public private(set) var span = Instant.Duration.zero
  private var squares = InlineArray<3, UInt64>(repeating: 0)
  private var energy_mWs = Int64(0)
  private var samples: UInt32 = 0

  public init() {}

  /// The most loaded phase, mA.
  public var largestCurrent_mA: Int32 {
    max(current_mA[0], max(current_mA[1], current_mA[2]))
  }

  /// Adds a window; true when a second is full and the values are new.
  mutating func add(_ window: MeasuredWindow, rate: SampleRate, phases: UInt8) -> Bool {
    if window.samples == 0 { return false }
    for k in 0..<3 where phases >> UInt8(k) & 1 != 0 {
      let i = UInt64(max(window[k].current_µA, 0) / 1000)
      squares[k] &+= i &* i &* UInt64(window.samples)
      energy_mWs &+= Int64(window[k].active_mW) &* Int64(window.samples)
    }
    samples &+= window.samples
    // A window at 52 Hz is a little short: 95 % of a second is one.
    let second = UInt64(rate.numerator) * 95 / 100
    if UInt64(samples) * UInt64(rate.denominator) < second { return false }
    for k in 0..<3 {
      current_mA[k] = Int32(clamping: squareRoot(squares[k] / UInt64(samples)))
      squares[k] = 0
    }
    power_mW = energy_mWs / Int64(samples)
    span = Instant.Duration(
      ticks: Int64(samples) * Int64(rate.denominator) * Instant.ticksPerSecond
        / Int64(max(rate.numerator, 1)))
    energy_mWs = 0
    samples = 0
    return true
  }

  /// Sets the values directly, for a load that is known and not sampled.
  public mutating func set(
    current_mA: InlineArray<3, Int32>, power_mW: Int64, span: Instant.Duration
  ) {
    self.current_mA = current_mA
    self.power_mW = power_mW
    self.span = span
  }
}
