import Foundation
import MeterTime
import Testing

@testable import VirtualMeter

@Suite struct ScenarioTests {
  private static let short = """
    title: A short one
    story: The switch opens.
    start: 2026-03-02T10:00:00+01:00
    length: 6s
    preset: cooking
    steps:
      - at: 2s
        expect: {state: connected, contacts: closed, power: 1000..9000}
      - after: 1s
        switch: open
      - after: 1s
        switch: close
        refused: yes
      - at: 5s
        expect: {state: disconnectedByCommand, contacts: open, power: 0, event: switchOpened}
    """

  @Test("the ten scenarios of the program can be read, and their commands are known")
  func shipped() throws {
    #expect(Scenario.names.count == 10)
    for name in Scenario.names {
      let scenario = try Scenario.shipped(name)
      #expect(!scenario.steps.isEmpty && scenario.story.count > 80)
      let expectations = scenario.steps.filter { step in
        if case .expect = step.action { true } else { false }
      }
      #expect(expectations.count >= 3, "\(name)")
    }
  }

  @Test("a scenario that is as its author says passes; its house obeys the switch")
  func passes() throws {
    let outcome = try ScenarioRun.play(try Scenario(yaml: Self.short, name: "short"))
    #expect(outcome.isPassed, "\(outcome.failures)")
    #expect(outcome.transcript.count == 9)
  }

  @Test("a failing run names line and time, and its file plays again to the same end")
  func fails() throws {
    let text = Self.short.replacing("state: disconnectedByCommand", with: "state: released")
    let outcome = try ScenarioRun.play(try Scenario(yaml: text, name: "short"))
    #expect(outcome.failures.count == 1)
    #expect(
      outcome.failures.first == "line 15, 10:00:05: state is disconnectedByCommand, "
        + "expected released")
    let again = try ScenarioRun.play(try Scenario(yaml: outcome.replay, name: "replay"))
    #expect(again.failures == outcome.failures)
    #expect(again.transcript == outcome.transcript)
    #expect(again.scenario.name == "short")
  }

  @Test(
    "what is wrong is told with its line",
    arguments: [
      ("length: 6s", "length: soon", 4), ("preset: cooking", "preset: baking", 5),
      ("at: 5s", "at: 1s", 14), ("switch: open", "switch: ajar", 10),
      ("after: 1s", "after: often", 9), ("contacts: open", "contact: open", 15),
      ("title: A", "titel: A", 1), ("at: 5s", "at: 7s", 15),
    ])
  func wrong(old: String, new: String, line: Int) throws {
    let text = Self.short.replacing(old, with: new, maxReplacements: 1)
    do {
      _ = try Scenario(yaml: text, name: "short")
      Issue.record("accepted")
    } catch {
      #expect(error.line == line, "\(error)")
      #expect(error.status == .configuration)
    }
  }

  @Test("no text makes the reader trap")
  func damaged() {
    let bytes = Array(Self.short.utf8)
    for n in stride(from: 0, to: bytes.count, by: 3) {
      _ = try? Scenario(yaml: String(decoding: bytes.prefix(n), as: UTF8.self), name: "cut")
      var flipped = bytes
      flipped[n] ^= 1 << UInt8(n % 7)
      _ = try? Scenario(yaml: String(decoding: flipped, as: UTF8.self), name: "flipped")
    }
  }

  @Test("a tariff plan is in force at once, and so is its exception day")
  func tariffPlan() throws {
    let text = """
      title: Plans
      story: Two plans, the second with today as exception day.
      start: 2026-03-02T10:00:00+01:00
      length: 6s
      steps:
        - at: 1s
          tariffPlan: {number: 4, working: "00:00=2", exception: "00:00=3"}
        - at: 2s
          expect: {tariff: T2, event: tariffPlanInForce}
        - at: 3s
          tariffPlan: {number: 5, working: "00:00=2", exception: "00:00=3", exceptions: "03-02"}
        - at: 5s
          expect: {tariff: T3}
      """
    let outcome = try ScenarioRun.play(try Scenario(yaml: text, name: "plans"))
    #expect(outcome.isPassed, "\(outcome.failures)")
  }

  @Test("a running meter says what was done to it, and that plays again")
  func recordedFromMeter() throws {
    let start = Instant(seconds: 820_000_000)
    let bench = BenchSource(BenchPreset.named(.cooking).bench)
    let plan = MeterRun.Setup(start: start, until: start + .seconds(6), speed: .infinity)
    var run = try MeterRun(
      setup: plan, source: bench, mailbox: Mailbox(), folder: nil, bench: bench)
    var isDone = false
    _ = try run.run { run in
      guard !isDone, run.now >= start + .seconds(3) else { return }
      isDone = true
      for command: ControlCommand in [
        .supply(.operate(.open)), .supply(.operate(.close)), .verify(nil), .glass,
        .load(.l1, BenchLoadChange(i_A: 3)),
      ] { _ = run.answer(command) }
    }
    guard case .success(let json) = run.answer(.scenario),
      case .object(let members) = json, case .string(let text)? = members.last?.value
    else {
      Issue.record("no scenario")
      return
    }
    let scenario = try Scenario(yaml: text, name: "recorded")
    #expect(scenario.preset == .cooking && scenario.start == start)
    #expect(scenario.steps.count == 3, "what was refused and what only asks is left out")
    #expect(try ScenarioRun.play(scenario).isPassed)
  }

  @Test("a recorded session is a scenario")
  func record() throws {
    let start = Instant(seconds: 820_000_000)
    var record = ScenarioRecord(start: start, preset: .car)
    record.note(.supply(.operate(.open)), at: start + .seconds(5))
    record.note(.magnet(true), at: start + .milliseconds(7200))
    record.note(.status, at: start + .seconds(8))
    let scenario = try Scenario(
      yaml: record.yaml(title: "Mine", until: start + .seconds(10)), name: "mine")
    #expect(scenario.steps.map(\.at) == [.seconds(5), .milliseconds(7200)])
    guard case .command(let command, false) = scenario.steps[0].action else {
      Issue.record("no command")
      return
    }
    #expect(command == .supply(.operate(.open)))
  }
}

@Suite struct SupplyCommandTests {
  @Test("each command is read from what it writes")
  func roundTrip() throws {
    let commands: [SupplyCommand] = [
      .operate(.open), .operate(.release), .operate(.close),
      .topUp(number: 7, amount_Wh: 1500), .credit(20_000), .cover(isOpen: true),
      .module(slot: 1, isPresent: false), .acknowledge, .contact(.l2, .weld),
      .contact(.l3, .flip), .backFeed(true), .output(1, isOn: true), .pulses(0, count: 3),
      .level(1, isOn: false),
      .configure(["basis": 3, "limit_A": 20, "k1": 1.5, "reconnect": 1]),
    ]
    for command in commands {
      let line = ControlCommand.supply(command).line
      #expect(try ControlCommand(line: line) == .supply(command), "\(line)")
    }
  }

  @Test(
    "commands that make no sense are refused",
    arguments: [
      #"{"command":"switch","action":"toggle"}"#, #"{"command":"topUp","number":0,"kWh":1}"#,
      #"{"command":"topUp","number":1,"kWh":0}"#, #"{"command":"topUp","number":1,"kWh":1e99}"#,
      #"{"command":"supply"}"#, #"{"command":"supply","basis":"gold"}"#,
      #"{"command":"supply","volume":11}"#, #"{"command":"contact","phase":4,"act":"weld"}"#,
      #"{"command":"output","output":3,"on":true}"#, #"{"command":"pulses","input":1,"count":-1}"#,
    ])
  func refused(line: String) {
    #expect(throws: Failure.self) { try ControlCommand(line: line) }
  }

  @Test("contacts with faults")
  func contacts() {
    var house = HouseContacts()
    house.act(.weld, on: .l2)
    house.drive(.open)
    #expect(house.closed == [false, true, false])
    #expect(house.loadVoltage(line: 7) == 2 && house.loadVoltage(line: 5) == 0)
    house.act(.flip, on: .l2)
    #expect(house.closed[1], "a welded contact does not move")
    house.act(.free, on: .l2)
    house.act(.flip, on: .l2)
    #expect(house.closed == [false, false, false])
    house.isFedFromBehind = true
    #expect(house.loadVoltage(line: 0) == 7)
    house.drive(.close)
    #expect(house.isClosed)
  }

  @Test("every setting is accepted by a meter at some value")
  func settings() throws {
    #expect(Set(SupplySetting.table.map(\.key)).count == SupplySetting.table.count)
    for setting in SupplySetting.table {
      var setup = MeterSetup()
      setting.write(&setup.supply, &setup.loads, setting.range.upperBound)
      _ = setup.isSupplyValid
      setting.write(&setup.supply, &setup.loads, setting.range.lowerBound)
      _ = setup.isSupplyValid
    }
  }
}
