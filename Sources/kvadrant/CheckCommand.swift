import ArgumentParser
import Foundation
import Meter
import VirtualMeter

/// Flags that say which meter is meant; they stand above environment and file.
struct MeterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("kvd (neutral) or 382L.", valueName: "kvd|382L"))
  var identity: String?
  @Option(help: ArgumentHelp("Type string, or only the model such as 382LxG.", valueName: "type"))
  var type: String?
  @Option(help: ArgumentHelp("Meter number, at most eight digits.", valueName: "number"))
  var number: String?

  /// The flags that are given.
  var flags: [ConfigurationLayers.Flag] {
    var flags: [ConfigurationLayers.Flag] = []
    if let identity { flags.append(.init("--identity", .identity, identity)) }
    if let type { flags.append(.init("--type", .type, type)) }
    if let number { flags.append(.init("--number", .number, number)) }
    return flags
  }

  /// The setup of a file, the environment and these flags.
  ///
  /// - Throws: the last failure, after all before it have been told on standard error.
  func setup(
    config: String?, more: [ConfigurationLayers.Flag] = []
  ) throws(Failure) -> MeterSetup {
    do throws(ConfigurationFailures) {
      return try ConfigurationLayers(path: config, flags: flags + more).setup()
    } catch {
      for failure in error.failures.dropLast() {
        FileHandle.standardError.write(Data("kvadrant: \(failure)\n".utf8))
      }
      throw error.failures[error.failures.count - 1]
    }
  }
}

/// `kvadrant check`: what a configuration makes, or everything that is wrong with it.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say what meter a configuration makes, or all its errors.",
    discussion: """
      kvadrant check meter.yaml
      kvadrant check meter.yaml --json
      kvadrant check --type 382Lx2       the defaults with another type

      A flag stands above an environment variable, that above the file, that above the defaults.
      Errors end with exit code 78.
      """)

  @Argument(help: "The configuration; without it the defaults are checked.")
  var file: String?
  @OptionGroup var meter: MeterOptions
  @Flag(help: "One line of JSON.")
  var json = false

  func run() throws {
    let path = Settings.text(file, "KVADRANT_CONFIG")
    guard json else {
      let setup = try meter.setup(config: path)
      print("\(path ?? "the defaults"): good")
      let width = setup.report.map(\.name.count).max() ?? 0
      for line in setup.report {
        let gap = String(repeating: " ", count: width - line.name.count + 2)
        print("  \(line.name)\(gap)\(line.value)")
      }
      return
    }
    do throws(ConfigurationFailures) {
      let setup = try ConfigurationLayers(path: path, flags: meter.flags).setup()
      print(setup.json.text)
    } catch {
      print(error.json.text)
      throw error.failures[0]
    }
  }
}
