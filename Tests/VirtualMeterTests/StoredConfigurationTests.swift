import Foundation
import LegalMeter
import Meter
import MeterTime
import Quantities
import Testing

@testable import VirtualMeter

/// Configurations as documents, and in a meter's state directory.
@Suite struct StoredConfigurationTests {
  private let bench = MeterConfiguration.bench

  private func failures(_ document: String) -> [Failure] {
    var configuration = bench
    do throws(ConfigurationFailures) {
      try configuration.take(document: document, name: "x.yaml")
      return []
    } catch {
      #expect(configuration.differences(to: bench).isEmpty)
      return error.failures
    }
  }

  @Test("what is exported is taken back without a difference, as YAML and as JSON")
  func roundTrip() throws {
    var configuration = bench
    configuration.periods = PeriodSettings(length: .minutes5, threshold_mW: 4_250_000)
    configuration.billing.reset = .monthly(day: 31, months: 0b1001)
    configuration.tariffInputs.mode = .four
    configuration.options.energyDigits = .sixOne
    for text in [configuration.yaml, configuration.json.text] {
      var again = bench
      try again.take(document: text, name: "x.yaml")
      #expect(again.differences(to: configuration).isEmpty)
      #expect(again.changes(from: configuration).isEmpty)
    }
    let fields = bench.differences(to: configuration).map(\.path)
    #expect(
      fields == [
        "display.energy-format", "inputs.tariff", "records.period", "records.power-threshold",
        "billing.reset",
      ])
  }

  @Test(
    "errors name the field, its line and what can be written",
    arguments: [
      ("records: {period: \"7\"}", "records.period"),
      ("records: {power-threshold: \"1.1234567\"}", "records.power-threshold"),
      ("display: {manual: [activeImport]}", "display.manual"),
      ("display: {automatic: [nothing]}", "display.automatic"),
      ("billing: {reset: \"monthly 32\"}", "billing.reset"),
      ("billing: {time: \"24:00\"}", "billing.time"),
      ("clock: {zone: \"900\"}", "clock.zone"),
      (
        "clock: {daylight-saving: [\"2026-10-25T01:00:00Z/2026-03-29T01:00:00Z\"]}",
        "clock.daylight-saving"
      ),
      ("meter: {type: \"KVD-382Lx2-5(85)-3x230/400-A5BDI\"}", "meter.type"),
      ("meter: {number: \"123456789\"}", "meter.number"),
      ("records: {perod: \"15\"}", "records.perod"),
    ])
  func wrong(document: String, field: String) {
    let found = failures("format: 1\n" + document)
    #expect(found.count == 1 && found[0].what.contains(field) && found[0].line == 2)
    #expect(found.first?.status == .configuration)
  }

  @Test("a document that is none is refused, and so is an alias")
  func noDocument() {
    #expect(!failures("[1, 2]").isEmpty)
    #expect(!failures("a: &x {}\nb: *x").isEmpty)
    #expect(!failures("format: 2").isEmpty)
    #expect(failures("").count == 1)
  }

  @Test("every preset can be applied, and says something")
  func presets() throws {
    for preset in ConfigurationPreset.catalogue {
      var configuration = bench
      try preset.apply(to: &configuration)
      #expect(!preset.what.isEmpty)
    }
    #expect(throws: Failure.self) { try ConfigurationPreset.named("nothing") }
  }

  @Test("a configuration goes into a state directory and is read from there")
  func importing() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kvadrant-config-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try makeState(folder)
    let text = "records: {period: \"60\"}\nclock: {daylight-saving: \"off\"}"
    let changed = try ConfigurationChange.importing(
      text, name: "x.yaml", into: folder, through: .optical)
    #expect(changed.map(\.path) == ["clock.daylight-saving", "records.period"])
    let again = try ConfigurationChange.importing(
      text, name: "x.yaml", into: folder, through: .optical)
    #expect(again.isEmpty)
    let stored = try StoredMeter(state: folder)
    let minutes = stored.configuration.periods.length.minutes
    let layout = stored.profileLayout.minutes
    #expect(minutes == 60 && layout == 60)
    // What is wired in the module area is behind its seal at the front.
    #expect(throws: Failure.self) {
      try ConfigurationChange.importing(
        "inputs: {tariff: \"two\"}", name: "x.yaml", into: folder, through: .optical)
    }
    let inputs = try ConfigurationChange.importing(
      "inputs: {tariff: \"two\"}", name: "x.yaml", into: folder, through: .module)
    #expect(inputs.map(\.new) == ["two"])
  }

  /// A meter that has run once on a folder.
  private func makeState(_ folder: String) throws {
    let directory = try StateDirectory(path: folder)
    var memory = try MeterMemory(directory)
    var meter = Meter(.bench, .bench)
    let now = Instant(seconds: 848_000_000)
    _ = try meter.start(now: now, memory: &memory)
    for _ in 0..<64 where !meter.service(now: now, memory: &memory) {}
    directory.keep(clock: now)
  }

  @Test("recurrences read back as they are written")
  func recurrences() {
    let all: [Recurrence] = [
      .never, .days(1), .days(366), .weekly(.sunday), .monthly(day: 1),
      .monthly(day: 31, months: 0b1000_0000_0001),
    ]
    for recurrence in all { #expect(Recurrence(text: recurrence.text) == recurrence) }
    for text in ["", "days 0", "days", "weekly someday", "monthly 0", "monthly 1 13", "yearly 1"] {
      #expect(Recurrence(text: text) == nil)
    }
  }

  @Test("tables have a cell for every column, and JSON has null where a value is missing")
  func tables() {
    let table = RecordTable(
      columns: [.init(name: "end", isNumber: false), .init(name: "1.8.0", isNumber: true)],
      rows: [["a", "1.5"], ["b", ""]])
    #expect(table.csv == "end,1.8.0\r\na,1.5\r\nb,\r\n")
    #expect(table.json.text == #"[{"end":"a","1.8.0":1.5},{"end":"b","1.8.0":null}]"#)
    #expect(table.text == "end  1.8.0\na      1.5\nb")
  }
}
