import ArgumentParser
import VirtualMeter

/// `kvadrant fault fit`, `remove` and `cover`: hands in the module area of a running meter.
enum ModuleFaults {
  /// Sends a command and prints what sits in the area then.
  fileprivate static func send(_ command: ModuleCommand, _ state: String?) throws {
    let folder = Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState()
    let answer = try ControlClient.send(.modules(command), state: folder)
    try ControlClient.check(answer)
    StandardOutput.line(answer)
  }

  struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fit", abstract: "Put a module into a slot of a running meter.",
      discussion: """
        kvadrant fault fit 6850005 --slot 2
        kvadrant fault fit customer-port --slot secondary

        Slots 1 and 2 lie behind a seal, which is broken by this; the secondary slot does not.
        """)

    @Argument(help: "Article number, or customer-port.") var module: String
    @Option(help: "1, 2 or secondary.") var slot: String
    @Option(help: "State directory of the running meter (default: that of the demo).")
    var state: String?

    func run() throws { try send(try .fit(module, slot: slot), state) }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove", abstract: "Take a module out of a running meter.")

    @Option(help: "1, 2 or secondary.") var slot: String
    @Option(help: "State directory of the running meter (default: that of the demo).")
    var state: String?

    func run() throws { try send(try .remove(slot: slot), state) }
  }

  struct Cover: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cover", abstract: "Exchange the cover of the module area.")

    @Argument(help: "5960137, 5960138, or 5960139 for a secondary module.") var cover: String
    @Option(help: "State directory of the running meter (default: that of the demo).")
    var state: String?

    func run() throws { try send(try .cover(cover), state) }
  }
}
