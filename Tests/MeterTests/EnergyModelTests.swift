import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import Meter

/// What the energy model does beside energy; `SimulationTests` and `kvadrant simulate --day`
/// compare it with samples.
@Suite struct EnergyModelTests {
  /// Noon of Wednesday, 4 March 2026, UTC.
  static let start = Instant(seconds: 825_940_800)

  struct Rig: ~Copyable {
    var meter: Meter
    var memory = TestMemory()
    var now = EnergyModelTests.start

    init(_ configuration: MeterConfiguration = .bench) throws {
      meter = Meter(configuration, .bench)
      _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
    }

    mutating func run(
      _ seconds: Int64, watts: Int32 = 500, volts: [Int32] = [230, 230, 230]
    ) {
      var load = ConstantLoad(active_mW: InlineArray(repeating: watts * 1000))
      for k in 0..<3 { load.voltage_mV[k] = volts[k] * 1000 }
      now += .seconds(seconds)
      meter.advance(to: now, with: load, memory: &memory)
    }

    /// Codes of a log with their times in seconds from the start, oldest first.
    func events(_ codes: [LegalEvent]) -> [(event: LegalEvent, at: Double)] {
      var out: [(LegalEvent, Double)] = []
      var cursor = EventCursor()
      while let (record, _) = cursor.next(meter.legal, memory: memory) {
        guard let event = LegalEvent(rawValue: record.code), codes.contains(event)
        else { continue }
        out.append((event, Double((record.instant - EnergyModelTests.start).ticks) / 65_536))
      }
      return out.reversed()
    }
  }

  @Test("voltages that stay away are told with their times, however long the steps")
  func voltages() throws {
    var rig = try Rig()
    rig.run(1000)
    rig.run(300, volts: [230, 100, 230])
    rig.run(500, volts: [200, 230, 260])
    rig.run(1000)
    let dropouts = rig.events([.dropoutBegan, .dropoutEnded])
    #expect(dropouts.map { $0.event } == [.dropoutBegan, .dropoutEnded])
    #expect(dropouts.map { $0.at } == [1000, 1300])
    let slow = rig.events([
      .underVoltageBegan, .underVoltageEnded, .overVoltageBegan, .overVoltageEnded,
    ])
    #expect(
      slow.map { $0.event } == [
        .underVoltageBegan, .overVoltageBegan, .underVoltageEnded, .overVoltageEnded,
      ])
    #expect(slow.map { $0.at } == [1300, 1300, 1800, 1800])
  }

  @Test("without supply the meter stops after a second; the outage is counted when it is back")
  func outage() throws {
    var rig = try Rig()
    rig.run(1000)
    let before = rig.meter.legal.operatingSeconds
    rig.run(3600, volts: [0, 0, 0])
    let stopped = rig.meter.isPowered
    rig.run(1000)
    #expect(!stopped && rig.meter.isPowered)
    let operated = rig.meter.legal.operatingSeconds
    // Whole seconds of sample sets, of which each step rounds down.
    #expect((1000...1001).contains(operated - before))
    let events = rig.events([.powerDown, .longInterruption])
    #expect(events.map { $0.event } == [.powerDown, .longInterruption])
    let counts = (rig.meter.reading(.longInterruptions), rig.meter.reading(.lastInterruption))
    #expect(counts == (1, 3600))
    // An hour without supply is in no register.
    let wanted = UInt64(1500 * 2000) * 1000 / 3600
    let found = rig.meter.legal.registers[.total(.activeImport)]
    #expect(found.distance(to: wanted).magnitude <= 1)
  }

  @Test("the analysis logger takes means over its intervals")
  func analysis() throws {
    var rig = try Rig()
    rig.run(450, watts: 1000)
    rig.run(450, watts: 2000, volts: [230, 220, 240])
    rig.run(900, watts: 300)
    let count = rig.meter.analysisCount
    #expect(count == 2)
    let oldest = rig.meter.analysisRow(1, memory: rig.memory)
    let row = try #require(oldest)
    let layout = rig.meter.analysisLayout
    func value(_ quantity: QuantityID) -> Int32? {
      (0..<layout.channelCount).first { layout.quantity($0) == quantity }.map { row.values[$0] }
    }
    #expect(value(.powerActiveImport) == 4_500_000)
    #expect(value(.voltageL1) == 230_000 && value(.voltageL2) == 225_000)
    #expect(value(.voltageL3) == 235_000)
    // The readings of averages follow the logger's intervals.
    let means = [rig.meter.reading(.averageVoltageL2), rig.meter.reading(.averageVoltageL3)]
    #expect(means == [230_000, 230_000])
    let current = try #require(rig.meter.reading(.averageCurrentL1))
    #expect(abs(current - 300_000_000 / 230) < 2_000)
  }

  @Test("the switch opens on its limit to the second, and lets nothing flow while it is open")
  func smartDisconnect() throws {
    var configuration = MeterConfiguration.bench
    configuration.supply.basis = .power
    configuration.supply.smartDisconnect.limit = 3_000
    var rig = try Rig(configuration)
    rig.run(3600, watts: 900)
    let calm = rig.meter.supplyState
    #expect(calm == .connected)
    rig.run(7200, watts: 4_000)
    let state = rig.meter.supplyState
    #expect(state == .smartDisconnected)
    let opened = try #require(rig.events([.switchOpened]).first).at
    let parameters = rig.meter.configuration.supply.smartDisconnect
    let shortest =
      (0..<3).filter { Int(parameters.factor($0)) * 3_000 < 1_200_000 }
      .map { Int(parameters.time($0)) }.min() ?? 0
    #expect(abs(opened - 3600 - Double(shortest)) <= 1)
    let before = rig.meter.legal.registers[.total(.activeImport)]
    rig.run(3600, watts: 4_000)
    let after = rig.meter.legal.registers[.total(.activeImport)]
    #expect(after == before)
  }

  @Test("steps of any length give the same registers, rows and events")
  func steps() throws {
    var whole = try Rig()
    var parts = try Rig()
    var random = SplitMix64(seed: 64)
    for _ in 0..<40 {
      let watts = Int32(random.below(4000))
      let volts = (0..<3).map { _ in random.below(6) == 0 ? Int32(150) : 230 }
      let seconds = 1 + Int64(random.below(900))
      whole.run(seconds, watts: watts, volts: volts)
      var left = seconds
      while left > 0 {
        let part = 1 + Int64(random.below(Int(left)))
        parts.run(part, watts: watts, volts: volts)
        left -= part
      }
    }
    for index in 0..<Register.count {
      guard let register = Register(index: index) else { continue }
      let (x, y) = (whole.meter.legal.registers[register], parts.meter.legal.registers[register])
      #expect(x == y)
    }
    let count = whole.meter.legal.intervalCount
    #expect(count > 10 && count == parts.meter.legal.intervalCount)
    var (a, b) = (
      whole.meter.legal.intervals(memory: whole.memory),
      parts.meter.legal.intervals(memory: parts.memory)
    )
    while let x = whole.meter.legal.nextInterval(&a, memory: whole.memory) {
      let y = parts.meter.legal.nextInterval(&b, memory: parts.memory)
      #expect(x == y)
    }
    let all: [LegalEvent] = [.dropoutBegan, .dropoutEnded, .underVoltageBegan, .underVoltageEnded]
    let (x, y) = (whole.events(all), parts.events(all))
    #expect(x.map { $0.at } == y.map { $0.at } && x.map { $0.event } == y.map { $0.event })
    #expect(x.count > 6)
  }
}
