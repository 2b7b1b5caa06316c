import Foundation
import MeterClient

/// The results of a suite, for people and for programs.
public struct ConformanceReport: Sendable {
  public let meter: String
  public let results: [ConformanceResult]

  public init(meter: String, results: [ConformanceResult]) {
    (self.meter, self.results) = (meter, results)
  }

  private func count(_ name: String) -> Int { results.filter { $0.verdict.name == name }.count }

  public var failures: Int { count("failed") }

  /// One line: how many of each.
  public var summary: String {
    "\(results.count) tests: \(count("passed")) passed, \(failures) failed, "
      + "\(count("skipped")) skipped"
  }

  /// A line for each test by group, then the summary.
  public var text: String {
    var lines: [String] = []
    var group: ConformanceGroup?
    for result in results {
      if result.test.group != group {
        group = result.test.group
        lines.append("\n\(result.test.group.title)")
      }
      lines.append(Self.line(result))
    }
    return lines.joined(separator: "\n") + "\n\n\(meter)\n\(summary)"
  }

  /// One result on a line.
  public static func line(_ result: ConformanceResult) -> String {
    let head = "\(result.test.number) "
    switch result.verdict {
    case .passed: return "ok    \(head)\(result.test.title)  [\(result.test.clause)]"
    case .skipped(let why): return "skip  \(head)\(result.test.title): \(why)"
    case .failed(let expected, let got):
      return "FAIL  \(head)\(result.test.title): expected \(expected); got \(got)"
        + "  [\(result.test.clause)]"
    }
  }

  private struct Document: Encodable {
    var meter: String
    var passed: Int
    var failed: Int
    var skipped: Int
    var tests: [Entry]
  }

  private struct Entry: Encodable {
    var number: Int
    var group: String
    var title: String
    var clause: String
    var verdict: String
    var expected: String?
    var got: String?
    var reason: String?
  }

  /// The report as JSON.
  public func json() throws -> String {
    let entries = results.map { result in
      var entry = Entry(
        number: result.test.number, group: result.test.group.title, title: result.test.title,
        clause: result.test.clause, verdict: result.verdict.name)
      switch result.verdict {
      case .passed: break
      case .failed(let expected, let got): (entry.expected, entry.got) = (expected, got)
      case .skipped(let why): entry.reason = why
      }
      return entry
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      meter: meter, passed: count("passed"), failed: failures, skipped: count("skipped"),
      tests: entries)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }

  /// The report as a page that needs nothing else.
  public var html: String {
    var rows = ""
    for group in ConformanceGroup.allCases {
      let inside = results.filter { $0.test.group == group }
      guard !inside.isEmpty else { continue }
      rows += "<tr><th colspan=\"4\">\(group.title)</th></tr>\n"
      for result in inside {
        var detail = Self.escaped(result.test.title)
        if case .failed(let expected, let got) = result.verdict {
          detail += "<br>expected \(Self.escaped(expected)); got \(Self.escaped(got))"
        }
        if case .skipped(let why) = result.verdict { detail += "<br>\(Self.escaped(why))" }
        rows +=
          "<tr class=\"\(result.verdict.name)\"><td>\(result.test.number)</td>"
          + "<td>\(result.verdict.name)</td><td>\(detail)</td>"
          + "<td>\(Self.escaped(result.test.clause))</td></tr>\n"
      }
    }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <title>Conformance of \(Self.escaped(meter))</title>
      <style>
      body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #111; background: #fff }
      table { border-collapse: collapse } td, th { padding: 2px 8px; text-align: left;
      vertical-align: top } th { padding-top: 1em } .failed td { background: #fdd }
      .skipped td { color: #555 }
      </style></head><body><h1>Conformance of \(Self.escaped(meter))</h1>
      <p>\(summary)</p><table>
      \(rows)</table></body></html>

      """
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
  }
}
