import LegalMeter
import Meter
import MeterTime
import Quantities

/// Fields that belong together, to begin with: as they come from the factory for a kind of place.
public struct ConfigurationPreset: Sendable {
  public var name: String
  public var what: String
  /// A document with the fields that the preset sets.
  public var document: String

  /// All presets.
  public static let catalogue: [ConfigurationPreset] = [
    ConfigurationPreset(
      name: "household", what: "15 minutes, billed on the first of each month, no tariff inputs",
      document: """
        records: {period: "15", power-threshold: "99"}
        billing: {reset: "monthly 1", time: "00:00", second-logger: "days 1"}
        inputs: {tariff: "off", tariff-mirrored: "false"}
        display: {energy-format: "7.0", leading-zeros: "true"}
        """),
    ConfigurationPreset(
      name: "two-tariffs", what: "as household, with day and night by the first tariff input",
      document: """
        records: {period: "15", power-threshold: "99"}
        billing: {reset: "monthly 1", time: "00:00", second-logger: "days 1"}
        inputs: {tariff: "two", tariff-mirrored: "false"}
        """),
    ConfigurationPreset(
      name: "power-tariff", what: "60 minutes, counts hours above 5 kW, billed each month",
      document: """
        records: {period: "60", power-threshold: "5"}
        billing: {reset: "monthly 1", time: "00:00", second-logger: "days 1"}
        """),
    ConfigurationPreset(
      name: "metering-lab", what: "5 minutes, one decimal, no daylight saving, daily billing",
      document: """
        records: {period: "5", power-threshold: "99"}
        billing: {reset: "days 1", time: "00:00", second-logger: "weekly monday"}
        display: {energy-format: "6.1", leading-zeros: "false"}
        clock: {daylight-saving: "off"}
        """),
  ]

  /// - Throws: `usage` for a name that is none.
  public static func named(_ name: String) throws(Failure) -> ConfigurationPreset {
    if let preset = catalogue.first(where: { $0.name == name }) { return preset }
    throw Failure(
      .usage, what: "there is no preset «\(name.prefix(40))»",
      expected: catalogue.map(\.name).joined(separator: ", "), next: "name one of them")
  }

  /// Sets its fields; everything else stays.
  public func apply(to configuration: inout MeterConfiguration) throws(Failure) {
    do throws(ConfigurationFailures) {
      try configuration.take(document: document, name: name)
    } catch {
      throw error.failures[0]
    }
  }
}
