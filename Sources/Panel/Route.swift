import HTTPTypes
import Hummingbird
import NIOCore
import VirtualMeter

/// A request on its way to a route.
struct Question: Sendable {
  var request: Request
  var path: String
  var query: Query
  var channel: any Channel
}

/// One path and method, what it does and what it answers: the server and the OpenAPI document are
/// both made from the same list of these.
struct Route: Sendable {
  /// Something that may be given after `?`.
  struct Parameter: Sendable {
    var name: String
    var what: String
    /// Its JSON schema.
    var schema: JSONValue
  }

  /// What is answered.
  enum Answer: Sendable {
    /// JSON by the name of its schema.
    case json(String)
    case text(String, type: String)
  }

  var method: HTTPRequest.Method
  var path: String
  var summary: String
  var parameters: [Parameter]
  /// The name of the schema of the body, for what is posted.
  var body: String?
  var answer: Answer
  var respond: @Sendable (Question) async throws -> Response

  static func get(
    _ path: String, _ summary: String, _ parameters: [Parameter] = [], answers answer: Answer,
    respond: @escaping @Sendable (Question) async throws -> Response
  ) -> Route {
    Route(
      method: .get, path: path, summary: summary, parameters: parameters, body: nil,
      answer: answer, respond: respond)
  }
}

/// Routes by path and method; a path is matched whole, letter for letter.
struct RouteTable: Sendable {
  let routes: [Route]
  private let byPath: [String: [HTTPRequest.Method: Route]]

  init(_ routes: [Route]) {
    self.routes = routes
    var byPath: [String: [HTTPRequest.Method: Route]] = [:]
    for route in routes { byPath[route.path, default: [:]][route.method] = route }
    self.byPath = byPath
  }

  /// The route of a request; HEAD is answered as GET without its body.
  ///
  /// - Throws: `not_found`, or `method_not_allowed` where the path knows other methods.
  func route(_ method: HTTPRequest.Method, _ path: String) throws(Refusal) -> Route {
    guard let methods = byPath[path] else {
      throw .notFound("there is nothing at «\(path.prefix(100))»")
    }
    if let route = methods[method == .head ? .get : method] { return route }
    var refusal = Refusal(
      .methodNotAllowed, what: "\(method.rawValue) is not for \(path)",
      expected: methods.keys.map(\.rawValue).sorted().joined(separator: " or "),
      next: "look the path up in /api/v1/openapi.json")
    refusal.allow = methods.keys.flatMap { $0 == .get ? [.get, .head] : [$0] }
    throw refusal
  }
}
