import ArgumentParser
import Foundation
import Meter
import MeterTime
import VirtualMeter

/// `kvadrant new`: writes a configuration in which every key is explained.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a commented configuration, or make a meter with a past.",
    discussion: """
      kvadrant new                          kvadrant.yaml with the defaults
      kvadrant new cellar.yaml --type 382Lx2
      kvadrant new -                        to standard output

      A file that is already there is left alone, unless --replace is given.

      kvadrant new house.yaml --history 3y --household family-solar
          also makes house-state: a memory with three years of load profile, billing periods and
          events, and truth.json with what really flowed. The same --seed and --until make the
          same bytes.
      """)

  @Argument(help: "The file to write, or - for standard output.")
  var file = "kvadrant.yaml"
  @OptionGroup var meter: MeterOptions
  @Flag(help: "Write over a file that is already there.")
  var replace = false

  @Option(
    help: ArgumentHelp("A past of so long: 3y, 90d; at most 16y.", valueName: "length"))
  var history: String?
  @Option(
    help: ArgumentHelp(
      "Whose past: family, family-car, family-solar or family-solar-car.", valueName: "name"))
  var household: String?
  @Option(
    help: ArgumentHelp("Minutes of a registration period: 5, 15, 30 or 60.", valueName: "minutes"))
  var interval: String?
  @Option(help: ArgumentHelp("Where the past ends, ISO 8601; now if not given.", valueName: "time"))
  var until: String?
  @Option(help: ArgumentHelp("Chooses clouds, appliances and disturbances.", valueName: "n"))
  var seed: String?
  @Option(
    help: ArgumentHelp(
      "Folder for the meter with a past; FILE-state if not given.", valueName: "folder"))
  var state: String?

  func validate() throws {
    guard history == nil else { return }
    for (name, value) in [
      ("--household", household), ("--interval", interval), ("--until", until),
      ("--state", state),
    ]
    where value != nil {
      throw ValidationError("\(name) belongs to --history.")
    }
  }

  func run() throws {
    let setup = try meter.setup(config: nil)
    let text = ConfigurationTemplate.text(
      identity: setup.identity, type: meter.type.map { _ in TypeString(setup.variant).description },
      number: setup.meterNumber)
    let past = try past(of: setup)
    if file == "-" {
      print(text, terminator: "")
    } else {
      try ConfigurationTemplate.write(text, to: file, replacing: replace)
      print("\(file) is written; see what it makes with: kvadrant check \(file)")
    }
    if let past { try make(past) }
  }

  /// What `--history` asks for, checked before anything is written.
  private func past(of setup: MeterSetup) throws(Failure) -> MeterHistory? {
    guard let history else { return nil }
    guard let past = MeterHistory.Length(history) else {
      throw Failure(
        .usage, what: "--history \(history)", expected: "a length such as 3y or 90d",
        next: "give for example --history 3y")
    }
    let name = household ?? HistoryHousehold.Kind.familySolarCar.rawValue
    guard let kind = HistoryHousehold.Kind(rawValue: name) else {
      throw Failure(
        .usage, what: "--household \(name)",
        expected: HistoryHousehold.Kind.allCases.map(\.rawValue).joined(separator: ", "),
        next: "give one of these names")
    }
    let now = ISOTime.instant(unix: Date().timeIntervalSince1970)
    return try MeterHistory(
      meter: setup, household: kind, seed: try Settings.seed(seed), length: past,
      until: try Settings.instant(until, "KVADRANT_UNTIL", "--until") ?? now,
      interval: try MeterHistory.interval(minutes: interval ?? "15"))
  }

  private var stateFolder: String {
    if let state { return state }
    if file == "-" { return "kvadrant-state" }
    return (file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file) + "-state"
  }

  private func make(_ past: MeterHistory) throws(Failure) {
    let folder = try StateDirectory(path: stateFolder)
    if replace { try folder.forget() }
    let outcome = try past.keep(in: folder)
    var report = FileHandle.standardOutput
    if file == "-" { report = .standardError }
    report.write(Data(outcome.text(of: past, in: folder).utf8))
  }
}
