import Hummingbird
import MeterTime
import VirtualMeter

extension Routes {
  /// Histories: columns of pixels as JSON, pictures as SVG, all values as CSV.
  var series: [Route] {
    (SeriesName.allCases.map(\.rawValue) + ["profile"]).flatMap { name in
      let path = "/api/v1/series/" + name
      let what = name == "profile" ? "the load profile" : "\(name) of the last 24 hours"
      return [
        Route.get(
          path, "Lowest, highest, first and last per pixel column: \(what).",
          Self.window + [Self.width, Self.curve], answers: .json("Series")
        ) { [self] question in
          let history = try await history(name, question.query)
          let asked = question.query["curve"]
          guard let line = history.lines.first(where: { asked == nil || $0.name == asked }) else {
            throw Refusal(
              .notFound, what: "\(name) has no curve «\(asked?.prefix(40) ?? "")»",
              expected: history.lines.map(\.name).joined(separator: ", "),
              next: "correct curve or leave it out")
          }
          let width = try Self.width(question.query)
          return .json(history.json(line, try Self.window(history, question.query), width: width))
        },
        Route.get(
          path + ".svg", "A picture: \(what).", Self.window + [Self.width], answers: .svg
        ) { [self] question in
          let history = try await history(name, question.query)
          let window = try Self.window(history, question.query)
          let width = try Self.width(question.query)
          return .text(history.svg(window, width: width), type: "image/svg+xml")
        },
        Route.get(path + ".csv", "All values: \(what).", Self.window, answers: .csv) {
          [self] question in
          let history = try await history(name, question.query)
          return .text(
            history.csv(try Self.window(history, question.query)),
            type: "text/csv; charset=utf-8; header=present")
        },
      ]
    }
  }

  private func history(_ name: String, _ query: Query) async throws -> History {
    guard let name = SeriesName(rawValue: name) else {
      return try await profile.history()
    }
    return History(name, try await service.series(name))
  }

  private static let window = [
    Route.Parameter(
      name: "from", what: "second since 2000-01-01T00:00:00Z, or ISO 8601; all if left out",
      schema: .schema("string")),
    Route.Parameter(
      name: "to", what: "second since 2000-01-01T00:00:00Z, or ISO 8601; all if left out",
      schema: .schema("string")),
  ]
  private static let width = Route.Parameter(
    name: "width", what: "pixel columns, 16 to 8192; 1200 if left out",
    schema: .schema("integer", ("minimum", .integer(16)), ("maximum", .integer(8192))))
  private static let curve = Route.Parameter(
    name: "curve", what: "name of a curve; the first if left out", schema: .schema("string"))

  private static func width(_ query: Query) throws(Refusal) -> Int {
    try query.integer("width", in: 16...8192, usual: 1200)
  }

  private static func window(
    _ history: History, _ query: Query
  ) throws(Refusal) -> ClosedRange<Double> {
    history.window(try second(query, "from"), try second(query, "to"))
  }

  private static func second(_ query: Query, _ name: String) throws(Refusal) -> Double? {
    guard let text = query[name], !text.isEmpty else { return nil }
    // A century on either side of any meter's life.
    if let number = Double(text), abs(number) < 1e10 { return number }
    if let instant = ISOTime.instant(text) { return Double(instant.seconds) }
    throw Refusal(
      .badRequest, what: "\(name) is «\(text.prefix(40))»",
      expected: "a second since 2000-01-01T00:00:00Z, or ISO 8601",
      next: "correct it or leave it out")
  }
}
