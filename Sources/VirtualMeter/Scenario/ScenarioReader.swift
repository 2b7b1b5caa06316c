import Foundation
import MeterTime
import Yams

extension Scenario {
  /// Largest scenario read, bytes.
  static let maximumBytes = 262_144

  /// Reads a scenario, or the file of a failed run, which holds one.
  ///
  /// - Throws: `configuration` with the line of the first thing that is wrong.
  public init(yaml text: String, name: String) throws(Failure) {
    let outer = try Self.mapping(text, name)
    if let inner = outer["scenario"]?.scalar?.string, outer["transcript"] != nil {
      try self.init(script: inner, name: outer["name"]?.scalar?.string ?? name)
    } else {
      try self.init(script: text, name: name)
    }
  }

  private init(script text: String, name: String) throws(Failure) {
    let mapping = try Self.mapping(text, name)
    let reader = Reader(name: name)
    try reader.checkKeys(mapping)
    source = text
    self.name = name
    title = try reader.text(mapping, "title")
    story = try reader.text(mapping, "story")
    let startText = try reader.text(mapping, "start")
    guard let start = ISOTime.instant(startText) else {
      throw reader.wrong(mapping["start"], "the start «\(startText)»", "2026-01-15T17:00:00+01:00")
    }
    self.start = start
    length = try reader.duration(mapping["length"], "length")
    seed = UInt64(mapping["seed"]?.scalar?.string ?? "1") ?? 1
    hasSwitch = mapping["switch"]?.scalar?.string != "no"
    settings = try reader.settings(mapping["settings"])
    preset = .emptyHouse
    if let node = mapping["preset"] {
      guard let id = BenchPreset.ID(rawValue: node.scalar?.string ?? "") else {
        let names = BenchPreset.ID.allCases.map(\.rawValue).joined(separator: ", ")
        throw reader.wrong(node, "the preset", names)
      }
      preset = id
    }
    steps = []
    guard let list = mapping["steps"]?.sequence, !list.isEmpty else {
      throw reader.wrong(mapping["steps"], "no steps", "a list under «steps»")
    }
    var time = Instant.Duration.zero
    for node in list { steps += try reader.steps(node, from: &time) }
    if let last = steps.last, last.at > length {
      throw Self.wrong(name, last.line, "a step after the end", "a longer «length»")
    }
  }

  private static func mapping(_ text: String, _ name: String) throws(Failure) -> Node.Mapping {
    guard text.utf8.count <= maximumBytes else {
      throw wrong(name, nil, "more than \(maximumBytes) bytes", "a scenario")
    }
    // Aliases can grow without bound.
    if text.contains(" &") || text.contains(" *") {
      throw wrong(name, nil, "an anchor or alias (& or *)", "plain keys and values")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw wrong(name, nil, "no YAML (\(error))", "keys and values")
    }
    guard let mapping = root?.mapping else {
      throw wrong(name, 1, "no keys at the top level", "title, start, length, steps")
    }
    return mapping
  }

  static func wrong(_ file: String, _ line: Int?, _ what: String, _ expected: String) -> Failure {
    Failure(
      .configuration, file: file + ".yaml", line: line, what: "found \(what)",
      expected: expected, next: "correct the line")
  }

  /// Reads parts of a scenario.
  private struct Reader {
    let name: String

    func wrong(_ node: Node?, _ what: String, _ expected: String) -> Failure {
      Scenario.wrong(name, node?.mark?.line, what, expected)
    }

    func checkKeys(_ mapping: Node.Mapping) throws(Failure) {
      let known = [
        "title", "story", "start", "length", "seed", "switch", "settings", "preset", "steps",
      ]
      for (key, _) in mapping {
        let word = key.scalar?.string ?? "?"
        if !known.contains(word) {
          throw wrong(key, "the key «\(word)»", known.joined(separator: ", "))
        }
      }
    }

    func text(_ mapping: Node.Mapping, _ key: String) throws(Failure) -> String {
      guard let text = mapping[key]?.scalar?.string, !text.isEmpty else {
        throw wrong(mapping[key], "no «\(key)»", "a text under «\(key)»")
      }
      return text
    }

    func duration(_ node: Node?, _ key: String) throws(Failure) -> Instant.Duration {
      guard let text = node?.scalar?.string, let duration = ISOTime.duration(text) else {
        throw wrong(node, "no «\(key)» that is a time", "a time such as 90s, 15m or 1h30m")
      }
      return duration
    }

    func settings(_ node: Node?) throws(Failure) -> [String: Double] {
      guard let node else { return [:] }
      guard let mapping = node.mapping, !mapping.isEmpty else {
        throw wrong(node, "no settings", "lines such as «basis: current»")
      }
      let command = try self.command("supply", node, node)
      guard case .supply(.configure(let settings)) = command else { return [:] }
      return settings
    }

    /// A step: `at` or `after`, then actions in the order in which they stand.
    func steps(_ node: Node, from time: inout Instant.Duration) throws(Failure) -> [Step] {
      guard let mapping = node.mapping else {
        throw wrong(node, "a step without keys", "«at: 10s» and an action")
      }
      if let after = mapping["after"] {
        time = time + (try duration(after, "after"))
      } else if let at = mapping["at"] {
        let next = try duration(at, "at")
        if next < time { throw wrong(at, "a time before the step above", "times in order") }
        time = next
      }
      let isRefused = mapping["refused"]?.scalar?.string == "yes"
      var steps: [Step] = []
      for (key, value) in mapping {
        let word = key.scalar?.string ?? "?"
        let line = key.mark?.line ?? 0
        let action: Action
        switch word {
        case "at", "after", "refused": continue
        case "say": action = .say(value.scalar?.string ?? "")
        case "expect": action = .expect(try expectations(value))
        default: action = .command(try command(word, value, key), isRefused: isRefused)
        }
        steps.append(Step(at: time, action: action, line: line))
      }
      if steps.isEmpty { throw wrong(node, "a step that does nothing", "an action") }
      return steps
    }

    private func expectations(_ node: Node) throws(Failure) -> [Expectation] {
      guard let mapping = node.mapping else {
        throw wrong(node, "nothing to expect", "lines such as «state: connected»")
      }
      var result: [Expectation] = []
      for (key, value) in mapping {
        guard let name = ExpectationKey(rawValue: key.scalar?.string ?? "") else {
          let names = ExpectationKey.allCases.map(\.rawValue).joined(separator: ", ")
          throw wrong(key, "something that cannot be expected", names)
        }
        guard let text = value.scalar?.string else { throw wrong(value, "no value", "one value") }
        result.append(Expectation(key: name, text: text, line: key.mark?.line ?? 0))
      }
      return result
    }

    /// The member that a command with one word means.
    private static let usual = [
      "switch": "action", "button": "action", "preset": "id", "wiring": "id", "magnet": "on",
      "neutral": "connected", "tariff": "tariff", "cover": "open", "backFeed": "on",
      "credit": "kWh", "frequency": "f_Hz",
    ]

    private func command(
      _ name: String, _ value: Node, _ place: Node
    ) throws(Failure) -> ControlCommand {
      var members: [(key: String, value: JSONValue)] = [("command", .string(name))]
      if let mapping = value.mapping {
        for (key, node) in mapping {
          members.append((key.scalar?.string ?? "?", json(node)))
        }
      } else if let key = Self.usual[name] {
        members.append((key, json(value)))
      }
      do throws(Failure) {
        return try ControlCommand(json: Array(JSONValue.object(members).text.utf8))
      } catch {
        throw wrong(place, error.what, error.expected)
      }
    }

    private func json(_ node: Node) -> JSONValue {
      guard let scalar = node.scalar else { return .null }
      let text = scalar.string
      if scalar.style == .doubleQuoted || scalar.style == .singleQuoted { return .string(text) }
      if text == "null" { return .null }
      if text == "true" || text == "false" { return .bool(text == "true") }
      if let number = Double(text), number.isFinite { return .number("\(number)") }
      return .string(text)
    }
  }
}
