import PermanentMemory

/// The event logs. The raw value numbers them in stored records and masks: never renumber.
///
/// Each is a ring of its own, so that a flood in one never pushes out what another keeps.
public enum EventLogID: UInt8, CaseIterable, Sendable {
  /// Supply, internal errors, magnet, covers, consumer's counters.
  case status
  /// Clock set, adjusted, invalid; tariff commands.
  case clock
  /// Dropouts, under- and over-voltage, dips, swells, interruptions, each with start and end.
  case voltage
  /// Supply control switch: disconnected, released, connected, prepayment.
  case supplySwitch
  /// Changes of the load profile, which erase it.
  case profile
  /// Neutral faults.
  case neutral
  /// Changes of configuration and software.
  case configuration
  /// What a legal inspection asks for: seals, calibration, legal code, verification.
  case legal

  /// Number of logs.
  public static var count: Int { 8 }

  /// Records that the log keeps whatever happens; a torn record costs one beyond these.
  public var guaranteedDepth: Int {
    switch self {
    case .status, .voltage: 200
    case .clock, .supplySwitch, .legal: 40
    case .profile: 10
    case .neutral: 45
    case .configuration: 100
    }
  }

  /// Its pages: room for the guaranteed depth and at least one page more.
  public var region: PageRegion {
    let all = MemoryMap.eventLogs.first
    return switch self {
    case .status: PageRegion(first: all, count: 26)
    case .voltage: PageRegion(first: all + 26, count: 26)
    case .configuration: PageRegion(first: all + 52, count: 14)
    case .neutral: PageRegion(first: all + 66, count: 7)
    case .profile: PageRegion(first: all + 73, count: 4)
    case .clock: PageRegion(first: all + 77, count: 6)
    case .supplySwitch: PageRegion(first: all + 83, count: 6)
    case .legal: PageRegion(first: all + 89, count: 7)
    }
  }
}
