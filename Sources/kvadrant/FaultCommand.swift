import ArgumentParser
import VirtualMeter

/// `kvadrant fault`: what can go wrong, on purpose.
struct FaultCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fault", abstract: "Make something go wrong in a running meter.",
    subcommands: [
      Plug.self, ModuleFaults.Fit.self, ModuleFaults.Remove.self, ModuleFaults.Cover.self,
    ])

  /// `kvadrant fault plug`.
  struct Plug: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plug", abstract: "Pull the plug: a power cut without flush.",
      discussion: """
        kvadrant fault plug                    the meter of the demo
        kvadrant fault plug --state house      the meter that runs on the folder «house»

        The meter prints its result and ends. Start it again on the same state: no register is
        lower than what its display showed.
        """)

    @Option(help: "State directory of the running meter (default: that of the demo).")
    var state: String?

    func run() throws {
      let folder = Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState()
      let answer = try ControlClient.send(.plug, state: folder)
      print(answer)
    }
  }
}
