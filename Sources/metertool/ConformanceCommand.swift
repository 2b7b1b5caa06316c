import ArgumentParser
import Conformance
import Foundation
import MeterClient

struct ConformanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance", abstract: "Test a DLMS meter by numbered tests.",
    discussion: """
      The public client 16 is tested, the reading client 2 where a password is given, the management
      client 1 where keys are given. Values stay as they are; wrong passwords are tried.
      The exit code is 76 where a test fails.
      """)

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "Numbers of tests or of groups, such as 301,400.") var only: String?
  @Option(help: "Write a page to this file.", completion: .file()) var html: String?
  @Flag(help: "Only list the tests.") var list = false

  func run() async throws {
    if list {
      for test in ConformanceSuite.tests {
        print("\(test.number)  \(test.title)  [\(test.clause)]")
      }
      return
    }
    let chosen = try (only?.split(separator: ",") ?? []).map { part in
      guard let number = Int(part) else {
        throw ValidationError("«\(part)» is no number of a test")
      }
      return number
    }
    let url = try options.address()
    let suite = try await ConformanceSuite(url, options.keys.credentials())
    let progress = ProgressLine(what: "")
    let results = await suite.run(chosen) { progress.show($0.test.number) }
    progress.end()
    let report = ConformanceReport(meter: "\(url)", results: results)
    print(output.json ? try report.json() : report.text)
    if let html { try Data(report.html.utf8).write(to: URL(fileURLWithPath: html)) }
    if report.failures > 0 { throw ExitCode(MeterError.Kind.protocolError.rawValue) }
  }
}
