import ArgumentParser
import Foundation
import VirtualMeter

/// `kvadrant demo`: a household year with its meter in the terminal.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run a meter on a household year, with its glass.",
    discussion: """
      kvadrant demo                     in a terminal: the glass, live
      kvadrant demo | cat               as lines, ends by itself after 20 s
      kvadrant demo --fresh --speed 60  a new meter, faster

      The household year travels with the program (synthetic data of synPRO, Fraunhofer ISE,
      CDLA-Permissive-2.0); the solar roof and the phases are computed.
      """)

  @Option(help: ArgumentHelp("Simulated per real second, or max.", valueName: "n|max"))
  var speed: String?
  @Option(help: ArgumentHelp("When to stop: ISO 8601 time, or a length of simulated time."))
  var until: String?
  @Option(help: ArgumentHelp("What the meter's clock shows at the start.", valueName: "time"))
  var start: String?
  @Option(help: ArgumentHelp("Folder for memory, clock and control socket.", valueName: "dir"))
  var state: String?
  @Option(help: ArgumentHelp("Configuration of the meter, YAML.", valueName: "file"))
  var config: String?
  @OptionGroup(title: "Meter") var meter: MeterOptions
  @Option(help: ArgumentHelp("ideal, typical (the default) or a file.", valueName: "which"))
  var frontEnd: String?
  @Option(help: "Seed of clouds, phases and ripple.")
  var seed: String?
  @Flag(help: "Forget the state of earlier demos first.")
  var fresh = false
  @Flag(help: "Lines instead of the panel, and the result as JSON on the last line.")
  var json = false

  func run() throws {
    let setup = try meter.setup(config: Settings.text(config, "KVADRANT_CONFIG"))
    let speed = try Settings.speed(speed, default: 10)
    let seed = try Settings.seed(seed)
    let folder = try StateDirectory(
      path: Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState())
    if fresh { try folder.forget() }
    let kept = try folder.clock()
    let start = try Settings.start(start, kept: kept, folder: folder, default: Demo.usualStart)
    let interactive = Terminal.isInteractive && !json
    let asked = try Settings.until(until, start: start)
    let end = asked ?? (interactive ? nil : Demo.unattendedEnd(start: start, speed: speed))
    var plan = Demo.Setup(start: start, until: end, speed: speed, seed: seed)
    plan.meter = setup
    plan.frontEnd = try FrontEndChoice.parameters(
      Settings.text(frontEnd, "KVADRANT_FRONT_END"), setup: setup.frontEnd, usual: .typical,
      seed: seed)
    let demo = try Demo(plan, folder: folder)
    let mailbox = Mailbox()
    let signals = PowerCutSignals(mailbox: mailbox)
    let server = try ControlServer(state: folder, mailbox: mailbox)
    defer {
      server.close()
      signals.cancel()
    }
    if !interactive { StandardOutput.line(demo.introduction) }
    let result = try demo.run(
      mailbox: mailbox, interactive: interactive, say: StandardOutput.line)
    try StandardOutput.result(json ? result.json.text : result.report)
    if interactive {
      StandardOutput.line(
        "\nThe registers are kept in \(folder.path); «kvadrant demo» goes on from there.")
    }
  }
}
