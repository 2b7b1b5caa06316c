import Foundation
import Testing

@testable import TypeTest

@Suite("The report as JSON") struct ReportJSONTests {
  static let schemaFile = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/typetest-report.schema.json")

  static func schema() throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: schemaFile))
    return try #require(json as? [String: Any])
  }

  static func object(_ report: TypeTestReport) throws -> [String: Any] {
    let data = try ReportDocument(report, ReportHTMLTests.head).encoded()
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("what is written is read back, and is written the same again")
  func roundTrip() throws {
    for standard in Standard.allCases {
      let document = ReportDocument(ReportSamples.report(meters: 2, standard: standard), .init())
      let data = try document.encoded()
      let again = try ReportDocument(decoding: data)
      #expect(again == document)
      #expect(try again.encoded() == data)
    }
  }

  @Test("a newer version and what is no report are refused")
  func refused() throws {
    var document = ReportDocument(ReportSamples.report(meters: 1), .init())
    document.schemaVersion = 2
    let newer = try document.encoded()
    #expect(throws: DecodingError.self) { try ReportDocument(decoding: newer) }
    #expect(throws: DecodingError.self) { try ReportDocument(decoding: Data("{}".utf8)) }
  }

  @Test("every member fits the schema in docs", arguments: Standard.allCases)
  func schemaFits(standard: Standard) throws {
    let schema = JSONSchema(try Self.schema())
    let object = try Self.object(ReportSamples.report(meters: 3, standard: standard))
    #expect(schema.problems(object).prefix(3).isEmpty)
  }

  @Test("the schema's test can fail")
  func schemaCanFail() throws {
    let schema = JSONSchema(try Self.schema())
    let sound = try Self.object(ReportSamples.report(meters: 1))
    #expect(schema.problems(sound).isEmpty)
    for (name, value) in [
      ("schema_version", 2 as Any), ("passed", "yes"), ("points", [1]), ("extra", 1),
    ] {
      var broken = sound
      broken[name] = value
      #expect(!schema.problems(broken).isEmpty, "\(name)")
    }
    var missing = sound
    missing["subject"] = nil
    #expect(!schema.problems(missing).isEmpty)
  }

  @Test("figures and limits are told in the unit of the point")
  func values() throws {
    let document = ReportDocument(ReportSamples.report(meters: 2), ReportHTMLTests.head)
    let point = try #require(document.points.first { $0.id == "intrinsic.balanced.A+.5A.cos1" })
    #expect(point.criterion.lower == -0.5)
    #expect(point.criterion.upper == 0.5)
    #expect(point.conditions.loaded == ["L1", "L2", "L3"])
    #expect(point.figures?.meters.count == 2)
    #expect(document.subject.seed == "18446744073709551615")
    #expect(document.counts.passed + document.counts.notTested == document.points.count)
    #expect(document.diagrams.map(\.id) == [1, 2, 3, 4, 5])
    let dips = try #require(document.points.first { $0.procedure == "dips" })
    #expect(dips.unit == "kWh")
    #expect(abs((dips.criterion.upper ?? 0) - 0.05865) < 1e-9)
    let low = try #require(document.points.first { $0.criterion.kind == "errorRange" })
    #expect(low.criterion.lower == -100)
  }
}

/// As much of JSON Schema as the report's schema uses.
struct JSONSchema {
  let root: [String: Any]

  init(_ root: [String: Any]) { self.root = root }

  /// Where a value differs from the schema.
  func problems(_ value: Any) -> [String] { problems(value, root, "$") }

  private func problems(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      let definitions = root["$defs"] as? [String: [String: Any]]
      guard let target = definitions?[name] else { return ["\(place): no definition \(name)"] }
      return problems(value, target, place)
    }
    if let constant = schema["const"] {
      return "\(constant)" == "\(value)" ? [] : ["\(place): not \(constant)"]
    }
    if let choices = schema["enum"] as? [String] {
      return choices.contains(value as? String ?? "") ? [] : ["\(place): not one of \(choices)"]
    }
    guard let type = schema["type"] as? String, Self.isA(value, type) else {
      return ["\(place): \(value) is not \(schema["type"] ?? "known")"]
    }
    if let list = value as? [Any], let item = schema["items"] as? [String: Any] {
      return list.enumerated().flatMap { problems($1, item, "\(place)[\($0)]") }
    }
    guard let object = value as? [String: Any] else { return [] }
    return members(object, schema, place)
  }

  private func members(
    _ object: [String: Any], _ schema: [String: Any], _ place: String
  ) -> [String] {
    let known = schema["properties"] as? [String: [String: Any]] ?? [:]
    var found = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
      .map { "\(place).\($0) is missing" }
    for (name, value) in object {
      guard let own = known[name] else {
        found.append("\(place).\(name) is not in the schema")
        continue
      }
      found += problems(value, own, "\(place).\(name)")
    }
    return found
  }

  private static func isA(_ value: Any, _ type: String) -> Bool {
    switch type {
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
