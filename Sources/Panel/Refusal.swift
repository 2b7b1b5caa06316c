import HTTPTypes
import Hummingbird
import VirtualMeter

/// An answer that is no: a status, and what a person needs to do better.
struct Refusal: Error, Equatable {
  /// A short word for programs.
  enum Code: String, CaseIterable, Sendable {
    case badRequest = "bad_request"
    case tokenNeeded = "token_needed"
    case originRefused = "origin_refused"
    case hostRefused = "host_refused"
    case refused
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case tooLarge = "too_large"
    case notJSON = "not_json"
    case tooMany = "too_many"
    case broken

    var status: HTTPResponse.Status {
      switch self {
      case .badRequest: .badRequest
      case .tokenNeeded: .unauthorized
      case .originRefused, .hostRefused, .refused: .forbidden
      case .notFound: .notFound
      case .methodNotAllowed: .methodNotAllowed
      case .tooLarge: .contentTooLarge
      case .notJSON: .unsupportedMediaType
      case .tooMany: .tooManyRequests
      case .broken: .internalServerError
      }
    }
  }

  var code: Code
  /// What is wrong.
  var what: String
  /// What would have been right.
  var expected: String
  /// What to do now.
  var next: String
  /// Methods of the path, where the method was wrong.
  var allow: [HTTPRequest.Method] = []

  init(_ code: Code, what: String, expected: String, next: String) {
    self.code = code
    self.what = what
    self.expected = expected
    self.next = next
  }

  /// A failure of the meter's service in the words of HTTP.
  init(_ failure: Failure) {
    let code: Code =
      switch failure.status {
      case .refused: .refused
      case .tryAgain, .unreachable: .tooMany
      case .fileMissing: .notFound
      case .disk: .broken
      case .ok, .usage, .badData, .protocolError, .configuration: .badRequest
      }
    self.init(code, what: failure.what, expected: failure.expected, next: failure.next)
  }

  static func notFound(_ what: String) -> Refusal {
    Refusal(
      .notFound, what: what, expected: "a path of /api/v1/openapi.json",
      next: "look the path up there")
  }

  /// `{"error":{"code":…,"what":…,"expected":…,"next":…}}`.
  var json: JSONValue {
    .object([
      (
        "error",
        .object([
          ("code", .string(code.rawValue)), ("what", .string(what)),
          ("expected", .string(expected)), ("next", .string(next)),
        ])
      )
    ])
  }

  var response: Response {
    var response = Response.json(json, status: code.status)
    switch code {
    case .tokenNeeded: response.headers[.wwwAuthenticate] = "Bearer realm=\"kvadrant\""
    case .methodNotAllowed:
      response.headers[.allow] = allow.map(\.rawValue).joined(separator: ", ")
    case .tooMany: response.headers[.retryAfter] = "1"
    case .tooLarge: response.headers[.connection] = "close"
    default: break
    }
    return response
  }
}

extension Response {
  /// A JSON document that is never stored.
  static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
    text(value.text + "\n", type: "application/json; charset=utf-8", status: status)
  }

  /// A text that is never stored.
  static func text(
    _ text: String, type: String, status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
