import Foundation
import Testing

@Suite("kvadrant run: what survives", .serialized)
struct MemoryTests {
  /// A run of the generator at 23 kW on a state.
  private static func run(
    _ state: String, _ more: String..., until: String = "60s"
  ) throws -> KvadrantProcess.Outcome {
    try KvadrantProcess(
      [
        "run", "--generate", "--current", "33.3", "--speed", "max", "--json", "--until", until,
        "--state", state,
      ] + more
    ).wait()
  }

  private static func imported(_ outcome: KvadrantProcess.Outcome) throws -> Double {
    try #require(RunTests.register(outcome.json, "1-0:1.8.0"), "\(outcome.error)")
  }

  @Test("registers go on from run to run, and the truth is that of each run")
  func goesOn() throws {
    let state = try TemporaryFolder.make().path
    let first = try Self.run(state)
    let second = try Self.run(state)
    let (a, b) = (try Self.imported(first), try Self.imported(second))
    #expect(abs(a - 0.38295) < 0.0001)
    // Within 1 Wh of twice the energy, and never ahead of what was metered.
    #expect(b <= 2 * a + 0.000_001)
    #expect(b > 2 * a - 0.0011)
    #expect(abs(try #require(RunTests.error(second.json, "1-0:1.8.0"))) < 0.001)
  }

  @Test("a killed process loses at most 1 Wh and the open window")
  func killed() throws {
    for seed in 1...3 {
      let state = try TemporaryFolder.make().path
      let process = try KvadrantProcess([
        "run", "--generate", "--current", "33.3", "--speed", "200", "--state", state,
      ])
      #expect(
        eventually { FileManager.default.fileExists(atPath: state + "/control.sock") })
      usleep(useconds_t(50_000 * seed))
      var told: Double?
      #expect(
        eventually {
          told = try? Self.ask(state)
          return (told ?? 0) > 0.002
        })
      let shown = try #require(told)
      process.signal(SIGKILL)
      #expect(process.wait().status == -1)
      let after = try Self.imported(Self.run(state, until: "0s"))
      // Compared at 1 Wh: what was shown is there, less at most 1 Wh that was not shown.
      #expect(after > shown - 0.001 - 23.0 / 3600 * 0.25)
    }
  }

  /// A+ as the running meter tells it.
  static func ask(_ state: String) throws -> Double? {
    let client = try SocketClient(path: state + "/control.sock")
    let line = client.ask(#"{"command":"status"}"#)
    let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return RunTests.register(json, "1-0:1.8.0")
  }

  @Test("kvadrant memory says what is in a state, whether it is intact, and how worn it is")
  func memoryCommands() throws {
    let state = try TemporaryFolder.make().path
    #expect(try Self.run(state, until: "90s").status == 0)
    let verify = try KvadrantProcess.run("memory", "verify", state, "--json")
    #expect(verify.status == 0 && verify.json?["good"] as? Bool == true)
    let dump = try KvadrantProcess.run("memory", "dump", state, "--json")
    let registers = dump.json?["registers"] as? [String: Double]
    #expect(abs(try #require(registers?["1-0:1.8.0"]) - 0.5744) < 0.002)
    let wear = try KvadrantProcess.run("memory", "wear", state, "--json")
    #expect(abs(try #require(wear.json?["programs_per_second"] as? Double) - 5) < 0.1)
    #expect(try #require(wear.json?["life_left_years"] as? Double) > 4)
    for command in ["verify", "dump", "wear"] {
      #expect(try KvadrantProcess.run("memory", command, state).status == 0)
      #expect(try KvadrantProcess.run("memory", command, state + "/none").status == 66)
    }
    #expect(try KvadrantProcess.run("memory", "wear", state, "--cycles", "0").status == 64)
  }

  @Test("kvadrant memory torture repeats itself from its seed, and refuses nonsense")
  func torture() throws {
    let first = try KvadrantProcess.run("memory", "torture", "--cuts", "300", "--json")
    #expect(first.status == 0 && first.json?["violations"] as? Int == 0, "\(first.error)")
    let second = try KvadrantProcess.run("memory", "torture", "--cuts", "300", "--json")
    #expect(first.output == second.output)
    for bad in [["--cuts", "0"], ["--kind", "other"], ["--script", "other"]] {
      #expect(try KvadrantProcess(["memory", "torture"] + bad).wait().status == 64)
    }
  }

  @Test("a memory of a wrong size is refused and left alone")
  func wrongSize() throws {
    let state = try TemporaryFolder.make().path
    try Data(repeating: 1, count: 1000).write(to: URL(fileURLWithPath: state + "/memory.bin"))
    let outcome = try Self.run(state)
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("memory.bin: the memory has 1000 bytes"))
    #expect(FileManager.default.contents(atPath: state + "/memory.bin")?.count == 1000)
  }

  @Test("a damaged memory is refused and not written to")
  func damaged() throws {
    let state = try TemporaryFolder.make().path
    #expect(try Self.run(state).status == 0)
    let url = URL(fileURLWithPath: state + "/memory.bin")
    let noise = Data((0..<524_288).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) })
    try noise.write(to: url)
    let outcome = try Self.run(state)
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("damaged"))
    #expect(try Data(contentsOf: url) == noise)
  }

  @Test("a state of another type or number is refused")
  func otherMeter() throws {
    let state = try TemporaryFolder.make().path
    #expect(try Self.run(state, "--number", "12345678").status == 0)
    let number = try Self.run(state, "--number", "12345679")
    #expect(number.status == 78)
    #expect(number.error.contains("another meter number"))
    let type = try Self.run(state, "--number", "12345678", "--type", "382Lx2")
    #expect(type.status == 78)
    #expect(type.error.contains("another type"))
  }

  @Test("a result that cannot be written is a disk error")
  func fullOutput() throws {
    let process = Process()
    process.executableURL = KvadrantProcess.program
    process.arguments = ["run", "--generate", "--until", "1s", "--speed", "max"]
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
  }
}

@Suite("kvadrant run: sources")
struct SourceTests {
  /// A wave of 230 V and 10 A as CSV.
  private static func csv(samples: Int, extra: String = "") -> String {
    var text = "u1_V,i1_A\n"
    for n in 0..<samples {
      let x = 2 * Double.pi * 50 * Double(n) / 4000
      let (u, i) = (325.269 * sin(x), 14.142 * sin(x - 0.5))
      text += String(format: "%.5f,%.5f\n", u, i)
    }
    return text + extra
  }

  @Test("samples as CSV from a file and from standard input")
  func samples() throws {
    let text = Self.csv(samples: 12_000)
    let file = try TemporaryFolder.file("s.csv", text)
    let fromFile = try KvadrantProcess.run(
      "run", "--csv", file, "--rate", "4000", "--speed", "max", "--json")
    #expect(fromFile.error == "")
    #expect(abs(try #require(RunTests.error(fromFile.json, "1-0:1.8.0"))) < 0.01)
    let live = try KvadrantProcess.run("run", "--stdin", "--json", input: Data(text.utf8))
    #expect(abs(try #require(RunTests.error(live.json, "1-0:1.8.0"))) < 0.01)
  }

  @Test("a live source that pauses does not keep a power cut waiting")
  func pausedLive() throws {
    let pipe = Pipe()
    let state = try TemporaryFolder.make().path
    let process = Process()
    process.executableURL = KvadrantProcess.program
    process.arguments = ["run", "--stdin", "--json", "--state", state]
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: Data(Self.csv(samples: 4000).utf8))
    #expect(eventually { FileManager.default.fileExists(atPath: state + "/control.sock") })
    usleep(300_000)
    #expect(try KvadrantProcess.run("fault", "plug", "--state", state).status == 0)
    #expect(eventually(seconds: 20) { !process.isRunning })
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test("the generator plays what its flags say")
  func generator() throws {
    let outcome = try KvadrantProcess.run(
      "run", "--generate", "--current", "10,5,2", "--angle", "0,60,180", "--until", "20s",
      "--speed", "max", "--json")
    let imported = try #require(RunTests.register(outcome.json, "1-0:1.8.0"))
    let exported = try #require(RunTests.register(outcome.json, "1-0:2.8.0"))
    #expect(abs(imported - (2300 + 575) * 20 / 3.6e6) < 1e-6)
    #expect(abs(exported - 460.0 * 20 / 3.6e6) < 1e-6)
  }

  @Test("a front end from a file shows its errors in the result; a broken one is named")
  func frontEnd() throws {
    let good = try TemporaryFolder.file("fe.yaml", "systems:\n- voltageGain: 0.01\n")
    let outcome = try KvadrantProcess.run(
      "run", "--generate", "--until", "20s", "--speed", "max", "--json", "--front-end", good)
    #expect(abs(try #require(RunTests.error(outcome.json, "1-0:1.8.0")) - 1) < 0.05)
    for (text, status) in [("bits: x", 65), ("bits: 99", 64), ("{", 65)] as [(String, Int32)] {
      let file = try TemporaryFolder.file("fe.yaml", text)
      let bad = try KvadrantProcess.run(
        "run", "--generate", "--until", "1s", "--speed", "max", "--front-end", file)
      #expect(bad.status == status, "\(bad.error)")
    }
  }

  @Test(
    "recordings are measured within 0.05 %",
    .enabled(if: Recordings.folder != nil, "no recordings: set KVADRANT_RECORDINGS"))
  func recordings() throws {
    let folder = try #require(Recordings.folder)
    for (name, scale) in try Recordings.waveforms() {
      for phases in ["1", "3"] {
        let more = phases == "3" ? ["--phases", "3"] : []
        let outcome = try KvadrantProcess(
          [
            "run", "--wav", "\(folder)/waveforms/\(name)", "--scale", scale, "--speed", "max",
            "--json",
          ] + more
        ).wait()
        let error = try #require(RunTests.error(outcome.json, "1-0:1.8.0"), "\(outcome.error)")
        #expect(abs(error) < 0.05, "\(name), \(phases) phases")
      }
    }
  }
}

/// The recordings that tests may use where they are.
enum Recordings {
  static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["KVADRANT_RECORDINGS"]
    let usual = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/data").path
    let path = named ?? usual
    return FileManager.default.fileExists(atPath: path + "/waveforms/index.csv") ? path : nil
  }()

  /// File names with their scales.
  static func waveforms() throws -> [(String, String)] {
    guard let folder else { return [] }
    let index = try String(contentsOfFile: folder + "/waveforms/index.csv", encoding: .utf8)
    return index.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",")
      return cells.count > 4 ? (String(cells[0]), "\(cells[3]),\(cells[4])") : nil
    }
  }
}

/// One connection to a control socket.
final class SocketClient {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if connected != 0 { throw POSIXError(.ECONNREFUSED) }
  }

  deinit { close(descriptor) }

  /// Sends a line and waits for one.
  func ask(_ line: String) -> String {
    let bytes = Array((line + "\n").utf8)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var answer: [UInt8] = []
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) == 1, byte != 10 { answer.append(byte) }
    return String(decoding: answer, as: UTF8.self)
  }
}
