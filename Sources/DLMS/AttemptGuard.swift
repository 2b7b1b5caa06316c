import MeterTime

/// Slows down those who guess: one budget for each client of a meter, whatever the port or the
/// connection.
///
/// After a failure nothing is looked at for a second, then two, up to five minutes; nobody is shut
/// out for good, and a success begins anew.
public struct AttemptGuard: Equatable, Sendable {
  private struct Entry: Equatable, Sendable {
    var failures: UInt8 = 0
    var until = Instant(ticks: .min)
  }

  /// Longest pause.
  public static let pauseMax = Instant.Duration.minutes(5)

  private var reading = Entry()
  private var management = Entry()
  /// Failures since the start.
  public private(set) var failures: UInt32 = 0

  public init() {}

  private subscript(client: UInt8) -> Entry {
    get { client == 1 ? management : reading }
    set { if client == 1 { management = newValue } else { reading = newValue } }
  }

  /// True while this client is not looked at.
  public func isClosed(_ client: UInt8, at now: Instant) -> Bool { now < self[client].until }

  mutating func fail(_ client: UInt8, at now: Instant) {
    failures &+= 1
    var entry = self[client]
    let pause = Instant.Duration.seconds(1 << Int64(min(entry.failures, 9)))
    entry.failures = min(entry.failures + 1, 10)
    entry.until = now + min(pause, Self.pauseMax)
    self[client] = entry
  }

  mutating func succeed(_ client: UInt8) { self[client] = Entry() }
}
