import Foundation

/// Holds values against the schemas of the OpenAPI document, as far as those use JSON Schema.
struct Schema {
  let all: [String: Any]

  /// - Parameter document: `/api/v1/openapi.json`.
  init(_ document: [String: Any]) {
    let components = document["components"] as? [String: Any]
    all = components?["schemas"] as? [String: Any] ?? [:]
  }

  /// Where a value differs from a schema; empty where it fits.
  func problems(_ value: Any, _ schema: [String: Any], at place: String = "$") -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      guard let target = all[name] as? [String: Any] else { return ["\(place): no schema \(name)"] }
      return problems(value, target, at: place)
    }
    if let choices = schema["anyOf"] as? [[String: Any]] {
      let found = choices.map { problems(value, $0, at: place) }
      return found.contains(where: \.isEmpty) ? [] : found[0]
    }
    let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
    guard types.contains(where: { Self.isA(value, $0) }) else {
      return ["\(place): \(value) is not \(types)"]
    }
    if let values = schema["enum"] as? [String], let text = value as? String,
      !values.contains(text)
    {
      return ["\(place): \(text) is not one of \(values)"]
    }
    if let list = value as? [Any] {
      guard let item = schema["items"] as? [String: Any] else { return [] }
      return list.enumerated().flatMap { problems($1, item, at: "\(place)[\($0)]") }
    }
    return (value as? [String: Any]).map { members($0, schema, place) } ?? []
  }

  private func members(
    _ object: [String: Any], _ schema: [String: Any], _ place: String
  ) -> [String] {
    let known = schema["properties"] as? [String: [String: Any]] ?? [:]
    var found = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map {
      "\(place).\($0) is missing"
    }
    for (name, value) in object {
      if let schema = known[name] {
        found += problems(value, schema, at: "\(place).\(name)")
      } else if let other = schema["additionalProperties"] as? [String: Any] {
        found += problems(value, other, at: "\(place).\(name)")
      } else if schema["additionalProperties"] as? Bool == false {
        found.append("\(place).\(name) is not in the schema")
      }
    }
    return found
  }

  private static func isA(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "null": return value is NSNull
    case "string": return value is String
    case "array": return value is [Any]
    case "object": return value is [String: Any]
    default:
      guard let number = value as? NSNumber else { return false }
      let isFlag = String(cString: number.objCType) == "c"
      if type == "boolean" { return isFlag }
      return !isFlag && (type == "number" || number.doubleValue == number.doubleValue.rounded())
    }
  }
}
