import ArgumentParser
import Foundation
import Meter
import VirtualMeter

/// `kvadrant config`: the configuration that a meter keeps in its memory.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Read, change and compare what a meter is configured to.",
    discussion: """
      kvadrant config export --state house > house.yaml
      kvadrant config diff house.yaml --state house
      kvadrant config import house.yaml --state house
      kvadrant config presets                          configurations to begin with

      A meter that is running is told through its control socket. Every change is checked by the
      meter, put into its memory as a whole, and logged.
      """,
    subcommands: [Export.self, Import.self, Diff.self, Validate.self, Presets.self])

  /// Which meter.
  struct StateOptions: ParsableArguments {
    @Option(help: "State directory of the meter (default: that of the demo).")
    var state: String?
    var path: String { Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState() }
  }

  /// The text of a file, or of standard input for `-`.
  static func text(of file: String) throws(Failure) -> String {
    let data =
      file == "-"
      ? FileHandle.standardInput.readDataToEndOfFile()
      : FileManager.default.contents(atPath: file) ?? Data()
    guard file == "-" || FileManager.default.fileExists(atPath: file) else {
      throw Failure(
        .fileMissing, file: file, what: "there is no such file", expected: "a configuration",
        next: "write one with kvadrant config export")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure(
        .configuration, file: file, what: "it is not UTF-8", expected: "text in UTF-8",
        next: "save it as UTF-8")
    }
    return text
  }

  /// What a document makes of a configuration; tells all failures but the last, which is thrown.
  static func taking(
    _ text: String, _ name: String, into old: MeterConfiguration
  ) throws(Failure) -> MeterConfiguration {
    var new = old
    do throws(ConfigurationFailures) {
      try new.take(document: text, name: name)
    } catch {
      for failure in error.failures.dropLast() { Kvadrant.complain(failure.description) }
      throw error.failures[error.failures.count - 1]
    }
    return new
  }

  static func tell(_ differences: [ConfigurationDifference], json: Bool) {
    if json {
      let rows = differences.map { difference in
        JSONValue.object([
          ("field", .string(difference.path)), ("old", .string(difference.old)),
          ("new", .string(difference.new)),
        ])
      }
      print(JSONValue.array(rows).text)
      return
    }
    if differences.isEmpty { print("no difference") }
    for difference in differences {
      print("\(difference.path):\n  - \(difference.old)\n  + \(difference.new)")
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Print the configuration of a meter as YAML or JSON.")
    @OptionGroup var meter: StateOptions
    @Option(help: "With the fields of a preset; see kvadrant config presets.")
    var preset: String?
    @Flag(help: "JSON instead of YAML.") var json = false

    func run() throws {
      var configuration = try StoredMeter(state: meter.path).configuration
      if let preset {
        try ConfigurationPreset.named(preset).apply(to: &configuration)
      }
      print(json ? configuration.json.text + "\n" : configuration.yaml, terminator: "")
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Change the configuration of a meter.")
    @Argument(help: "YAML or JSON; fields that it leaves out stay. - reads standard input.")
    var file: String
    @OptionGroup var meter: StateOptions
    @Option(help: "Where the change comes in: optical or module.") var door = "module"
    @Flag(help: "What has changed as JSON.") var json = false

    func run() throws {
      guard let door = DoorName(rawValue: door)?.door else {
        throw Failure(
          .usage, what: "--door \(door)", expected: "optical or module", next: "correct it")
      }
      let text = try ConfigCommand.text(of: file)
      let old = try StoredMeter(state: meter.path).configuration
      _ = try ConfigCommand.taking(text, file, into: old)
      let changed = try ConfigurationChange.importing(
        text, name: file, into: meter.path, through: door)
      ConfigCommand.tell(changed, json: json)
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff", abstract: "Compare a file with a meter, or with another file.")
    @Argument(help: "What it would be.") var file: String
    @Argument(help: "What it is; without it, that of the meter.") var other: String?
    @OptionGroup var meter: StateOptions
    @Flag(help: "JSON.") var json = false

    func run() throws {
      var old = try StoredMeter(state: meter.path).configuration
      if let other {
        old = try ConfigCommand.taking(try ConfigCommand.text(of: other), other, into: old)
      }
      let new = try ConfigCommand.taking(try ConfigCommand.text(of: file), file, into: old)
      ConfigCommand.tell(old.differences(to: new), json: json)
    }
  }

  struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "validate", abstract: "Say whether a meter could take a configuration.")
    @Argument(help: "YAML or JSON.") var file: String
    @OptionGroup var meter: StateOptions

    func run() throws {
      let old = try StoredMeter(state: meter.path).configuration
      let new = try ConfigCommand.taking(try ConfigCommand.text(of: file), file, into: old)
      let count = old.differences(to: new).count
      print("\(file): good, \(count == 1 ? "1 field differs" : "\(count) fields differ")")
    }
  }

  struct Presets: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "presets", abstract: "List configurations to begin with.")
    func run() throws {
      for preset in ConfigurationPreset.catalogue {
        let gap = String(repeating: " ", count: max(1, 14 - preset.name.count))
        print("\(preset.name)\(gap)\(preset.what)")
      }
    }
  }
}
