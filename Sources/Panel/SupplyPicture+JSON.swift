import VirtualMeter

extension SupplyPicture {
  /// The answer of `/api/v1/supply`.
  var json: JSONValue {
    .object([
      ("state", .string(state)), ("code", .integer(code)), ("feedback", .integer(feedback)),
      ("control", .integer(control)), ("contacts", .array(contacts.map { .bool($0) })),
      ("fault", .string(fault)), ("operations", .integer(operations)), ("wear", .integer(wear)),
      ("basis", .string(basis)),
      ("credit_kWh", credit_kWh.map { .rounded($0, decimals: 3) } ?? .null),
      ("stage", .string(stage)), ("next_number", .integer(nextNumber)),
      ("neutral_V", .rounded(neutral_V, decimals: 1)), ("alarms", .array(alarms.map(\.json))),
      ("outputs", .array(outputs.map { .bool($0) })),
      ("inputs", .array(inputs.map { .integer($0) })),
    ])
  }

  /// Its schema.
  static var schema: JSONValue {
    let text = JSONValue.schema("string")
    let flag = JSONValue.schema("boolean")
    let count = JSONValue.schema("integer", ("minimum", .integer(0)))
    let number = JSONValue.schema("number")
    func orNull(_ type: String) -> JSONValue {
      .object([("type", .array([.string(type), .string("null")]))])
    }
    func list(_ item: JSONValue) -> JSONValue { .schema("array", ("items", item)) }
    func object(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
      .schema(
        "object", ("properties", .object(members)),
        ("required", .array(members.map { .string($0.key) })),
        ("additionalProperties", .bool(false)))
    }
    let alarm = object([
      ("name", text), ("active", flag), ("raised", flag), ("time", orNull("string")),
    ])
    return object([
      ("state", text), ("code", count), ("feedback", count), ("control", count),
      ("contacts", list(flag)), ("fault", text), ("operations", count), ("wear", count),
      ("basis", text), ("credit_kWh", orNull("number")), ("stage", text),
      ("next_number", count), ("neutral_V", number), ("alarms", list(alarm)),
      ("outputs", list(flag)), ("inputs", list(count)),
    ])
  }
}

extension SupplyPicture.Alarm {
  fileprivate var json: JSONValue {
    .object([
      ("name", .string(name)), ("active", .bool(isActive)), ("raised", .bool(isRaised)),
      ("time", time.map { .string($0) } ?? .null),
    ])
  }
}
