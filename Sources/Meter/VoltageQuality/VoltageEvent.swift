import LegalMeter
import MeterTime
import PermanentMemory

/// A record of the voltage log as a value.
public struct VoltageEvent: Equatable, Sendable {
  public var event: LegalEvent
  /// L1 is bit 0.
  public var phases: UInt8
  /// Lowest or highest voltage, 0.1 V.
  public var extreme_dV: UInt16
  /// Milliseconds from start to end; of what has only begun, so far.
  public var duration_ms: UInt64
  /// When it began, standard time.
  public var start: Instant
  /// When it was over; nil where this record tells of the beginning.
  public var end: Instant?

  /// Nil for a record of another log.
  public init?(_ record: EventRecord) {
    guard let event = LegalEvent(rawValue: record.code), event.log == .voltage else { return nil }
    self.event = event
    var parameter: UInt64 = 0
    for k in 0..<8 { parameter |= UInt64(record.parameter[k]) << UInt64(8 * k) }
    phases = UInt8(truncatingIfNeeded: parameter) & 7
    extreme_dV = UInt16(truncatingIfNeeded: parameter >> 8)
    duration_ms = parameter >> 24
    // 2^40 ms are 34 years, far from the ends of an instant's range.
    let length = Instant.Duration(ticks: Int64(duration_ms * 8192 / 125))
    switch event {
    case .dropoutEnded, .underVoltageEnded, .overVoltageEnded:
      start = Instant(ticks: record.instant.ticks &- length.ticks)
      end = record.instant
    case .voltageDip, .voltageSwell, .shortInterruption, .longInterruption:
      start = record.instant
      end = Instant(ticks: record.instant.ticks &+ length.ticks)
    default:
      start = record.instant
      end = nil
    }
  }

  /// The parameter of a record.
  static func parameter(phases: UInt8, extreme_mV: Int32, length: Instant.Duration) -> UInt64 {
    let duration = UInt64(max(length.wholeMilliseconds, 0)) & (1 << 40 - 1)
    return UInt64(phases) | UInt64(Self.deci(extreme_mV)) << 8 | duration << 24
  }

  /// Millivolts to 0.1 V, rounded.
  static func deci(_ voltage_mV: Int32) -> UInt16 {
    UInt16(clamping: (max(voltage_mV, 0) &+ 50) / 100)
  }
}
