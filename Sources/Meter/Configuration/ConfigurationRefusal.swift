import LegalMeter

/// One field of a configuration, for refusals and comparisons.
public enum ConfigurationField: UInt8, CaseIterable, Sendable {
  case type, calibration, number
  case automaticList, manualList, batteryList, energyDigits, leadingZeros
  case zone, daylightSaving
}

/// Why a configuration, or a change of one, is refused. Nothing is changed then.
public enum ConfigurationRefusal: Error, Equatable, Sendable {
  /// The bytes are no sequence of sections, or a section stands twice.
  case malformed
  /// No section of this program has the number.
  case unknownSection(UInt8)
  /// The section has a layout that this program does not know.
  case unknownLayout(ConfigurationSection)
  /// The seal that protects the section is intact.
  case sealed(ConfigurationSection, Seal)
  /// Only a module may change the section.
  case wrongDoor(ConfigurationSection)
  /// No door changes the section.
  case fixed(ConfigurationSection)
  /// A value outside its range; `at` is the place in a list, else 0.
  case invalid(ConfigurationField, at: UInt8)
  /// More than the memory has room for.
  case full
  /// Another change is on its way.
  case busy
  /// The memory did not take it, or holds nothing intact.
  case memory
}

extension ConfigurationRefusal {
  /// A refusal of display lists.
  init(_ error: DisplayListError, in kind: DisplayListKind) {
    let field: ConfigurationField =
      switch kind {
      case .automatic: .automaticList
      case .manual: .manualList
      case .battery: .batteryList
      }
    switch error {
    case .damagedRecord: self = .unknownLayout(.display)
    case .tooManyViews, .noViews, .legalViewMissing, .noBattery: self = .invalid(field, at: 0xFF)
    case .unknownQuantity(let place), .notMeasured(let place), .duplicate(let place):
      self = .invalid(field, at: place)
    }
  }
}
