import Foundation
import LegalMeter
import Meter
import MeterTime
import Ports
import Testing

@testable import VirtualMeter

@Suite("Pulses, relays and inputs as events") struct PulsePortTests {
  /// Listens to the terminals of a bench for some seconds.
  static func listen(
    seconds: Int64, modules: String = "",
    steps: [(second: Int64, act: (inout MeterRun) -> Void)] = []
  ) throws -> [[String: Any]] {
    var lines = ""
    let area = try ModuleArea(parsing: modules, hasRadio: true)
    let plan = BenchRig.plan(
      [(0, { run in (run.modules, run.notedModules) = (area, area) })] + steps)
    _ = try BenchRig.run(BenchPreset.named(.car).bench, seconds: seconds) { run in
      plan(&run)
      lines += run.takePulseEvents(isHeard: true)
    }
    return lines.split(separator: "\n").map {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] ?? [:]
    }
  }

  /// 11 kW give three pulses a second, evenly, each with the number after the one before.
  @Test func s0() throws {
    let events = try Self.listen(seconds: 20)
    #expect(events.allSatisfy { $0["output"] as? String == "s0" })
    let numbers = events.compactMap { $0["number"] as? Int }
    #expect(numbers.count >= 55 && numbers == Array(numbers[0]..<(numbers[0] + numbers.count)))
    let format = ISO8601DateFormatter()
    format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    let times = try events.map { event in
      try #require(format.date(from: event["time"] as? String ?? "")).timeIntervalSince1970
    }
    let gaps = zip(times.dropFirst(20), times.dropFirst(19)).map { $0 - $1 }
    #expect(gaps.allSatisfy { abs($0 - 3600.0 / 11_040) < 0.01 }, "\(gaps)")
  }

  /// Outputs, relays and inputs are there with the module that brings them.
  @Test func modules() throws {
    var loads = LoadParameters()
    loads.pulse1.isOn = true
    loads.pulse1.decade = 4
    loads.output1.mode = .command
    let configure: (inout MeterRun) -> Void = { run in
      for _ in 0..<100 {
        let progress = try? run.meter.configureLoads(
          loads, through: .module, now: run.now, memory: &run.memory)
        if progress != .busy { return }
      }
    }
    let steps: [(second: Int64, act: (inout MeterRun) -> Void)] = [
      (1, configure),
      (3, { run in _ = run.answer(.supply(.output(0, isOn: true))) }),
      (4, { run in _ = run.answer(.supply(.level(1, isOn: true))) }),
    ]
    let plain = try Self.listen(seconds: 8, steps: steps)
    #expect(plain.allSatisfy { $0["output"] as? String == "s0" })
    let events = try Self.listen(seconds: 8, modules: "6850003", steps: steps)
    let pulses = events.filter { $0["output"] as? String == "module1" }
    // 30 pulses a second are wanted; 30 ms and as long a pause let 16 through.
    #expect(pulses.count > 80 && pulses.count <= 120, "\(pulses.count)")
    #expect(pulses.allSatisfy { $0["width_ms"] as? Int == 30 })
    let relays = events.filter { $0["event"] as? String == "relay" && $0["output"] as? Int == 1 }
    #expect(relays.map { $0["on"] as? Bool } == [false, true])
    let inputs = events.filter { $0["event"] as? String == "input" && $0["input"] as? Int == 2 }
    #expect(inputs.map { $0["on"] as? Bool } == [false, true])
  }

  /// 25 Hz are counted, edge by edge; bouncing is not.
  @Test(arguments: [(20, 20, 40), (5, 5, 0)] as [(Int, Int, UInt32)])
  func train(on: Int, off: Int, counted: UInt32) throws {
    var loads = LoadParameters()
    loads.input1.function = .counter
    var count: UInt32 = 0
    _ = try Self.listen(
      seconds: 20, modules: "6850055",
      steps: [
        (
          1,
          { run in
            for _ in 0..<100 {
              let progress = try? run.meter.configureLoads(
                loads, through: .module, now: run.now, memory: &run.memory)
              if progress != .busy { break }
            }
            _ = run.answer(.supply(.train(0, count: 40, on_ms: on, off_ms: off)))
          }
        ), (18, { run in count = run.meter.pulseInputCount(0) }),
      ])
    #expect(count == counted)
  }

  @Test func trainsAreBounded() {
    var train = PulseTrain()
    let now = Instant(seconds: 0)
    let first = train.add(0, count: 10_000, on_ms: 20, off_ms: 20, now: now)
    let beyond = train.add(1, count: 1, on_ms: 20, off_ms: 20, now: now)
    #expect(first && !beyond)
    let due = train.due(by: now + .milliseconds(59)).count
    #expect(due == 3)
    var watch = PulseWatch()
    for n in 0..<10_000 {
      watch.note(PulseEvent(instant: now, kind: .s0, number: UInt32(n)))
    }
    #expect(watch.dropped == 10_000 - 8192)
    let taken = watch.take().count
    #expect(taken == 8192 && watch.events.isEmpty)
  }

  @Test func commandsOfWires() throws {
    let line = ControlCommand.supply(.train(1, count: 3, on_ms: 30, off_ms: 50)).line
    #expect(try ControlCommand(line: line) == .supply(.train(1, count: 3, on_ms: 30, off_ms: 50)))
    #expect(SupplyCommand.level(0, isOn: true).isAtInputs)
    #expect(!SupplyCommand.output(0, isOn: true).isAtInputs)
    #expect(throws: Failure.self) {
      _ = try PulsePort(.tcp(host: "0.0.0.0", port: 0), mailbox: Mailbox())
    }
  }
}
