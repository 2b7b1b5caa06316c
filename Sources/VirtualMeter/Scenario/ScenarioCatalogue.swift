import Foundation
import MeterTime

extension Scenario {
  /// The names of the scenarios that travel with the program.
  public static let names = [
    "button-and-command", "smart-disconnect", "automatic-reconnection", "prepaid-evening",
    "friendly-night", "lost-neutral", "tampering", "contacts-with-faults", "load-control",
    "power-cuts",
  ]

  /// A scenario of the program.
  ///
  /// - Throws: `fileMissing` where it is not installed, or what is wrong with it.
  public static func shipped(_ name: String) throws(Failure) -> Scenario {
    let bytes = try Resource.bytes("scenarios/\(name).yaml")
    return try Scenario(yaml: String(decoding: bytes, as: UTF8.self), name: name)
  }

  /// A scenario by the name of a shipped one, or by a path.
  public static func found(_ nameOrPath: String) throws(Failure) -> Scenario {
    if names.contains(nameOrPath) { return try shipped(nameOrPath) }
    guard let bytes = FileManager.default.contents(atPath: nameOrPath) else {
      throw Failure(
        .fileMissing, file: nameOrPath, what: "no scenario of that name, and no such file",
        expected: "a file, or one of " + names.joined(separator: ", "),
        next: "see kvadrant scenario list")
    }
    let file = URL(fileURLWithPath: nameOrPath).deletingPathExtension().lastPathComponent
    return try Scenario(yaml: String(decoding: bytes, as: UTF8.self), name: file)
  }
}

/// A session on a bench, written down as a scenario.
public struct ScenarioRecord: Sendable {
  private let start: Instant
  private let preset: BenchPreset.ID
  private var lines: [String] = []
  /// Commands kept; what comes later is left out.
  static let capacity = 2000

  public init(start: Instant, preset: BenchPreset.ID) {
    self.start = start
    self.preset = preset
  }

  /// On a bench whose preset is found by what it is; an empty house where it is none of them.
  init(start: Instant, bench: Bench) {
    let found = BenchPreset.catalogue.first { $0.bench == bench }
    self.init(start: start, preset: found?.id ?? .emptyHouse)
  }

  /// Notes a command that was obeyed.
  public mutating func note(_ command: ControlCommand, at now: Instant) {
    guard lines.count < Self.capacity, case .object(let members) = command.json,
      case .string(let name)? = members.first?.value
    else { return }
    switch command {
    case .plug, .stop, .status, .glass, .scenario, .speed, .modules(.list): return
    default: break
    }
    let milliseconds = max(0, (now - start).wholeMilliseconds)
    let values = members.dropFirst().map { "\($0.key): \($0.value.text)" }
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let time = rest == 0 ? "\(seconds)s" : "\(seconds)s\(rest)ms"
    lines.append(
      "  - at: \(time)\n    \(name): {\(values.joined(separator: ", "))}")
  }

  /// The scenario so far; `expect` lines are for a person to add.
  public func yaml(title: String, until end: Instant) -> String {
    let seconds = max(1, (end - start).wholeSeconds + 1)
    let steps =
      lines.isEmpty ? "  - at: 0s\n    say: nothing happened" : lines.joined(separator: "\n")
    return """
      title: \(JSONValue.string(title).text)
      story: Recorded; add what is to be expected.
      start: \(ISOTime.text(start))
      length: \(seconds)s
      seed: 1
      preset: \(preset.rawValue)
      steps:
      \(steps)

      """
  }
}
