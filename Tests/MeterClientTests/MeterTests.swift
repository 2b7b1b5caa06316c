import COSEM
import MeterTime
import Quantities
import Testing

@testable import MeterClient

@Suite("A meter over TCP") struct MeterTests {
  private func withMeter<T: Sendable>(
    _ server: TestMeter, _ query: String = "client=2",
    _ body: (DLMSMeter) async throws -> T
  ) async throws -> T {
    let meter = try DLMSMeter(MeterURL(server.url(query)), .TEST)
    try await meter.connect()
    let result = try await body(meter)
    await meter.disconnect()
    return result
  }

  @Test("a register with its unit, in clear and ciphered", arguments: ["client=2", "client=1"])
  func register(query: String) async throws {
    let server = try await TestMeter()
    let reading = try await withMeter(server, query) { try await $0.read(3, .electricity(1, 8)) }
    #expect(reading.text == "12345.6" && reading.symbol == "Wh")
    await server.close()
  }

  @Test("all rows, a range, entries, the last ones")
  func profile() async throws {
    let server = try await TestMeter(rows: 100)
    try await withMeter(server) { meter in
      let all = try await meter.profile(TestMeter.Device.profile)
      #expect(all.rows.count == 100)
      #expect(all.rows.map { $0[1].integer } == (0..<100).map { Int64($0) * 10 })
      // Times that were left out follow from the period.
      let times = all.rows.indices.map { all.time($0)?.instant(.standard)?.seconds }
      #expect(times == (0..<100).map { 848_620_800 + Int64($0) * 900 })
      #expect(all.text(3, 1) == "3.0" && all.text(1, 0) == "2026-11-22T01:15:00+01:00")
      let last = try await meter.profile(TestMeter.Device.profile, .last(3))
      #expect(last.rows == Array(all.rows.suffix(3)))
      let some = try await meter.profile(TestMeter.Device.profile, .entries(from: 11, to: 20))
      #expect(some.rows.map { $0[1].integer } == (10..<20).map { Int64($0) * 10 })
      let from = try #require(COSEMDateTime(iso: "2026-11-22T02:00:00+01:00"))
      let to = try #require(COSEMDateTime(iso: "2026-11-22T03:00:00+01:00"))
      let hour = try await meter.profile(TestMeter.Device.profile, .range(from: from, to: to))
      #expect(hour.rows.map { $0[1].integer } == [40, 50, 60, 70, 80])
    }
    await server.close()
  }

  @Test(
    "a connection that is cut is opened again behind the last whole row",
    arguments: [8, 10, 13, 20, 25])
  func resume(answers: Int) async throws {
    let whole = try await TestMeter(rows: 200)
    let expected = try await withMeter(whole) {
      try await $0.profile(TestMeter.Device.profile)
    }
    await whole.close()
    let cutting = try await TestMeter(rows: 200, answers: answers)
    let found = try await withMeter(cutting) { try await $0.profile(TestMeter.Device.profile) }
    #expect(found.rows.map { $0[1] } == expected.rows.map { $0[1] })
    let from = try #require(COSEMDateTime(iso: "2026-11-22T02:00:00+01:00"))
    let to = try #require(COSEMDateTime(iso: "2026-11-23T03:00:00+01:00"))
    let cutting2 = try await TestMeter(rows: 200, answers: answers)
    let ranged = try await withMeter(cutting2) {
      try await $0.profile(TestMeter.Device.profile, .range(from: from, to: to))
    }
    #expect(ranged.rows.map { $0[1].integer } == (4...104).map { Int64($0) * 10 })
    await cutting.close()
    await cutting2.close()
  }

  @Test("the clock is set in its own offset")
  func time() async throws {
    let server = try await TestMeter()
    try await withMeter(server, "client=1") { meter in
      try await meter.setTime(unix: 1_800_000_000)
      let shown = try await meter.time()
      #expect(shown.unix(.standard) == 1_800_000_000 && shown.deviation == -60)
    }
    await server.close()
  }

  @Test("methods, and what they return")
  func method() async throws {
    let server = try await TestMeter()
    try await withMeter(server, "client=1") { meter in
      let name = OBISCode.abstract(96, 3, 10)
      #expect(try await meter.invoke(MethodDescriptor(70, name, 1)) == nil)
      let answer = try await meter.invoke(MethodDescriptor(70, name, 2))
      #expect(answer?.integer == 7)
    }
    await server.close()
  }

  @Test("errors name layer, step and what to try")
  func errors() async throws {
    let server = try await TestMeter()
    func failure(_ query: String, _ credentials: Credentials) async throws -> MeterError? {
      do {
        let meter = try DLMSMeter(MeterURL(server.url(query)), credentials)
        try await meter.connect()
        _ = try await meter.get(AttributeDescriptor(.register, .electricity(2, 8), 2))
        return nil
      } catch { return error }
    }
    var wrong = Credentials.TEST
    wrong.password = Array("NOT-THIS".utf8)
    let refused = try #require(try await failure("client=2&auth=low", wrong))
    #expect(refused.layer == .association && refused.kind == .refused)
    #expect(refused.got.contains("authentication failure"))
    #expect(refused.lastGoodStep?.hasPrefix("connection") == true)
    let unknown = try #require(try await failure("client=1", .TEST))
    #expect(unknown.layer == .service && unknown.got == "object undefined")
    #expect(unknown.lastGoodStep == "association of client 1")
    let secret = try #require(try await failure("client=2&auth=low", Credentials()))
    #expect(secret.layer == .usage)
    await server.close()
    let gone = try #require(try await failure("client=16", Credentials()))
    #expect(gone.layer == .transport && gone.kind == .unreachable)
  }

  @Test("a silent meter is given up in time")
  func silent() async throws {
    let server = try await TestMeter(answers: 1)
    let meter = try DLMSMeter(MeterURL(server.url("client=2&wait=1")), .TEST)
    try await meter.connect()
    do {
      _ = try await meter.get(AttributeDescriptor(.register, .electricity(1, 8), 2))
      Issue.record("an answer from nowhere")
    } catch {
      #expect(error.isCutConnection)
    }
    await server.close()
  }
}
