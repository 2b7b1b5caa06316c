import VirtualMeter

/// Schemas of what is answered and posted, by hand; a test holds every answer against its own.
enum Schemas {
  /// By name, in the order of the document.
  static var all: [(key: String, value: JSONValue)] {
    [
      ("State", state), ("Phase", phase), ("Load", load),
      ("Registers", list(register)), ("Events", list(event)), ("Scope", scope),
      ("Harmonics", harmonics), ("Memory", memory), ("Series", series),
      ("Supply", SupplyPicture.schema), ("WiringCatalogue", list(wiring)),
      ("Presets", list(preset)), ("Words", map(text)), ("Records", list(.schema("object"))),
      ("Command", command), ("TypeTest", typeTest), ("TypeTestChoices", typeTestChoices),
      ("TypeTestCommand", typeTestCommand), ("Ok", ok), ("Error", error),
      ("Object", .schema("object")),
    ]
  }

  // MARK: words

  static let text = JSONValue.schema("string")
  static let number = JSONValue.schema("number")
  static let count = JSONValue.schema("integer", ("minimum", .integer(0)))
  static let flag = JSONValue.schema("boolean")

  static func list(_ item: JSONValue) -> JSONValue { .schema("array", ("items", item)) }

  static func map(_ value: JSONValue) -> JSONValue {
    .schema("object", ("additionalProperties", value))
  }

  static func orNull(_ type: String) -> JSONValue {
    .object([("type", .array([.string(type), .string("null")]))])
  }

  static func choice(_ values: [String]) -> JSONValue {
    .schema("string", ("enum", .array(values.map { .string($0) })))
  }

  /// An object that has these members and no others.
  static func object(
    _ members: [(key: String, value: JSONValue)], optional: Set<String> = []
  ) -> JSONValue {
    .schema(
      "object", ("properties", .object(members)),
      ("required", .array(members.filter { !optional.contains($0.key) }.map { .string($0.key) })),
      ("additionalProperties", .bool(false)))
  }

  // MARK: the state

  private static var state: JSONValue {
    object([
      ("sequence", count), ("time", .schema("string", ("format", .string("date-time")))),
      ("instant_s", number),
      ("speed", .object([("type", .array([.string("number"), .string("string")]))])),
      ("powered", flag), ("running", flag), ("ended", orNull("string")), ("glass", glass),
      ("led", object([("count", count), ("rate_Hz", number), ("phase", number)])),
      ("phases", list(.ref("Phase"))), ("total", total), ("registers", map(number)),
      (
        "truth", map(object([("value", number), ("error_percent", orNull("number"))]))
      ),
      (
        "seals",
        object([("verification", flag), ("terminalCover", flag), ("moduleArea", flag)])
      ),
      ("tariff", count), ("verification", orNull("string")), ("bench", bench),
      (
        "memory",
        object([("commits", count), ("events", count), ("cuts", count), ("failures", count)])
      ),
      ("events_newest", count), ("typetest", typeTestSummary),
    ])
  }

  private static var glass: JSONValue {
    let plane = JSONValue.schema("string", ("pattern", .string("^[0-9a-f]*$")))
    return object([
      ("steady", plane), ("blinking", plane), ("blink", flag), ("value", text), ("id", text),
      ("unit", text), ("text", text),
    ])
  }

  private static var phase: JSONValue {
    object([
      ("u_V", number), ("i_A", number), ("p_W", number), ("q_var", number), ("s_VA", number),
      ("pf", orNull("number")), ("u_deg", number), ("i_deg", number), ("present", flag),
      ("registering", flag), ("quadrant", count),
    ])
  }

  private static var total: JSONValue {
    object([
      ("p_W", number), ("q_var", number), ("s_VA", number), ("pf", orNull("number")),
      ("f_Hz", orNull("number")), ("sequence_ok", orNull("boolean")), ("quadrants", list(count)),
    ])
  }

  private static var load: JSONValue {
    object([
      ("u_V", number), ("i_A", number), ("phi_deg", number), ("thd_percent", number), ("on", flag),
    ])
  }

  private static var bench: JSONValue {
    object([
      ("source", text), ("loads", list(.ref("Load"))), ("frequency_Hz", number),
      ("preset", orNull("string")), ("neutral", flag), ("wiring", text), ("magnet", flag),
      ("plug", flag), ("consumed_kWh", number), ("produced_kWh", number),
    ])
  }

  // MARK: tables and pictures

  private static var register: JSONValue {
    object([
      ("obis", text), ("name", text), ("value", number), ("unit", choice(["kWh", "kvarh"])),
      ("committed", number), ("legal", choice(["MID", "national", "not legal"])),
    ])
  }

  private static var event: JSONValue {
    object([
      ("log", text), ("n", count), ("time", text), ("code", count), ("name", text),
      ("parameter", count),
    ])
  }

  private static var scope: JSONValue {
    object([("rate_Hz", number), ("u", list(list(number))), ("i", list(list(number)))])
  }

  private static var harmonics: JSONValue {
    object([
      ("orders", list(count)), ("u_percent", list(number)), ("i_percent", list(number)),
      ("thd_u", orNull("number")), ("thd_i", orNull("number")),
    ])
  }

  private static var memory: JSONValue {
    object([
      ("pages", count),
      ("regions", list(object([("name", text), ("first", count), ("count", count)]))),
      ("wear", list(count)), ("programs", count), ("span_s", number), ("endurance", count),
      ("life_years", orNull("number")), ("replaced", count), ("spares", count), ("cuts", count),
    ])
  }

  private static var series: JSONValue {
    object([
      ("name", text), ("unit", text), ("curve", text), ("curves", list(text)), ("from_s", number),
      ("to_s", number), ("first_s", number), ("last_s", number), ("points", count),
      (
        "columns",
        list(
          .object([
            ("type", .array([.string("array"), .string("null")])), ("items", number),
            (
              "description",
              .string("second since 2000, lowest, highest, first, last; null for a gap")
            ),
          ]))
      ),
    ])
  }

  // MARK: catalogues

  private static var wiring: JSONValue {
    let phasors = object([
      ("u_V", number), ("u_deg", number), ("i_A", number), ("i_deg", number),
    ])
    // Registers by the power with which they grow, in W and var.
    let expectation = object([
      ("load", text), ("loads", list(object([("i_A", number), ("phi_deg", number)]))),
      ("phasors", list(phasors)), ("registers", map(number)),
      ("sequence_ok", orNull("boolean")),
    ])
    return object([
      ("id", text), ("title", text), ("what", text), ("expected", expectation),
      ("cases", list(expectation)),
    ])
  }

  private static var preset: JSONValue {
    object([
      ("id", text), ("title", text), ("what", text), ("frequency_Hz", number), ("neutral", flag),
      ("wiring", text), ("loads", list(.ref("Load"))),
    ])
  }

  // MARK: commands

  private static var command: JSONValue {
    .schema(
      "object", ("required", .array([.string("command")])),
      (
        "properties",
        .object([
          (
            "command",
            choice([
              "button", "plug", "seal", "magnet", "load", "preset", "voltage", "frequency",
              "neutral", "wiring", "speed", "tariff", "verify", "identify", "displayTest",
              "clearResettable", "configure", "setClock", "resetBilling", "tariffPlan", "status",
              "glass", "scenario", "stop", "switch", "topUp", "credit", "cover", "module",
              "acknowledge", "contact", "backFeed", "output", "pulses", "level", "supply",
              "modules", "fit", "remove", "moduleCover",
            ])
          ),
          ("action", choice(["press", "release", "short", "long", "extraLong", "open", "close"])),
          ("in", flag),
          ("seal", choice(["verification", "terminalCover", "moduleArea"])), ("broken", flag),
          ("on", flag),
          ("phase", .schema("integer", ("minimum", .integer(1)), ("maximum", .integer(3)))),
          ("i_A", number), ("phi_deg", number), ("thd_percent", number), ("u_V", number),
          ("f_Hz", number), ("connected", flag), ("id", text),
          ("factor", .object([("type", .array([.string("number"), .string("string")]))])),
          ("tariff", .schema("integer", ("minimum", .integer(1)), ("maximum", .integer(4)))),
          ("register", orNull("string")), ("sections", text),
          ("door", choice(["optical", "module"])), ("time", text), ("module", text),
          ("slot", choice(["1", "2", "secondary"])), ("cover", text),
          ("authority", choice(["synchronisation", "command", "service"])),
        ])
      ))
  }

  private static var ok: JSONValue {
    .schema(
      "object", ("properties", .object([("ok", flag)])), ("required", .array([.string("ok")])))
  }

  private static var error: JSONValue {
    object([
      (
        "error",
        object([
          ("code", choice(Refusal.Code.allCases.map(\.rawValue))), ("what", text),
          ("expected", text), ("next", text),
        ])
      )
    ])
  }
}
