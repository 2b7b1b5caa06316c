import ArgumentParser
import Foundation
import MeterTime
import VirtualMeter

/// `kvadrant scenario`: scripted days with what is to be expected.
struct ScenarioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenario", abstract: "Play a scripted day and check what the meter does.",
    subcommands: [Run.self, List.self, Record.self])

  /// `kvadrant scenario list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "The scenarios of the program.")

    func run() throws {
      for name in Scenario.names {
        let scenario = try Scenario.shipped(name)
        print(name.padding(toLength: 24, withPad: " ", startingAt: 0) + scenario.title)
      }
    }
  }

  /// `kvadrant scenario run`.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Play scenarios; the exit code is 65 if one fails.",
      discussion: """
        kvadrant scenario run smart-disconnect      one of the program
        kvadrant scenario run mine.yaml             your own, or the file of a failed run
        kvadrant scenario run --all                 all of the program

        A failing run writes one file with seed, scenario, configuration and transcript, which can
        be played again.
        """)

    @Argument(help: "Names or files.") var scenarios: [String] = []
    @Flag(help: "All scenarios of the program.") var all = false
    @Flag(help: "Say each step.") var verbose = false
    @Option(help: ArgumentHelp("Where files of failed runs go.", valueName: "dir"))
    var failures = "."

    func validate() throws {
      if all == scenarios.isEmpty { return }
      throw ValidationError("Name scenarios, or say --all.")
    }

    func run() throws {
      var failed = 0
      for name in all ? Scenario.names : scenarios {
        let outcome = try ScenarioRun.play(try Scenario.found(name))
        let mark = outcome.isPassed ? "ok    " : "FAILED"
        print("\(mark) \(outcome.scenario.name): \(outcome.scenario.title)")
        if verbose || !outcome.isPassed {
          for line in outcome.transcript { print("       \(line)") }
        }
        guard !outcome.isPassed else { continue }
        failed += 1
        for line in outcome.failures { print("       \(line)") }
        try write(outcome)
      }
      guard failed > 0 else { return }
      throw Failure(
        .badData, what: "\(failed) of the scenarios failed", expected: "all as their authors say",
        next: "play the written file again with kvadrant scenario run --verbose FILE")
    }

    private func write(_ outcome: ScenarioRun.Outcome) throws {
      let path = failures + "/\(outcome.scenario.name).failed.yaml"
      guard FileManager.default.createFile(atPath: path, contents: Data(outcome.replay.utf8)) else {
        throw Failure(
          .disk, file: path, what: "the file cannot be written", expected: "a folder to write to",
          next: "name one with --failures")
      }
      print("       written: \(path)")
    }
  }

  /// `kvadrant scenario record`.
  struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "record", abstract: "Write a session on a bench down as a scenario.",
      discussion: """
        kvadrant scenario record mine.yaml                    what was done to the demo so far
        kvadrant scenario record mine.yaml --state house      to the meter on the folder «house»
        kvadrant scenario record mine.yaml --commands < list  what a list says

        A running meter keeps the commands of panel and socket with their times. A list has lines
        such as «30s {"command":"switch","action":"open"}»: a time after the start and a command.
        What is to be expected is for you to add; the scenario plays on a new meter.
        """)

    @Argument(help: "The file to write.") var file: String
    @Option(help: "State directory of the running meter (default: that of the demo).")
    var state: String?
    @Flag(help: "Read commands with their times from standard input.") var commands = false

    func run() throws {
      let text = commands ? try listed() : try recorded()
      _ = try Scenario(yaml: text, name: "recorded")
      guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8)) else {
        throw Failure(
          .disk, file: file, what: "the file cannot be written", expected: "a folder to write to",
          next: "name another file")
      }
      print("written: \(file)")
    }

    private func recorded() throws -> String {
      struct Answer: Decodable { var scenario: String?, error: String? }
      let folder = Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState()
      let line = try ControlClient.send(.scenario, state: folder)
      let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8))
      guard let text = answer?.scenario else {
        throw Failure(
          .refused, file: folder, what: answer?.error ?? "the meter gave no scenario",
          expected: "a running meter on a bench", next: "start kvadrant demo")
      }
      return text
    }

    private func listed() throws -> String {
      let start = Instant(seconds: 820_000_000)
      var record = ScenarioRecord(start: start, preset: .emptyHouse)
      var end = start
      var number = 0
      while let line = readLine() {
        number += 1
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, let after = ISOTime.duration(parts[0]) else {
          throw Failure(
            .badData, file: "standard input", line: number, what: "no time and command",
            expected: "a line such as «30s {…}»", next: "correct the line")
        }
        end = max(end, start + after)
        record.note(try ControlCommand(line: parts[1]), at: start + after)
      }
      return record.yaml(title: "A recorded session", until: end)
    }
  }
}
