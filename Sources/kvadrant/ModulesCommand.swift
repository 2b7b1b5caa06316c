import ArgumentParser
import VirtualMeter

/// `kvadrant modules`: the articles of the data sheet, and what sits in a meter.
struct ModulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "modules", abstract: "List the modules and articles of the data sheet.",
    discussion: """
      kvadrant modules                       all 33 articles, and how much of each there is
      kvadrant modules --json                the same as JSON
      kvadrant modules --state house         what sits in the meter that runs on «house»

      They are fitted and taken out with kvadrant fault fit, remove and cover.
      """)

  @Option(help: "State directory of a running meter: lists its slots instead.")
  var state: String?
  @Flag(help: "JSON instead of lines.")
  var json = false

  func run() throws {
    if let state = Settings.text(state, "KVADRANT_STATE") {
      StandardOutput.line(try ControlClient.send(.modules(.list), state: state))
    } else if json {
      StandardOutput.line(ModuleCatalogue.json.text)
    } else {
      for line in ModuleCatalogue.lines { StandardOutput.line(line) }
    }
  }
}
