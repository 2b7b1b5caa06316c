import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import VirtualMeter

/// What a request carries on its way: the logger with the request's number, and its channel.
struct PanelContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}

/// The gate, which is known once the port is.
final class GateKeeper: Sendable {
  private let gate = Mutex<Gate?>(nil)

  func appoint(_ gate: Gate) { self.gate.withLock { $0 = gate } }

  /// - Throws: `too_many` in the moment between the port's opening and the appointment.
  func current() throws(Refusal) -> Gate {
    if let gate = gate.withLock({ $0 }) { return gate }
    throw Refusal(
      .tooMany, what: "the server is starting", expected: "a moment", next: "ask again")
  }
}

/// From request to answer: gate, route, headers, log line.
struct Responder: HTTPResponder {
  let routes: RouteTable
  let assets: Assets
  let gate: GateKeeper
  let counters: Counters
  /// Called when somebody opens the page, to prepare what it will ask for.
  let pageOpened: @Sendable () -> Void

  func respond(to request: Request, context: PanelContext) async throws -> Response {
    let started = ContinuousClock.now
    let target = request.head.path ?? ""
    let path = String(target.prefix { $0 != "?" })
    let query = Query(String(target.dropFirst(path.count + 1)))
    var response: Response
    do {
      response = try await answer(request, path, query, context)
    } catch let refusal as Refusal {
      response = refusal.response
    } catch let failure as Failure {
      response = Refusal(failure).response
    } catch  where !context.channel.isActive {
      context.logger.debug("the client has gone", metadata: ["error": "\(error)"])
      response = Response(status: .badRequest)
    } catch {
      context.logger.error("request failed", metadata: ["error": "\(error)"])
      response =
        Refusal(
          .broken, what: "the answer could not be made", expected: "an answer",
          next: "look into the log for request \(context.id)"
        ).response
    }
    finish(&response, request, context)
    counters.answers.withLock { $0[max(1, min(5, response.status.code / 100))] += 1 }
    // The query may hold the token, so only the path is logged.
    context.logger.log(
      level: response.status.code >= 400 ? .info : .debug, "request",
      metadata: [
        "method": "\(request.method.rawValue.prefix(20))", "path": "\(path.prefix(200))",
        "status": "\(response.status.code)", "took": "\(ContinuousClock.now - started)",
      ])
    return response
  }

  private func answer(
    _ request: Request, _ path: String, _ query: Query, _ context: PanelContext
  ) async throws -> Response {
    let gate = try gate.current()
    if let refusal = gate.refusal(of: request.head, path: path, query: query) { throw refusal }
    if request.method == .get || request.method == .head,
      var response = assets.response(path, known: request.headers[.ifNoneMatch])
    {
      if path == "/" { pageOpened() }
      if path == "/", let token = gate.token, query["token"] != nil {
        // The page's own requests then carry it, and its address need not.
        response.headers[.setCookie] =
          "\(Gate.cookie)=\(token.text); Path=/; HttpOnly; SameSite=Strict"
      }
      return response
    }
    let route = try routes.route(request.method, path)
    return try await route.respond(
      Question(request: request, path: path, query: query, channel: context.channel))
  }

  private func finish(_ response: inout Response, _ request: Request, _ context: PanelContext) {
    // A route may have a policy of its own, such as that of the report with its style inside.
    for (name, value) in Self.headers where response.headers[name] == nil {
      response.headers[name] = value
    }
    response.headers[.requestID] = context.id
    if request.method == .head { response = response.createHeadResponse() }
  }

  /// What every answer carries: nothing from elsewhere runs in the page, nobody frames it, no
  /// type is guessed.
  static let headers: [(HTTPField.Name, String)] = [
    (
      .contentSecurityPolicy,
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    (.xContentTypeOptions, "nosniff"), (.referrerPolicy, "no-referrer"),
    (.openerPolicy, "same-origin"), (.resourcePolicy, "same-origin"),
  ]
}

extension HTTPField.Name {
  static let requestID = Self("X-Request-ID")!
  static let referrerPolicy = Self("Referrer-Policy")!
  static let openerPolicy = Self("Cross-Origin-Opener-Policy")!
  static let resourcePolicy = Self("Cross-Origin-Resource-Policy")!
}
