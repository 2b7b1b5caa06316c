import ArgumentParser
import VirtualMeter

/// `kvadrant line`: what the meter's lines stand.
struct LineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "line", abstract: "Test the protocols of the ports on bad lines.",
    subcommands: [Torture.self])

  /// `kvadrant line torture`: sessions over lines that damage what passes.
  struct Torture: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "torture", abstract: "Hold sessions over lines with noise and cuts.",
      discussion: """
        Readouts and programming by IEC 62056-21, KMP and wired M-Bus, at bit error rates from 1 in
        100 to 1 in 100,000. No value that a reader is given may be wrong, and after each session
        one over a good line has to give everything.

        kvadrant line torture --sessions 1000 --seed 7
        """)

    @Option(help: "Sessions of each protocol and rate.")
    var sessions = 200
    @Option(help: "Seed.")
    var seed: UInt64 = 1
    @Flag(help: "Print figures for a campaign.")
    var figures = false

    func run() throws {
      guard sessions > 0 else {
        throw Failure(
          .usage, what: "--sessions \(sessions)", expected: "a number above 0",
          next: "give for example --sessions 200")
      }
      var all = LineTorture.Report()
      for language in LineTorture.Language.allCases {
        for rate in LineTorture.rates {
          var torture = LineTorture(language, seed: seed)
          let report = torture.run(sessions: sessions, errorRate: rate)
          all.add(report)
          if !figures { StandardOutput.line(report.text(language, rate)) }
        }
      }
      if figures { StandardOutput.line(all.figures) }
      guard all.wrong == 0, all.stuck == 0 else {
        throw Failure(
          .badData,
          what: "\(all.wrong) wrong values and \(all.stuck) stuck ports with seed \(seed)",
          expected: "none", next: "run it again with this seed: the same will happen")
      }
    }
  }
}
