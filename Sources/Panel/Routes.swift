import Hummingbird
import Meter
import NIOCore
import Quantities
import VirtualMeter

/// All that the server answers beside the files of the page.
struct Routes: Sendable {
  let service: MeterService
  let streams: StateStreams
  let counters: Counters
  let assets: Assets
  let label: String
  let limits: PanelLimits
  let typeTest: TypeTestBench
  /// The running meter, for the type test's usual choice.
  let variant: MeterVariant
  let year = YearFile()

  var all: [Route] {
    let routes =
      [health, metrics] + live + tables + catalogues + series + typeTests + [command]
    return routes + [document(routes)]
  }

  // MARK: the process

  private var health: Route {
    .get("/healthz", "Whether the server answers.", answers: .json("Ok")) { _ in
      .json(.object([("ok", .bool(true))]))
    }
  }

  private var metrics: Route {
    let type = "text/plain; version=0.0.4; charset=utf-8"
    return .get("/metrics", "Numbers for Prometheus.", answers: .text("", type: type)) {
      [service, counters] _ in
      .text(Exposition(service.snapshot, counters).text, type: type)
    }
  }

  private func document(_ routes: [Route]) -> Route {
    let summary = "This document."
    let itself = Route.get(
      "/api/v1/openapi.json", summary, answers: .json("Object"), respond: { _ in .json(.null) })
    let document = OpenAPI.document(routes + [itself])
    return .get(itself.path, summary, answers: itself.answer) { _ in .json(document) }
  }

  // MARK: now

  private var live: [Route] {
    [
      .get("/api/v1/state", "Everything that the panel shows.", answers: .json("State")) {
        [service, typeTest] _ in .json(service.snapshot.json(typeTest: typeTest.summary))
      },
      .get(
        "/api/v1/stream",
        "The state as server-sent events, at most ten a second; a slow reader gets the newest.",
        answers: .text("Events named state, whose data is a State.", type: "text/event-stream")
      ) { [streams] question in try streams.response(on: question.channel) },
      .get(
        "/api/v1/scope", "The newest two cycles of voltage and current.", answers: .json("Scope")
      ) { [service] _ in .json(try await service.scope().json) },
      .get(
        "/api/v1/harmonics", "Harmonics of one phase in per cent of its fundamental.",
        [
          .init(
            name: "phase", what: "1, 2 or 3",
            schema: .schema("integer", ("minimum", .integer(1)), ("maximum", .integer(3))))
        ], answers: .json("Harmonics")
      ) { [service] question in
        let number = try question.query.integer("phase", in: 1...3, usual: 1)
        let phase: Phase = [.l1, .l2, .l3][number - 1]
        return .json(try await service.harmonics(phase)?.json ?? HarmonicsPicture.nothing)
      },
    ]
  }

  // MARK: tables

  private var tables: [Route] {
    let limit = Route.Parameter(
      name: "limit", what: "at most so many, 1 to 512; 50 if left out",
      schema: .schema("integer", ("minimum", .integer(1)), ("maximum", .integer(512))))
    let before = Route.Parameter(
      name: "before", what: "only those with a lower number",
      schema: .schema("integer", ("minimum", .integer(0))))
    return [
      .get("/api/v1/registers", "All registers.", answers: .json("Registers")) {
        [service] _ in .json(.array(try await service.registers().map(\.json)))
      },
      .get("/api/v1/registers.csv", "All registers.", answers: .csv) { [service] _ in
        .csv(RegisterRow.columns, try await service.registers().map(\.cells))
      },
      .get(
        "/api/v1/events", "The event log, newest first.", [limit, before],
        answers: .json("Events")
      ) { [self] question in .json(.array(try await events(question).map(\.json))) },
      .get("/api/v1/events.csv", "The event log, newest first.", [limit, before], answers: .csv) {
        [self] question in .csv(EventRow.columns, try await events(question).map(\.cells))
      },
      .get(
        "/api/v1/supply", "Switch, credit, alarms, load outputs.", answers: .json("Supply")
      ) { [service] _ in .json(try await service.supply().json) },
      .get("/api/v1/memory", "The permanent memory and its wear.", answers: .json("Memory")) {
        [service] _ in .json(try await service.memory().json)
      },
    ]
  }

  private func events(_ question: Question) async throws -> [EventRow] {
    let limit = try question.query.integer("limit", in: 1...512, usual: 50)
    let before = try question.query.integer("before", in: 0...Int(UInt32.max), usual: -1)
    return try await service.events(limit: limit, before: before < 0 ? nil : UInt32(before))
  }

  // MARK: what there is

  private var catalogues: [Route] {
    let language = Route.Parameter(
      name: "lang", what: "en or da",
      schema: .schema("string", ("enum", .array([.string("en"), .string("da")]))))
    let words = JSONValue.words(assets.bytes("/assets/words.json"))
    return [
      .get("/api/v1/label.svg", "The type label.", answers: .svg) { [label] _ in
        .text(label, type: "image/svg+xml")
      },
      .get(
        "/api/v1/wiring", "Ways to wire a meter, with what each shows.", [language],
        answers: .json("WiringCatalogue")
      ) { question in
        let language = try question.language
        return .json(.array(WiringError.catalogue.map { $0.json(language) }))
      },
      .get(
        "/api/v1/presets", "Ready-made states of the bench.", [language],
        answers: .json("Presets")
      ) { question in
        let language = try question.language
        return .json(.array(BenchPreset.catalogue.map { $0.json(language) }))
      },
      .get(
        "/api/v1/words", "The texts of the page in one language.", [language],
        answers: .json("Words")
      ) { question in .json(words[try question.language] ?? .object([])) },
    ]
  }

  // MARK: commands

  private var command: Route {
    Route(
      method: .post, path: "/api/v1/command",
      summary: "One command, as on the control socket.", parameters: [], body: "Command",
      answer: .json("Ok")
    ) { [service, limits] question in
      let line = try await Self.body(question.request, limits.bodyBytes)
      return .json(try await service.perform(try ControlCommand(line: line)))
    }
  }

  /// The text of a body.
  ///
  /// - Throws: `too_large` as soon as that is known, `bad_request` for what is no UTF-8.
  static func body(_ request: Request, _ most: Int) async throws -> String {
    let tooLarge = Refusal(
      .tooLarge, what: "the body is too large", expected: "at most \(most) bytes",
      next: "send one command at a time")
    if let length = request.headers[.contentLength], (Int(length) ?? .max) > most {
      throw tooLarge
    }
    var bytes = ByteBuffer()
    do {
      for try await part in request.body {
        guard bytes.readableBytes + part.readableBytes <= most else { throw tooLarge }
        bytes.writeImmutableBuffer(part)
      }
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(
        .badRequest, what: "the body ended before its end", expected: "all of it",
        next: "send it again")
    }
    guard let text = String(validating: bytes.readableBytesView, as: UTF8.self),
      !text.isEmpty
    else {
      throw Refusal(
        .badRequest, what: "the body is no text in UTF-8",
        expected: #"one JSON object such as {"command":"identify"}"#, next: "send a JSON object")
    }
    return text
  }
}

extension Question {
  /// `da` or `en`.
  var language: String {
    get throws(Refusal) {
      let asked = query["lang"] ?? "en"
      guard asked == "en" || asked == "da" else {
        throw Refusal(
          .badRequest, what: "lang is «\(asked.prefix(20))»", expected: "en or da",
          next: "correct it or leave it out")
      }
      return asked
    }
  }
}

extension Route.Answer {
  static let csv = Route.Answer.text(
    "RFC 4180, UTF-8, with a heading.", type: "text/csv; charset=utf-8; header=present")
  static let svg = Route.Answer.text("", type: "image/svg+xml")
}
