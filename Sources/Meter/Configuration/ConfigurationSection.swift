import LegalMeter

/// The parts of a configuration. The number stands in the memory: never renumber, only append.
public enum ConfigurationSection: UInt8, CaseIterable, Sendable {
  /// Variant: what the meter is.
  case type = 1
  case calibration = 2
  /// Meter number, now and as delivered.
  case number = 3
  /// Display lists and options.
  case display = 4
  /// Zone and daylight saving.
  case clock = 5
  /// Number and time of changes; written by the meter itself.
  case history = 31
}

/// Where a change comes in.
public enum ConfigurationDoor: UInt8, CaseIterable, Sendable {
  /// The optical head at the front.
  case optical
  /// A module, and the remote system behind it.
  case module
}

/// What a door needs to change a part.
public enum ConfigurationProtection: Equatable, Sendable {
  case free
  /// Only while this seal is broken.
  case seal(Seal)
  /// Only by a module.
  case moduleOnly
  /// By no door: fixed when the meter is made, or changed by a command of its own.
  case fixed
}

extension ConfigurationSection {
  /// The protection of this part: `docs/configuration.md` has the same table.
  ///
  /// What is legal needs the verification seal broken and more than a door: type and calibration
  /// are changed by nobody here. What the customer could turn to his advantage at the front is
  /// behind the seal of the place where it is wired.
  public func protection(through door: ConfigurationDoor) -> ConfigurationProtection {
    switch self {
    case .type, .calibration, .history: .fixed
    case .number, .display, .clock: .free
    }
  }
}
