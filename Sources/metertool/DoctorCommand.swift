import ArgumentParser
import Foundation
import MeterClient

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Find out layer by layer why a meter cannot be read.")

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let url = try options.address()
    let steps = try await Diagnosis(url, options.keys.credentials()).run()
    if output.json {
      try printJSON(steps)
    } else {
      for step in steps { print(step.text) }
    }
    if let bad = steps.first(where: { !$0.isGood }) { throw ExitCode(bad.status) }
  }
}
