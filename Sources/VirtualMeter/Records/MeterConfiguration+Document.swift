import Foundation
import Meter
import Yams

extension MeterConfiguration {
  /// All fields in the order of the document.
  public var texts: [ConfigurationText] {
    ConfigurationPath.allCases.map { path in
      let values = path.values(of: self)
      return ConfigurationText(
        path: path.rawValue, values: values, isList: path.isList || values.count != 1)
    }
  }

  /// The fields in which another configuration differs from this one.
  public func differences(to other: MeterConfiguration) -> [ConfigurationDifference] {
    zip(texts, other.texts).filter { $0.values != $1.values }.map { old, new in
      ConfigurationDifference(
        path: old.path, old: old.values.joined(separator: ", "),
        new: new.values.joined(separator: ", "))
    }
  }

  /// The document, with what can be written beside each field.
  public var yaml: String {
    var lines = ["# Configuration of meter \(meterNumber).", "format: 1"]
    var section = ""
    for (path, text) in zip(ConfigurationPath.allCases, texts) {
      let parts = path.rawValue.split(separator: ".").map(String.init)
      if parts[0] != section {
        section = parts[0]
        lines += ["", "\(section):"]
      }
      lines.append("  # \(path.expectation)")
      let quoted = text.values.map { "\"\($0)\"" }
      guard text.isList else {
        lines.append("  \(parts[1]): \(quoted[0])")
        continue
      }
      lines.append("  \(parts[1]):" + (quoted.isEmpty ? " []" : ""))
      lines += quoted.map { "    - \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same as one object.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [("format", .integer(1))]
    for text in texts {
      let parts = text.path.split(separator: ".").map(String.init)
      let value: JSONValue =
        text.isList ? .array(text.values.map { .string($0) }) : .string(text.values[0])
      if case .object(let inside)? = members.last?.value, members.last?.key == parts[0] {
        members[members.count - 1].value = .object(inside + [(parts[1], value)])
      } else {
        members.append((parts[0], .object([(parts[1], value)])))
      }
    }
    return .object(members)
  }

  /// Takes the fields that a document names; YAML, or JSON, which is a part of it.
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: everything that is wrong with it, with lines.
  public mutating func take(
    document text: String, name: String
  ) throws(ConfigurationFailures) {
    func failure(_ line: Int?, _ what: String, _ expected: String) -> Failure {
      Failure(
        .configuration, file: name, line: line, what: what, expected: expected,
        next: "correct it; kvadrant config export writes a whole one")
    }
    // Aliases grow without bound when they are nested.
    guard text.utf8.count <= ConfigurationDocument.maximumBytes, !text.contains("*"),
      let root = try? Yams.compose(yaml: text), let sections = root.mapping
    else {
      throw ConfigurationFailures([
        failure(nil, "it cannot be read as a configuration", "YAML or JSON without aliases")
      ])
    }
    var failures: [Failure] = []
    var changed = self
    for (sectionNode, node) in sections {
      let section = sectionNode.string ?? ""
      let line = sectionNode.mark?.line
      if section == "format" {
        if node.string != "1" { failures.append(failure(line, "another format", "format: 1")) }
        continue
      }
      guard let fields = node.mapping else {
        failures.append(failure(line, "«\(section.prefix(64))» holds no fields", "a section"))
        continue
      }
      for (key, value) in fields {
        let path = section + "." + (key.string ?? "")
        guard let field = ConfigurationPath(rawValue: path) else {
          let all = ConfigurationPath.allCases.map(\.rawValue)
          let near = Suggestion.nearest(to: path, among: all) ?? all[0]
          failures.append(
            failure(key.mark?.line, "«\(path.prefix(64))» is no field", "\(near) or another field"))
          continue
        }
        let values = value.sequence?.map { $0.string ?? "" } ?? [value.string ?? ""]
        do throws(ConfigurationPath.Wrong) {
          try field.take(values, into: &changed)
        } catch {
          let shown = values.joined(separator: ", ").prefix(80)
          failures.append(failure(key.mark?.line, "\(path): «\(shown)»", field.expectation))
        }
      }
    }
    guard failures.isEmpty else { throw ConfigurationFailures(failures) }
    self = changed
  }
}
