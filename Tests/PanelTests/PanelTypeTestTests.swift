import Foundation
import Meter
import Synchronization
import Testing
import TypeTest

@testable import Panel

@Suite("The type test in the panel")
struct PanelTypeTestTests {
  /// A run of two points that waits for permission to go on.
  final class Script: Sendable {
    let isReleased = Mutex(false)

    func events(_ order: TypeTestBench.Order) -> AsyncStream<TypeTestEvent> {
      AsyncStream { continuation in
        let task = Task.detached { [self] in
          let points = Array(
            order.standard.points(class: order.meterClass, variant: order.variant).prefix(2))
          continuation.yield(.planned(points: points, steps: 4))
          let results = points.map {
            TestPointResult(
              point: $0, verdict: .passed, figures: FigureSpread(repeats: [[0.01], [-0.02]]))
          }
          continuation.yield(.point(results[0]))
          continuation.yield(.progress(done: 2, steps: 4, remaining_s: 3))
          while !isReleased.withLock({ $0 }) {
            if Task.isCancelled { return continuation.finish() }
            try? await Task.sleep(for: .milliseconds(10))
          }
          continuation.yield(.point(results[1]))
          continuation.yield(
            .finished(
              TypeTestReport(
                subject: TestSubject(
                  variant: "\(TypeString(order.variant))", standard: order.standard.rawValue,
                  accuracyClass: order.meterClass.rawValue, seed: order.seed,
                  meters: order.meters, device: "script"),
                results: results, simulated_s: 40, elapsed_s: 1)))
          continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
      }
    }
  }

  static func order(_ text: String) throws -> TypeTestBench.Order {
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try TypeTestBench.Order(try #require(json as? [String: Any]), usual: .standard)
  }

  @Test("one run at a time; points come by number; the report stays until the next one")
  func oneRun() throws {
    let script = Script()
    let bench = TypeTestBench(script.events)
    #expect(bench.status.phase == .idle)
    try bench.start(try Self.order(#"{"meters":2}"#))
    #expect(throws: Refusal.self) { try bench.start(Self.order("{}")) }
    #expect(eventually { bench.status.done == 2 })
    let status = bench.status
    #expect(status.phase == .running)
    #expect(status.results.count == 1)
    #expect(status.report == nil)
    let text = status.json(since: 0).text
    #expect(text.contains(#""funnel":true"#))
    #expect(text.contains(#""limit_percent":1.0000"#) || text.contains(#""limit_percent":1"#))
    #expect(status.json(since: 1).text.contains(#""points":[]"#))
    script.isReleased.withLock { $0 = true }
    #expect(eventually { bench.status.phase == .done })
    #expect(bench.status.report?.results.count == 2)
    #expect(bench.status.results.count == 2)
  }

  @Test("a cancelled run ends, tells so, and leaves room for the next")
  func cancel() throws {
    let script = Script()
    let bench = TypeTestBench(script.events)
    bench.cancel()
    #expect(bench.status.phase == .idle)
    try bench.start(try Self.order("{}"))
    #expect(eventually { bench.status.done == 2 })
    bench.cancel()
    #expect(bench.status.phase == .cancelled)
    script.isReleased.withLock { $0 = true }
    try bench.start(try Self.order("{}"))
    #expect(eventually { bench.status.phase == .done })
    #expect(bench.status.run == 2)
  }

  @Test("a run that ends without a report is told as broken")
  func broken() throws {
    let bench = TypeTestBench { _ in
      AsyncStream { continuation in
        continuation.yield(.log("the source is gone"))
        continuation.finish()
      }
    }
    try bench.start(try Self.order("{}"))
    #expect(eventually { bench.status.phase == .broken })
    #expect(bench.status.message == "the source is gone")
  }

  @Test(
    "orders that are none",
    arguments: [
      #"{"standard":"iso 9000"}"#, #"{"class":"E"}"#, #"{"standard":"iec62053-23","class":"B"}"#,
      #"{"meters":0}"#, #"{"meters":31}"#, #"{"meters":1.5}"#, #"{"meters":"two"}"#,
      #"{"meters":true}"#, #"{"seed":-1}"#, #"{"variant":"KVD-1"}"#, #"{"variant":"x"}"#,
    ])
  func orders(text: String) throws {
    #expect(throws: Refusal.self) { try Self.order(text) }
  }

  @Test("what is left out is as usual; names and titles are both understood")
  func usual() throws {
    let order = try Self.order("{}")
    #expect(order.standard == .en50470)
    #expect(order.meterClass == .c)
    #expect(order.meters == 1)
    #expect(order.variant == .standard)
    #expect(try Self.order(#"{"standard":"OIML R 46:2012","class":"D"}"#).meterClass == .d)
    let types = TypeTestChoices.variants(.standard)
    #expect(types.count == 8)
    for type in types {
      let text = "{\"variant\":\"\(TypeString(type))\"}"
      #expect(try Self.order(text).variant == type)
    }
  }

  @Test("over HTTP: choices, refusals, no report before a run; the policy of the report is strict")
  func overHTTP() async throws {
    try await PanelRig.use { rig in
      #expect(try rig.ask("/api/v1/typetest/report.html").status == 404)
      #expect(try rig.ask("/api/v1/typetest/report.json").code == "not_found")
      #expect(try rig.ask("/api/v1/typetest?since=x").status == 400)
      for body in ["{}", "[]", "nonsense", #"{"action":"go"}"#, #"{"action":"start","class":1e9}"#]
      {
        let answer = try rig.post("/api/v1/typetest/command", body)
        if body.contains("start") {
          // A class that is no text is as one left out.
          #expect(answer.status == 200)
          #expect(try rig.post("/api/v1/typetest/command", #"{"action":"cancel"}"#).status == 200)
        } else {
          #expect(answer.status == 400, "\(body)")
        }
      }
      let choices = try rig.ask("/api/v1/typetest/choices").object
      #expect((choices["standards"] as? [Any])?.count == Standard.allCases.count)
    }
  }

  @Test("a real run of a small standard beside the meter, which keeps its pace; then its report")
  func realRun() async throws {
    try await PanelRig.use { rig in
      let before = rig.service.snapshot.sequence
      let start = try rig.post(
        "/api/v1/typetest/command",
        #"{"action":"start","standard":"iec62052-11","class":"-","meters":1,"seed":3}"#)
      #expect(start.status == 200)
      let isOver = try eventually(seconds: 240) {
        try rig.ask("/api/v1/typetest").object["phase"] as? String != "running"
      }
      #expect(isOver)
      let status = try rig.ask("/api/v1/typetest").object
      #expect(status["phase"] as? String == "done", "\(status["message"] ?? "")")
      #expect(rig.service.snapshot.sequence > before)
      let schema = Schema(try rig.ask("/api/v1/openapi.json").object)
      let problems = schema.problems(status, ["$ref": "#/components/schemas/TypeTest"])
      #expect(problems.isEmpty, "\(problems.prefix(3))")
      let page = try rig.ask("/api/v1/typetest/report.html")
      #expect(page.status == 200)
      #expect(page.text.contains("The five accuracy diagrams of the data sheet"))
      let policy = try #require(page.headers["content-security-policy"])
      #expect(policy.contains("style-src '\(HTMLReport.styleHash)'"))
      #expect(!policy.contains("script") && !policy.contains("unsafe"))
      let file = try rig.ask("/api/v1/typetest/report.json")
      #expect(try ReportDocument(decoding: Data(file.bytes)).subject.standard == "iec62052-11")
    }
  }
}
