import ArgumentParser
import Foundation
import Meter
import MeterTime
import VirtualMeter

/// How a table is printed.
struct TableOptions: ParsableArguments {
  @Flag(help: "RFC 4180.") var csv = false
  @Flag(help: "JSON.") var json = false

  func print(_ table: RecordTable) {
    let text = json ? table.json.text + "\n" : csv ? table.csv : table.text + "\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}

/// `kvadrant profile`: the load profile of a meter.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Print the load profile of a meter.",
    discussion: """
      kvadrant profile --state house --from 2026-01-01 --to 2026-02-01 --csv

      Each row is an interval, stamped with its end in local time. Values are the energy of the
      interval, with --absolute the registers at its end; kWh and kvarh. Status: P power down, A
      clock adjusted, D daylight saving, N not valid, C clock invalid, E error.
      """)
  @OptionGroup var meter: ConfigCommand.StateOptions
  @Option(help: "First time, ISO 8601.") var from: String?
  @Option(help: "Time behind the last, ISO 8601.") var to: String?
  @Flag(help: "Registers at the end of each interval.") var absolute = false
  @OptionGroup var table: TableOptions

  func run() throws {
    let stored = try StoredMeter(state: meter.path)
    let rows = stored.intervals(
      from: try Self.instant(from, "--from"), until: try Self.instant(to, "--to"),
      withTotals: absolute)
    table.print(
      .profile(
        rows, type: stored.configuration.variant.energyType, zone: stored.zone,
        isAbsolute: absolute))
  }

  private static func instant(_ text: String?, _ option: String) throws(Failure) -> Instant? {
    guard let text else { return nil }
    if let instant = ISOTime.instant(text) ?? ISOTime.instant(text + "T00:00:00Z") {
      return instant
    }
    throw Failure(
      .usage, what: "\(option) \(text)", expected: "an ISO 8601 time from the year 2000 on",
      next: "give for example \(option) 2026-01-01T00:00:00+01:00")
  }
}

/// `kvadrant billing`: closed billing periods and the second logger of a meter.
struct BillingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "billing", abstract: "Print the billing periods of a meter.",
    discussion: """
      kvadrant billing --state house
      kvadrant billing --state house --second --csv     the second logger

      The newest comes first. kWh and kvarh as registers stood, kW and kvar of the maxima.
      """)
  @OptionGroup var meter: ConfigCommand.StateOptions
  @Flag(help: "The second logger instead.") var second = false
  @OptionGroup var table: TableOptions

  func run() throws {
    let stored = try StoredMeter(state: meter.path)
    let type = stored.configuration.variant.energyType
    table.print(
      second
        ? .secondLogger(stored.secondLoggerRecords, type: type, zone: stored.zone)
        : .billing(stored.billingRecords, type: type, zone: stored.zone))
  }
}
