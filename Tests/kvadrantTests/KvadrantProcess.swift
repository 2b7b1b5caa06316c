import Dispatch
import Foundation

/// The built program, run as a process with an environment of its own.
final class KvadrantProcess: Sendable {
  /// What a finished process left behind.
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var error: String
    /// The last line of the output that is not empty.
    var lastLine: String {
      output.split(separator: "\n").last.map(String.init) ?? ""
    }
    /// The last line as JSON.
    var json: [String: Any]? {
      try? JSONSerialization.jsonObject(with: Data(lastLine.utf8)) as? [String: Any]
    }
  }

  private let process = Process()
  private let folder: URL

  /// Where the products of the build lie: beside the running tests, else in `.build/debug`.
  static var program: URL {
    let running = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let beside = running.deletingLastPathComponent().appendingPathComponent("kvadrant")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".build/debug/kvadrant")
  }

  /// Starts the program.
  ///
  /// - Parameter program: another build of it.
  init(
    _ arguments: [String], environment: [String: String] = [:], input: Data = Data(),
    program: URL = KvadrantProcess.program
  ) throws {
    folder = try TemporaryFolder.make()
    process.executableURL = program
    process.arguments = arguments
    var variables = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
    variables.merge(environment) { $1 }
    process.environment = variables
    try input.write(to: folder.appendingPathComponent("in"))
    for name in ["out", "err"] {
      try Data().write(to: folder.appendingPathComponent(name))
    }
    process.standardInput = try FileHandle(
      forReadingFrom: folder.appendingPathComponent("in"))
    process.standardOutput = try FileHandle(
      forWritingTo: folder.appendingPathComponent("out"))
    process.standardError = try FileHandle(
      forWritingTo: folder.appendingPathComponent("err"))
    try process.run()
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// What has been printed so far.
  var output: String { read("out") }

  /// Waits for the end; a process that is still there after the limit is killed and counts as
  /// status -1.
  func wait(seconds: Double = 60) -> Outcome {
    let limit = Date(timeIntervalSinceNow: seconds)
    while process.isRunning, Date() < limit { usleep(10_000) }
    let timely = !process.isRunning
    if !timely { signal(SIGKILL) }
    process.waitUntilExit()
    let crashed = process.terminationReason == .uncaughtSignal
    defer { try? FileManager.default.removeItem(at: folder) }
    return Outcome(
      status: timely && !crashed ? process.terminationStatus : -1, output: read("out"),
      error: read("err"))
  }

  private func read(_ name: String) -> String {
    let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// Runs to the end.
  static func run(
    _ arguments: String..., environment: [String: String] = [:], input: Data = Data()
  ) throws -> Outcome {
    try KvadrantProcess(arguments, environment: environment, input: input).wait()
  }
}

/// Folders and files for one test.
enum TemporaryFolder {
  static func make() throws -> URL {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("kvadrant-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  /// A file with a text, in a new folder.
  static func file(_ name: String, _ text: String) throws -> String {
    let url = try make().appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  /// A power file of constant power on three phases, one row per second.
  static func power(_ p1: Int, _ p2: Int, _ p3: Int, seconds: Int) throws -> String {
    let rows = (0..<seconds).map { "\($0),\(p1),\(p2),\(p3)\n" }
    return try file("power.csv", "second,p1_W,p2_W,p3_W\n" + rows.joined())
  }
}

/// Waits until something holds, up to a limit.
func eventually(seconds: Double = 30, _ condition: () -> Bool) -> Bool {
  let limit = Date(timeIntervalSinceNow: seconds)
  while Date() < limit {
    if condition() { return true }
    usleep(20_000)
  }
  return condition()
}
