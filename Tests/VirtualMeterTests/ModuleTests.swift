import Foundation
import LegalMeter
import Meter
import Ports
import Testing

@testable import VirtualMeter

/// Hands in the module area of a running meter.
@Suite("Modules") struct ModuleTests {
  static func events(_ run: inout MeterRun, _ log: EventLogID) -> [String] {
    run.events(limit: 50, before: nil, log: log).map(\.name).reversed()
  }

  /// A module is fitted and taken out while the meter measures: the logs tell it, an alarm is
  /// raised, and neither the legal code's hash nor a register is touched.
  @Test func hotPlug() throws {
    // The display test of the start is over by then.
    var names: [String] = []
    var legal: [String] = []
    var sums: Set<UInt32> = []
    var alarms: [Bool] = []
    let plan = BenchRig.plan([
      (
        12,
        { run in
          sums.insert(run.meter.legal.legalChecksum)
          run.expect(radio: .steady, module: .off)
          let answer = run.answer(.modules(.fit(.article(.wiredMBus), .first)))
          guard case .success(let json) = answer else {
            Issue.record("\(answer)")
            return
          }
          #expect(json["modules"]?["radio"] == .string("off"))
          run.expect(radio: .off, module: .steady)
        }
      ),
      (
        14,
        { run in
          alarms.append(run.meter.legal.alarms.has(.moduleRemoved))
          _ = run.answer(.modules(.remove(.first)))
        }
      ),
      (
        18,
        { run in
          alarms.append(run.meter.legal.alarms.has(.moduleRemoved))
          run.expect(radio: .steady, module: .blink)
          _ = run.answer(.supply(.acknowledge))
        }
      ),
      (
        22,
        { run in
          _ = run.answer(.supply(.acknowledge))
          alarms.append(run.meter.legal.alarms.has(.moduleRemoved))
          run.expect(radio: .steady, module: .off)
          sums.insert(run.meter.legal.legalChecksum)
          names = Self.events(&run, .status)
          legal = Self.events(&run, .legal)
        }
      ),
    ])
    let outcome = try BenchRig.run(BenchPreset.named(.car).bench, seconds: 25, step: plan)
    #expect(outcome.ending == .until)
    #expect(alarms == [false, true, false])
    #expect(sums.count == 1)
    let wanted = ["moduleFitted", "moduleTaken", "tamperBegan", "tamperEnded"]
    #expect(names.filter { wanted.contains($0) } == wanted)
    #expect(legal.filter { $0 == "sealBroken" } == ["sealBroken"])
    // What was measured meanwhile is what is measured without hands in the area.
    let untouched = try BenchRig.run(BenchPreset.named(.car).bench, seconds: 25)
    #expect(outcome.exact == untouched.exact)
  }

  /// The customer fits a secondary module: nothing is broken and nothing alarmed.
  @Test func secondary() throws {
    let plan = BenchRig.plan([
      (
        2,
        { run in
          for command in [
            ModuleCommand.fit(.article(.connection), .second), .cover(.highForSecondary),
          ] {
            _ = run.answer(.modules(command))
          }
          run.meter.legal.restoreSeal(.moduleArea, now: run.now)
          guard case .success = run.answer(.modules(.fit(.customerPort, .secondary))) else {
            Issue.record("the customer's module is refused")
            return
          }
          guard case .failure(let refusal) = run.answer(.modules(.remove(.second))) else {
            Issue.record("the carrier went before what it carries")
            return
          }
          #expect(refusal.status == .refused)
        }
      ),
      (4, { run in _ = run.answer(.modules(.remove(.secondary))) }),
      (
        7,
        { run in
          #expect(!run.meter.legal.isBroken(.moduleArea))
          #expect(!run.meter.legal.alarms.has(.moduleRemoved))
        }
      ),
    ])
    _ = try BenchRig.run(BenchPreset.named(.car).bench, seconds: 8, step: plan)
  }

  /// What is done without supply is noticed when it is back.
  @Test func withoutSupply() throws {
    var names: [String] = []
    let plan = BenchRig.plan([
      (2, { run in _ = run.answer(.mains(false)) }),
      (3, { run in _ = run.answer(.modules(.fit(.article(.gsm), .first))) }),
      (5, { run in _ = run.answer(.mains(true)) }),
      (12, { run in names = Self.events(&run, .status) }),
    ])
    _ = try BenchRig.run(BenchPreset.named(.car).bench, seconds: 14, step: plan)
    #expect(names.filter { $0 == "moduleFitted" }.count == 1)
  }

  @Test(arguments: [
    ModuleCommand.list, .fit(.article(.lon), .second), .fit(.customerPort, .secondary),
    .remove(.first), .cover(.high),
  ])
  func commands(_ command: ModuleCommand) throws {
    let line = ControlCommand.modules(command).line
    #expect(try ControlCommand(line: line) == .modules(command))
  }

  @Test(arguments: [
    #"{"command":"fit","module":"6850002","slot":"1"}"#,
    #"{"command":"fit","module":"5960139","slot":"1"}"#,
    #"{"command":"fit","module":"6850005","slot":"3"}"#, #"{"command":"remove"}"#,
    #"{"command":"moduleCover","cover":"6850005"}"#,
  ])
  func refusedLines(_ line: String) {
    #expect(throws: Failure.self) { try ControlCommand(line: line) }
  }

  @Test func fromTheStart() throws {
    let area = try ModuleArea(parsing: "6850005, 6850053,customer-port", hasRadio: true)
    #expect(area[.first] == .article(.wiredMBus) && area[.second] == .article(.gsm))
    #expect(area[.secondary] == .customerPort && area.cover == .highForSecondary)
    // A secondary module brings what carries it, where there is room.
    let carried = try ModuleArea(parsing: "customer-port", hasRadio: true)
    #expect(carried[.first] == .article(.connection))
    for text in ["6850005,6850021,6850040", "6850005,6850021,customer-port", "1", "5960139"] {
      #expect(throws: Failure.self, "\(text)") { _ = try ModuleArea(parsing: text, hasRadio: true) }
    }
  }

  /// The catalogue and the page of coverage tell the same of each article.
  @Test func catalogueIsThatOfTheCoverage() throws {
    let page = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/COVERAGE.md"), encoding: .utf8)
    for article in Article.allCases {
      let rows = page.split(separator: "\n")
      let row =
        rows.first { $0.contains(article.printedNumber + " |") }
        ?? rows.first { $0.contains(article.printedNumber + ",") }
      let cells = try #require(row, "\(article.printedNumber)").split(separator: "|")
      let state = cells[4].trimmingCharacters(in: .whitespaces)
      #expect(
        state == (article.state == .physical ? "physical only" : article.state.name),
        "\(article.printedNumber)")
    }
    #expect(ModuleCatalogue.lines.count == 33 + 5 + 4)
  }
}

extension MeterRun {
  fileprivate mutating func expect(radio: Lamp, module: Lamp) {
    let glass = shownGlass()
    #expect(glass.lamp(.radio) == radio && glass.lamp(.module1) == module)
  }
}
