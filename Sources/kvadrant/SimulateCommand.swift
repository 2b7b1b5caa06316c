import ArgumentParser
import Foundation
import Simulation
import VirtualMeter

/// `kvadrant simulate`: years of meters in the energy model, compared with an oracle.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run years of meters with outages and clock sets, and compare them with an oracle.",
    discussion: """
      kvadrant simulate --years 20              twenty years of one meter
      kvadrant simulate --years 2 --meters 10   two years each of ten meters
      kvadrant simulate --day                   a day of samples against the energy model

      Registers, tariffs, load profile and maxima are worked out a second time, apart from the
      meter. The exit code is 77 where anything differs. The same seed gives the same years.
      """)

  @Option(help: "Years of each meter.")
  var years = 1
  @Option(help: "Number of meters.")
  var meters = 1
  @Option(help: "Seed of everything that happens.")
  var seed: UInt64 = 1
  @Flag(help: "Compare the sample path with the energy model over a day instead.")
  var day = false
  @Flag(help: "The result as one line of JSON.")
  var json = false
  @Flag(help: ArgumentHelp("Lines for a campaign: figure NAME NUMBER.", visibility: .hidden))
  var figures = false

  func validate() throws {
    guard (1...10_000).contains(years) else { throw ValidationError("--years takes 1...10000.") }
    guard (1...1_000_000).contains(meters) else {
      throw ValidationError("--meters takes 1...1000000.")
    }
  }

  func run() throws {
    if day { return try compareDay() }
    let clock = ContinuousClock()
    let began = clock.now
    let report = try SimulationRun.run(years: years, meters: meters, seed: seed)
    let spent = (clock.now - began) / .seconds(1)
    if figures {
      for figure in report.figures {
        print("figure \(figure.name.replacingOccurrences(of: "-", with: "_")) \(figure.value)")
      }
    } else if json {
      tellJSON(report, spent)
    } else {
      for figure in report.figures { print("\(figure.name): \(figure.value)") }
      let perYear =
        JSONValue.rounded(spent / Double(max(report.meterYears, 1)), decimals: 4).text
      print("seed: \(seed)\nseconds per meter-year: \(perYear)")
    }
    for violation in report.violations {
      FileHandle.standardError.write(Data("kvadrant: \(violation)\n".utf8))
    }
    if report.violationCount > 0 { throw ExitCode(ExitStatus.refused.rawValue) }
  }

  private func tellJSON(_ report: SimulationReport, _ spent: Double) {
    var members = report.figures.map { (key: $0.name, value: JSONValue.integer($0.value)) }
    members.append((key: "seed", value: .integer(seed)))
    members.append((key: "seconds", value: .rounded(spent, decimals: 3)))
    members.append((key: "first_violations", value: .array(report.violations.map { .string($0) })))
    print(JSONValue.object(members).text)
  }

  private func compareDay() throws {
    let result = try PathComparison.run(seconds: 86_400, seed: seed)
    print("seconds: \(result.seconds)\nintervals: \(result.intervals)")
    print("largest register: \(result.largest_mWh) mWh")
    print("largest difference of a register: \(result.register_mWh) mWh")
    print("largest difference of an interval: \(result.interval) x 0.1 Wh")
    print("largest difference of a maximum: \(result.maximum_mW) mW")
    print("differences of status, time or count: \(result.mismatches)")
    if !result.agrees { throw ExitCode(ExitStatus.refused.rawValue) }
  }
}
