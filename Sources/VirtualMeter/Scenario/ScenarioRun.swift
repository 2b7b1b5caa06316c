import Foundation
import LegalMeter
import Meter
import MeterTime
import Quantities

/// Plays a scenario on a bench and keeps what happened.
public struct ScenarioRun: Sendable {
  /// How it went.
  public struct Outcome: Sendable {
    public var scenario: Scenario
    /// One line for each step, with its time.
    public var transcript: [String]
    /// What was not as expected.
    public var failures: [String]
    /// Simulated seconds per real second.
    public var speed: Double
    public var isPassed: Bool { failures.isEmpty }

    /// A file that `kvadrant scenario run` plays again: the scenario with its seed and settings,
    /// and what happened.
    public var replay: String {
      func block(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
          .joined(separator: "\n")
      }
      let settings = scenario.settings.sorted { $0.key < $1.key }
        .map { "  \($0.key): \($0.value)" }.joined(separator: "\n")
      return """
        # A scenario that failed. Play it again with: kvadrant scenario run THIS-FILE
        name: \(scenario.name)
        seed: \(scenario.seed)
        configuration:
        \(settings.isEmpty ? "  none: 0" : settings)
        failures: |-
        \(block(failures.joined(separator: "\n")))
        transcript: |-
        \(block(transcript.joined(separator: "\n")))
        scenario: |-
        \(block(scenario.source))

        """
    }
  }

  private let scenario: Scenario
  private var next = 0
  private var transcript: [String] = []
  private var failures: [String] = []

  private init(_ scenario: Scenario) { self.scenario = scenario }

  /// Plays a scenario to its end.
  ///
  /// - Throws: where the meter cannot be started.
  public static func play(_ scenario: Scenario) throws(Failure) -> Outcome {
    var setup = MeterSetup()
    if !scenario.hasSwitch {
      var request = setup.variant.request
      request.hasSwitch = false
      request.hardware = nil
      if let variant = try? MeterVariant(request) { setup.variant = variant }
    }
    for (key, value) in scenario.settings {
      SupplySetting.named(key)?.write(&setup.supply, &setup.loads, value)
    }
    guard setup.isSupplyValid else {
      throw Scenario.wrong(
        scenario.name, nil, "settings out of range or out of order",
        "k3 <= k2 <= k1, t1 <= t2 <= t3")
    }
    var plan = MeterRun.Setup(
      meter: setup, start: scenario.start, until: scenario.start + scenario.length,
      speed: .infinity)
    plan.frontEnd = nil
    let bench = BenchSource(BenchPreset.named(scenario.preset).bench, seed: scenario.seed)
    var run = try MeterRun(
      setup: plan, source: bench, mailbox: Mailbox(), folder: nil, bench: bench)
    var player = ScenarioRun(scenario)
    let begin = Date()
    player.advance(&run)
    _ = try run.run { run in player.advance(&run) }
    player.finish(&run)
    let seconds = max(Date().timeIntervalSince(begin), 1e-6)
    let length = Double(scenario.length.ticks) / Double(Instant.ticksPerSecond)
    return Outcome(
      scenario: scenario, transcript: player.transcript, failures: player.failures,
      speed: length / seconds)
  }

  /// Does what is due.
  private mutating func advance(_ run: inout MeterRun) {
    while next < scenario.steps.count, scenario.start + scenario.steps[next].at <= run.now {
      perform(scenario.steps[next], &run)
      next += 1
    }
  }

  /// What is due at the very end.
  private mutating func finish(_ run: inout MeterRun) {
    while next < scenario.steps.count {
      perform(scenario.steps[next], &run)
      next += 1
    }
  }

  private mutating func perform(_ step: Scenario.Step, _ run: inout MeterRun) {
    switch step.action {
    case .say(let text): note(run, text)
    case .command(let command, let isRefused): obey(command, isRefused, step, &run)
    case .expect(let expectations):
      for expectation in expectations {
        let found = ScenarioView.value(of: expectation, &run, since: scenario.start)
        let isMet = found.isMet
        note(
          run,
          "\(isMet ? "as expected" : "NOT as expected"): \(expectation.key.rawValue) "
            + "\(expectation.text)" + (isMet ? "" : ", but \(found.text)"))
        if !isMet {
          failures.append(
            "line \(expectation.line), \(ScenarioView.clock(run)): "
              + "\(expectation.key.rawValue) is \(found.text), expected \(expectation.text)")
        }
      }
    }
  }

  private mutating func obey(
    _ command: ControlCommand, _ isRefused: Bool, _ step: Scenario.Step, _ run: inout MeterRun
  ) {
    var line = command.line
    switch run.answer(command) {
    case .success: if isRefused { failures.append("line \(step.line): \(line) was not refused") }
    case .failure(let failure):
      line += ": \(failure.what)"
      if !isRefused { failures.append("line \(step.line): \(line)") }
    }
    note(run, line)
  }

  private mutating func note(_ run: borrowing MeterRun, _ text: String) {
    transcript.append("\(ScenarioView.clock(run))  \(text)")
  }
}
