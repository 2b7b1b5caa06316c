import ArgumentParser
import Foundation
import VirtualMeter

/// `kvadrant memory`: what lies in the permanent memory, and what it withstands.
struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Look into a permanent memory, or put one to the torture.",
    discussion: """
      kvadrant memory torture --cuts 1000000 --seed 1    a million power cuts, from a seed
      kvadrant memory verify house                       is everything in this state intact?
      kvadrant memory wear house                         how long will it last?
      kvadrant memory dump house                         what is in it?
      """,
    subcommands: [Dump.self, Verify.self, Wear.self, TortureCommand.self])

  /// A memory that is only looked at.
  struct Source: ParsableArguments {
    @Argument(help: "State directory or memory file (default: the state of the demo).")
    var path: String?
    @Flag(help: "One line of JSON.")
    var json = false

    func image() throws(Failure) -> MemoryImage {
      try MemoryImage(
        path: path ?? Settings.text(nil, "KVADRANT_STATE") ?? Settings.demoState())
    }
  }

  /// `kvadrant memory dump`.
  struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what is stored: registers, records, events.")
    @OptionGroup var source: Source

    func run() throws {
      let image = try source.image()
      try StandardOutput.result(source.json ? image.dump.text : image.dumpText)
    }
  }

  /// `kvadrant memory verify`.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every record; exit code 65 when a start would not find its registers.",
      discussion: """
        Nothing is changed. One damaged record is what an ordinary power cut leaves; the meter
        passes over it.
        """)
    @OptionGroup var source: Source

    func run() throws {
      let image = try source.image()
      try StandardOutput.result(source.json ? image.verification.text : image.verificationText)
      if let failure = image.failure { throw failure }
    }
  }

  /// `kvadrant memory wear`.
  struct Wear: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Estimate the programs of each region so far, and the life that is left.",
      discussion: """
        Sequence numbers tell how often each region has been programmed, the hour counter how long
        the meter has run. The life is that of the journal at the mean load so far.
        """)
    @OptionGroup var source: Source
    @Option(help: "Programs that a page takes: 1200000 at 85 °C, 4000000 at 25 °C.")
    var cycles = 1_200_000

    func run() throws {
      guard cycles > 0 else {
        throw Failure(
          .usage, what: "--cycles is \(cycles)", expected: "a number above 0",
          next: "leave it out for 1200000")
      }
      let wear = try source.image().wear(cycles: cycles)
      try StandardOutput.result(source.json ? wear.json.text : wear.text)
    }
  }

  /// `kvadrant memory torture`.
  struct TortureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "torture", abstract: "Cut the supply a million times and check every promise.",
      discussion: """
        The same seed gives the same cuts, the same faults and the same result. Exit code 65 when a
        promise is broken; the message then names seed and place.
        """)
    @Option(help: "Power cuts.")
    var cuts = 1_000_000
    @Option(help: "Seed.")
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("random, exhaustive, flips or life.", valueName: "kind"))
    var kind = "random"
    @Option(help: "Only this store, such as registers or meter.")
    var script: String?
    @Flag(help: "Every tear shape at every byte, in the exhaustive kind.")
    var allShapes = false
    @Option(help: "Programs that a page takes, in the kind life.")
    var cycles = 1_200_000
    @Option(help: "Programs for which one counts, in the kind life.")
    var ageing = 400
    @Flag(help: "One line of JSON.")
    var json = false

    func run() throws {
      guard cuts > 0, cycles > 0, ageing > 0, cycles / ageing >= 20 else {
        throw Failure(
          .usage, what: "a number is out of its range",
          expected: "cuts, cycles and ageing above 0, at least 20 x ageing cycles",
          next: "see kvadrant memory torture --help")
      }
      if kind == "life" { return try life() }
      guard let kind = MemoryTorture.Kind(rawValue: kind) else {
        throw Failure(
          .usage, what: "no torture is called \(kind)",
          expected: "random, exhaustive, flips or life", next: "leave --kind out for random")
      }
      var torture = MemoryTorture(kind: kind, cuts: cuts, seed: seed)
      torture.script = script
      torture.allShapes = allShapes
      let report = try torture.run()
      try StandardOutput.result(
        json ? report.json.text : "seed             \(seed)\n\(report.text)")
      guard report.violationCount == 0 else {
        throw Failure(
          .badData, what: "\(report.violationCount) promises were broken with seed \(seed)",
          expected: "none", next: "run it again with this seed: the same will happen")
      }
    }

    private func life() throws {
      let life = MemoryLife(cycles: UInt32(cycles), ageing: UInt32(ageing), seed: seed).run()
      try StandardOutput.result(json ? life.json.text : life.text)
      guard life.isGood else {
        throw Failure(
          .badData, what: "the memory did not live as long as it should",
          expected: "95 % of its theoretical life and an error that shows",
          next: "run it again with this seed: the same will happen")
      }
    }
  }
}
