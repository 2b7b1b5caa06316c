import Foundation
import Testing

@Suite("The conformance suite") struct ConformanceTests {
  @Test("it has 150 tests and more, each with its clause")
  func list() throws {
    let listed = try Program("metertool", ["conformance", "dlms://x", "--list"]).wait()
    let lines = listed.output.split(separator: "\n")
    #expect(listed.status == 0 && lines.count >= 150)
    #expect(lines.allSatisfy { $0.contains("[IEC 62056-") })
    #expect(Set(lines.map { $0.prefix(3) }).count == lines.count)
  }

  @Test("our meter passes", arguments: ReaderTests.framings)
  func passes(place: String, scheme: String) throws {
    let reader = try Reader("--dlms", place, name: "dlms", scheme: scheme)
    defer { reader.end() }
    let page = FileManager.default.temporaryDirectory
      .appendingPathComponent("conformance-\(UUID().uuidString.prefix(8)).html")
    defer { try? FileManager.default.removeItem(at: page) }
    let run = try reader.run(
      "conformance", "?client=1", "--test-keys", "--json", "--html", page.path, seconds: 240)
    let report = run.json as? [String: Any]
    let tests = report?["tests"] as? [[String: Any]] ?? []
    let failed = tests.filter { $0["verdict"] as? String == "failed" }.map {
      "\($0["number"] ?? 0) \($0["title"] ?? ""): \($0["expected"] ?? ""), \($0["got"] ?? "")"
    }
    #expect(failed.isEmpty, "\(failed.joined(separator: "\n"))")
    #expect(run.status == 0, "\(run.error)")
    #expect(tests.filter { $0["verdict"] as? String == "passed" }.count >= 150)
    #expect(tests.allSatisfy { $0["verdict"] as? String != "skipped" || $0["reason"] != nil })
    let html = try String(contentsOf: page, encoding: .utf8)
    #expect(html.contains("<table>") && html.contains("passed"))
  }

  @Test("a test that fails is told, by the exit code, too")
  func fails() throws {
    let reader = try Reader("--dlms", "tcp://127.0.0.1:0", name: "dlms", scheme: "dlms")
    defer { reader.end() }
    // The password is wrong here, so that the test of the right one cannot pass.
    let keys = "password: WRONG-ON\n"
    let run = try reader.run(
      "conformance", "", "--keys-fd", "0", "--only", "601", "--json", input: keys)
    #expect(run.status == 76 && (run.json as? [String: Any])?["failed"] as? Int == 1)
  }
}
