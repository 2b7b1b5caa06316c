import Foundation

/// A built program, run to its end or beside a test.
final class Program: Sendable {
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var error: String

    /// The output as JSON.
    var json: Any? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) }
  }

  private let process = Process()
  private let folder: URL

  /// Where the products of the build lie: beside the running tests, else in `.build/debug`.
  private static func place(_ name: String) -> URL {
    let running = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let beside = running.deletingLastPathComponent().appendingPathComponent(name)
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".build/debug/\(name)")
  }

  /// - Parameter state: folder of what outlives the program; one of its own where nothing is said.
  init(
    _ name: String, _ arguments: [String], input: String = "", state: URL? = nil
  ) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metertool-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = Self.place(name)
    process.arguments = arguments
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path, "XDG_STATE_HOME": (state ?? folder).path,
    ]
    try Data(input.utf8).write(to: folder.appendingPathComponent("in"))
    for name in ["out", "err"] { try Data().write(to: folder.appendingPathComponent(name)) }
    process.standardInput = try FileHandle(
      forReadingFrom: folder.appendingPathComponent("in"))
    process.standardOutput = try FileHandle(
      forWritingTo: folder.appendingPathComponent("out"))
    process.standardError = try FileHandle(
      forWritingTo: folder.appendingPathComponent("err"))
    try process.run()
  }

  private func text(_ name: String) -> String {
    let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// What has been printed so far.
  var output: String { text("out") }

  func stop() { kill(process.processIdentifier, SIGTERM) }

  /// Waits for the end; what is still there after the limit is killed and counts as -1.
  func wait(seconds: Double = 60) -> Outcome {
    let limit = Date(timeIntervalSinceNow: seconds)
    while process.isRunning, Date() < limit { usleep(5_000) }
    let timely = !process.isRunning
    if !timely { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    let crashed = process.terminationReason == .uncaughtSignal
    defer { try? FileManager.default.removeItem(at: folder) }
    return Outcome(
      status: timely && !crashed ? process.terminationStatus : -1, output: output,
      error: text("err"))
  }
}

/// The virtual meter behind a port, and the reader before it.
struct Reader {
  private let meter: Program
  /// Where counters are kept from one command to the next.
  private let state = FileManager.default.temporaryDirectory
    .appendingPathComponent("metertool-state-\(UUID().uuidString.prefix(8))")
  /// Address of the port without options.
  let url: String

  /// - Parameters:
  ///   - option: the port that opens, such as `--dlms`.
  ///   - place: where, such as `tcp+hdlc://127.0.0.1:0`.
  ///   - scheme: of the reader.
  init(_ option: String, _ place: String, name: String, scheme: String) throws {
    meter = try Program(
      "kvadrant", ["run", "--generate", "--current", "5", "--json", option, place])
    let limit = Date(timeIntervalSinceNow: 30)
    var found: String?
    while found == nil, Date() < limit {
      usleep(20_000)
      let line = meter.output.split(separator: "\n").first.map(String.init) ?? ""
      let json = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let ports = json?["ports"] as? [String: Any]
      let port = ports?[name] as? [String: Any]
      found = (port?["address"] as? String) ?? nil
    }
    let address = found ?? "tcp://127.0.0.1:1"
    url =
      scheme + "://"
      + (address.hasPrefix("/")
        ? address
        : address.replacingOccurrences(of: #"^[a-z+]+://"#, with: "", options: .regularExpression))
  }

  /// Runs `metertool COMMAND URL?query …`.
  func run(
    _ command: String, _ query: String, _ more: String..., input: String = "",
    seconds: Double = 60
  ) throws -> Program.Outcome {
    try Program("metertool", [command, url + query] + more, input: input, state: state)
      .wait(seconds: seconds)
  }

  func end() {
    meter.stop()
    _ = meter.wait(seconds: 20)
    try? FileManager.default.removeItem(at: state)
  }
}
