import Foundation
import Testing

@Suite("kvadrant run")
struct RunTests {
  /// kWh of a register in a result.
  static func register(_ json: [String: Any]?, _ obis: String) -> Double? {
    let registers = json?["registers"] as? [String: Any]
    return (registers?[obis] as? [String: Any])?["value"] as? Double
  }

  static func error(_ json: [String: Any]?, _ obis: String) -> Double? {
    let truth = json?["truth"] as? [String: Any]
    return (truth?["error_percent"] as? [String: Any])?[obis] as? Double
  }

  @Test("a power file is measured within 0.02 % and the result has the agreed shape")
  func shape() throws {
    let file = try TemporaryFolder.power(3600, 1800, -900, seconds: 20)
    let outcome = try KvadrantProcess.run("run", "--power", file, "--speed", "max", "--json")
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    let json = try #require(outcome.json)
    for key in ["registers", "instantaneous", "pulses", "glass", "truth"] {
      #expect(json[key] != nil, "\(key) is missing")
    }
    let imported = try #require(Self.register(json, "1-0:1.8.0"))
    let exported = try #require(Self.register(json, "1-0:2.8.0"))
    #expect(abs(imported - 0.03) < 0.03 * 0.0002)
    #expect(abs(exported - 0.005) < 0.005 * 0.0002)
    #expect(abs(try #require(Self.error(json, "1-0:1.8.0"))) < 0.02)
    #expect(abs(try #require(Self.error(json, "1-0:62.8.0"))) < 0.02)
    #expect(json["pulses"] as? Int == 30 || json["pulses"] as? Int == 29)
    let truth = try #require(json["truth"] as? [String: Any])
    #expect((truth["method"] as? String)?.isEmpty == false)
    #expect(truth["span_s"] as? Double == 20)
    let register = (json["registers"] as? [String: Any])?["1-0:1.8.0"] as? [String: Any]
    #expect(register?["unit"] as? String == "kWh")
    // The text, since a number read as binary floating point has lost its last digits.
    let text = try #require(outcome.lastLine.split(separator: "1-0:1.8.0").dropFirst().first)
    let digits = text.drop { $0 != "." }.dropFirst().prefix { $0.isNumber }
    #expect(digits.count == 10)
  }

  @Test("the report for people has the truth beside the registers")
  func report() throws {
    let file = try TemporaryFolder.power(1000, 0, 0, seconds: 5)
    let outcome = try KvadrantProcess.run("run", "--power", file, "--speed", "max")
    #expect(outcome.status == 0)
    let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("1-0:1.8.0") }
    #expect(line?.contains("0.0013888889") == true)
    #expect(line?.hasSuffix("%") == true)
  }

  @Test("--until stops before the end and truth covers exactly what was delivered")
  func until() throws {
    let file = try TemporaryFolder.power(3600, 0, 0, seconds: 60)
    let outcome = try KvadrantProcess.run(
      "run", "--power", file, "--speed", "max", "--until", "10s", "--json")
    #expect(outcome.json?["ended"] as? String == "until")
    let truth = outcome.json?["truth"] as? [String: Any]
    #expect(truth?["span_s"] as? Double == 10)
    let imported = try #require(Self.register(outcome.json, "1-0:1.8.0"))
    #expect(abs(imported - 0.01) < 0.000_01)
  }

  @Test("--speed paces simulated against real time")
  func speed() throws {
    let file = try TemporaryFolder.power(100, 0, 0, seconds: 20)
    let before = Date()
    let outcome = try KvadrantProcess.run("run", "--power", file, "--speed", "10", "--json")
    #expect(outcome.status == 0)
    #expect(Date().timeIntervalSince(before) >= 1.9)
  }

  @Test("--start is the time of the first sample")
  func start() throws {
    let file = try TemporaryFolder.power(100, 0, 0, seconds: 2)
    let outcome = try KvadrantProcess.run(
      "run", "--power", file, "--speed", "max", "--json", "--start", "2026-11-22T18:00:00+01:00")
    #expect(outcome.json?["start"] as? String == "2026-11-22T17:00:00Z")
    #expect(outcome.json?["end"] as? String == "2026-11-22T17:00:02Z")
  }

  @Test("a variable of the environment stands in for a flag, and the flag wins")
  func precedence() throws {
    let file = try TemporaryFolder.power(100, 0, 0, seconds: 30)
    let environment = ["KVADRANT_SPEED": "max", "KVADRANT_UNTIL": "3s"]
    let first = try KvadrantProcess.run("run", "--power", file, "--json", environment: environment)
    #expect((first.json?["truth"] as? [String: Any])?["span_s"] as? Double == 3)
    let second = try KvadrantProcess.run(
      "run", "--power", file, "--json", "--until", "4s", environment: environment)
    #expect((second.json?["truth"] as? [String: Any])?["span_s"] as? Double == 4)
  }
}

@Suite("kvadrant: exit codes and messages")
struct ExitCodeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var status: Int32
    var says: [String]
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let cases: [Case] = [
    Case(arguments: ["rum"], status: 64, says: ["did you mean «kvadrant run»"]),
    Case(arguments: ["demon"], status: 64, says: ["did you mean «kvadrant demo»"]),
    Case(arguments: ["fault", "plgu"], status: 64, says: ["did you mean «kvadrant fault plug»"]),
    Case(arguments: ["xyzzy"], status: 64, says: ["unknown command", "kvadrant --help"]),
    Case(arguments: ["run", "--pwoer", "x"], status: 64, says: ["--power"]),
    Case(arguments: ["run"], status: 64, says: ["no input", "kvadrant demo"]),
    Case(
      arguments: ["run", "--power", "a", "--csv", "b"], status: 64, says: ["two inputs"]),
    Case(
      arguments: ["run", "--power", "x", "--speed", "fast"], status: 64,
      says: ["--speed fast", "expected a number above 0, or max"]),
    Case(arguments: ["run", "--power", "x", "--speed", "-1"], status: 64, says: ["speed"]),
    Case(arguments: ["run", "--power", "x", "--speed", "nan"], status: 64, says: ["--speed nan"]),
    Case(
      arguments: ["run", "--power", "x", "--until", "soon"], status: 64, says: ["--until soon"]),
    Case(
      arguments: ["run", "--power", "x", "--until", "2001-01-01"], status: 64,
      says: ["before the start"]),
    Case(
      arguments: ["run", "--power", "x", "--start", "1999-12-31"], status: 64,
      says: ["--start 1999-12-31", "ISO 8601"]),
    Case(arguments: ["run", "--power", "x", "--seed", "-1"], status: 64, says: ["seed"]),
    Case(
      arguments: ["run", "--power", "/nonexistent/day.csv"], status: 66,
      says: ["/nonexistent/day.csv: ", "expected", "next step"]),
    Case(
      arguments: ["run", "--wav", "/nonexistent/a.wav"], status: 66,
      says: ["/nonexistent/a.wav: ", "expected", "next step"]),
    Case(
      arguments: ["run", "--wav", "x.wav", "--scale", "1"], status: 64, says: ["--scale"]),
    Case(
      arguments: ["run", "--power", "x", "--state", "/proc/nowhere"], status: 74,
      says: ["/proc/nowhere: ", "--state"]),
    Case(
      arguments: ["run", "--power", "x", "--state", "/tmp/" + String(repeating: "s", count: 100)],
      status: 64, says: ["control socket", "at most 107 bytes"]),
    Case(
      arguments: ["fault", "plug", "--state", "/nonexistent"], status: 66,
      says: ["/nonexistent: ", "no such state"]),
  ]

  @Test("bad input ends with its code and a message that says what to do", arguments: cases)
  func badInput(_ one: Case) throws {
    let outcome = try KvadrantProcess(one.arguments).wait()
    #expect(outcome.status == one.status)
    #expect(outcome.output == "")
    #expect(outcome.error.hasPrefix("kvadrant: "))
    for text in one.says { #expect(outcome.error.contains(text), "\(outcome.error)") }
  }

  @Test("a broken row is named with file and line")
  func brokenRow() throws {
    let file = try TemporaryFolder.file("p.csv", "second,p1_W,p2_W,p3_W\n0,1,2,3\n1,1,NaN,3\n")
    let outcome = try KvadrantProcess.run("run", "--power", file, "--speed", "max")
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("\(file):3: "))
    #expect(outcome.error.contains("expected"))
    #expect(outcome.error.contains("next step"))
  }

  @Test("help goes to standard output and is no error")
  func help() throws {
    for arguments in [["--help"], ["run", "--help"], ["help", "demo"], []] {
      let outcome = try KvadrantProcess(arguments).wait()
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("USAGE"))
      #expect(outcome.error == "")
    }
  }
}
