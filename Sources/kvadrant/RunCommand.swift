import ArgumentParser
import Foundation
import VirtualMeter
import Waveforms

/// `kvadrant run`: measures what a source delivers and prints the result.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure recorded, generated or live samples.",
    discussion: """
      kvadrant run --wav kettle.wav --scale 0.06325,0.02411
      kvadrant run --wav tv.wav --phases 3 --json
      kvadrant run --power day.csv --speed max --state house --json
      kvadrant run --generate --current 5,10,0 --angle 60 --until 60s --speed max

      kvadrant run --generate --until 1h --web 8382   with the front panel in the browser

      SIGTERM, Ctrl-C and «kvadrant fault plug» are a power cut without flush; the result is
      printed and the exit code is 0.
      """)

  @OptionGroup(title: "Input") var input: SourceOptions
  @Option(help: ArgumentHelp("Simulated per real second, or max.", valueName: "n|max"))
  var speed: String?
  @Option(help: ArgumentHelp("When to stop: ISO 8601 time, or a length such as 90s, 1h, 2d."))
  var until: String?
  @Option(help: ArgumentHelp("What the meter's clock shows at the start.", valueName: "time"))
  var start: String?
  @Option(help: ArgumentHelp("Folder for memory, clock and control socket.", valueName: "dir"))
  var state: String?
  @Option(help: ArgumentHelp("Configuration, YAML.", valueName: "file"))
  var config: String?
  @Option(help: "Seed of everything random.")
  var seed: String?
  @OptionGroup(title: "Meter") var meter: MeterOptions
  @OptionGroup(title: "Ports") var ports: PortOptions
  @Option(help: ArgumentHelp("ideal, typical or a file.", valueName: "which"))
  var frontEnd: String?
  @Flag(help: "Print the result as JSON on the last line.")
  var json = false

  func run() throws {
    var configured = try meter.setup(
      config: Settings.text(config, "KVADRANT_CONFIG"), more: input.flags)
    configured.modules = try ports.area(configured)
    let setup = configured
    let speed = try Settings.speed(speed, default: input.stdin ? .infinity : 1)
    let seed = try Settings.seed(seed)
    let folder = try Settings.text(state, "KVADRANT_STATE").map { try StateDirectory(path: $0) }
    // A state whose clock was set ahead of real time goes on from there.
    let now = ISOTime.instant(unix: Date().timeIntervalSince1970)
    let kept = try folder?.clock()
    let start = try Settings.start(
      start, kept: kept.map { max(now, $0) }, folder: folder,
      default: setup.clock.start ?? now)
    let until = try Settings.until(until, start: start)
    let mailbox = Mailbox()
    let signals = PowerCutSignals(mailbox: mailbox)
    let server = try folder.map { try ControlServer(state: $0, mailbox: mailbox) }
    defer {
      server?.close()
      signals.cancel()
    }
    var plan = MeterRun.Setup(meter: setup, start: start, until: until, speed: speed)
    plan.isLive = input.stdin
    plan.frontEnd = try FrontEndChoice.parameters(
      Settings.text(frontEnd, "KVADRANT_FRONT_END"), setup: setup.frontEnd, usual: .ideal,
      seed: seed)
    let (choice, isBounded) = (input.choice, until != nil || speed.isFinite)
    let source = MeterService.Source.other(name: choice.name) { () throws(Failure) in
      try choice.source(setup: setup, seed: seed, isBounded: isBounded)
    }
    let service = MeterService(
      MeterService.Setup(run: plan, source: source, folder: folder), mailbox: mailbox)
    let open = try ports.open(service: service, setup: setup, folder: folder)
    defer { open?.close() }
    try service.start()
    if let open {
      for line in json ? [open.json] : open.lines { StandardOutput.line(line) }
    }
    let result = try service.wait()
    try StandardOutput.result(json ? result.json.text : result.report)
  }
}
