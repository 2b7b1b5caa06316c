import ArgumentParser
import Foundation
import MBus
import VirtualMeter

/// `kvadrant wmbus`: the receiving side of the radio module.
struct WirelessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wmbus", abstract: "Receive wireless M-Bus.",
    subcommands: [WirelessReceiveCommand.self])
}

/// `kvadrant wmbus receive`: opens telegrams, tells them as JSON, stores each reading once.
struct WirelessReceiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receive", abstract: "Open telegrams and store what is new.",
    discussion: """
      kvadrant wmbus receive radio.log --test-key
      kvadrant wmbus receive tcp://127.0.0.1:9000 --key-file keys --store readings.jsonl

      A line of JSON for each telegram, with fresh, stale or refused; the last line counts them. \
      Fresh telegrams are added to the store, and STORE.seen remembers what was heard of each meter.
      """)

  @Argument(help: "A radio log, - for standard input, or tcp://ADDRESS:PORT.")
  var source = "-"
  @Option(
    help: ArgumentHelp(
      "Keys: lines of KEY or NUMBER KEY; else KVADRANT_WMBUS_KEY.", valueName: "file"))
  var keyFile: String?
  @Flag(help: "Use the TEST key, which everybody knows.")
  var testKey = false
  @Flag(help: "Take telegrams in clear although there is a key.")
  var acceptClear = false
  @Option(help: ArgumentHelp("Frame format where none is told: a or b.", valueName: "format"))
  var format: String?
  @Option(help: ArgumentHelp("Add fresh telegrams to this file.", valueName: "file"))
  var store: String?
  @Option(help: ArgumentHelp("Stop after so many telegrams.", valueName: "n"))
  var count: Int?

  func run() throws {
    let keys = try RadioOptions.keys(file: keyFile) ?? (testKey ? .TEST : RadioKeys())
    let format: WirelessFormat =
      try RadioOptions.choice(format, "--format", [("a", .a), ("b", .b)]) ?? .b
    var source = try RadioSource(source, format: format)
    var receiver = try WirelessReceiver(keys: keys, acceptsClear: acceptClear, store: store)
    var left = count ?? .max
    while left > 0, let line = source.next() {
      left -= 1
      guard StandardOutput.line(try receiver.receive(line).json) else { break }
    }
    let counts = receiver.counts
    try StandardOutput.result(
      JSONValue.object([
        ("fresh", .integer(counts.fresh)), ("stale", .integer(counts.stale)),
        ("refused", .integer(counts.refused)), ("noise", .integer(source.noise)),
      ]).text)
  }
}
