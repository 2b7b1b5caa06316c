import ArgumentParser
import VirtualMeter

/// `kvadrant demo`: a household year with its meter in the terminal.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run a meter on a household year, with its glass.")

  func run() throws {}
}
