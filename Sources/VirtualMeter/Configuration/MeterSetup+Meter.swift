import Meter
import MeterTime
import Quantities

extension MeterSetup {
  /// What the meter's display lists have to obey.
  public var displayRules: DisplayRules {
    DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery)
  }

  /// The lists of the glass: the standard ones, replaced where the setup names views. Legal views
  /// that are missing in the manual list come behind its others.
  ///
  /// - Throws: why the meter refuses a list; never for a setup read from a configuration.
  public func displayLists() throws(DisplayListError) -> DisplayLists {
    let rules = displayRules
    var lists = DisplayLists.factory(rules)
    try replace(&lists, .automatic, display.automatic, rules)
    try replace(&lists, .manual, display.manual.map(withLegalViews), rules)
    try replace(&lists, .battery, display.battery, rules)
    return lists
  }

  private func replace(
    _ lists: inout DisplayLists, _ kind: DisplayListKind, _ views: [QuantityID]?,
    _ rules: DisplayRules
  ) throws(DisplayListError) {
    guard let views else { return }
    let numbers = views.map(\.rawValue)
    try lists.replace(kind, with: numbers.span, rules: rules)
  }

  /// The views with the legal ones that are missing behind them.
  func withLegalViews(_ views: [QuantityID]) -> [QuantityID] {
    let rules = displayRules
    return views
      + QuantityID.allCases.filter { rules.isMandatory($0) && !views.contains($0) }
  }

  /// How the glass writes values.
  public var displayOptions: DisplayOptions {
    DisplayOptions(
      energyDigits: display.energyFormat == .whole ? .sevenZero : .sixOne,
      leadingZeros: display.leadingZeros)
  }

  /// Zone and daylight saving, from a first year on.
  public func zoneRules(from year: UInt16) -> ZoneRules {
    var table = DaylightSavingTable.off
    if clock.daylightSaving { table = DaylightSavingTable(europeanUnionFrom: year) }
    guard let rules = ZoneRules(zoneMinutes: clock.zoneMinutes, daylightSaving: table) else {
      return .utc
    }
    return rules
  }

  /// The configuration of the core's meter.
  ///
  /// - Parameters:
  ///   - now: its year is the first of the daylight saving table.
  ///   - softwareRevision: major * 65536 + minor * 256 + patch.
  /// - Throws: as `displayLists()`.
  public func meterConfiguration(
    at now: Instant, softwareRevision: UInt32
  ) throws(DisplayListError) -> MeterConfiguration {
    let year = CivilDateTime(clampingSeconds: now.seconds).date.year
    var configuration = MeterConfiguration(
      variant: variant, meterNumber: meterNumber, lists: try displayLists(),
      options: displayOptions, zone: zoneRules(from: year), softwareRevision: softwareRevision)
    configuration.supply = supply
    configuration.loads = loads
    return configuration
  }
}
