import VirtualMeter

/// Schemas of the type test.
extension Schemas {
  private static var phase: JSONValue { choice(TypeTestBench.Phase.allCases.map(\.rawValue)) }

  private static func orNull(_ schema: JSONValue) -> JSONValue {
    .object([("anyOf", .array([schema, .schema("null")]))])
  }

  /// What the stream of states carries of it.
  static var typeTestSummary: JSONValue {
    object([
      ("run", count), ("phase", phase), ("done", count), ("steps", count), ("points", count),
    ])
  }

  static var typeTest: JSONValue {
    object([
      ("run", count), ("phase", phase), ("order", orNull(order)), ("planned", count),
      ("done", count), ("steps", count), ("remaining_s", orNull("number")), ("failed", count),
      ("message", orNull("string")), ("source", orNull(source)),
      (
        "treads",
        list(object([("from_A", number), ("to_A", number), ("limit_percent", number)]))
      ),
      ("next", count), ("points", list(point)), ("report", orNull(report)),
    ])
  }

  private static var order: JSONValue {
    object([
      ("standard", text), ("title", text), ("class", text), ("variant", text),
      ("meters", count), ("seed", text),
    ])
  }

  private static var source: JSONValue {
    let phase = object([("u_V", number), ("u_deg", number), ("i_A", number), ("i_deg", number)])
    return object([
      ("point", text), ("meter", count), ("waveform", text), ("frequency", number),
      ("temperature_C", number), ("phases", list(phase)),
    ])
  }

  private static var point: JSONValue {
    object([
      ("number", count), ("id", text), ("title", text), ("clause", text), ("group", text),
      ("funnel", flag), ("current_A", number), ("balanced", flag), ("limit", text),
      ("unit", text), ("mean", orNull("number")), ("lowest", orNull("number")),
      ("highest", orNull("number")), ("used", orNull("number")),
      ("verdict", choice(["passed", "failed", "informative", "not tested"])),
      ("reason", orNull("string")),
    ])
  }

  private static var report: JSONValue {
    object([
      ("passed", flag), ("standard", text), ("class", text), ("variant", text),
      ("meters", count), ("elapsed_s", number),
    ])
  }

  static var typeTestChoices: JSONValue {
    object([
      ("usual", text), ("most_meters", count),
      (
        "standards",
        list(
          object([
            ("id", text), ("title", text), ("note", text), ("classes", list(text)),
            ("usual_class", text),
          ]))
      ),
      ("variants", list(text)),
    ])
  }

  static var typeTestCommand: JSONValue {
    .schema(
      "object", ("required", .array([.string("action")])),
      (
        "properties",
        .object([
          ("action", choice(["start", "cancel"])), ("standard", text), ("class", text),
          ("variant", text),
          (
            "meters",
            .schema(
              "integer", ("minimum", .integer(1)),
              ("maximum", .integer(TypeTestBench.mostMeters)))
          ),
          ("seed", count),
        ])
      ))
  }
}
