import LegalMeter
import Meter
import MeterTime
import Quantities

extension MeterSetup {
  /// The setup for programs; currents in mA.
  public var json: JSONValue {
    .object([
      ("ok", .bool(true)),
      ("identity", .string(identity.rawValue)),
      ("meter_number", .string(meterNumberText)),
      ("year", .integer(year)),
      ("type", .string(TypeString(variant).description)),
      ("designation", .string(designation)),
      ("variant", variant.json),
      ("display", display.json),
      (
        "clock",
        .object([
          ("zone_minutes", .integer(clock.zoneMinutes)),
          ("daylight_saving", .bool(clock.daylightSaving)),
          ("start", clock.start.map { .string(ISOTime.text($0)) } ?? .null),
        ])
      ),
      ("front_end", .string(frontEnd.text)),
      ("generator", .string(generator.text(nominal: variant.frequency))),
      ("notes", .array(notes.map { .string($0) })),
    ])
  }
}

extension MeterVariant {
  fileprivate var json: JSONValue {
    .object([
      ("connection", .string("\(voltage.code)")),
      ("wiring", .string(wiring == .aron ? "aron" : "neutral")),
      ("rating", .string("\(rating.code)")),
      ("hardware", .string("\(hardware.code)")),
      ("switch", .bool(hasSwitch)),
      ("radio", .bool(hasRadio)),
      ("energy", .string(energyText)),
      ("frequency_Hz", .integer(frequency.hertz)),
      ("class", .string("\(accuracy.code)")),
      ("backup", .string(backupText)),
      ("summation", .string(summation == .vector ? "vector" : "individual")),
      ("type_word", .integer(typeWord)),
      (
        "currents_mA",
        .object([
          ("Ist", .integer(startingCurrent_mA)), ("Imin", .integer(minimumCurrent_mA)),
          ("Itr", .integer(transitionalCurrent_mA)), ("Iref", .integer(referenceCurrent_mA)),
          ("Imax", .integer(maximumCurrent_mA)),
        ])
      ),
    ])
  }
}

extension DisplaySetup {
  fileprivate var json: JSONValue {
    func list(_ quantities: [QuantityID]?) -> JSONValue {
      quantities.map { .array($0.map { .string(QuantityNames.name($0)) }) }
        ?? .string("standard")
    }
    return .object([
      ("energy_format", .string(energyFormat.rawValue)),
      ("leading_zeros", .bool(leadingZeros)),
      ("automatic", list(automatic)), ("manual", list(manual)), ("battery", list(battery)),
    ])
  }
}

extension ConfigurationFailures {
  /// The errors for programs.
  public var json: JSONValue {
    .object([
      ("ok", .bool(false)),
      (
        "errors",
        .array(
          failures.map { failure in
            .object([
              ("file", failure.file.map { .string($0) } ?? .null),
              ("line", failure.line.map { .integer($0) } ?? .null),
              ("what", .string(failure.what)),
              ("expected", .string(failure.expected)),
              ("next", .string(failure.next)),
            ])
          })
      ),
    ])
  }
}
