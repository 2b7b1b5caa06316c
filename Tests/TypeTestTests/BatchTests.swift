import Foundation
import LegalMeter
import Meter
import Testing
import Waveforms

@testable import TypeTest

/// Calibration, independence of measurements, and the range of 10,000 to 1.
@Suite struct BatchTests {
  @Test("calibration takes the tolerances of the parts away, and survives in the memory")
  func calibration() async throws {
    var plan = TypeTestRun.Plan(
      variant: .standard, standard: "-", accuracyClass: "-",
      points: [
        MutantTests.point(
          "one", .error, TestConditions(current_A: 5, lag_deg: 60), .errorLimit(percent: 0.05)),
        MutantTests.point(
          "hot", .error,
          {
            var conditions = TestConditions(current_A: 5)
            conditions.temperature_C = 70
            return conditions
          }(), .errorLimit(percent: 0.05)),
      ])
    plan.meters = 2
    plan.hasDiagrams = false
    plan.calibration.offset_s = 20
    plan.calibration.gain_s = 5
    let report = try await TypeTestRun(plan).run()
    #expect(report.hasPassed, "\(report.results.map { $0.figures?.meters ?? [] })")
    let before = try #require(report.results[0].uncalibrated)
    #expect(before.worst > 0.1)
    #expect(report.results[0].figures?.count == 2)
    #expect(report.simulated_s > 10)
    #expect(report.secondsPerSimulatedHour > 0)
  }

  @Test("a point alone gives the same figure as among others, in any order")
  func independence() async throws {
    let points = [5.0, 20].map {
      MutantTests.point("\($0)", .error, TestConditions(current_A: $0), .informative)
    }
    func figures(_ points: [TestPoint], _ concurrency: Int) async throws -> [String: Double] {
      var plan = TypeTestRun.Plan(
        variant: .standard, standard: "-", accuracyClass: "-", points: points)
      plan.hasDiagrams = false
      plan.concurrency = concurrency
      let specimens = [Specimen(index: 3, seed: 9)]
      let batch = SimulatedBatch(.standard, specimens: specimens, concurrency: concurrency)
      let report = try await TypeTestRun(plan, batch: batch).run()
      return Dictionary(
        uniqueKeysWithValues: report.results.map { ($0.id, $0.figures?.mean ?? .nan) })
    }
    let both = try await figures(points, 2)
    let turned = try await figures(points.reversed(), 1)
    let alone = try await figures([points[1]], 1)
    #expect(both == turned)
    #expect(alone["20.0"] == both["20.0"])
  }

  @Test("events come in order and end with the report")
  func events() async throws {
    var plan = TypeTestRun.Plan(
      variant: .standard, standard: "-", accuracyClass: "-",
      points: [
        MutantTests.point("a", .startUp, TestConditions(current_A: 5), .startsWithin(seconds: 5)),
        TestPoint(
          id: "b", title: "b", procedure: .hardware, clause: "-",
          conditions: TestConditions(current_A: 0), criterion: .notTested(reason: "magnet")),
      ])
    plan.hasDiagrams = false
    var words: [String] = []
    var report: TypeTestReport?
    for await event in TypeTestRun(plan, batch: MutantBatch(.standard, nil)).events() {
      switch event {
      case .planned(let points, let steps): words.append("planned \(points.count) \(steps)")
      case .source(let state): words.append("source \(state.voltages.count)")
      case .progress(let done, _, _): words.append("progress \(done)")
      case .point(let result): words.append("point \(result.id)")
      case .log: break
      case .finished(let found): report = found
      }
    }
    #expect(words == ["planned 2 1", "point b", "source 3", "progress 1", "point a"])
    let results = try #require(report?.results)
    #expect(results.map(\.verdict) == [.passed, .notTested(reason: "magnet")])
  }

  @Test("frames of the sample feed carry number, samples and check")
  func frames() {
    var bytes: [UInt8] = []
    FeedDevice.append(
      .init(u1: 1, i1: -1, u2: 2, i2: -2, u3: 0x7F_FFFF, i3: -0x80_0000), number: 0x0102_0304,
      to: &bytes)
    #expect(bytes.count == 34)
    #expect(Array(bytes.prefix(10)) == [0x4B, 0x56, 4, 3, 2, 1, 1, 0, 0, 0])
    #expect(FeedConnection.Address("tcp://host:12") == .tcp(host: "host", port: 12))
    #expect(FeedConnection.Address("unix:/a/b") == .unix(path: "/a/b"))
    #expect(FeedConnection.Address("http://x") == nil)
  }
}
