import Foundation
import Testing

@Suite("kvadrant: state directory, power cut, control socket", .serialized)
struct StateTests {
  /// A meter that runs for a long time in real time, with a state.
  private static func longRun(_ state: String, _ more: String...) throws -> KvadrantProcess {
    let file = try TemporaryFolder.power(12_000, 0, 0, seconds: 3600)
    return try KvadrantProcess(
      ["run", "--power", file, "--speed", "20", "--json", "--state", state] + more)
  }

  private static func socketIsThere(_ state: String) -> Bool {
    FileManager.default.fileExists(atPath: state + "/control.sock")
  }

  @Test(
    "a signal is a power cut: the result is printed, the exit code is 0",
    arguments: [SIGTERM, SIGINT])
  func signalled(_ number: Int32) throws {
    let state = try TemporaryFolder.make().path
    let process = try Self.longRun(state)
    #expect(eventually { Self.socketIsThere(state) })
    #expect(eventually { ((try? MemoryTests.ask(state)) ?? 0) > 0 })
    process.signal(number)
    let outcome = process.wait()
    #expect(outcome.status == 0)
    #expect(outcome.json?["ended"] as? String == "power cut")
    #expect(try #require(RunTests.register(outcome.json, "1-0:1.8.0")) > 0)
    #expect(!Self.socketIsThere(state))
  }

  @Test("fault plug cuts the power of the meter on that state")
  func plug() throws {
    let state = try TemporaryFolder.make().path
    let process = try Self.longRun(state)
    #expect(eventually { Self.socketIsThere(state) })
    let plug = try KvadrantProcess.run("fault", "plug", "--state", state)
    #expect(plug.status == 0)
    #expect(plug.json?["ok"] as? Bool == true)
    let outcome = process.wait()
    #expect(outcome.status == 0)
    #expect(outcome.json?["ended"] as? String == "power cut")
    let again = try KvadrantProcess.run("fault", "plug", "--state", state)
    #expect(again.status == 69)
    #expect(again.error.contains("no meter answers"))
  }

  @Test("a state in use is refused, and the running meter is not disturbed")
  func inUse() throws {
    let state = try TemporaryFolder.make().path
    let process = try Self.longRun(state)
    #expect(eventually { Self.socketIsThere(state) })
    let second = try Self.longRun(state).wait()
    #expect(second.status == 75)
    #expect(second.error.contains("in use by process"))
    #expect(Self.socketIsThere(state))
    process.signal(SIGTERM)
    #expect(process.wait().status == 0)
  }

  @Test("after a kill the state can be used again, with the socket left behind replaced")
  func killed() throws {
    let state = try TemporaryFolder.make().path
    let process = try Self.longRun(state)
    #expect(eventually { Self.socketIsThere(state) })
    process.signal(SIGKILL)
    #expect(process.wait().status == -1)
    #expect(Self.socketIsThere(state))
    let plug = try KvadrantProcess.run("fault", "plug", "--state", state)
    #expect(plug.status == 69)
    let next = try Self.longRun(state, "--until", "5s").wait()
    #expect(next.status == 0)
    #expect(next.json?["ended"] as? String == "until")
  }

  @Test("the clock goes on and never back")
  func clock() throws {
    let state = try TemporaryFolder.make().path
    let ahead = "2040-01-01T00:00:00Z"
    let first = try Self.longRun(state, "--start", ahead, "--until", "2s").wait()
    #expect(first.json?["end"] as? String == "2040-01-01T00:00:02Z")
    let second = try Self.longRun(state, "--until", "1s").wait()
    #expect(second.json?["start"] as? String == "2040-01-01T00:00:02Z")
    let back = try Self.longRun(state, "--start", ahead).wait()
    #expect(back.status == 65)
    #expect(back.error.contains("backwards"))
  }

  @Test("a broken source loses nothing: the state can be used again")
  func brokenSource() throws {
    let state = try TemporaryFolder.make().path
    let file = try TemporaryFolder.file("p.csv", "second,p1_W,p2_W,p3_W\n0,1,2,3\n1,1,2,3\n2,x\n")
    let outcome = try KvadrantProcess.run(
      "run", "--power", file, "--speed", "max", "--state", state)
    #expect(outcome.status == 65)
    #expect(try Self.longRun(state, "--until", "1s").wait().status == 0)
  }
}

@Suite("kvadrant demo", .serialized)
struct DemoTests {
  @Test("without a terminal it says what is computed, shows lines and ends by itself")
  func lines() throws {
    let outcome = try KvadrantProcess.run("demo", "--no-web", "--speed", "50", "--until", "100s")
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    for text in ["virtual meter", "CDLA-Permissive-2.0", "computed", "kvadrant fault plug"] {
      #expect(outcome.output.contains(text), "\(text) is missing")
    }
    let lines = outcome.output.split(separator: "\n").filter { $0.contains("  glass ") }
    #expect(lines.count >= 2)
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test("at its usual start the roof exports, then the car imports")
  func interesting() throws {
    let outcome = try KvadrantProcess.run(
      "demo", "--no-web", "--speed", "max", "--until", "180s", "--json")
    #expect(try #require(RunTests.register(outcome.json, "1-0:1.8.0")) > 0.1)
    #expect(try #require(RunTests.register(outcome.json, "1-0:2.8.0")) > 0.02)
    #expect(abs(try #require(RunTests.error(outcome.json, "1-0:1.8.0"))) < 0.5)
  }

  @Test("a second demo goes on where the first one ended; --fresh starts again")
  func goesOn() throws {
    let home = try TemporaryFolder.make().path
    let variables = ["XDG_STATE_HOME": home]
    func demo(_ more: String...) throws -> KvadrantProcess.Outcome {
      try KvadrantProcess(
        ["demo", "--no-web", "--speed", "max", "--until", "5s", "--json"] + more,
        environment: variables
      ).wait()
    }
    let first = try demo()
    let second = try demo()
    let fresh = try demo("--fresh")
    #expect(second.json?["start"] as? String == first.json?["end"] as? String)
    #expect(fresh.json?["start"] as? String == first.json?["start"] as? String)
    #expect(FileManager.default.fileExists(atPath: home + "/kvadrant/demo/clock"))
  }

  @Test("it is the same demo for the same seed, and another for another")
  func seeded() throws {
    func glance(_ seed: String) throws -> String {
      try KvadrantProcess.run(
        "demo", "--no-web", "--speed", "max", "--until", "20s", "--json", "--seed", seed
      ).lastLine
    }
    #expect(try glance("7") == glance("7"))
    #expect(try glance("7") != glance("8"))
  }
}
