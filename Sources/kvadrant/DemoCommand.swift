import ArgumentParser
import Foundation
import MeterTime
import VirtualMeter

/// `kvadrant demo`: a meter with its front panel in the browser and its glass in the terminal.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run a meter with its front panel.",
    discussion: """
      kvadrant demo                     a bench, the panel in the browser, the glass here
      kvadrant demo --web 9000          the panel on this port
      kvadrant demo --no-web            a household year, only here
      kvadrant demo --no-web | cat      as lines, ends by itself after 20 s
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
  @OptionGroup(title: "Ports") var ports: PortOptions
  @Flag(help: "No panel: the household year in the terminal.")
  var noWeb = false
  @Flag(help: "Forget the state of earlier demos first.")
  var fresh = false
  @Flag(help: "No glass here: the ports as JSON on the first line, the result on the last.")
  var json = false

  func run() throws {
    var setup = try meter.setup(config: Settings.text(config, "KVADRANT_CONFIG"))
    setup.modules = try ports.area(setup)
    let speed = try Settings.speed(speed, default: noWeb ? 10 : 1)
    let seed = try Settings.seed(seed)
    if noWeb, ports.areAskedFor {
      throw Failure(
        .usage, what: "--no-web and a port", expected: "one of the two", next: "leave out one")
    }
    let folder = try StateDirectory(
      path: Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState())
    if fresh { try folder.forget() }
    let start = try start(folder)
    let interactive = Terminal.isInteractive && !json
    let asked = try Settings.until(until, start: start)
    let end =
      asked
      ?? (interactive || !noWeb ? nil : Demo.unattendedEnd(start: start, speed: speed))
    var plan = Demo.Setup(start: start, until: end, speed: speed, seed: seed)
    plan.meter = setup
    plan.scene = noWeb ? .household : .bench
    plan.frontEnd = try FrontEndChoice.parameters(
      Settings.text(frontEnd, "KVADRANT_FRONT_END"), setup: setup.frontEnd, usual: .typical,
      seed: seed)
    try run(Demo(plan, folder: folder), setup, folder, interactive: interactive)
  }

  /// What the meter's clock shows: the household plays its year, the bench is now.
  private func start(_ folder: StateDirectory) throws(Failure) -> Instant {
    let kept = try folder.clock()
    if noWeb {
      return try Settings.start(start, kept: kept, folder: folder, default: Demo.usualStart)
    }
    let now = ISOTime.instant(unix: Date().timeIntervalSince1970)
    return try Settings.start(
      start, kept: kept.map { max(now, $0) }, folder: folder, default: now)
  }

  private func run(
    _ demo: Demo, _ setup: MeterSetup, _ folder: StateDirectory, interactive: Bool
  ) throws(Failure) {
    var demo = demo
    let mailbox = Mailbox()
    let json = json
    let view = demo.view(mailbox: mailbox, interactive: interactive) { line in
      json || StandardOutput.line(line)
    }
    let service = demo.service(mailbox: mailbox, watch: view.watch)
    let open =
      try noWeb
      ? nil
      : ports.open(
        service: service, setup: setup, folder: folder, usual: PortOptions.usualWeb)
    defer { open?.close() }
    let signals = PowerCutSignals(mailbox: mailbox)
    let server = try ControlServer(state: folder, mailbox: mailbox)
    defer {
      server.close()
      signals.cancel()
    }
    demo.address = open?.address
    if let address = open?.address { view.show(address: address) }
    if json, let open { StandardOutput.line(open.json) }
    if !interactive, !json { StandardOutput.line(demo.introduction) }
    let result = try view.run(service)
    try StandardOutput.result(json ? result.json.text : result.report)
    if interactive {
      StandardOutput.line(
        "\nThe registers are kept in \(folder.path); «kvadrant demo» goes on from there.")
    }
  }
}
