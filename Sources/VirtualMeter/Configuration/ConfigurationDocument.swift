import Yams

/// Where a setting was written.
public enum SettingOrigin: Equatable, Sendable {
  case standard
  case file(String, line: Int)
  case environment(String)
  case flag(String)

  /// Higher stands above lower.
  var rank: Int {
    switch self {
    case .standard: 0
    case .file: 1
    case .environment: 2
    case .flag: 3
    }
  }

  /// What a failure names as the file.
  var place: String? {
    switch self {
    case .standard: nil
    case .file(let name, _): name
    case .environment(let name): "environment \(name)"
    case .flag(let name): name
    }
  }

  /// Line of the file, from 1.
  var line: Int? {
    if case .file(_, let line) = self { line } else { nil }
  }
}

/// One value as written.
public struct SettingText: Equatable, Sendable {
  public var text: String
  public var origin: SettingOrigin
}

/// The value or the list of values of one key, as written.
struct Setting: Equatable {
  var items: [SettingText]
  var isList: Bool
  var origin: SettingOrigin
}

/// A YAML document taken apart into settings, with every error of form that was found.
struct ConfigurationDocument {
  /// Largest configuration read, bytes.
  static let maximumBytes = 262_144

  private(set) var settings: [ConfigurationKey: Setting] = [:]
  private(set) var failures: [Failure] = []
  private let name: String

  /// - Parameters:
  ///   - text: the YAML text.
  ///   - name: name of the file, for messages.
  init(_ text: String, name: String) {
    self.name = name
    if let line = Self.lineWithAnchor(text) {
      fail(
        line, "an anchor or alias (& or *)", "plain keys and values",
        "write the value itself in that line")
      return
    }
    do {
      guard let root = try Yams.compose(yaml: text) else { return }
      if root.isEmptyValue { return }
      guard let mapping = root.mapping else {
        fail(
          line(of: root), "no keys at the top level", "lines such as «identity: kvd»",
          "write a fresh file with kvadrant new and compare")
        return
      }
      read(mapping, prefix: "")
    } catch {
      fail(yaml: error)
    }
  }

  /// Anchors are refused before composing, since nested aliases grow without bound.
  private static func lineWithAnchor(_ text: String) -> Int? {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      var before = UInt8(ascii: " ")
      for byte in line.utf8 {
        let opens = [UInt8(ascii: " "), 9, UInt8(ascii: "["), UInt8(ascii: ",")].contains(before)
        if byte == UInt8(ascii: "#"), opens { break }
        if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), opens || before == 0x7B {
          return index + 1
        }
        before = byte
      }
    }
    return nil
  }

  private mutating func read(_ mapping: Node.Mapping, prefix: String) {
    for (keyNode, value) in mapping {
      let line = line(of: keyNode)
      guard let keyText = keyNode.scalar?.string else {
        fail(line, "a key that is not a word", "a key name", "correct the line")
        continue
      }
      let path = prefix + keyText
      if let key = ConfigurationKey(rawValue: path) {
        read(value, of: key, line: line)
      } else if ConfigurationKey.allCases.contains(where: { $0.section == path }) {
        readSection(value, path, line)
      } else {
        failUnknown(path, line)
      }
    }
  }

  private mutating func readSection(_ value: Node, _ path: String, _ line: Int) {
    if let mapping = value.mapping {
      read(mapping, prefix: path + ".")
    } else if value.isEmptyValue {
      return
    } else if let scalar = value.scalar, path == "front-end" {
      let origin = SettingOrigin.file(name, line: line)
      let item = SettingText(text: scalar.string, origin: origin)
      settings[.frontEndModel] = Setting(items: [item], isList: false, origin: origin)
    } else {
      fail(
        line, "«\(path)» holds \(value.kindText)", "keys indented below it",
        "move the keys of \(path) to lines of their own")
    }
  }

  private mutating func read(_ value: Node, of key: ConfigurationKey, line: Int) {
    let origin = SettingOrigin.file(name, line: line)
    if let scalar = value.scalar {
      if value.isEmptyValue {
        fail(line, "«\(key.path)» has no value", key.expectation, "write one or delete the line")
        return
      }
      let item = SettingText(text: scalar.string, origin: origin)
      settings[key] = Setting(items: [item], isList: false, origin: origin)
      return
    }
    guard let sequence = value.sequence, key.takesList else {
      fail(
        line, "«\(key.path)» holds \(value.kindText)", key.expectation,
        "write one value behind the colon")
      return
    }
    var items: [SettingText] = []
    for element in sequence {
      let elementLine = element.mark?.line ?? line
      guard let scalar = element.scalar, !element.isEmptyValue else {
        fail(
          elementLine, "«\(key.path)» has an entry that is \(element.kindText)",
          key.expectation, "write plain values in the list")
        continue
      }
      items.append(
        SettingText(text: scalar.string, origin: .file(name, line: elementLine)))
    }
    settings[key] = Setting(items: items, isList: true, origin: origin)
  }
}

extension ConfigurationDocument {
  private func line(of node: Node) -> Int { node.mark?.line ?? 1 }

  private mutating func fail(_ line: Int, _ what: String, _ expected: String, _ next: String) {
    failures.append(
      Failure(
        .configuration, file: name, line: line, what: what, expected: expected, next: next))
  }

  private mutating func failUnknown(_ path: String, _ line: Int) {
    let paths = ConfigurationKey.allCases.map(\.path)
    let sections = Set(ConfigurationKey.allCases.compactMap(\.section))
    let last = path.split(separator: ".").last.map(String.init) ?? path
    let elsewhere = ConfigurationKey.allCases.first { $0.name == last }?.path
    let near = elsewhere ?? Suggestion.nearest(to: path, among: paths + sections.sorted())
    fail(
      line, "«\(path.prefix(64))» is no key",
      near.map { "«\($0)» (did you mean that?)" } ?? "one of the keys that kvadrant new writes",
      "correct or delete the line")
  }

  private mutating func fail(yaml error: any Error) {
    let next = "correct the line; a fresh file comes from kvadrant new"
    guard let error = error as? YamlError else {
      fail(1, "it cannot be read as YAML", "YAML text", next)
      return
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      // A key without its colon is noticed only where the next one should begin.
      let isOpenKey = context?.text.contains("simple key") ?? false
      fail(
        isOpenKey ? context?.mark.line ?? mark.line : mark.line, "no YAML: \(problem)",
        "well-formed YAML (spaces, no tabs)", next)
    case .duplicatedKeysInMapping(let duplicates, let context):
      fail(
        context.mark.line, "«\(duplicates.sorted().joined(separator: ", "))» is written twice",
        "every key once", "delete one of the lines")
    case .reader(let problem, let offset, _, let text):
      let line = text.prefix(offset ?? 0).reduce(1) { $1 == "\n" ? $0 + 1 : $0 }
      fail(line, "no YAML: \(problem)", "printable text", next)
    default:
      fail(1, "it cannot be read as YAML", "YAML text", next)
    }
  }
}

extension Node {
  /// True for an empty value or a null without quotes.
  fileprivate var isEmptyValue: Bool {
    guard let scalar else { return false }
    return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
  }

  /// What stands there, in words.
  fileprivate var kindText: String {
    if mapping != nil { return "keys of its own" }
    if sequence != nil { return "a list" }
    return isEmptyValue ? "empty" : "a single value"
  }
}
