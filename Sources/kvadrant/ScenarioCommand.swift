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
        kvadrant scenario record mine.yaml --length 10m < commands

        Reads lines such as «30s {"command":"switch","action":"open"}» from standard input: a time
        after the start and a command as on the control socket.
        """)

    @Argument(help: "The file to write.") var file: String
    @Option(help: "What the scenario is called.") var title = "A recorded session"

    func run() throws {
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
      let text = record.yaml(title: title, until: end)
      _ = try Scenario(yaml: text, name: "recorded")
      guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8)) else {
        throw Failure(
          .disk, file: file, what: "the file cannot be written", expected: "a folder to write to",
          next: "name another file")
      }
      print("written: \(file)")
    }
  }
}
