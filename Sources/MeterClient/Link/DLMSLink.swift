import Foundation
import MeterTime

/// What carries APDUs to a meter and back.
public protocol DLMSLink: Actor {
  /// Longest APDU that may come.
  nonisolated var apduMax: Int { get }
  /// Sends an APDU and waits for the answer.
  func exchange(_ apdu: [UInt8]) async throws(MeterError) -> [UInt8]
  /// Waits for an APDU that comes by itself; nil where none came.
  func listen(milliseconds: Int64) async throws(MeterError) -> [UInt8]?
  func close() async
}

/// The time of this machine, for protocols that need to know how much of it passes.
enum LineClock {
  static var now: Instant {
    let passed = ContinuousClock.now - start
    let (seconds, attoseconds) = passed.components
    let fraction = attoseconds / 1_000_000_000_000 * Instant.ticksPerSecond / 1_000_000
    return Instant(ticks: seconds * Instant.ticksPerSecond + fraction)
  }

  private static let start = ContinuousClock.now
}
