import HTTPTypes
import VirtualMeter

/// The description of the API, OpenAPI 3.1: paths from the list of routes, schemas by hand.
enum OpenAPI {
  /// Version of the API; the first part stands in the paths.
  static let version = "1.0.0"

  /// The whole document.
  static func document(_ routes: [Route]) -> JSONValue {
    var paths: [(key: String, value: JSONValue)] = []
    for route in routes {
      paths.append((route.path, .object([(route.method.rawValue.lowercased(), operation(route))])))
    }
    return .object([
      ("openapi", .string("3.1.0")),
      (
        "info",
        .object([
          ("title", .string("Kvadrant front panel")), ("version", .string(version)),
          (
            "description",
            .string(
              "One virtual electricity meter and its bench. Numbers are in SI units unless their "
                + "names say otherwise, energies in kWh and kvarh.")
          ),
          ("license", .object([("name", .string("Apache-2.0"))])),
        ])
      ),
      ("paths", .object(paths)),
      (
        "components",
        .object([
          ("schemas", .object(Schemas.all)),
          (
            "securitySchemes",
            .object([
              ("token", .object([("type", .string("http")), ("scheme", .string("bearer"))]))
            ])
          ),
        ])
      ),
      ("security", .array([.object([]), .object([("token", .array([]))])])),
    ])
  }

  private static func operation(_ route: Route) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("summary", .string(route.summary)), ("operationId", .string(name(route))),
    ]
    if !route.parameters.isEmpty {
      members.append(
        (
          "parameters",
          .array(
            route.parameters.map { parameter in
              .object([
                ("name", .string(parameter.name)), ("in", .string("query")),
                ("description", .string(parameter.what)), ("schema", parameter.schema),
              ])
            })
        ))
    }
    if let body = route.body {
      members.append(
        (
          "requestBody",
          .object([
            ("required", .bool(true)),
            ("content", .object([("application/json", .object([("schema", .ref(body))]))])),
          ])
        ))
    }
    members.append(
      ("responses", .object([("200", answer(route.answer)), ("default", answer(.json("Error")))])))
    return .object(members)
  }

  private static func answer(_ answer: Route.Answer) -> JSONValue {
    switch answer {
    case .json(let schema):
      .object([
        ("description", .string(schema)),
        ("content", .object([("application/json", .object([("schema", .ref(schema))]))])),
      ])
    case .text(let what, let type):
      .object([
        ("description", .string(what.isEmpty ? type : what)),
        (
          "content",
          .object([
            (
              String(type.prefix { $0 != ";" }),
              .object([("schema", .object([("type", .string("string"))]))])
            )
          ])
        ),
      ])
    }
  }

  /// Such as `getApiV1RegistersCsv`.
  private static func name(_ route: Route) -> String {
    let words = route.path.split { !$0.isLetter && !$0.isNumber }
    return route.method.rawValue.lowercased() + words.map { $0.capitalized }.joined()
  }
}

extension Substring {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

extension JSONValue {
  /// A reference to a schema.
  static func ref(_ name: String) -> JSONValue {
    .object([("$ref", .string("#/components/schemas/" + name))])
  }

  /// A schema of a type with further members.
  static func schema(_ type: String, _ more: (key: String, value: JSONValue)...) -> JSONValue {
    .object([("type", .string(type))] + more)
  }
}
