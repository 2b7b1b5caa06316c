import ArgumentParser
import Foundation
import VirtualMeter

/// The program: parses the command line, runs one command, turns errors into exit codes.
@main
struct Kvadrant: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kvadrant",
    abstract: "A three-phase electricity meter made of software.",
    discussion: """
      kvadrant demo                                      a meter with its glass, needs no file
      kvadrant run --wav kettle.wav --scale 0.063,0.024  measures a recording
      kvadrant run --power day.csv --speed max --json    a day of power values, as JSON

      It is a virtual meter without type approval. Exit codes: 0 ok, 64 usage, 65 bad data,
      66 file missing, 69 unreachable, 74 disk, 75 try again, 76 protocol, 77 refused,
      78 configuration.
      """,
    subcommands: [
      DemoCommand.self, RunCommand.self, NewCommand.self, CheckCommand.self, LabelCommand.self,
      FaultCommand.self, ModulesCommand.self, MemoryCommand.self, ConfigCommand.self,
      ProfileCommand.self,
      BillingCommand.self, ScenarioCommand.self, TripCurveCommand.self, TypeTestCommand.self,
      SimulateCommand.self, LogCommand.self, VoltageQualityCommand.self,
      WirelessCommand.self, LineCommand.self,
    ])

  static func main() {
    // A reader that goes away ends the output, not the meter.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if let failure = Suggestion.unknownCommand(arguments, of: Kvadrant.self) { throw failure }
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let failure as Failure {
      complain(failure.description)
      Foundation.exit(failure.status.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      guard code != .success else {
        print(text)
        return
      }
      complain(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)
      Foundation.exit(code.rawValue)
    }
  }

  /// One message for people, on standard error.
  static func complain(_ text: String) {
    FileHandle.standardError.write(Data("kvadrant: \(text)\n".utf8))
  }
}
