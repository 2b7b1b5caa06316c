import Meter
import Quantities

/// The values that a home gets over MQTT, and how Home Assistant finds them.
///
/// Topics: `kvadrant/NUMBER/state` with all values as JSON, `kvadrant/NUMBER/availability` with
/// `online` or `offline`, and for each value `homeassistant/sensor/kvadrant_NUMBER/KEY/config`.
struct HomeEntities: Sendable {
  /// One value.
  struct Entity: Sendable {
    var key: String
    var name: String
    var quantity: QuantityID
    /// Decimals of the reading, and of what is told.
    var scale: Int
    var decimals: Int
    var unit: String
    var deviceClass: String
    var isTotal = false
  }

  let number: String
  let model: String
  let isFamily: Bool

  static let entities: [Entity] = energies + momentary

  private static let energies: [Entity] = [
    energy("energy_import", "Energy import", .activeImport, "kWh"),
    energy("energy_export", "Energy export", .activeExport, "kWh"),
    energy("energy_import_t1", "Energy import T1", .activeImportT1, "kWh"),
    energy("energy_import_t2", "Energy import T2", .activeImportT2, "kWh"),
    energy("reactive_import", "Reactive energy import", .reactiveImport, "kvarh"),
    energy("reactive_export", "Reactive energy export", .reactiveExport, "kvarh"),
  ]

  private static let momentary: [Entity] = [
    Entity(
      key: "power_import", name: "Power import", quantity: .powerActiveImport, scale: 3,
      decimals: 0, unit: "W", deviceClass: "power"),
    Entity(
      key: "power_export", name: "Power export", quantity: .powerActiveExport, scale: 3,
      decimals: 0, unit: "W", deviceClass: "power"),
    phase(1, .voltageL1, "voltage", 3, 1, "V"), phase(2, .voltageL2, "voltage", 3, 1, "V"),
    phase(3, .voltageL3, "voltage", 3, 1, "V"), phase(1, .currentL1, "current", 6, 2, "A"),
    phase(2, .currentL2, "current", 6, 2, "A"), phase(3, .currentL3, "current", 6, 2, "A"),
    Entity(
      key: "frequency", name: "Frequency", quantity: .frequency, scale: 3, decimals: 2,
      unit: "Hz", deviceClass: "frequency"),
  ]

  private static func energy(
    _ key: String, _ name: String, _ quantity: QuantityID, _ unit: String
  ) -> Entity {
    Entity(
      key: key, name: name, quantity: quantity, scale: 6, decimals: 3, unit: unit,
      deviceClass: unit == "kWh" ? "energy" : "reactive_energy", isTotal: true)
  }

  private static func phase(
    _ n: Int, _ quantity: QuantityID, _ kind: String, _ scale: Int, _ decimals: Int, _ unit: String
  ) -> Entity {
    Entity(
      key: "\(kind)_l\(n)", name: "\(kind.capitalized) L\(n)", quantity: quantity, scale: scale,
      decimals: decimals, unit: unit, deviceClass: kind)
  }

  // MARK: topics

  var stateTopic: String { "kvadrant/\(number)/state" }
  var availabilityTopic: String { "kvadrant/\(number)/availability" }

  /// What makes Home Assistant show a value; empty for one that this meter does not have.
  func discovery(_ entity: Entity) -> (topic: String, payload: String) {
    let id = "kvadrant_\(number)"
    let device = JSONValue.object([
      ("identifiers", .array([.string(id)])), ("name", .string("Electricity meter \(number)")),
      ("manufacturer", .string(isFamily ? "Kvadrant, as Kamstrup 382L" : "Kvadrant")),
      ("model", .string(model + ", virtual")), ("serial_number", .string(number)),
    ])
    let payload = JSONValue.object([
      ("name", .string(entity.name)), ("unique_id", .string("\(id)_\(entity.key)")),
      ("state_topic", .string(stateTopic)),
      ("value_template", .string("{{ value_json.\(entity.key) }}")),
      ("unit_of_measurement", .string(entity.unit)),
      ("device_class", .string(entity.deviceClass)),
      ("state_class", .string(entity.isTotal ? "total_increasing" : "measurement")),
      ("availability_topic", .string(availabilityTopic)), ("device", device),
    ])
    return ("homeassistant/sensor/\(id)/\(entity.key)/config", payload.text)
  }

  /// The values that a meter has, by key; nil where it has no supply.
  static func values(_ run: borrowing MeterRun) -> [(key: String, value: JSONValue)]? {
    guard run.isPlugged, run.meter.isPowered else { return nil }
    return entities.compactMap { entity in
      guard let reading = run.meter.reading(entity.quantity) else { return nil }
      return (entity.key, entity.told(reading))
    }
  }
}

extension HomeEntities.Entity {
  /// A reading with the decimals that are told; registers are cut, what is momentary is rounded.
  func told(_ reading: Int64) -> JSONValue {
    var divisor: Int64 = 1
    for _ in decimals..<scale { divisor *= 10 }
    let half = isTotal ? 0 : divisor / 2
    let value = (reading < 0 ? reading - half : reading + half) / divisor
    return .fixed(Int128(value), decimals: decimals)
  }
}
