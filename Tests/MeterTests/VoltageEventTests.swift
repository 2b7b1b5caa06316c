import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import Meter

@Suite struct VoltageEventTests {
  static let right = [230.0, 230, 230]

  /// What two half cycles at the borders of a disturbance make of its residual voltage.
  static func residual(_ volts: Double, milliseconds: Double) -> ClosedRange<Double> {
    // Half a cycle shares its cycle with a half at 230 V; from a whole cycle on it is seen alone.
    let shortest = ((230 * 230 + volts * volts) / 2).squareRoot()
    return milliseconds < 20 ? (volts - 1)...(shortest + 25) : (volts - 1)...(volts + 1)
  }

  @Test(
    "dips of 10 to 200 ms: residual voltage, start and duration within a cycle",
    arguments: [10, 20, 30, 50, 100, 150, 200], [0.0, 60, 140, 190])
  func dips(milliseconds: Int, volts: Double) throws {
    var rig = try VoltageRig()
    rig.run(Self.right, seconds: 2.013)
    rig.run([230, volts, 230], seconds: Double(milliseconds) / 1000)
    rig.run(Self.right, seconds: 1)
    let events = rig.events()
    // Half a cycle at 190 V makes a cycle of 211 V: no dip.
    if milliseconds == 10 && volts == 190 {
      #expect(events.isEmpty)
      return
    }
    try #require(events.count == 1)
    let event = events[0]
    #expect(event.event == .voltageDip && event.phases == 0b010)
    let expected = Self.residual(volts, milliseconds: Double(milliseconds))
    // Off the borders of half cycles a dip of 20 ms and less is mixed with what is beside it.
    if milliseconds > 20 { #expect(expected.contains(Double(event.extreme_dV) / 10)) }
    #expect(Double(event.extreme_dV) / 10 < 207)
    #expect(abs(Double(event.duration_ms) - Double(milliseconds)) <= 20)
    #expect(abs(rig.seconds(event.start) - 2.013) <= 0.021)
    let report = rig.meter.voltageQualityReport(.running, memory: rig.memory)
    var cells = 0
    for row in 0..<5 {
      for column in 0..<5 { cells += Int(report?.week.dips(row: row, column: column) ?? 0) }
    }
    #expect(cells == 1 && rig.meter.voltageLife.dips(phase: 1) == 1)
  }

  @Test("91 % is no dip, 111 % is a swell, 109 % is none; hysteresis keeps one event one")
  func limits() throws {
    var rig = try VoltageRig()
    rig.run(Self.right, seconds: 1)
    rig.run([210, 230, 230], seconds: 0.3)
    rig.run([251, 230, 230], seconds: 0.3)
    rig.run(Self.right, seconds: 0.3)
    let none = rig.events()
    rig.run([256, 230, 230], seconds: 0.3)
    rig.run(Self.right, seconds: 0.5)
    // From 89 % to 91 % and back is still the same dip.
    rig.run([230, 230, 204], seconds: 0.1)
    rig.run([230, 230, 210], seconds: 0.1)
    rig.run([230, 230, 200], seconds: 0.1)
    rig.run(Self.right, seconds: 0.5)
    let events = rig.events()
    #expect(none.isEmpty)
    #expect(events.map(\.event) == [.voltageSwell, .voltageDip])
    #expect(events.map(\.phases) == [1, 4])
    #expect(abs(Double(events[0].extreme_dV) - 2560) < 8)
    #expect(abs(Double(events[1].extreme_dV) - 2000) < 8)
    #expect(abs(Double(events[1].duration_ms) - 300) <= 20)
  }

  @Test("a three-phase dip is one in the table and three in the log")
  func polyphase() throws {
    var rig = try VoltageRig()
    rig.run(Self.right, seconds: 1)
    rig.run([230, 150, 150], seconds: 0.06)
    rig.run([150, 150, 230], seconds: 0.06)
    rig.run(Self.right, seconds: 1)
    let events = rig.events()
    let weekReport = rig.report(.running)
    let week = try #require(weekReport).week
    #expect(events.count == 3)
    // 150 V is 65 %: row C; 120 ms: first column.
    #expect(week.dips(row: 2, column: 0) == 1)
    #expect(events.allSatisfy { abs(Double($0.extreme_dV) - 1500) < 10 })
  }

  @Test("a dropout counts from one second on, with start and end, and raises its alarm")
  func dropout() throws {
    var rig = try VoltageRig()
    rig.run(Self.right, seconds: 2)
    rig.run([230, 230, 150], seconds: 0.6)
    rig.run(Self.right, seconds: 1)
    let short = rig.events().filter { $0.event == .dropoutBegan }
    let quiet = rig.meter.legal.alarms
    rig.run([230, 230, 150], seconds: 3)
    let alarms = rig.meter.legal.alarms
    let lamp = rig.meter.indicators[.l3].voltage
    rig.run(Self.right, seconds: 1)
    let events = rig.events().filter { $0.event != .voltageDip }
    #expect(short.isEmpty && !quiet.has(.missingPhase) && alarms.has(.missingPhase))
    #expect(lamp == .off)
    #expect(events.map(\.event) == [.dropoutBegan, .dropoutEnded])
    #expect(events.allSatisfy { $0.phases == 4 })
    #expect(abs(rig.seconds(events[0].start) - 3.6) <= 0.21)
    #expect(abs(rig.seconds(events[1].end) - 6.6) <= 0.21)
    #expect(abs(rig.seconds(events[1].start) - rig.seconds(events[0].start)) < 0.001)
    #expect(abs(Double(events[1].extreme_dV) - 1500) < 10)
  }

  @Test("161 V is no dropout, 159 V is one; the lamp goes by the same limit")
  func dropoutLimit() throws {
    var rig = try VoltageRig()
    rig.run([230, 161, 159], seconds: 3)
    let lamps = (rig.meter.indicators[.l2].voltage, rig.meter.indicators[.l3].voltage)
    let events = rig.events()
    #expect(lamps.0 == .blink && lamps.1 == .off)
    #expect(events.map(\.event) == [.dropoutBegan] && events.first?.phases == 4)
  }

  @Test("under- and over-voltage by limits and duration of the set-up")
  func slow() throws {
    var rig = try VoltageRig()
    try rig.meter.setVoltageLimits(VoltageLimits(low_V: 215, high_V: 240, duration_10s: 1))
    rig.run(Self.right, seconds: 1)
    rig.run([213, 230, 243], seconds: 8)
    rig.run(Self.right, seconds: 1)
    let early = rig.events()
    rig.run([213, 230, 243], seconds: 12)
    rig.run(Self.right, seconds: 1)
    let events = rig.events()
    #expect(early.isEmpty)
    #expect(
      events.map(\.event) == [
        .underVoltageBegan, .overVoltageBegan, .underVoltageEnded, .overVoltageEnded,
      ])
    #expect(events.map(\.phases) == [1, 4, 1, 4])
    #expect(abs(Double(events[2].duration_ms) - 12_000) <= 410)
    let alarms = rig.meter.legal.alarms
    #expect(alarms.has(.underVoltage) && alarms.has(.overVoltage))
    #expect(throws: LegalRefusal.implausible) {
      try rig.meter.setVoltageLimits(VoltageLimits(low_V: 250, high_V: 240, duration_10s: 1))
    }
  }

  @Test("interruptions: half a second, five seconds, and cuts without warning, split at 3 minutes")
  func interruptions() throws {
    var rig = try VoltageRig()
    rig.run(Self.right, seconds: 12)
    rig.run([0, 0, 0], seconds: 0.1)
    rig.run(Self.right, seconds: 3)
    rig.run([0, 0, 0], seconds: 5)
    rig.run(Self.right, seconds: 13)
    for length in [100.0, 170, 200, 4000, 300_000] {
      try rig.cut(seconds: length)
      rig.run(Self.right, seconds: 13)
    }
    let life = rig.meter.voltageLife
    let events = rig.events().filter { $0.event != .voltageDip && $0.event != .voltageSwell }
    let short = events.filter { $0.event == .shortInterruption }
    let long = events.filter { $0.event == .longInterruption }
    #expect(life.shortInterruptions(phase: 3) == 4 && life.longInterruptions(phase: 3) == 3)
    #expect(short.count == 4 && long.count == 3)
    let lengths = (short + long).map { Double($0.duration_ms) / 1000 }
    for (found, true_s) in zip(lengths, [0.1, 5, 100, 170, 200, 4000, 300_000]) {
      // Without warning the last record of the journal is up to ten seconds old.
      let slack = true_s < 50 ? 0.5 : 11
      #expect(found >= true_s - 0.3 && found <= true_s + slack, "\(found) for \(true_s)")
    }
    #expect(life.longTime_s >= 304_200 && life.longTime_s <= 304_240)
  }

  @Test("an event that was acknowledged is there after a cut in the very next program")
  func cutAfterEvent() throws {
    var random = SplitMix64(seed: 31)
    for round in 0..<12 {
      var rig = try VoltageRig(seed: UInt64(round))
      rig.run(Self.right, seconds: 1)
      rig.run([230, 120, 230], seconds: 1.6)
      let before = rig.events()
      let shape = TearShape.allCases[random.below(TearShape.allCases.count)]
      rig.memory.cut(afterBytes: random.below(400), shape: shape)
      rig.run(Self.right, seconds: 0.6)
      try rig.cut(seconds: 20)
      rig.run(Self.right, seconds: 0.4)
      let after = rig.events()
      #expect(before.map(\.event) == [.dropoutBegan])
      #expect(after.starts(with: before), "round \(round) \(shape): \(after.map(\.event))")
    }
  }
}
