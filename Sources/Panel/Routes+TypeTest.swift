import Foundation
import HTTPTypes
import Hummingbird
import TypeTest
import VirtualMeter

extension Routes {
  /// The bench of the type test: what may be chosen, how a run goes on, its report.
  var typeTests: [Route] {
    let since = Route.Parameter(
      name: "since", what: "only points from this number on",
      schema: .schema("integer", ("minimum", .integer(0))))
    return [
      .get(
        "/api/v1/typetest/choices", "Standards with their classes, and types of meters.",
        answers: .json("TypeTestChoices")
      ) { [variant] _ in .json(TypeTestChoices.json(variant)) },
      .get(
        "/api/v1/typetest", "How the run of the type test goes on, with its points.", [since],
        answers: .json("TypeTest")
      ) { [typeTest] question in
        let since = try question.query.integer("since", in: 0...1_000_000, usual: 0)
        return .json(typeTest.status.json(since: since))
      },
      Route(
        method: .post, path: "/api/v1/typetest/command",
        summary: "Starts a run, or cancels it; one runs at a time, beside the meter.",
        parameters: [], body: "TypeTestCommand", answer: .json("Ok")
      ) { [self] question in try await typeTestCommand(question) },
      .get(
        "/api/v1/typetest/report.html", "The report of the newest finished run, to be printed.",
        answers: .text("A page without script.", type: "text/html; charset=utf-8")
      ) { [self] _ in
        var response = Response.text(
          HTMLReport(try typeTestReport(), head).text, type: "text/html; charset=utf-8")
        // The report carries its style inside; the policy names this style and allows no other.
        response.headers[.contentSecurityPolicy] =
          "default-src 'none'; style-src '\(HTMLReport.styleHash)'; base-uri 'none'; "
          + "form-action 'none'; frame-ancestors 'none'"
        return response
      },
      .get(
        "/api/v1/typetest/report.json",
        "The same report for programs, as docs/typetest-report.schema.json says.",
        answers: .json("Object")
      ) { [self] _ in
        let data = try ReportDocument(try typeTestReport(), head).encoded()
        return .text(
          String(decoding: data, as: UTF8.self) + "\n", type: "application/json; charset=utf-8")
      },
    ]
  }

  private var head: ReportHead { ReportHead(software: "kvadrant, panel \(OpenAPI.version)") }

  private func typeTestReport() throws(Refusal) -> TypeTestReport {
    if let report = typeTest.status.report { return report }
    throw Refusal(
      .notFound, what: "no run of the type test has been finished", expected: "one that is done",
      next: "start one at /api/v1/typetest/command")
  }

  private func typeTestCommand(_ question: Question) async throws -> Response {
    let text = try await Self.body(question.request, limits.bodyBytes)
    let json = try? JSONSerialization.jsonObject(with: Data(text.utf8))
    let body = json as? [String: Any] ?? [:]
    switch body["action"] as? String {
    case "start": try typeTest.start(TypeTestBench.Order(body, usual: variant))
    case "cancel": typeTest.cancel()
    default:
      throw Refusal(
        .badRequest, what: "the body has no action that is known", expected: "start or cancel",
        next: #"send for example {"action":"start","standard":"en50470","class":"C","meters":1}"#)
    }
    return .json(
      .object([("ok", .bool(true)), ("run", .integer(typeTest.status.run))]))
  }
}
