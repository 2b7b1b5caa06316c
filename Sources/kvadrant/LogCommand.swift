import ArgumentParser
import Foundation
import Meter
import MeterTime
import VirtualMeter

/// `kvadrant log`: what the event logs hold.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print the event logs, newest first, in standard time.",
    discussion: """
      Nothing is changed, and the meter may be running.

      kvadrant log                          all logs of the demo's meter
      kvadrant log house --log voltage      one log of the meter in the folder house
      kvadrant log house --csv > events.csv
      """)

  @Argument(help: "State directory or memory file (default: the state of the demo).")
  var path: String?
  @Option(help: ArgumentHelp("State directory, as in other commands.", valueName: "dir"))
  var state: String?
  @Option(
    help: ArgumentHelp(
      "Only this log, such as voltage or legal.",
      valueName: "name"))
  var log: String?
  @Option(help: ArgumentHelp("No event before this time.", valueName: "ISO-time"))
  var from: String?
  @Option(help: ArgumentHelp("No event at or after this time.", valueName: "ISO-time"))
  var to: String?
  @Flag(help: "A line of JSON for each event.")
  var json = false
  @Flag(help: "Comma-separated values with a head.")
  var csv = false

  func run() throws {
    let image = try MemoryImage(
      path: path ?? Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState())
    let rows = try image.events(
      logNamed: log, from: try instant(from, "--from") ?? Instant(ticks: .min),
      to: try instant(to, "--to") ?? Instant(ticks: .max))
    try StandardOutput.result(text(rows))
  }

  private func text(_ rows: [EventRow]) -> String {
    if json { return rows.map(\.detailedJSON.text).joined(separator: "\n") }
    if csv {
      return ([EventRow.columns] + rows.map(\.cells)).map { $0.joined(separator: ",") }
        .joined(separator: "\n")
    }
    if rows.isEmpty { return "no events" }
    return rows.map { row in
      "\(row.time)  \("\(row.log)".padded(13))  \(String(row.number).padded(6))  "
        + "\(row.name.padded(20))  \(row.parameter)"
    }.joined(separator: "\n")
  }

  private func instant(_ text: String?, _ name: String) throws(Failure) -> Instant? {
    guard let text else { return nil }
    if let found = ISOTime.instant(text) { return found }
    throw Failure(
      .usage, what: "\(name) is «\(text)»", expected: "a time such as 2026-11-22T18:00:00Z",
      next: "correct it or leave it out")
  }
}

/// `kvadrant voltage-quality`: the week of EN 50160.
struct VoltageQualityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "voltage-quality", abstract: "Judge the supply by EN 50160, week by week.",
    discussion: """
      The meter keeps the running week and the last one that is over. Nothing is changed.

      kvadrant voltage-quality              the running week of the demo's meter
      kvadrant voltage-quality house --last --json
      """)

  @Argument(help: "State directory or memory file (default: the state of the demo).")
  var path: String?
  @Option(help: ArgumentHelp("State directory, as in other commands.", valueName: "dir"))
  var state: String?
  @Flag(help: "The last week that is over, instead of the running one.")
  var last = false
  @Flag(help: "One line of JSON.")
  var json = false

  func run() throws {
    let image = try MemoryImage(
      path: path ?? Settings.text(state, "KVADRANT_STATE") ?? Settings.demoState())
    guard let report = image.voltageQuality(last ? .last : .running) else {
      throw Failure(
        .tryAgain, file: image.path, what: "no week is over yet",
        expected: "a meter that has run past a Monday", next: "ask for the running week")
    }
    try StandardOutput.result(json ? report.json.text : report.text)
  }
}

extension String {
  /// At least so many characters, blanks behind.
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
